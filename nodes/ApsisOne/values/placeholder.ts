import { InvalidValue } from './invalidValue';

const PLACEHOLDER = new InvalidValue(
	'is what a program writes for an empty value',
	'Replace it with an empty value before this node.',
);

const NO_KEY = new InvalidValue(
	'is a word for a missing value, not a profile key',
	'Leave the profile key empty, or correct the node that writes it.',
);

const OBJECT_TEXT = new InvalidValue(
	'is an object that was turned into text before this node',
	'Map one of its members instead.',
);

const SPREADSHEET_ERROR = new InvalidValue(
	'is an error of a spreadsheet',
	'Correct the cell in the spreadsheet and export the file again.',
);

const MISREAD = new InvalidValue(
	'has letters that were read in the wrong encoding',
	'They look like å, ä or é in UTF-8, read as Windows-1252. Export the data again, or correct CSV Encoding.',
);

/** As databases, spreadsheets and JavaScript write them; a person may be called Null or None. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
	...['NULL', 'null', '(null)', '(NULL)', '<null>', '<NULL>', '[NULL]', 'undefined', 'NaN', 'nan'],
	...['Invalid date', 'Invalid Date', 'Invalid DateTime', '\\N'],
]);

/** As people write them, too: as the key of many rows each would make one profile of many people. */
const MISSING_KEY = /^(?:undefined|\(?null\)?|<null>|\\N|nan|none|nil|n\/a)$/i;

const OBJECT = /\[object \w+\]/;

/** `#NAME?`, `#VÄRDEFEL!`, `#DIV/0!` in any language; those without a sign at the end; LibreOffice's; a column too narrow. */
const ERROR_OF_SPREADSHEET =
	/^#(?:[¿¡]?(?:\p{Lu}[\p{Lu}_]{2,}|\p{Lu}+\/0)[!?]|N\/[ABD]!?|NV|I\/T|NENÍ_K_DISPOZICI|#{2,})$|^Err:5\d\d$/u;

/** Å as Ã…, a no-break space as Â and one, ’ as â€™: UTF-8 as Windows-1252 or Latin-1 shows it. */
const UTF8_MISREAD =
	/[\u00C2\u00C3][\u0080-\u00BF\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178]|\u00E2(?:\u20AC|\u0080)/;

/** What any of the above begins with, or has in it: a fast no for almost every text. */
const MAY_BE_PLACEHOLDER = /^[#([<\\EINnu]|\[object/;

/** Looks for a text that is none: what stands for an empty or failed value, or is no longer what it was. */
export function placeholderIn(text: string): InvalidValue | undefined {
	if (!MAY_BE_PLACEHOLDER.test(text)) return undefined;
	if (PLACEHOLDERS.has(text)) return PLACEHOLDER;
	if (OBJECT.test(text)) return OBJECT_TEXT;
	return ERROR_OF_SPREADSHEET.test(text) ? SPREADSHEET_ERROR : undefined;
}

/**
 * Looks for a profile key that is none.
 *
 * @param value what the key was read from: an expression that found nothing gives false
 */
export function missingKeyIn(key: string, value: unknown): InvalidValue | undefined {
	return typeof value === 'boolean' || MISSING_KEY.test(key) ? NO_KEY : undefined;
}

/** Looks for letters that were misread; only text beyond ASCII has any. */
export function misreadIn(text: string): InvalidValue | undefined {
	return UTF8_MISREAD.test(text) ? MISREAD : undefined;
}
