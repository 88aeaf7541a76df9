import { InvalidValue } from './invalidValue';
import { brokenLettersIn, missingKeyIn, placeholderIn, SIGN_OF_BROKEN_LETTER } from './placeholder';
import {
	isDateObject,
	plainText,
	refuseLostCharacter,
	strictText,
	unwrappedFormula,
	withoutInvisible,
} from './plainText';

/** Contract: The file. */
const MAX_TEXT_LENGTH = 1_000;

const SOFT_HYPHEN = 0xad;
/** Beyond here there are invisible characters; what begins before it shows something. */
const LAST_LATIN = 0x2ff;

/** C0 controls but tab and line breaks, DEL, C1 controls, and halves of broken surrogate pairs. */
const FORBIDDEN_CHARACTERS =
	// eslint-disable-next-line no-control-regex -- control characters are what it looks for
	/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** From here on letters may be followed by marks that belong to them. */
const FIRST_COMBINING = 0x0300;
/** By code: 1 for a character that is fine wherever it stands. */
const PLAIN_CODES = Uint8Array.from({ length: FIRST_COMBINING }, (_, code) => {
	const isControl = code < 0x20 || (code > 0x7e && code < 0xa0);
	return isControl || SIGN_OF_BROKEN_LETTER.test(String.fromCharCode(code)) ? 0 : 1;
});

const TOO_LONG = new InvalidValue(
	'is longer than 1,000 characters',
	'APSIS One keeps at most 1,000 characters of text. Shorten it before this node.',
);

const CONTROL_CHARACTER = new InvalidValue(
	'contains a control character',
	'Remove the invisible characters, e.g. with Replace in an Edit Fields node.',
);

const LINE_BREAK = new InvalidValue(
	'contains a line break or tab',
	'A profile key is one line of text.',
);

const CALCULATED = new InvalidValue(
	'is a profile key that a spreadsheet has shortened',
	'Some of its digits are lost. Format the column as text in the spreadsheet and enter it again.',
);

const DECIMAL = new InvalidValue(
	'is a profile key that was made a number with decimals',
	'Its zeros in front may be lost, too. Send it as text, as it is in its source.',
);

const MADE_A_DATE = new InvalidValue(
	'is a profile key that was made a date',
	'Format the column as text in the spreadsheet and enter it again, or choose another Profile Key Field.',
);

/** `1-2` as spreadsheets show it: `02-jan`, `2. Mar` or `Jan-02`. They write no month in capitals; a key such as `MAR-12` is left alone. */
const DAY_AND_MONTH = /^(?:\d{1,2}[-. ]+(\p{L}{3,9})\.?|(\p{L}{3,6})\.?[-. ]\d{2})$/u;
const MONTH =
	/^(?:janv?|febr?|févr?|mars?|märz?|mrt|apr(?:il)?|avr|abr|maj|mai|mei|may|maa|juni?|june|juin|juli?|july|juil|aug|août|ago|sept?|set|okt|oct|ott|out|nov|dec|des|dez|dic|déc|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru)$/i;
/** A fast no for almost every key. */
const MAY_BE_DATE = /^(?:\d{1,2}[-. ]+\D{3,10}|\D{4,8}\d{2}|\d{4}-\d{2}-\d{2}[T ].*)$/;
/** A day, as pandas and JavaScript write one. */
const MIDNIGHT = /^\d{4}-\d{2}-\d{2}[T ]00:00/;

/**
 * A long number as spreadsheets show it: `1.23457E+11`, or with a comma in Europe. They always write the sign of the
 * exponent, of two or three digits, behind at most three digits; keys such as `12E4` and `2023E-0017` are left alone.
 */
const EXPONENT_NOTATION = /^[+-]?(?:\d+[.,]\d+ ?(?:E[+-]?|[x×*] ?10\^?)\d+|\d{1,3}E[+-]\d{1,3})$/i;

/** In straight, curly or angular quotes. */
const QUOTED = /^["“”„«»]([^"“”„«»]*)["“”„«»]$/;

/** `17.0`, as programs write a column of numbers in which some are missing. */
const WITH_DECIMAL_ZERO = /^\d+\.0$/;

/** Text of an attribute: at most 1,000 characters (code points), none of them invisible controls, letters composed (NFC). */
export function normaliseText(value: unknown): string | InvalidValue {
	const text = plainText(value);
	if (typeof text !== 'string') return text;
	if (showsNothing(text)) return '';
	return checkedText(unwrappedFormula(text));
}

/** Whether it is invisible characters and no more: then nothing is there. */
function showsNothing(text: string): boolean {
	const first = text.charCodeAt(0);
	return (first === SOFT_HYPHEN || first > LAST_LATIN) && withoutInvisible(text).trim() === '';
}

function checkedText(text: string): string | InvalidValue {
	if (text.length > MAX_TEXT_LENGTH && [...text].length > MAX_TEXT_LENGTH) return TOO_LONG;
	const placeholder = placeholderIn(text);
	if (placeholder) return placeholder;
	if (isPlain(text)) return text;
	if (FORBIDDEN_CHARACTERS.test(text)) return CONTROL_CHARACTER;
	return brokenLettersIn(text) ?? refuseLostCharacter(text.normalize('NFC'));
}

/** A fast yes for almost every text: no control character, no sign of a broken letter, and nothing beyond Latin letters. */
function isPlain(text: string): boolean {
	if (text.length > 64) return false;
	for (let index = 0; index < text.length; index++) {
		if (PLAIN_CODES[text.charCodeAt(index)] !== 1) return false;
	}
	return true;
}

/** A profile key that is no address, and the CRM ID: text on one line, with every character it was given. */
export function normaliseKeyText(value: unknown): string | InvalidValue {
	const text = strictText(value);
	if (typeof text !== 'string') return text;
	const key = /^["“”„«»]/.test(text) ? text.replace(QUOTED, '$1').trim() : text;
	if (EXPONENT_NOTATION.test(key)) return CALCULATED;
	if (WITH_DECIMAL_ZERO.test(key)) return DECIMAL;
	if (isDateObject(value) || isMadeADate(key)) return MADE_A_DATE;
	return (
		missingKeyIn(key, value) ?? (/[\r\n\t\u2028\u2029]/.test(key) ? LINE_BREAK : checkedText(key))
	);
}

function isMadeADate(key: string): boolean {
	if (!MAY_BE_DATE.test(key)) return false;
	const [, before, after] = DAY_AND_MONTH.exec(key) ?? [];
	const month = before ?? after;
	if (month === undefined) return MIDNIGHT.test(key);
	return MONTH.test(month) && month !== month.toUpperCase();
}
