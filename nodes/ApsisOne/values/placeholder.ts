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

const MERGE_TAG = new InvalidValue(
	'is a merge tag that was not filled in',
	'The program before this node put the name of a field in place of its value. Correct it there.',
);

const MISREAD = new InvalidValue(
	'has letters that were read in the wrong encoding',
	'They look like å, ä or é in UTF-8, read as Windows-1252. Export the data again, or correct CSV Encoding.',
);

const LOST_LETTERS = new InvalidValue(
	'has ? in place of letters',
	'They were lost before this node. Export the data again as UTF-8. If the ? is right, put a space after it.',
);

const CODED_LETTERS = new InvalidValue(
	'has codes in place of letters',
	'They are codes of HTML, mail or JSON, such as &aring; for å. Decode the text before this node.',
);

/** As databases, spreadsheets and JavaScript write them; a person may be called Null or None. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
	...['NULL', 'null', '(null)', '(NULL)', '<null>', '<NULL>', '[NULL]', 'undefined', 'NaN', 'nan'],
	...['<NA>', 'NaT', '<nil>', '<no value>', 'Invalid date', 'Invalid Date', 'Invalid DateTime'],
	...['\\N', 'Loading...'],
]);

/** As people write them, too, and true and false: as the key of many rows each would make one profile of many people. */
const MISSING_KEY = /^(?:true|false|undefined|\(?null\)?|<null>|\\N|nan|none|nil|n\/a)$/i;

const OBJECT = /\[object \w+\]/;

/** `#NAME?`, `#VÄRDEFEL!`, `#DIV/0!` in any language; those without a sign at the end; a column too narrow; LibreOffice's. */
const ERROR_OF_SPREADSHEET =
	/^#(?:[¿¡]?(?:\p{Lu}[\p{Lu}_]{2,}|\p{Lu}+\/0)[!?]|N\/[ABD]!?|NV|I\/T|NENÍ_K_DISPOZICI|GETTING_DATA|#{2,})$|^(?:Err|Errore?|Erro|Fel|Feil|Fejl|Virhe|Fout|Fehler|Błąd|Chyba) ?:5\d\d$/u;

/** Alone in a value, as Handlebars and n8n, Mailchimp, Salesforce, JavaScript, Ruby and APSIS's older mailings write them. */
const MERGE_TAGS =
	/^(?:\{\{[^{}]+\}\}|\*\|[^|*]+\|\*|%%[^%]+%%|[$#]\{[^{}]+\}|<%=?[^%]+%>|##[^#]+##)$/;

/**
 * Å as Ã…, a no-break space as Â and one, ’ as â€™: UTF-8 as Windows-1252 or Latin-1 shows it. On a Macintosh ö is √∂, under
 * DOS ├╢.
 */
const UTF8_MISREAD =
	/[\u221A\u251C\u252C][\u0080-\u24FF\u2501-\uFFFF]|[\u00C2\u00C3][\u0080-\u00BF\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178]|\u00E2(?:\u20AC|\u0080)/;

/** `J?rgen`, `?sa` or `????`, as a program writes what it has no letter for; an address on the web has ? between letters, too. */
const QUESTION_MARKS = /^\?[?\s]*\?$|^[^/=&:]*(?:\p{L}|^|\s)\?+\p{L}[^/=&:]*$/u;

/** `&Aring;` and `&#39;` of HTML, `\u00c5` of JSON, `=?UTF-8?Q?=C3=85?=` of mail, `%C3%85` of the web. */
const CODES =
	/^[^<]*&(?:#\d{2,5}|#x[\da-f]{2,5}|amp|lt|gt|quot|apos|nbsp|[a-z](?:uml|acute|grave|circ|tilde|ring|cedil|slash)|(?:ae|oe|sz)lig|eth|thorn|[nm]dash|[lr][sd]quo|hellip|euro);|\\u[\da-f]{4}|=\?[\w-]+\?[BQ]\?[^?]*\?=|^[^/:]*%C[2-9A-F]%[89AB][\dA-F]/i;

/** What begins or stands for a broken letter: a fast no for almost every text. */
const SIGN_OF_BROKEN_LETTER = /[?&\\%\u00C2\u00C3\u00E2\u221A\u251C\u252C]/;

/** What all of the above but two begin with: a fast no for almost every text. */
const MAY_BE_PLACEHOLDER = /^[#$%*([<{\\EILNnu]/;
const COLON = 58;

function mayBePlaceholder(text: string): boolean {
	// An error of LibreOffice ends in a colon and three digits.
	const isError = text.charCodeAt(text.length - 4) === COLON;
	return isError || MAY_BE_PLACEHOLDER.test(text) || text.includes('[object');
}

/** Looks for a text that is none: what stands for an empty or failed value, or is no longer what it was. */
export function placeholderIn(text: string): InvalidValue | undefined {
	if (!mayBePlaceholder(text)) return undefined;
	if (PLACEHOLDERS.has(text)) return PLACEHOLDER;
	if (OBJECT.test(text)) return OBJECT_TEXT;
	if (MERGE_TAGS.test(text)) return MERGE_TAG;
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

/** Looks for letters that were misread, lost, or left as codes. */
export function brokenLettersIn(text: string): InvalidValue | undefined {
	if (!SIGN_OF_BROKEN_LETTER.test(text)) return undefined;
	if (UTF8_MISREAD.test(text)) return MISREAD;
	if (text.includes('?') && QUESTION_MARKS.test(text)) return LOST_LETTERS;
	return CODES.test(text) ? CODED_LETTERS : undefined;
}
