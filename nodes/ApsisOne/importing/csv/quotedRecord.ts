import { InvalidValue } from '../../values/invalidValue';

const QUOTE = '"';
const QUOTE_CODE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A quote that does not close within these is a stray quote of its own line. */
const MAX_RECORD_LINES = 100;
const MAX_RECORD_CHARACTERS = 100_000;
/** So many cells in each line of a record are hardly a chance. */
const TELLING_WIDTH = 4;

export const UNCLOSED = new InvalidValue(
	'has a quote that is not closed',
	'Remove the quote, or add the missing one. A quote inside a quoted value must be doubled.',
);

export const UNCLEAR_QUOTES = new InvalidValue(
	'has quotes in the wrong places',
	'It is unclear where its values begin and end. A quote inside a quoted value must be doubled.',
);

/** One record with quotes in it. */
export interface QuotedRecord {
	cells: string[];
	/** Where its line ends in the text, before the characters that end it. */
	end: number;
	/** Whether its quotes are not as RFC 4180 wants them, so that its cells are a guess until their number fits. */
	isIrregular: boolean;
	defect?: InvalidValue;
}

/**
 * How quotes are read. `doubled` is RFC 4180, `backslash` what MySQL and PHP write; both may have line breaks in quotes,
 * and nothing else is right in them. `lenient` makes the best of one line.
 */
type QuoteStyle = 'doubled' | 'backslash' | 'lenient';

type Scan = QuotedRecord | 'irregular' | 'incomplete';

/**
 * Reads the record that begins at `from`. Only quotes that are entirely regular lead over line ends, and not where each
 * line looks like a record; otherwise the line stands for itself, and the next one is read normally.
 *
 * @param lineEnd where the first line of the record ends
 * @param format with the number of cells of the header, 0 while it is not known
 * @param isEnd whether the file ends with the text
 * @returns undefined when the text ends before the record does
 */
export function readQuotedRecord(
	text: string,
	from: number,
	lineEnd: number,
	{ delimiter, width }: { delimiter: string; width: number },
	isEnd: boolean,
): QuotedRecord | undefined {
	for (const style of ['doubled', 'backslash'] as const) {
		// Without a backslash before a quote both read the same.
		if (style === 'backslash' && !text.includes('\\"', from)) break;
		const scan = new RecordScanner(text, from, lineEnd, delimiter, style).read(isEnd);
		if (scan === 'incomplete') return undefined;
		if (scan === 'irregular') continue;
		if (scan.end > lineEnd && swallowsRecords(text.slice(from, scan.end), delimiter, width)) break;
		return { ...scan, isIrregular: style === 'backslash' };
	}
	return readLine(text.slice(from, lineEnd), from, delimiter);
}

/**
 * Whether a record of several lines is most likely several records, of which the first has a stray quote and the last
 * another: each line has as many cells as the header, and where the first has an email address, so have the others.
 */
function swallowsRecords(text: string, delimiter: string, width: number): boolean {
	if (width < 2) return false;
	const lines = text.split(/\r\n|\r|\n/).map((line) => line.split(delimiter));
	if (lines.length < 2 || lines.some(({ length }) => length !== width)) return false;
	const address = lines[0]?.findIndex((cell) => cell.includes('@')) ?? -1;
	if (address < 0) return width >= TELLING_WIDTH;
	return lines.every((cells) => cells[address]?.includes('@'));
}

function readLine(line: string, from: number, delimiter: string): QuotedRecord {
	const scanner = new RecordScanner(line, 0, line.length, delimiter, 'lenient');
	const record = scanner.read(true);
	if (typeof record === 'string') throw new Error('A lenient reading always comes to an end');
	return { ...record, end: from + line.length, isIrregular: true };
}

class RecordScanner {
	private readonly cells: string[] = [];
	private at: number;
	private isUnclosed = false;
	/** Quotes in cells that are not quoted, and in those that are. */
	private hasStray = false;
	private hasInner = false;
	private hasOddInner = false;

	constructor(
		private readonly text: string,
		private readonly from: number,
		private lineEnd: number,
		private readonly delimiter: string,
		private readonly style: QuoteStyle,
	) {
		this.at = from;
	}

	read(isEnd: boolean): Scan {
		for (;;) {
			const trouble = this.readCell(isEnd);
			if (trouble) return trouble;
			if (!this.text.startsWith(this.delimiter, this.at) || this.at >= this.lineEnd) break;
			this.at += this.delimiter.length;
		}
		const defect = this.defect();
		return { cells: this.cells, end: this.at, isIrregular: false, ...(defect ? { defect } : {}) };
	}

	private defect(): InvalidValue | undefined {
		if (this.isUnclosed) return UNCLOSED;
		// A delimiter in a value may have been taken for the end of the cell, or a backslash for part of the value.
		const isUnclear =
			this.hasOddInner ||
			(this.hasInner && (this.hasStray || this.text.includes('\\"', this.from)));
		return isUnclear ? UNCLEAR_QUOTES : undefined;
	}

