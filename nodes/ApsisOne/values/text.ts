import { plainText } from './plainText';
import { InvalidValue } from './invalidValue';

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
	'holds a control character',
	'Remove the invisible characters, e.g. with Replace in an Edit Fields node.',
);

/** Text of an attribute: at most 1,000 characters, none of them invisible controls. */
export function normaliseText(value: unknown): string | InvalidValue {
	const text = plainText(value);
	if (typeof text !== 'string') return text;
	if (text.length > MAX_TEXT_LENGTH) return TOO_LONG;
	return isPlainAscii(text) || !FORBIDDEN_CHARACTERS.test(text) ? text : CONTROL_CHARACTER;
}

/** A fast yes for the common short text; a no means only that the slow look is needed. */
function isPlainAscii(text: string): boolean {
	if (text.length > 64) return false;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < 32 || code > 126) return false;
	}
	return true;
}

/** A profile key that is no address: any text on one line. */
export function normaliseKeyText(value: unknown): string | InvalidValue {
	const text = normaliseText(value);
	if (typeof text !== 'string' || !/[\r\n\t]/.test(text)) return text;
	return new InvalidValue('holds a line break or tab', 'A profile key is one line of text.');
}
