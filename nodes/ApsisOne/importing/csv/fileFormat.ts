import { createHash } from 'crypto';

import { ApsisOneError } from '../../errors';
import { countOf, EncodingEvidence } from './encodingEvidence';
import { CSV_ENCODINGS, encodingOf, makeDecoder } from './encodings';
import { recogniseForeignFile } from './foreignFile';
import { type FileHeader, headerBelowTitle, readHeader } from './header';
import { type CsvFormat, CsvReader, type CsvRecord, type LineEnd } from './reader';

/** How much of a file is looked at to tell its delimiter and header. */
const HEAD_BYTES = 65_536;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Where two fit equally, the one that is rarer in values. */
const DELIMITERS = ['\t', ';', '|', ','] as const;
/** Records looked at to tell the delimiter. */
const RECORDS_TO_COMPARE = 20;
/** UTF-16 without a mark: so many bytes of a text are zero at the least, almost all of them on one side. */
const MIN_ZERO_SHARE = 0.1;

/** What the user has chosen instead of having it detected. */
export interface FormatOptions {
	encoding?: string;
	delimiter?: string;
}

/** What one reading of a file has told. */
export interface FileSurvey extends CsvFormat {
	header: FileHeader;
	/** Whether anything but the header is in it. */
	hasRows: boolean;
	/** Whether it begins with a byte order mark. */
	hasByteOrderMark: boolean;
	/** A word that may be of another encoding than the one that was detected. */
	doubtfulWord?: string;
	/** About how many lines there are. */
	lines: number;
	/** Whether no line end comes after its last line. */
	endsWithinLine: boolean;
	fingerprint: Fingerprint;
}

/** Tells whether two readings gave the same bytes. */
export interface Fingerprint {
	bytes: number;
	/** SHA-256. */
	digest: string;
}

/** Takes the fingerprint of bytes as they pass. */
export class FingerprintTaker {
	private readonly hash = createHash('sha256');
	private bytes = 0;

	add(piece: Buffer): void {
		this.bytes += piece.length;
		this.hash.update(piece);
	}

	finish(): Fingerprint {
		return { bytes: this.bytes, digest: this.hash.digest('hex') };
	}
}

/**
 * Reads a file once, at the speed of memory, to tell its encoding and delimiter, where the user has not, its columns and
 * its length. A byte order mark decides even against the user; without one the bytes of the whole file are the evidence.
 *
 * @param pieces the file
 * @param fileName for messages, e.g. `customers.csv`
 * @throws ApsisOneError when it is not a CSV file, or has a title above the header
 */
export async function surveyFile(
	pieces: AsyncIterable<Buffer>,
	fileName: string,
	options: FormatOptions,
	itemIndex: number,
): Promise<FileSurvey> {
	const chosen = options.encoding ? chosenEncoding(options.encoding) : undefined;
	const { head, evidence, feeds, returns, endsWithinLine, fingerprint } = await readThrough(pieces);
	const marked = markedEncoding(head);
	refuseForeignFile(head, marked, fileName, itemIndex);

	const verdict = evidence.verdict();
	const encoding = marked ?? chosen ?? verdict.encoding;
	if (encoding === undefined) throw unknownEncoding(fileName, itemIndex);
	const text = makeDecoder(encoding)(head);
	const isGuess = marked === undefined && chosen === undefined && encoding === 'windows-1252';
	const doubtful = isGuess ? evidence.doubtfulWord(head) : undefined;
	const separator = separatorLine(text);
	const delimiter = options.delimiter ?? separator ?? likeliestDelimiter(text);
	const format: CsvFormat = {
		encoding,
		delimiter,
		isMixed: marked === undefined && chosen === undefined && verdict.isMixed,
		hasSeparatorLine: separator !== undefined,
	};
	const isWhole = fingerprint.bytes <= HEAD_BYTES;
	const [first, ...following] = recordsOf(text, format, isWhole);
	if (first) {
		refuseTitle(first, following, fileName, itemIndex);
		refuseOtherQuotes(first, fileName, itemIndex);
	}
	return {
		...format,
		...(first
			? {
					headerText: first.raw,
					lineEnd: isLessCommon(first.lineEnd, returns, feeds) ? '\n' : first.lineEnd,
					width: first.cells.length,
				}
			: {}),
		header: readHeader(first?.cells ?? [], following),
		hasRows: following.length > 0 || !isWhole,
		hasByteOrderMark: text.startsWith('\uFEFF'),
		...(doubtful === undefined ? {} : { doubtfulWord: doubtful }),
		lines: Math.max(feeds, returns),
		endsWithinLine,
		fingerprint,
	};
}

interface Reading {
	head: Buffer;
	evidence: EncodingEvidence;
	/** How often the two characters of line ends come. */
	feeds: number;
	returns: number;
	endsWithinLine: boolean;
	fingerprint: Fingerprint;
}

async function readThrough(pieces: AsyncIterable<Buffer>): Promise<Reading> {
	const evidence = new EncodingEvidence();
	const fingerprint = new FingerprintTaker();
	const head: Buffer[] = [];
	let headBytes = 0;
	let feeds = 0;
	let returns = 0;
	let end: Buffer = Buffer.alloc(0);
	for await (const piece of pieces) {
		evidence.note(piece);
		fingerprint.add(piece);
		feeds += countOf(piece, LINE_FEED);
		returns += countOf(piece, CARRIAGE_RETURN);
		if (headBytes < HEAD_BYTES) head.push(piece);
		headBytes += piece.length;
		// In UTF-16 a character has two bytes.
		end = Buffer.concat([end, piece.subarray(-2)]).subarray(-2);
	}
	return {
		head: Buffer.concat(head).subarray(0, HEAD_BYTES),
		evidence,
		feeds,
		returns,
		endsWithinLine: !isLineEnd(end.at(-1)) && !(end.at(-1) === 0 && isLineEnd(end.at(-2))),
		fingerprint: fingerprint.finish(),
	};
}

