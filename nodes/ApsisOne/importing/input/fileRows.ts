import type { IDataObject } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { type FileFormat, type OpenFile, surveyFile } from '../csv/fileFormat';
import { CsvReader } from '../csv/reader';
import type { InputRow } from '../fieldSource';
import type { RowSource } from '../preparation';
import { InvalidValue } from '../../values/invalidValue';

/** A CSV file that came in with an item. */
export interface InputFile {
	itemIndex: number;
	open: OpenFile;
}

/** The header is line 1 of a file, as in a spreadsheet. */
export const FIRST_ROW = 2;

/** Rows of CSV files, read in a stream and as often as needed. */
export class FileRows implements RowSource {
	private readonly formats = new Map<InputFile, FileFormat>();

	constructor(
		private readonly files: readonly InputFile[],
		private readonly told: { encoding?: string; delimiter?: string },
	) {}

	nameOf(rowIndex: number): string {
		return `Row ${rowIndex + FIRST_ROW}`;
	}

	/** Names of the columns of the first file. */
	async header(): Promise<string[]> {
		const [file] = this.files;
		if (!file) return [];
		for await (const records of this.records(file)) {
			const [header] = records;
			if (header) return columnNames(header);
		}
		return [];
	}

	async rowCount(): Promise<number> {
		let rows = 0;
		for (const file of this.files) rows += (await this.formatOf(file)).lines;
		return rows;
	}

	async *batches(): AsyncGenerator<Iterable<InputRow>> {
		let rowIndex = 0;
		for (const file of this.files) {
			let header: string[] | undefined;
			for await (const records of this.records(file)) {
				const rows = header ? records : records.slice(1);
				header ??= columnNames(records[0] ?? []);
				yield rowsOf(rows, header, file.itemIndex, rowIndex);
				rowIndex += rows.length;
			}
		}
	}

	/** Batches of records, none empty. */
	private async *records(file: InputFile): AsyncGenerator<string[][]> {
		const reader = new CsvReader(await this.formatOf(file));
		for await (const chunk of await file.open()) yield* reader.take(chunk);
		yield* reader.end();
	}

	private async formatOf(file: InputFile): Promise<FileFormat> {
		const format = this.formats.get(file) ?? (await surveyFile(file.open, this.told));
		this.formats.set(file, format);
		return format;
	}
}

function columnNames(header: readonly string[]): string[] {
	const names = header.map((name) => name.trim());
	const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
	if (repeated === undefined) return names;
	throw new ApsisOneError(
		`The CSV file has two columns named "${repeated}"`,
		'Rename one of them, so that it is clear which one is meant.',
	);
}

function* rowsOf(
	records: readonly string[][],
	header: readonly string[],
	itemIndex: number,
	from: number,
): Generator<InputRow> {
	for (const [index, record] of records.entries()) {
		yield {
			itemIndex,
			rowIndex: from + index,
			json: toObject(record, header),
			...(record.length === header.length ? {} : { defect: wrongWidth(record, header) }),
		};
	}
}

function toObject(record: readonly string[], header: readonly string[]): IDataObject {
	const json: IDataObject = {};
	for (let index = 0; index < header.length; index++) {
		const name = header[index];
		if (name) json[name] = record[index] ?? '';
	}
	return json;
}

function wrongWidth(record: readonly string[], header: readonly string[]): InvalidValue {
	return new InvalidValue(
		'has another number of cells than the header',
		`It has ${record.length} instead of ${header.length}. A quote or delimiter may be missing, or one too many.`,
	);
}
