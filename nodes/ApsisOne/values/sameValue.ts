import type { AttributeType } from '../api/parseDefinitions';

/**
 * Whether a value that was read is the one that was written, however APSIS One formats it: which formats it reads back
 * in is not known (contract: Single-profile calls), so numbers may come as texts, dates as moments, and so on.
 */

const SECOND_MS = 1_000;
/** A date read as a moment may be the midnight of any time zone. */
const MAX_ZONE_MS = 14 * 3_600_000;
/** Unix times beyond this are milliseconds (the year 5138 in seconds). */
const MAX_SECONDS = 1e11;

const TRUE = /^(true|1|yes)$/i;
const FALSE = /^(false|0|no)$/i;

/**
 * @param sent as written into the file: not empty
 * @param found text, number or boolean
 */
export function isSameValue(
	rule: AttributeType | 'key',
	sent: string,
	found: string | number | boolean,
): boolean {
	const text = plain(String(found));
	if (text === plain(sent)) return true;
	switch (rule) {
		case 'boolean':
			return (TRUE.test(sent) && TRUE.test(text)) || (FALSE.test(sent) && FALSE.test(text));
		case 'number':
			return isSameNumber(sent, text);
		case 'email':
		case 'country':
			return text.toLowerCase() === sent.toLowerCase();
		case 'mobile':
			return digitsOf(text) === digitsOf(sent);
		case 'date':
			return isSameDate(sent, text);
		case 'timestamp':
			return isSameMoment(sent, text);
		case 'key':
		case 'text':
			return typeof found === 'number' && isSameNumber(sent, text);
		case 'unknown':
			// Of a type we do not know, any reading that fits will do.
			return (
				isSameNumber(sent, text) ||
				(TRUE.test(sent) && found === true) ||
				(FALSE.test(sent) && found === false) ||
				(/^\d{4}-\d\d-\d\d$/.test(sent) && isSameDate(sent, text))
			);
	}
}

/**
 * Compares with a value of which only the beginning was kept.
 *
 * @param length characters of the whole value
 */
export function hasSameBeginning(start: string, length: number, found: string): boolean {
	// Line ends may be written in another way.
	return found.length === length
		? found.startsWith(start)
		: plain(found).startsWith(plain(start)) && found.includes('\n');
}

function plain(text: string): string {
	return text.normalize('NFC').replace(/\r\n?/g, '\n').trim();
}

function isSameNumber(sent: string, found: string): boolean {
	if (!isNumber(sent) || !isNumber(found)) return false;
	return Number(sent) === Number(found);
}

function isNumber(text: string): boolean {
	return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
}

/** Digits of a phone number, without what stands before the country code. */
function digitsOf(text: string): string {
	return text.replace(/\D/g, '').replace(/^0+/, '');
}

function isSameDate(sent: string, found: string): boolean {
	const wanted = momentOf(sent);
	if (wanted === undefined) return false;
	if (found === sent.replaceAll('-', '')) return true;
	const moment = momentOf(found);
	if (moment === undefined) return false;
	const apart = Math.abs(moment - wanted);
	return apart <= MAX_ZONE_MS && (apart === 0 || !isDateOnly(found));
}

function isDateOnly(text: string): boolean {
	return /^\d{4}-\d\d-\d\d$/.test(text);
}

function isSameMoment(sent: string, found: string): boolean {
	const [one, other] = [momentOf(sent), momentOf(found)];
	if (one === undefined || other === undefined) return false;
	// Fractions of a second are not kept.
	return Math.floor(one / SECOND_MS) === Math.floor(other / SECOND_MS);
}

/** Unix seconds or milliseconds, a date, or a moment as RFC 3339 writes it; in milliseconds. */
function momentOf(text: string): number | undefined {
	if (/^-?\d+(\.\d+)?$/.test(text)) {
		const number = Number(text);
		return Math.abs(number) > MAX_SECONDS ? number : number * SECOND_MS;
	}
	if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
	// Without a zone n8n's own would be taken.
	const hasZone = isDateOnly(text) || /(z|[-+]\d\d:?\d\d)$/i.test(text);
	const time = Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
	return Number.isNaN(time) ? undefined : time;
}