function isLineEnd(byte: number | undefined): boolean {
	return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/** Whether only the header ends by `\r\n`, as where it was put before a file of another system. */
function isLessCommon(lineEnd: LineEnd, returns: number, feeds: number): boolean {
	return lineEnd === '\r\n' && returns * 2 < feeds;
}

function chosenEncoding(label: string): string {
	const encoding = encodingOf(label);
	if (encoding) return encoding;
	throw new ApsisOneError(
		`CSV Encoding "${label}" is not supported`,
		`Choose one of ${CSV_ENCODINGS.map(({ value }) => value).join(', ')}, or Detect.`,
	);
}

function markedEncoding(head: Buffer): string | undefined {
	if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
	if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
	if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
	return encodingByZeros(head);
}

/** In UTF-16 every character of ASCII, such as delimiters and line ends, has one byte that is zero. */
function encodingByZeros(head: Buffer): string | undefined {
	const zeros = [0, 0];
	for (const [index, byte] of head.entries()) {
		if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
	}
	const [even = 0, odd = 0] = zeros;
	if (even + odd < head.length * MIN_ZERO_SHARE) return undefined;
	if (odd > even * 10) return 'utf-16le';
	return even > odd * 10 ? 'utf-16be' : undefined;
}

function refuseForeignFile(
	head: Buffer,
	marked: string | undefined,
	fileName: string,
	itemIndex: number,
): void {
	const text = makeDecoder(marked ?? 'windows-1252')(head).replace(/^\uFEFF+/, '');
	const foreign = recogniseForeignFile(head, text);
	if (!foreign) return;
	throw new ApsisOneError(
		`[Item ${itemIndex}] ${fileName} is ${foreign.what}, not a CSV file`,
		foreign.cure,
		itemIndex,
	);
}

function unknownEncoding(fileName: string, itemIndex: number): ApsisOneError {
	return new ApsisOneError(
		`[Item ${itemIndex}] The encoding of ${fileName} cannot be detected`,
		'It is neither UTF-8 nor Windows-1252. Save the file as CSV UTF-8, or set the option CSV Encoding to the one it was saved in, e.g. Windows-1250 or Macintosh.',
		itemIndex,
	);
}

/** The delimiter named by a first line like `sep=;`, which Excel writes and reads. */
function separatorLine(text: string): string | undefined {
	return /^\uFEFF*"?sep=([^\r\n])"?[ \t]*(?:[\r\n]|$)/i.exec(text)?.[1];
}

/** The one by which most records have the same number of cells, and more than one. */
function likeliestDelimiter(text: string): string {
	let best: { delimiter: string; agreeing: number; width: number } | undefined;
	for (const delimiter of DELIMITERS) {
		const records = recordsOf(text, { delimiter, encoding: '' }, true);
		const found = { delimiter, ...commonWidth(records.slice(0, RECORDS_TO_COMPARE)) };
		const isBetter =
			!best ||
			found.agreeing > best.agreeing ||
			(found.agreeing === best.agreeing && found.width > best.width);
		if (isBetter) best = found;
	}
	return best && best.agreeing > 0 ? best.delimiter : ',';
}

function commonWidth(records: readonly CsvRecord[]): { agreeing: number; width: number } {
	const counts = new Map<number, number>();
	for (const { cells } of records) {
		if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
	}
	const [[width, agreeing] = [1, 0]] = [...counts].sort(
		([oneWidth, one], [otherWidth, other]) => other - one || otherWidth - oneWidth,
	);
	return { agreeing, width };
}

/** Records of the beginning of a file; at least the first, however long it is. */
function recordsOf(text: string, format: CsvFormat, isWhole: boolean): CsvRecord[] {
	const reader = new CsvReader(format);
	const records = reader.read(text);
	return isWhole || records.length === 0 ? [...records, ...reader.end()] : records;
}

function refuseTitle(
	first: CsvRecord,
	following: readonly CsvRecord[],
	fileName: string,
	itemIndex: number,
): void {
	const header = headerBelowTitle(first, following);
	if (!header) return;
	const title = first.cells.find((cell) => cell.trim() !== '')?.trim() ?? '';
	throw new ApsisOneError(
		`[Item ${itemIndex}] The first line of ${fileName} is a title, not the names of the columns: "${title}"`,
		`The columns seem to be in row ${header.row}: ${readHeader(header.cells).names.join(', ')}. Delete the lines above it. If the first line does contain the names of the columns, save the file with the same delimiter in all lines.`,
		itemIndex,
	);
}

/** Single quotes, as some databases write them, and the curly or angular ones of word processors. */
const IN_OTHER_QUOTES = /^\s*['‘’‚“”„«»`].*['‘’“”«»`]\s*$/s;

/** They would be taken for part of the values, and a delimiter between them for the end of one. */
function refuseOtherQuotes({ cells }: CsvRecord, fileName: string, itemIndex: number): void {
	const names = cells.filter((cell) => cell.trim() !== '');
	if (names.length < 2 || !names.every((name) => IN_OTHER_QUOTES.test(name))) return;
	throw new ApsisOneError(
		`[Item ${itemIndex}] ${fileName} has its values in quotes that CSV files do not use: ${names[0]?.trim()}`,
		'CSV files put values in double quotes ("). Export the file with these, or replace the quotes before this node.',
		itemIndex,
	);
}
