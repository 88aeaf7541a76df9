import { InvalidValue } from './invalidValue';
import { plainText, refuseLostCharacter, strictText, unwrappedFormula } from './plainText';

/** Contract: The file. */
const MAX_TEXT_LENGTH = 1_000;

/** C0 controls but tab and line breaks, DEL, C1 controls, and halves of broken surrogate pairs. */
const FORBIDDEN_CHARACTERS =
	// eslint-disable-next-line no-control-regex -- control characters are what it looks for
	/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

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
	'A profile key must be a single line of text. Remove the line break or tab.',
);

const CALCULATED = new InvalidValue(
	'is a profile key that a spreadsheet has shortened',
	'Some of its digits are lost. Format the column as text in the spreadsheet and enter it again.',
);

const FAILED = new InvalidValue(
	'is an error, not a value',
	'Correct the formula or expression that calculates it, or leave the value empty.',
);

const NO_KEY = new InvalidValue(
	'is a word for a missing value, not a profile key',
	'Leave the profile key empty, or correct the node that writes it.',
);

/** What spreadsheets show in place of a value in the languages of APSIS One's countries, and JavaScript for an object. */
const ERROR_TEXT =
	/^(?:#[\p{Lu}\d/_]+[!?]|#(?:N\/[ABD]|NV|I\/T|BRAK|NENÍ_K_DISPOZICI|HIÁNYZIK)|\[object \w+\])$/u;

/** What programs write for no value. As the key of many rows it would make one profile of many people. */
const MISSING_KEY = /^(?:undefined|\(?null\)?|\\N|nan|none|nil|n\/a|-+|\?+)$/i;

/**
 * A long number as spreadsheets show it: `1.23457E+11`, or with a comma in Europe. They always write the sign of the
 * exponent; a key such as `12E4` is left alone.
 */
const EXPONENT_NOTATION = /^[+-]?\d+(?:[.,]\d+E[+-]?|E[+-])\d+$/i;

/** Text of an attribute: at most 1,000 characters (code points), none of them invisible controls. */
export function normaliseText(value: unknown): string | InvalidValue {
	const text = plainText(value);
	if (typeof text !== 'string') return text;
	return checkedText(unwrappedFormula(text));
}

function checkedText(text: string): string | InvalidValue {
	if (text.length > MAX_TEXT_LENGTH && [...text].length > MAX_TEXT_LENGTH) return TOO_LONG;
	if (isPlain(text)) return isErrorText(text) ? FAILED : text;
	return FORBIDDEN_CHARACTERS.test(text) ? CONTROL_CHARACTER : refuseLostCharacter(text);
}

function isErrorText(text: string): boolean {
	const first = text.charCodeAt(0);
	return (first === NUMBER_SIGN || first === BRACKET) && ERROR_TEXT.test(text);
}

const NUMBER_SIGN = 35;
const BRACKET = 91;

/** A fast yes for almost every text: no control character, and nothing beyond where halves of pairs begin. */
function isPlain(text: string): boolean {
	if (text.length > 64) return false;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < 0x20 || (code > 0x7e && code < 0xa0) || code > 0xd7ff) return false;
	}
	return true;
}

/** A profile key that is no address, and the CRM ID: text on one line, with every character it was given. */
export function normaliseKeyText(value: unknown): string | InvalidValue {
	const key = strictText(value);
	if (typeof key !== 'string') return key;
	if (EXPONENT_NOTATION.test(key)) return CALCULATED;
	if (MISSING_KEY.test(key)) return NO_KEY;
	return /[\r\n\t]/.test(key) ? LINE_BREAK : checkedText(key);
}
