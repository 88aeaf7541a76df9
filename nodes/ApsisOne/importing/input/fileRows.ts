import type { IDataObject } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { InvalidValue } from '../../values/invalidValue';
import { withFormula } from '../csv/formula';
import { makeDecoder } from '../csv/encodings';
import {
	type FileSurvey,
	FingerprintTaker,
	type FormatOptions,
	surveyFile,
} from '../csv/fileFormat';
import { type OpenFile, readPieces } from '../csv/filePieces';
import { columnName, type FileHeader, namelessKey } from '../csv/header';
import { UNCLEAR_QUOTES, UNCLOSED } from '../csv/quotedRecord';
import { CsvReader, type CsvRecord } from '../csv/reader';
import type { InputRow } from '../fieldSource';
import type { CsvDialect } from '../output/csvOutput';
import type { RowPlace } from '../output/rowItems';
import type { RowSource } from '../preparation';
import { looseName } from '../references';
import { RowNumbers } from './rowNumbers';

/** A CSV file that came in with an item. */
export interface InputFile {
	itemIndex: number;
	/** As it was called where it came from. */
	fileName?: string;
	open: OpenFile;
}

/** The columns of one file. */
export interface FileColumns {
	/** File, counted from 0. */
	fileIndex: number;
	itemIndex: number;
	/** As messages call it. */
	fileName: string;
	/** Names in their order, each once; columns without a name are left out. */
	names: string[];
	/** Those that more than one column has; a row has the first of them by the name, the second as `name 2`. */
	repeated: string[];
}

/** The header is line 1 of a file, as in a spreadsheet. */
export const FIRST_ROW = 2;

const SECOND_HEADER = new InvalidValue(
	'repeats the header',
	'Two files were joined here. The rows below it are imported. You can delete this row.',
);

const BROKEN = new InvalidValue(
	'is broken by a line break',
	'It has fewer cells than the header, and the rest seems to be in the row beside it. A value that contains a line break must be in quotes.',
);

const BEYOND_NAMES = new InvalidValue(
	'has a value after the last column with a name',
	'A value that contains the delimiter must be in quotes. If the value is right, give its column a name.',
);

/** How MySQL writes nothing. */
const SQL_NULL = '\\N';

const OTHER_HEADER = new InvalidValue(
	'comes after a second header with other columns',
	'Two files with different columns were joined. Import them separately.',
);

/** Rows of CSV files, read in a stream and as often as needed. */
export class FileRows implements RowSource {
	private readonly surveys = new Map<InputFile, FileSurvey>();
	private readonly numbers = new RowNumbers();
	/** What to say of a file that may be cut off, by its index. */
	private readonly cutOffs = new Map<number, string>();

	constructor(
		private readonly files: readonly InputFile[],
		private readonly options: FormatOptions,
	) {}

	/**
	 * The name of a row in messages: `customers.csv, row 7`; `Row 7` of the only file when that has no name.
	 *
	 * @param row itself, or its `rowIndex` once it has been read
	 */
	nameOf(row: InputRow | number): string {
		const place = typeof row === 'number' ? this.numbers.find(row) : row;
		const { fileIndex = 0, line } = place ?? {};
		const shownLine = line ?? (typeof row === 'number' ? row : row.rowIndex) + FIRST_ROW;
		const isNameless = this.files.length === 1 && !this.files[0]?.fileName;
		return isNameless ? `Row ${shownLine}` : `${this.nameOfFile(fileIndex)}, row ${shownLine}`;
	}

	/** Names of the columns of all files, in the order they first come up. */
	async header(): Promise<string[]> {
		return [...new Set((await this.columnsByFile()).flatMap(({ names }) => names))];
	}

	/** Keys of the columns of all files, those that share a name or have none included. */
	async keys(): Promise<string[]> {
		const keys = new Set<string>();
		for (const [fileIndex, file] of this.files.entries()) {
			const { header } = await this.surveyOf(file, fileIndex);
			for (const key of header.keys) if (key !== undefined) keys.add(key);
		}
		return [...keys];
	}

	/** Names that more than one column of a file has; which one is meant cannot be told. */
	async repeatedColumns(): Promise<string[]> {
		return [...new Set((await this.columnsByFile()).flatMap(({ repeated }) => repeated))];
	}

