import { anyOf } from '../regularExpressions';
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

const ERROR_OF_SPREADSHEET = anyOf('u', [
	// #NAME?, #VÄRDEFEL! and #DIV/0! in any language
	/^#[¿¡]?(?:\p{Lu}[\p{Lu}_]{2,}|\p{Lu}+\/0)[!?]$/u,
	// without a sign at the end
	/^#(?:N\/[ABD]!?|NV|I\/T|NENÍ_K_DISPOZICI|GETTING_DATA)$/,
	// a column too narrow
	/^#{3,}$/,
	// LibreOffice's
	/^(?:Err|Errore?|Erro|Fel|Feil|Fejl|Virhe|Fout|Fehler|Błąd|Chyba) ?:5\d\d$/,
]);

/** Alone in a value. */
const MERGE_TAGS = anyOf('', [
	// Handlebars and n8n
	/^\{\{[^{}]+\}\}$/,
	// Mailchimp
	/^\*\|[^|*]+\|\*$/,
	// Salesforce
	/^%%[^%]+%%$/,
	// JavaScript and Ruby
	/^[$#]\{[^{}]+\}$/,
	/^<%=?[^%]+%>$/,
	// APSIS's older mailings
	/^##[^#]+##$/,
]);

/** The second byte of a letter in UTF-8, as Latin-1 and Windows-1252 show it. */
const SECOND_BYTE = '[\u0080-\u00BF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]';

/** UTF-8 that was read in another encoding. */
const UTF8_MISREAD = anyOf('', [
	// Å as Ã…, and a no-break space as Â and one, in Windows-1252 and Latin-1
	new RegExp(`[ÂÃ]${SECOND_BYTE}`),
	// ’ as â€™
	/â[€\u0080]/,
	// ö as √∂ on a Macintosh, and as ├╢ under DOS; a line of ─ is only drawn
	/[√├┬][\u0080-\u24FF\u2501-\uFFFF]/,
]);

/** `J?rgen`, `?sa` or `????`, as a program writes what it has no letter for; an address on the web has ? between letters, too. */
const QUESTION_MARKS = /^\?[?\s]*\?$|^[^/=&:]*(?:\p{L}|^|\s)\?+\p{L}[^/=&:]*$/u;

const CODES = anyOf('i', [
	// &#39; and &#x27; of HTML
	/^[^<]*&#(?:\d{2,5}|x[\da-f]{2,5});/,
	// &Aring; of HTML
	/^[^<]*&(?:[a-z](?:uml|acute|grave|circ|tilde|ring|cedil|slash)|(?:ae|oe|sz)lig|eth|thorn);/,
	/^[^<]*&(?:amp|lt|gt|quot|apos|nbsp|[nm]dash|[lr][sd]quo|hellip|euro);/,
	// \u00c5 of JSON
	/\\u[\da-f]{4}/,
	// =?UTF-8?Q?=C3=85?= of mail
	/=\?[\w-]+\?[BQ]\?[^?]*\?=/,
	// %C3%85 of the web
	/^[^/:]*%C[2-9A-F]%[89AB][\dA-F]/,
]);

/** What begins or stands for a broken letter: a fast no for almost every text. */
export const SIGN_OF_BROKEN_LETTER = /[?&\\%\u00C2\u00C3\u00E2\u221A\u251C\u252C]/;

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
