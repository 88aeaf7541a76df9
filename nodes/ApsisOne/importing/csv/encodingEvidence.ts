import { type DecodeText, makeDecoder } from './encodings';

const REPLACEMENT = '\uFFFD';
const REPLACEMENT_CODE = 0xfffd;
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);
/** From here on a file counts as UTF-8 with some bad bytes: fewer invalid bytes than this for each valid character. */
const INVALID_PER_VALID = 10;
/** From here on valid characters are only estimated. */
const ENOUGH_VALID = 10_000;

/** What the bytes of a file without byte order mark say about its encoding. */
export interface EncodingVerdict {
	/** Undefined when it is neither UTF-8 nor makes sense as Windows-1252. */
	encoding: 'utf-8' | 'windows-1252' | undefined;
	/** Whether a file in Windows-1252 holds something that is valid UTF-8, so that some of its rows may be that. */
	isMixed: boolean;
}

/**
 * Tells UTF-8 from Windows-1252. Every byte means something in Windows-1252, so a file is taken for that only when
 * hardly anything in it is valid UTF-8 and its bytes make sense as Western European text: a row that is refused can be
 * corrected, while Ã…sa in place of Åsa is sent and stays.
 */
export class EncodingEvidence {
	private readonly decode: DecodeText = makeDecoder('utf-8');
	private valid = 0;
	private invalid = 0;
	private westernLetters = 0;
	private strangeBytes = 0;
	/** Letters beyond ASCII one after another. */
	private run = 0;
	/** The last two bytes so far: a character may be cut by the end of a piece. */
	private last: Buffer = Buffer.alloc(0);

	note(bytes: Buffer): void {
		this.weighPiece(bytes);
		const last = bytes.length < 2 ? Buffer.concat([this.last, bytes]) : bytes;
		this.last = last.subarray(-2);
	}

	private weighPiece(bytes: Buffer): void {
		const text = this.decode(bytes);
		const isClean = !text.includes(REPLACEMENT);
		if (isClean && this.valid > ENOUGH_VALID) {
			// A character beyond ASCII takes more bytes than UTF-16 units.
			this.valid += Math.max(0, bytes.length - text.length);
			return;
		}
		if (isClean && bytes.length === text.length) return;
		this.weigh(text);
		this.weighAsWestern(bytes);
		if (!isClean) this.forgiveWritten(bytes);
	}

	verdict(): EncodingVerdict {
		const { valid, invalid } = this;
		// A character cut in half by the end of the file stays in the decoder, and does not count.
		const isUtf8 = invalid === 0 || (valid > 0 && invalid < valid * INVALID_PER_VALID);
		if (isUtf8) return { encoding: 'utf-8', isMixed: false };
		const makesSense = this.strangeBytes * 2 <= this.westernLetters || this.strangeBytes === 0;
		return { encoding: makesSense ? 'windows-1252' : undefined, isMixed: valid > 0 };
	}

	private weigh(text: string): void {
		for (let index = 0; index < text.length; index++) {
			const code = text.charCodeAt(index);
			if (code < 0x80) continue;
			if (code === REPLACEMENT_CODE) this.invalid++;
			// à, no-break space, » in French Windows-1252 would be a letter of Samaritan in UTF-8.
			else if (code < 0x800 || code >= 0x1000) this.valid++;
		}
	}

	/** The replacement character itself may be written in the file. */
	private forgiveWritten(bytes: Buffer): void {
		const written = countOf(Buffer.concat([this.last, bytes]), REPLACEMENT_BYTES);
		this.invalid -= written;
		this.valid += written;
	}

	/** Two bad signs: letters among the symbols (Macintosh, DOS), and words of nothing but accented letters (Cyrillic, Greek). */
	private weighAsWestern(bytes: Buffer): void {
		for (let index = 0; index < bytes.length; index++) {
			const byte = bytes[index] ?? 0;
			this.run = byte >= 0xc0 ? this.run + 1 : 0;
			if (byte < 0x80) continue;
			if (byte >= 0xc0) this.westernLetters++;
			if (this.run >= 3 || isStrange(byte)) this.strangeBytes++;
		}
	}
}

/** Bytes between 0x80 and 0x9F that are letters elsewhere, and rare or undefined in Windows-1252. */
function isStrange(byte: number): boolean {
	if (byte > 0x9f) return false;
	// €, …, quotes, bullet and dashes, ™, and the letters š and ž in both cases.
	return ![
		0x80, 0x85, 0x8a, 0x8e, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9a, 0x9e,
	].includes(byte);
}

function countOf(bytes: Buffer, wanted: Buffer): number {
	let count = 0;
	for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) count++;
	return count;
}
