import { ApsisOneError } from '../../errors';
import { makeDecoder } from '../csv/encodings';
import {
	type FileSurvey,
	FingerprintTaker,
	type FormatOptions,
	surveyFile,
} from '../csv/fileFormat';
import { type OpenFile, readPieces } from '../csv/filePieces';
import { CsvReader, type CsvRecord } from '../csv/reader';
import type { InputRow } from '../fieldSource';
import type { CsvDialect } from '../output/csvOutput';
import type { RowPlace } from '../output/rowItems';
import type { RowSource } from '../preparation';
import { RowMaker } from './rowMaker';
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