	private readCell(isEnd: boolean): 'irregular' | 'incomplete' | undefined {
		const open = this.skipSpaces(this.at);
		if (open < this.lineEnd && this.text.charCodeAt(open) === QUOTE_CODE) {
			return this.readQuoted(open + 1, isEnd);
		}
		const rest = this.text.slice(this.at, this.lineEnd);
		const length = rest.indexOf(this.delimiter);
		return this.takeLiteral(length < 0 ? rest : rest.slice(0, length));
	}

	private takeLiteral(cell: string): 'irregular' | undefined {
		if (cell.includes(QUOTE)) {
			if (this.style !== 'lenient') return 'irregular';
			this.hasStray = true;
		}
		this.cells.push(cell);
		this.at += cell.length;
		return undefined;
	}

	/** @param start behind the opening quote */
	private readQuoted(start: number, isEnd: boolean): 'irregular' | 'incomplete' | undefined {
		let inner = 0;
		let isEscaped = false;
		let quote = this.text.indexOf(QUOTE, start);
		for (;;) {
			if (quote < 0) return this.notClosed(isEnd);
			const next = quote + 1;
			const isKnown = isEnd || quote < this.lineEnd || this.skipSpaces(next) < this.text.length;
			if (!isKnown) return this.notClosed(false);
			if (this.style === 'backslash' && this.isBackslashed(start, quote)) {
				isEscaped = true;
				quote = this.text.indexOf(QUOTE, next);
			} else if (this.isDoubled(next, inner)) {
				isEscaped = true;
				quote = this.text.indexOf(QUOTE, next + 1);
			} else if (this.endsCell(next)) {
				break;
			} else {
				if (this.style !== 'lenient') return 'irregular';
				inner++;
				quote = this.text.indexOf(QUOTE, next);
			}
		}
		if (quote > this.lineEnd && !this.goOnAfter(quote, isEnd)) {
			return this.isTooLong(quote) ? 'irregular' : 'incomplete';
		}
		if (inner > 0) this.hasInner = true;
		if (inner % 2 === 1) this.hasOddInner = true;
		const value = this.text.slice(start, quote);
		this.cells.push(isEscaped ? this.unescape(value, inner) : value);
		this.at = this.skipSpaces(quote + 1);
		return undefined;
	}

	/** Moves to the line that a cell ended in. */
	private goOnAfter(quote: number, isEnd: boolean): boolean {
		if (this.isTooLong(quote)) return false;
		const end = lineEndAfter(this.text, quote);
		if (end < 0 && !isEnd) return false;
		this.lineEnd = end < 0 ? this.text.length : end;
		return true;
	}

	private notClosed(isEnd: boolean): 'irregular' | 'incomplete' | undefined {
		if (this.style === 'lenient') {
			this.isUnclosed = true;
			// The cells are only shown: as if the quote were not there.
			this.cells.push(...this.text.slice(this.at, this.lineEnd).split(this.delimiter));
			this.at = this.lineEnd;
			return undefined;
		}
		return isEnd || this.isTooLong(this.text.length) ? 'irregular' : 'incomplete';
	}

	/** In a cell that already has an odd quote, `""` at its end is a quote and the end: `"Anna "Ann""`. */
	private isDoubled(next: number, inner: number): boolean {
		if (this.text.charCodeAt(next) !== QUOTE_CODE) return false;
		if (this.style === 'backslash') return false;
		return !(inner % 2 === 1 && this.endsCell(next + 1));
	}

	private isBackslashed(start: number, quote: number): boolean {
		let backslashes = 0;
		while (quote - 1 - backslashes >= start && this.text[quote - 1 - backslashes] === '\\') {
			backslashes++;
		}
		return backslashes % 2 === 1;
	}

	private endsCell(index: number): boolean {
		const after = this.skipSpaces(index);
		if (after >= this.text.length || this.text.startsWith(this.delimiter, after)) return true;
		const code = this.text.charCodeAt(after);
		return code === LINE_FEED || code === CARRIAGE_RETURN;
	}

	private unescape(value: string, inner: number): string {
		if (this.style === 'backslash') return value.replace(/\\(["\\])/g, '$1');
		return inner % 2 === 1 ? value : value.replaceAll('""', QUOTE);
	}

	private skipSpaces(index: number): number {
		let at = index;
		for (; at < this.text.length; at++) {
			const code = this.text.charCodeAt(at);
			const isSpace = code === 0x20 || code === 0xa0 || code === 0x09;
			if (!isSpace || this.text.startsWith(this.delimiter, at)) break;
		}
		return at;
	}

	private isTooLong(end: number): boolean {
		if (end - this.from > MAX_RECORD_CHARACTERS) return true;
		const record = this.text.slice(this.from, end);
		return Math.max(countOf(record, '\n'), countOf(record, '\r')) >= MAX_RECORD_LINES;
	}
}

/** @returns where the line ends that `from` stands in, or -1 */
function lineEndAfter(text: string, from: number): number {
	const feed = text.indexOf('\n', from);
	const line = feed < 0 ? text.slice(from) : text.slice(from, feed);
	const carriageReturn = line.indexOf('\r');
	return carriageReturn < 0 ? feed : from + carriageReturn;
}

function countOf(text: string, wanted: string): number {
	let count = 0;
	for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) count++;
	return count;
}
