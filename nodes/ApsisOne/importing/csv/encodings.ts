/** What the option CSV Encoding offers; values are labels of TextDecoder (WHATWG Encoding Standard). */
export const CSV_ENCODINGS: ReadonlyArray<{ name: string; value: string }> = [
	{ name: 'ISO-8859-1 (Western European)', value: 'iso-8859-1' },
	{ name: 'ISO-8859-15 (Western European, Euro)', value: 'iso-8859-15' },
	{ name: 'ISO-8859-2 (Central European)', value: 'iso-8859-2' },
	{ name: 'ISO-8859-4 (Baltic)', value: 'iso-8859-4' },
	{ name: 'ISO-8859-5 (Cyrillic)', value: 'iso-8859-5' },
	{ name: 'ISO-8859-7 (Greek)', value: 'iso-8859-7' },
	{ name: 'KOI8-R (Cyrillic)', value: 'koi8-r' },
	{ name: 'Macintosh (Western European)', value: 'macintosh' },
	{ name: 'UTF-16 BE', value: 'utf-16be' },
	{ name: 'UTF-16 LE', value: 'utf-16le' },
	{ name: 'UTF-8', value: 'utf-8' },
	{ name: 'Windows-1250 (Central European)', value: 'windows-1250' },
	{ name: 'Windows-1251 (Cyrillic)', value: 'windows-1251' },
	{ name: 'Windows-1252 (Western European)', value: 'windows-1252' },
	{ name: 'Windows-1253 (Greek)', value: 'windows-1253' },
	{ name: 'Windows-1254 (Turkish)', value: 'windows-1254' },
	{ name: 'Windows-1257 (Baltic)', value: 'windows-1257' },
];

/** @returns the encoding that a label stands for, or undefined when CSV Encoding does not offer it */
export function encodingOf(label: string): string | undefined {
	const wanted = label.trim().toLowerCase();
	return CSV_ENCODINGS.find(({ value }) => value === wanted)?.value;
}

/** Turns bytes into text piece by piece; without bytes it gives what is left. Byte order marks stay in the text. */
export type DecodeText = (bytes?: Buffer) => string;

/**
 * Makes the decoder of an encoding. What is not valid in it becomes U+FFFD.
 *
 * @param encoding a value of `CSV_ENCODINGS`
 */
export function makeDecoder(encoding: string): DecodeText {
	if (encoding === 'windows-1252' || encoding === 'iso-8859-1') return decodeWindows1252;
	const decoder = new TextDecoder(encoding, { ignoreBOM: true });
	return (bytes) => decoder.decode(bytes, { stream: bytes !== undefined });
}

/** What Windows-1252 has in place of the control characters 0x80 to 0x9F (WHATWG index windows-1252). */
const WINDOWS_1252_80_TO_9F =
	'\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
	'\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

/**
 * Node's own TextDecoder takes Windows-1252 for Latin-1 from 20.18.3, 22.13 and 23.4 on (nodejs/node#56542), and turns
 * € and ’ into control characters. The Encoding Standard means Windows-1252 by the label iso-8859-1, too.
 */
function decodeWindows1252(bytes?: Buffer): string {
	if (!bytes) return '';
	return bytes
		.toString('latin1')
		.replace(/[\u0080-\u009F]/g, (control) =>
			WINDOWS_1252_80_TO_9F.charAt(control.charCodeAt(0) - 0x80),
		);
}

/** The byte of a character in Windows-1252. */
export function windows1252Byte(character: string): number {
	const index = WINDOWS_1252_80_TO_9F.indexOf(character);
	return index < 0 ? character.charCodeAt(0) : index + 0x80;
}
