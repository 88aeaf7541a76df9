import { type DecodeText, makeDecoder, windows1252Byte } from './encodings';

const REPLACEMENT = '\uFFFD';
const REPLACEMENT_CODE = 0xfffd;
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);
/** From here on a file counts as UTF-8 with some bad bytes: fewer invalid bytes than this for each valid character. */
const INVALID_PER_VALID = 10;
/** From here on valid characters are only estimated. */
const ENOUGH_VALID = 10_000;
/** In Western European text a sign stands where it should not in fewer than one of so many accented letters. */
const LETTERS_PER_MISPLACED = 10;
const SPACE = 0x20;

/** Signs of Windows-1252 that stand before, in and after words; any other there is a letter of another encoding. */
const BEFORE_WORDS = signs('€…‘’“”•–—¡¤§©«°´·»¿µ');
const IN_WORDS = signs('‘’–—´·');
const AFTER_WORDS = signs('€…‘’“”•–—™¤§¨©ª«®°´·º»');
const SUPERSCRIPTS = signs('²³¹');
const OPENING_QUOTES = signs('„“”');
const CLOSING_QUOTES = signs('”');
/** They stand for ö, ä and é in Macintosh, and hardly ever alone in Windows-1252. */
const CARONS = signs('ŠŽšž');
const CAPITAL_CARONS = signs('ŠŽ');

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
	private misplaced = 0;
	private openingQuotes = 0;
	private closingQuotes = 0;
	private hasCarons = false;
	/** Letters beyond ASCII one after another. */
	private run = 0;
	/** The first piece with a letter that may be one of another encoding. */
	private doubtful: Buffer | undefined;
	/** The last byte that passed, to be judged when the next one has come, and the two before it. */
	private passed = SPACE;
	private before = SPACE;
	private beforeLast = SPACE;
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
		if (isClean && bytes.length === text.length) {
			this.skip(bytes);
			return;
		}
		this.weigh(text);
		this.weighAsWestern(bytes);
		if (!isClean) this.forgiveWritten(bytes);
	}

	verdict(): EncodingVerdict {
		const { valid, invalid } = this;
		// A character cut in half by the end of the file stays in the decoder, and does not count.
		const isUtf8 = invalid === 0 || (valid > 0 && invalid < valid * INVALID_PER_VALID);
		if (isUtf8) return { encoding: 'utf-8', isMixed: false };
		return { encoding: this.isWestern() ? 'windows-1252' : undefined, isMixed: valid > 0 };
	}

	/** @returns a word that may be of another encoding although all makes sense in Windows-1252, to ask the user about */
	doubtfulWord(head: Buffer): string | undefined {
		const decode = makeDecoder('windows-1252');
		return wordInDoubt(decode(head)) ?? (this.doubtful && wordInDoubt(decode(this.doubtful)));
	}

	private isWestern(): boolean {
		this.pass(SPACE);
		const { westernLetters: letters, strangeBytes, hasCarons } = this;
		const misplaced = this.misplaced + Math.max(0, this.closingQuotes - this.openingQuotes);
		if (hasCarons && letters === 0) return false;
		return strangeBytes * 2 <= letters && misplaced * LETTERS_PER_MISPLACED <= letters;
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

	/**
	 * Bad signs: letters among the symbols (Macintosh, DOS), words of nothing but accented letters (Cyrillic, Greek), and
	 * symbols in words (Central European, Macintosh).
	 */
	private weighAsWestern(bytes: Buffer): void {
		for (let index = 0; index < bytes.length; index++) {
			const byte = bytes[index] ?? 0;
			this.pass(byte);
			this.run = byte >= 0xc0 ? this.run + 1 : 0;
			if (byte < 0x80) continue;
			if (byte >= 0xc0) this.westernLetters++;
			if (DOUBTFUL_LETTERS.has(byte)) this.doubtful ??= Buffer.from(bytes);
			if (this.run >= 3 || isStrange(byte)) this.strangeBytes++;
		}
	}

	/** Bytes of ASCII say nothing but what stands around the others. */
	private skip(bytes: Buffer): void {
		if (bytes.length > 0) this.pass(bytes[0] ?? SPACE);
		for (const byte of bytes.subarray(1).subarray(-3)) this.pass(byte);
	}

	private pass(next: number): void {
		if (this.passed >= 0x80) this.weighPlace(this.beforeLast, this.before, this.passed, next);
		this.beforeLast = this.before;
		this.before = this.passed;
		this.passed = next;
	}

	private weighPlace(beforeLast: number, before: number, byte: number, next: number): void {
		const [isAfterLetter, isBeforeLetter] = [isLetter(before), isLetter(next)];
		if (CARONS.has(byte)) this.hasCarons = true;
		if (isLetter(byte)) {
			if (CAPITAL_CARONS.has(byte) && before >= 0x61 && before <= 0x7a) this.misplaced++;
			return;
		}
		if (isBeforeLetter && !isAfterLetter && OPENING_QUOTES.has(byte)) this.openingQuotes++;
		if (isAfterLetter && !isBeforeLetter && CLOSING_QUOTES.has(byte)) this.closingQuotes++;
		if (isMisplaced(beforeLast, before, byte, next)) this.misplaced++;
	}
}

