import { InvalidValue } from './invalidValue';

const OBJECT = new InvalidValue(
	'is an object or a list',
	'Map one of its members instead, or convert it to text in a node before this one.',
);

const INEXACT_NUMBER = new InvalidValue(
	'is too large a number to be exact',
	'Its last digits were already lost before this node. Send it as text.',
);

const LOST_CHARACTER = new InvalidValue(
	'contains the replacement character �: a letter was lost before this node',
	'Read the source in its own encoding (e.g. windows-1252 instead of UTF-8), so that the letter is kept.',
);

/** U+FFFD stands where a decoder could not read what was there. */
const REPLACEMENT_CHARACTER = '\uFFFD';

/** Characters that show nothing: soft hyphen, joiners, zero-width space, direction marks, fillers, byte order mark, tags. */
const INVISIBLE_CHARACTERS =
	/\u00AD|\u034F|\u061C|[\u115F\u1160]|\u17B4|\u17B5|[\u180B-\u180F]|[\u200B-\u200F]|[\u202A-\u202E]|[\u2060-\u206F]|[\u2800\u3164]|[\uFE00-\uFE0F]|[\uFEFF\uFFA0]|[\uFFF9-\uFFFB]|\uD834[\uDD73-\uDD7A]|\uDB40[\uDC00-\uDDEF]/g;

/** They look like the space and the hyphen of the keyboard, and word processors put them in their place. */
const OTHER_SPACES = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;
const OTHER_HYPHENS = /[\u2010\u2011]/g;

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

/**
 * A value of which every character counts, as text: like {@link plainText}, without invisible characters and without
 * what spreadsheets wrap around text to keep it as text (`="0017"`, `'0017`), letters composed (NFC). What looks the
 * same is the same.
 */
export function strictText(value: unknown): string | InvalidValue {
	const text = plainText(value);
	if (typeof text !== 'string') return text;
	const tidy = isPlainAscii(text) ? text : trimmed(withoutLookalikes(text));
	const first = tidy.charCodeAt(0);
	const bare = first === EQUALS_SIGN || first === APOSTROPHE ? unwrapped(tidy) : tidy;
	return bare.includes(REPLACEMENT_CHARACTER) ? LOST_CHARACTER : bare;
}

const EQUALS_SIGN = 61;
const APOSTROPHE = 39;

/** Any other text, of which a lost letter is all that makes it wrong. */
export function refuseLostCharacter(text: string): string | InvalidValue {
	return text.includes(REPLACEMENT_CHARACTER) ? LOST_CHARACTER : text;
}

export function withoutInvisible(text: string): string {
	return text.replace(INVISIBLE_CHARACTERS, '');
}

function withoutLookalikes(text: string): string {
	return withoutInvisible(text)
		.normalize('NFC')
		.replace(OTHER_SPACES, ' ')
		.replace(OTHER_HYPHENS, '-');
}

/** `="0017"` is how a spreadsheet's CSV keeps text as text. */
export function unwrappedFormula(text: string): string {
	return text.startsWith('="') ? text.replace(/^="([^"]*)"$/, '$1').trim() : text;
}

function unwrapped(text: string): string {
	return unwrappedFormula(text)
		.replace(/^'(.*?)'?$/s, '$1')
		.trim();
}

/** A fast yes for the common short text; a no means only that the slow look is needed. */
export function isPlainAscii(text: string): boolean {
	if (text.length > 64) return false;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < 32 || code > 126) return false;
	}
	return true;
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
		return new InvalidValue(
			'is not a number',
			'Correct the expression or node that calculates it.',
		);
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
	return (
		iso ??
		new InvalidValue('is not a valid date', 'Correct the expression or node that calculates it.')
	);
}

function validIso(date: Date): string | null {
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
