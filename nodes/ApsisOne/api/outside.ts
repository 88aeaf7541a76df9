/** An object in an answer, its members not yet known. */
export type Outside = Record<string, unknown>;

export function isObject(value: unknown): value is Outside {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text or number of an answer as trimmed text; '' for everything else. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** A schema may come as text: what it holds; everything else as it is. */
export function parsedJson(value: unknown): unknown {
	if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return value;
	}
}
