/** What a normaliser gives in place of a cell; the field is added by whoever knows it. */
export class InvalidValue {
	constructor(
		readonly rule: string,
		readonly cure: string,
	) {}
}

/** Longest value shown in a reason: enough to recognise it, short enough for a table. */
const MAX_SHOWN_LENGTH = 60;

/** A value as text for a message, shortened. */
export function shown(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH - 1)}…` : text;
}