function signs(text: string): ReadonlySet<number> {
	return new Set([...text].map(windows1252Byte));
}

function isLetter(byte: number): boolean {
	if (byte >= 0xc0) return byte !== 0xd7 && byte !== 0xf7;
	const lower = byte | 0x20;
	return (lower >= 0x61 && lower <= 0x7a && byte < 0x80) || CARONS.has(byte);
}

function isSymbol(byte: number): boolean {
	return byte > 0xa0 && byte < 0xc0;
}

function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}

/** Between 0x80 and 0x9F the strange ones are counted already; no-break space and soft hyphen stand anywhere. */
function isMisplaced(beforeLast: number, before: number, byte: number, next: number): boolean {
	if (byte === 0xa0 || byte === 0xad || isStrange(byte)) return false;
	// Chinese and the like are pairs of such bytes.
	if (isSymbol(byte) && isSymbol(next)) return true;
	const [isAfterLetter, isBeforeLetter] = [isLetter(before), isLetter(next)];
	if (isAfterLetter && isBeforeLetter) return !IN_WORDS.has(byte);
	// m², cm³
	if (isAfterLetter && SUPERSCRIPTS.has(byte)) return isLetter(beforeLast) && before !== 0x6d;
	if (isAfterLetter) return !AFTER_WORDS.has(byte);
	if (isBeforeLetter) return !BEFORE_WORDS.has(byte) && !isDigit(before);
	return false;
}

/** Bytes between 0x80 and 0x9F that are letters elsewhere, and rare or undefined in Windows-1252. */
function isStrange(byte: number): boolean {
	if (byte > 0x9f) return false;
	// €, …, quotes, bullet and dashes, ™, and the letters š and ž in both cases.
	return ![
		0x80, 0x85, 0x8a, 0x8e, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9a, 0x9e,
	].includes(byte);
}

/**
 * Letters that Western European text seldom has, while Windows-1250, 1254 and 1257 have common ones in their places (ő and ű,
 * ě and ň, ū): within a word, and within a text without the vowels that Icelandic has beside its ð, þ and ý. Before some
 * letters, ê and ñ are Polish ę and ń.
 */
const DOUBTFUL_LETTERS = signs('ÃãÌìÒòÕõÙùÛûÊêÑñ');
const DOUBTFUL_WORD =
	/\p{L}*(?:[ãìòõùû]|ê(?=[dgkw])|ñ(?![aeiouáéíóú])|ø\p{L}*[íýìèù]|[íýìèù]\p{L}*ø)\p{L}*/iu;
const ICELANDIC_WORD = /\p{L}*[ðþý]\p{L}*/iu;
const ICELANDIC_VOWEL = /[áéíóú]/i;

function wordInDoubt(text: string): string | undefined {
	const found =
		DOUBTFUL_WORD.exec(text) ??
		(ICELANDIC_VOWEL.test(text) ? undefined : ICELANDIC_WORD.exec(text));
	return found?.[0];
}

/** How often a byte, or a row of bytes, comes. */
export function countOf(bytes: Buffer, wanted: Buffer | number): number {
	let count = 0;
	for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) count++;
	return count;
}