	/** What is to be asked about files without rows, and about encodings that were detected. */
	async warnings(): Promise<string[]> {
		const warnings: string[] = [];
		for (const [fileIndex, file] of this.files.entries()) {
			const { doubtfulWord, hasRows } = await this.surveyOf(file, fileIndex);
			if (!hasRows) {
				warnings.push(`${this.nameOfFile(fileIndex)} has no rows. Check whether that is right.`);
			}
			if (doubtfulWord === undefined) continue;
			warnings.push(
				`${this.nameOfFile(fileIndex)} is not UTF-8 and was read as Windows-1252. Check words such as "${doubtfulWord}". If they are wrong, set the option CSV Encoding to the right one, e.g. Windows-1250; otherwise set it to Windows-1252.`,
			);
		}
		return warnings;
	}

	/** Files that end within a row, as a download does that broke off. Known once all rows have been read. */
	get cutOffWarnings(): string[] {
		return [...this.cutOffs.values()];
	}

	/** The columns of each file. Files without rows are left out, unless all are. */
	async columnsByFile(): Promise<FileColumns[]> {
		const columns: FileColumns[] = [];
		const filled: FileColumns[] = [];
		for (const [fileIndex, file] of this.files.entries()) {
			const { header, hasRows } = await this.surveyOf(file, fileIndex);
			const { names, repeated } = header;
			const fileName = this.nameOfFile(fileIndex);
			const found = { fileIndex, itemIndex: file.itemIndex, fileName, names, repeated };
			columns.push(found);
			if (hasRows) filled.push(found);
		}
		return filled.length > 0 ? filled : columns;
	}

	/**
	 * How a file for the user is best written: as the first one came in. Where that was not UTF-8, a byte order mark keeps a
	 * spreadsheet from taking UTF-8 for it.
	 */
	async dialect(): Promise<CsvDialect> {
		const [file] = this.files;
		if (!file) return { delimiter: ',', hasByteOrderMark: false };
		const { delimiter, encoding, hasByteOrderMark } = await this.surveyOf(file, 0);
		return { delimiter, hasByteOrderMark: hasByteOrderMark || encoding !== 'utf-8' };
	}

	/** Where a row stands. */
	placeOf({ fileIndex = 0, line, rowIndex }: InputRow): RowPlace {
		return { file: this.nameOfFile(fileIndex), row: line ?? rowIndex + FIRST_ROW };
	}

	async rowCount(): Promise<number> {
		let rows = 0;
		for (const [index, file] of this.files.entries()) {
			rows += (await this.surveyOf(file, index)).lines;
		}
		return rows;
	}

	/** @throws ApsisOneError when a file cannot be read to its end, or differs from what it was at the first reading */
	async *batches(): AsyncGenerator<InputRow[]> {
		let rowIndex = 0;
		for (const [fileIndex, file] of this.files.entries()) {
			const survey = await this.surveyOf(file, fileIndex);
			const maker = new RowMaker(survey, file.itemIndex, fileIndex);
			for await (const records of this.records(file, fileIndex)) {
				const rows = maker.rowsOf(records, rowIndex);
				rowIndex += rows.length;
				yield* this.noted(rows);
			}
			const last = maker.lastRows(rowIndex);
			rowIndex += last.length;
			yield* this.noted(last);
			if (survey.endsWithinLine) this.noteCutOff(fileIndex, maker);
		}
	}

	private noteCutOff(fileIndex: number, { onlyCutRow, lastLine }: RowMaker): void {
		if (onlyCutRow === undefined || onlyCutRow !== lastLine) return;
		this.cutOffs.set(
			fileIndex,
			`${this.nameOfFile(fileIndex)} may be cut off: its last row, row ${lastLine}, is incomplete and has no line break after it. Check that the file is complete.`,
		);
	}

	private *noted(rows: InputRow[]): Generator<InputRow[]> {
		for (const { rowIndex, fileIndex = 0, line = 0 } of rows) {
			this.numbers.note(rowIndex, fileIndex, line);
		}
		if (rows.length > 0) yield rows;
	}

	private async *records(file: InputFile, fileIndex: number): AsyncGenerator<CsvRecord[]> {
		const survey = await this.surveyOf(file, fileIndex);
		const decode = makeDecoder(survey.encoding);
		const reader = new CsvReader(survey);
		const fingerprint = new FingerprintTaker();
		for await (const piece of this.pieces(file, fileIndex)) {
			fingerprint.add(piece);
			yield reader.read(decode(piece));
		}
		this.refuseOtherBytes(file, fileIndex, survey, fingerprint);
		yield reader.read(decode());
		yield reader.end();
	}

