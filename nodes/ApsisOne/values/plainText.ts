import { InvalidValue } from './invalidValue';

const OBJECT = new InvalidValue(
	'is an object or a list',
	'Map one of its members instead, or turn it into text in a node before this one.',
);

const INEXACT_NUMBER = new InvalidValue(
	'is a number too large to be exact',
	'Its last digits were already lost before this node. Send it as text.',
);

/** What Luxon's DateTime and Moment share, and plain objects do not have. */
interface DateLike {
	toISO?: unknown;
	toISOString?: unknown;
}

/** Whether a value is a date object: JavaScript's Date or a Luxon DateTime, as n8n's expressions give them. */
export function isDateObject(value: unknown): value is Date | { toISO(): string | null } {
	if (value instanceof Date) return true;
	return (
		typeof value === 'object' && value !== null && typeof (value as DateLike).toISO === 'function'
	);
}

/**
 * A value as it stands in a cell, whatever the attribute's type: text trimmed, booleans `true`/`false`, numbers
 * without exponent, dates in ISO 8601; nothing (undefined, null) is the empty cell. Invisible characters at both
 * ends (byte order mark, no-break and zero-width space) go with the space.
 */
export function plainText(value: unknown): string | InvalidValue {
	if (typeof value === 'string') return trimmed(value);
	if (value === undefined || value === null) return '';
	if (typeof value === 'boolean') return value ? 'true' : 'false';
	if (typeof value === 'number') return numberText(value);
	if (typeof value === 'bigint') return value.toString();
	if (isDateObject(value)) return dateObjectText(value);
	// An expression that failed comes as the reason why.
	return value instanceof InvalidValue ? value : OBJECT;
}

/** Looking at the ends first is cheaper than a replacement, and almost every value is already clean. */
function trimmed(text: string): string {
	if (isClean(text.charCodeAt(0)) && isClean(text.charCodeAt(text.length - 1))) return text;
	return text.replace(/^[\s\u200B-\u200D\u2060\uFEFF]+|[\s\u200B-\u200D\u2060\uFEFF]+$/g, '');
}

/** Whether a character is surely neither space nor invisible: beyond Latin and its neighbours there are too many of those. */
function isClean(code: number): boolean {
	return code > 32 && code < 0x1680 && code !== 0xa0;
}

/** @returns plain decimal digits; JavaScript itself would write 1e+21 */
export function numberText(value: number): string | InvalidValue {
	if (Number.isInteger(value)) {
		return Number.isSafeInteger(value) ? String(value) : INEXACT_NUMBER;
	}
	if (!Number.isFinite(value)) {
		return new InvalidValue('is not a number', 'Correct the calculation that made it.');
	}
	const text = String(value);
	if (!text.includes('e')) return text;
	return value
		.toFixed(20)
		.replace(/\.?0+$/, '')
		.replace(/^-0$/, '0');
}

function dateObjectText(value: Date | { toISO(): string | null }): string | InvalidValue {
	const iso = value instanceof Date ? validIso(value) : value.toISO();
	return iso ?? new InvalidValue('is not a valid date', 'Correct the calculation that made it.');
}

function validIso(date: Date): string | null {
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
