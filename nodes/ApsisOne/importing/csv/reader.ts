import { InvalidValue } from '../../values/invalidValue';
import { type QuotedRecord, readQuotedRecord } from './quotedRecord';

const MARK = '\uFEFF';
const MARK_CODE = 0xfeff;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;
/** A line this long is not a line: the file has other line ends, or a quote of thousands of lines. */
const MAX_LINE_CHARACTERS = 1_000_000;
/** What is kept of a line that is too long. */
const KEPT_CHARACTERS = 1_000;

const LOST_CHARACTER = new InvalidValue(
	'has a character that cannot be read',
	'Its bytes are not valid in the encoding of the file. Correct the row, or save the file as CSV UTF-8. If many rows have this problem, set the option CSV Encoding.',
);

const OTHER_ENCODING = new InvalidValue(
	'has a different encoding from the rest of the file',
	'It looks like UTF-8 in a file that is Windows-1252. Save the whole file as CSV UTF-8, or set the option CSV Encoding.',
);

const TOO_LONG = new InvalidValue(
	'is longer than 1,000,000 characters',
	'A line break or a quote is missing. Correct the file where this row begins.',
);

/** Å as Ã…: characters of UTF-8 as Windows-1252 shows them (a lead byte and one or two that continue it). */
const UTF8_AS_WINDOWS_1252 = (() => {
	const continuing =
		'[\u0080-\u00BF\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178]';
	return new RegExp(`[\u00C2-\u00DF]${continuing}|[\u00E1-\u00EF]${continuing}{2}`);
})();

/** How a file is written. */
export interface CsvFormat {
	/** A value of `CSV_ENCODINGS`. */
	encoding: string;
	delimiter: string;
	/** Whether a file in Windows-1252 has rows that may be UTF-8. */
	isMixed?: boolean;
	/** Whether its first line is `sep=;` and the like, which Excel reads and does not show. */
	hasSeparatorLine?: boolean;
	/** The header as it stands in the file, to find it again where another file was joined without a line end between. */
	headerText?: string;
	/** How the header and most lines end. */
	lineEnd?: LineEnd;
	/** Cells of the header. */
	width?: number;
}

/** None is that of the last line. */
export type LineEnd = '\r\n' | '\n' | '\r' | '';

/** One record as it stands in the file. */
export interface CsvRecord {
	cells: string[];
	/** As a spreadsheet counts: blank rows too, and a record over several lines once. The first is 1. */
	row: number;
	/** Its text without the line end. */
	raw: string;
	/** Whether its quotes are not as RFC 4180 wants them: right only if it has as many cells as the header. */
	isIrregular: boolean;
	/** Whether a byte order mark stands before it: another file was joined to the first here. */
	isAfterMark: boolean;
	lineEnd: LineEnd;
	/** Whether it begins or ends at a line end that the file has nowhere else: half of `\r\n`, or the other half. */
	isBesideOddEnd: boolean;
	defect: InvalidValue | undefined;
}

/**
 * Reads CSV from pieces of text. Records come one for one in their order, none is lost: one that cannot be read comes with
 * its defect, and reading goes on at the next line. Blank records (no cell holds anything but space) are counted and left
 * out.
 *
 * Lines without a quote are split where the delimiters are, at ten times the speed of csv-parse, which cannot go on after a
 * bad record either; it is the oracle of the tests.
 */
export class CsvReader {
	private readonly delimiter: string;
	private readonly isMixed: boolean;
	private rest = '';
	/** The beginning of a line that is too long, while its end is looked for. */
	private tooLong: string | undefined;
	private row = 0;
	private isSkippingLine: boolean;
	private readonly joinedHeader: string | undefined;
	private readonly width: number;
	private readonly lineEnd: LineEnd | undefined;
	private isAfterOddEnd = false;

	constructor(format: Omit<CsvFormat, 'encoding'>) {
		const { delimiter, isMixed, hasSeparatorLine, headerText, width, lineEnd } = format;
		this.delimiter = delimiter;
		this.joinedHeader = headerText ? `${MARK}${headerText}` : undefined;
		this.isMixed = isMixed ?? false;
		this.width = width ?? 0;
		this.lineEnd = lineEnd;
		this.isSkippingLine = hasSeparatorLine ?? false;
	}

	/** @returns the records that this text completes */
	read(text: string): CsvRecord[] {
		return this.readBlock(this.partJoined(this.rest + text, false), false);
	}

	/** @returns the records left when no more text comes */
	end(): CsvRecord[] {
		return this.readBlock(this.partJoined(this.rest, true), true);
	}

	/** Begins a new line where a file without a last line end was joined to one with a byte order mark. */
	private partJoined(block: string, isEnd: boolean): string {
		const { joinedHeader } = this;
		if (!joinedHeader || !block.includes(joinedHeader)) return block;
		return block.split(joinedHeader).reduce((text, next) => {
			const isLine = /^[\r\n]/.test(next) || (isEnd && next === '');
			const isJoined = isLine && /[^\r\n\uFEFF]$/.test(text);
			return `${text}${isJoined ? '\n' : ''}${joinedHeader}${next}`;
		});
	}

