/** An object in an answer, its members not yet known. */
export type Outside = Record<string, unknown>;

export function isObject(value: unknown): value is Outside {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object as it is; an empty one for everything else. */
export function asObject(value: unknown): Outside {
	return isObject(value) ? value : {};
}

/** A text or number of an answer as trimmed text; '' for everything else. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** Smaller numbers are durations, and from when they count is not known. */
const FIRST_SECONDS = 1e9;
/** From here on a number of seconds would lie beyond the year 5000, so it counts milliseconds. */
const FIRST_MILLISECONDS = 1e11;

/** A date, or Unix seconds or milliseconds, as milliseconds; NaN for everything else. */
export function momentIn(value: unknown): number {
	const written = text(value);
	return /^\d+(?:\.\d+)?$/.test(written) ? unixMoment(Number(written)) : Date.parse(written);
}

/** Unix seconds or milliseconds as milliseconds; NaN for what is neither. */
export function unixMoment(value: number): number {
	if (value < FIRST_SECONDS) return NaN;
	return value < FIRST_MILLISECONDS ? value * 1000 : value;
}

/** The zero of some languages is a date before all others. */
const FIRST_MOMENT = Date.UTC(1970, 0, 2);

/**
 * Whether a moment has come: not one that is still to come, or the zero that some programs write for none.
 *
 * @returns undefined where the value is no moment
 */
export function hasCome(value: unknown): boolean | undefined {
	const moment = momentIn(value);
	return Number.isNaN(moment) ? undefined : moment >= FIRST_MOMENT && moment <= Date.now();
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