	private refuseOtherBytes(
		{ itemIndex }: InputFile,
		fileIndex: number,
		survey: FileSurvey,
		taker: FingerprintTaker,
	): void {
		const { bytes, digest } = taker.finish();
		const expected = survey.fingerprint;
		if (bytes === expected.bytes && digest === expected.digest) return;
		const what =
			bytes === expected.bytes
				? 'its content has changed'
				: `${bytes} bytes came in place of ${expected.bytes}`;
		throw new ApsisOneError(
			`[Item ${itemIndex}] ${this.nameOfFile(fileIndex)} could not be read a second time: ${what}`,
			'The file is read more than once and must not change until the import is sent. Run the workflow again.',
			itemIndex,
		);
	}

	private pieces({ open, itemIndex }: InputFile, fileIndex: number): AsyncGenerator<Buffer> {
		return readPieces(open, this.nameOfFile(fileIndex), itemIndex);
	}

	private async surveyOf(file: InputFile, fileIndex: number): Promise<FileSurvey> {
		const known = this.surveys.get(file);
		if (known) return known;
		const survey = await surveyFile(
			this.pieces(file, fileIndex),
			this.nameOfFile(fileIndex),
			this.options,
			file.itemIndex,
		);
		this.surveys.set(file, survey);
		return survey;
	}

	private nameOfFile(fileIndex: number): string {
		const { fileName, itemIndex } = this.files[fileIndex] ?? { itemIndex: 0 };
		if (!fileName) return `file ${fileIndex + 1}`;
		const isShared = this.files.some(
			(other, index) => index !== fileIndex && other.fileName === fileName,
		);
		return isShared ? `${fileName} of item ${itemIndex}` : fileName;
	}
}

/** Makes rows of the records of one file, of which the first is the header. */
class RowMaker {
	private readonly header: FileHeader;
	private readonly template: IDataObject;
	private readonly taken: ReadonlySet<string>;
	/** Names as {@link looseName} writes them, and their lengths: a quick no for almost every row. */
	private readonly looseNames: ReadonlySet<string>;
	private readonly nameLengths: ReadonlySet<number>;
	private hasHeader = false;
	/** A record that may be half a row, until the next one has come. */
	private held: CsvRecord | undefined;
	/** Line of the one row that lacks cells or the end of a quoted one; undefined where none or several do. */
	onlyCutRow: number | undefined;
	/** Line of the row made last. */
	lastLine = 0;
	private hasCutRow = false;
	/** Set once a header with other columns has come. */
	private otherHeader = false;

	constructor(
		survey: FileSurvey,
		private readonly itemIndex: number,
		private readonly fileIndex: number,
	) {
		this.header = survey.header;
		this.template = {};
		for (const key of this.header.keys) {
			if (key !== undefined) this.template[key] = '';
		}
		this.taken = new Set(Object.keys(this.template));
		this.looseNames = new Set(this.header.names.map(looseName));
		this.nameLengths = new Set([...this.looseNames].map(({ length }) => length));
	}

	rowsOf(records: readonly CsvRecord[], from: number): InputRow[] {
		const rows: InputRow[] = [];
		const add = (record: CsvRecord, isHalf: boolean) =>
			rows.push(this.rowOf(record, from + rows.length, isHalf));
		for (const record of records) {
			if (!this.hasHeader) {
				this.hasHeader = true;
				continue;
			}
			const { held } = this;
			this.held = undefined;
			const areHalves = held !== undefined && this.areHalves(held, record);
			if (held) add(held, areHalves);
			if (areHalves || !this.mayBeHalf(record)) add(record, areHalves);
			else this.held = record;
		}
		return rows;
	}

	/** @returns what waited for a record that does not come any more */
	lastRows(from: number): InputRow[] {
		const { held } = this;
		this.held = undefined;
		return held ? [this.rowOf(held, from, false)] : [];
	}

	private mayBeHalf({ cells, isIrregular, defect }: CsvRecord): boolean {
		const isCut = cells.length < this.header.width || cells.at(-1) === '';
		return isCut && !isIrregular && !defect;
	}