	private readBlock(block: string, isEnd: boolean): CsvRecord[] {
		const records: CsvRecord[] = [];
		const isSuspect =
			block.includes('\uFFFD') || (this.isMixed && UTF8_AS_WINDOWS_1252.test(block));
		let from = this.tooLong === undefined ? 0 : this.skipTooLong(block, isEnd, records);
		let feed = block.indexOf('\n');
		let carriageReturn = block.indexOf('\r');
		let quote = block.indexOf('"');
		while (from < block.length) {
			if (feed >= 0 && feed < from) feed = block.indexOf('\n', from);
			if (carriageReturn >= 0 && carriageReturn < from) carriageReturn = block.indexOf('\r', from);
			if (quote >= 0 && quote < from) quote = block.indexOf('"', from);
			const lineEnd = firstOf(feed, carriageReturn, block.length);
			if (!isEnd && isHalf(block, lineEnd)) break;

			const hasMark = block.charCodeAt(from) === MARK_CODE;
			const start = hasMark ? skipMarks(block, from, lineEnd) : from;
			let record: QuotedRecord | undefined;
			if (quote < 0 || quote >= lineEnd || this.isSkippingLine) {
				const cells = block.slice(start, lineEnd).split(this.delimiter);
				record = { cells, end: lineEnd, isIrregular: false };
			} else {
				const { delimiter, width } = this;
				record = readQuotedRecord(block, start, lineEnd, { delimiter, width }, isEnd);
				if (!record || (!isEnd && isHalf(block, record.end))) break;
			}
			const { end } = record;
			const recordEnd = lineEndAt(block, end);
			if (this.isSkippingLine) this.isSkippingLine = false;
			else this.add(records, block.slice(start, end), record, hasMark, recordEnd);
			from = end + Math.max(1, recordEnd.length);
		}
		this.rest = from < block.length ? block.slice(from) : '';
		if (this.rest.length > MAX_LINE_CHARACTERS) this.startTooLong();
		if (isSuspect) this.markUnreadable(records);
		return records;
	}

	private add(
		records: CsvRecord[],
		raw: string,
		{ cells, isIrregular, defect }: Omit<QuotedRecord, 'end'>,
		isAfterMark: boolean,
		lineEnd: LineEnd,
	): void {
		this.row++;
		const isOddEnd = this.isOdd(lineEnd);
		const isBesideOddEnd = isOddEnd || this.isAfterOddEnd;
		this.isAfterOddEnd = isOddEnd;
		if (isBlank(cells)) return;
		const { row } = this;
		records.push({ cells, row, raw, isIrregular, isAfterMark, lineEnd, isBesideOddEnd, defect });
	}

	/** Whole line ends beside other ones come of joined files; a half, or one of old Macintosh, also of a value. */
	private isOdd(lineEnd: LineEnd): boolean {
		if (!this.lineEnd || lineEnd === '' || lineEnd === '\r\n') return false;
		return lineEnd !== this.lineEnd;
	}

	private startTooLong(): void {
		this.tooLong = this.rest.slice(0, KEPT_CHARACTERS);
		this.rest = '';
	}

	/** @returns where the line after one that is too long begins */
	private skipTooLong(block: string, isEnd: boolean, records: CsvRecord[]): number {
		const end = /\r\n?|\n/.exec(block);
		if (!end && !isEnd) return block.length;
		const raw = `${this.tooLong ?? ''}…`;
		this.tooLong = undefined;
		const cells = raw.split(this.delimiter);
		const lineEnd = (end?.[0] ?? '') as LineEnd;
		this.add(records, raw, { cells, isIrregular: true, defect: TOO_LONG }, false, lineEnd);
		return end ? end.index + end[0].length : block.length;
	}

	private markUnreadable(records: CsvRecord[]): void {
		for (const record of records) {
			if (record.raw.includes('\uFFFD')) record.defect = LOST_CHARACTER;
			else if (this.isMixed && UTF8_AS_WINDOWS_1252.test(record.raw))
				record.defect = OTHER_ENCODING;
		}
	}
}

/** The smaller of two places, of which each may be -1 for none. */
function firstOf(one: number, other: number, none: number): number {
	if (one < 0) return other < 0 ? none : other;
	return other < 0 || one < other ? one : other;
}

/** Whether more text may change where the line ends: its end has not come, or may be the first half of `\\r\\n`. */
function isHalf(block: string, lineEnd: number): boolean {
	return lineEnd >= block.length || (lineEnd === block.length - 1 && block[lineEnd] === '\r');
}

function lineEndAt(block: string, at: number): LineEnd {
	if (at >= block.length) return '';
	if (block.charCodeAt(at) === LINE_FEED) return '\n';
	return block.charCodeAt(at + 1) === LINE_FEED ? '\r\n' : '\r';
}

function skipMarks(text: string, from: number, end: number): number {
	let at = from;
	while (at < end && text.charCodeAt(at) === MARK_CODE) at++;
	return at;
}

function isBlank(cells: readonly string[]): boolean {
	const [first = ''] = cells;
	const code = first.charCodeAt(0);
	// Almost every record begins with a letter or digit.
	return code > SPACE && code < NO_BREAK_SPACE ? false : cells.every(isSpace);
}

function isSpace(cell: string): boolean {
	return cell.trim() === '';
}