	/** Two records that make one row, where the second has no address in the place of addresses. */
	private areHalves(one: CsvRecord, other: CsvRecord): boolean {
		const { addressColumn: column, width } = this.header;
		const isNext = other.row === one.row + 1;
		if (column === undefined || !isNext || !this.mayBeHalf(other)) return false;
		const cells = [...one.cells.slice(0, -1), '', ...other.cells.slice(1)];
		const isBroken = column === one.cells.length - 1;
		const address = isBroken ? `${one.cells[column]}${other.cells[0]}` : cells[column];
		return (
			cells.length === width &&
			address?.includes('@') === true &&
			!other.cells[column]?.includes('@')
		);
	}

	private rowOf(record: CsvRecord, rowIndex: number, isHalf: boolean): InputRow {
		const row: InputRow = {
			itemIndex: this.itemIndex,
			rowIndex,
			json: this.toObject(record.cells),
			line: record.row,
			fileIndex: this.fileIndex,
		};
		this.lastLine = record.row;
		if (record.cells.length < this.header.width) row.isShort = true;
		if (row.isShort || record.defect === UNCLOSED) this.noteCut(record.row);
		const surplus = this.surplusOf(record.cells);
		if (surplus) row.surplus = surplus;
		const defect = this.defectOf(record, surplus) ?? (isHalf ? BROKEN : undefined);
		if (!defect) return row;
		row.defect = defect;
		row.raw = record.raw;
		return row;
	}

	private noteCut(line: number): void {
		this.onlyCutRow = this.hasCutRow ? undefined : line;
		this.hasCutRow = true;
	}

	/** A copy of one object is quicker than the same keys set on an empty one, a million times. */
	private toObject(cells: readonly string[]): IDataObject {
		const { keys } = this.header;
		const json = { ...this.template };
		const length = Math.min(cells.length, keys.length);
		for (let index = 0; index < length; index++) {
			const cell = valueOf(cells[index] ?? '');
			const key = keys[index];
			if (key !== undefined) json[key] = cell;
			else if (cell !== '') json[namelessKey(index, this.taken)] = cell;
		}
		return json;
	}

	private surplusOf(cells: readonly string[]): string[] | undefined {
		const { length } = this.header.keys;
		if (cells.length <= length) return undefined;
		const surplus = cells.slice(length);
		return surplus.some((cell) => cell.trim() !== '') ? surplus : undefined;
	}

	private defectOf(record: CsvRecord, surplus: string[] | undefined): InvalidValue | undefined {
		if (record.defect) return record.defect;
		if (this.otherHeader) return OTHER_HEADER;
		const second = this.secondHeader(record);
		if (second) {
			this.otherHeader = second === OTHER_HEADER;
			return second;
		}
		const { keys, width } = this.header;
		const { length } = record.cells;
		if (record.isIrregular && (surplus || length < keys.length)) return UNCLEAR_QUOTES;
		if (record.isBesideOddEnd && length < width) return BROKEN;
		if (surplus) return tooWide(length, keys.length);
		const isBeyond = length > width && record.cells.slice(width).some((cell) => cell.trim() !== '');
		return isBeyond ? BEYOND_NAMES : undefined;
	}

	/** A record of nothing but names of columns: in their order, or in another one. */
	private secondHeader(record: CsvRecord): InvalidValue | undefined {
		const { cells } = record;
		if (record.isAfterMark && !this.isHeader(cells) && this.sharesNames(record))
			return OTHER_HEADER;
		const first = cells.find((cell) => cell !== '') ?? '';
		if (first !== this.header.cells[0] && !this.nameLengths.has(first.trim().length)) {
			return undefined;
		}
		if (this.isHeader(cells)) return SECOND_HEADER;
		const names = cells.map(looseName).filter((name) => name !== '');
		const areNames = names.every((name) => this.looseNames.has(name));
		return areNames && new Set(names).size > 1 ? OTHER_HEADER : undefined;
	}

	private isHeader(cells: readonly string[]): boolean {
		const { cells: header } = this.header;
		const length = Math.max(cells.length, header.length);
		return Array.from({ length }).every(
			(_, index) => looseName(cells[index] ?? '') === looseName(header[index] ?? ''),
		);
	}

	private sharesNames({ cells }: CsvRecord): boolean {
		return cells.some((cell) => this.looseNames.has(looseName(columnName(cell))));
	}
}

function valueOf(cell: string): string {
	return cell === SQL_NULL ? '' : withFormula(cell);
}

function tooWide(cells: number, columns: number): InvalidValue {
	return new InvalidValue(
		'has more cells than the header',
		`It has ${cells} instead of ${columns}. A value that contains the delimiter must be in quotes.`,
	);
}
