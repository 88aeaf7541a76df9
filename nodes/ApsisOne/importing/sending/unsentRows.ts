import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { encodeLine } from '../csv/encode';
import { type CsvFile, CsvFileBuilder } from '../csv/fileBuilder';
import type { InputRow } from '../fieldSource';
import { FIRST_ROW } from '../input/fileRows';
import type { RowSource } from '../preparation';
import { RowSet } from '../rows/rowSet';
import type { PreparedImport } from '../../actions/common/prepareImport';
import type { SendOutcome } from './sendFiles';

/**
 * Rows that were fine but could not be sent any more. They come out like rejected ones, so that nothing is lost: items as
 * they came in, rows of a file as CSV files in the columns they came in, ready for another try.
 */
export async function unsentItems(
	context: IExecuteFunctions,
	{ source, isFile }: PreparedImport,
	{ unsent }: SendOutcome,
): Promise<INodeExecutionData[]> {
	if (!unsent) return [];
	const { message, description } = unsent.error as { message: string; description?: string };
	const reasons: IDataObject[] = [
		{ field: 'Import', value: '', rule: `not sent: ${message}`, cure: description ?? '' },
	];
	if (isFile) return await fileItems(context, source, unsent.rows, reasons);
	const items = context.getInputData();
	return [...unsent.rows].map((item) => ({
		json: { ...items[item]?.json, reasons },
		pairedItem: { item },
	}));
}

async function fileItems(
	context: IExecuteFunctions,
	source: RowSource,
	unsent: RowSet,
	reasons: IDataObject[],
): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	for await (const { file, rows, itemIndex } of filesOf(source, unsent)) {
		const chunks: Uint8Array[] = [];
		for await (const chunk of file.content.read()) chunks.push(chunk);
		const number = output.length + 1;
		const name = number === 1 ? 'not-sent.csv' : `not-sent-${number}.csv`;
		const notSent = await context.helpers.prepareBinaryData(
			Buffer.concat(chunks),
			name,
			'text/csv',
		);
		output.push({
			json: { rowsNotSent: rows.size, rows: rowRanges(rows), reasons },
			binary: { notSent },
			pairedItem: { item: itemIndex },
		});
	}
	return output;
}

interface UnsentFile {
	file: CsvFile;
	rows: RowSet;
	itemIndex: number;
}

/** Reads the input anew, and writes the rows asked for into files, one or more for each file that came in. */
async function* filesOf(source: RowSource, wanted: RowSet): AsyncGenerator<UnsentFile> {
	let current: UnsentFileBuilder | undefined;
	for await (const row of wantedRows(source, wanted)) {
		if (current?.add(row)) continue;
		if (current) yield current.finish();
		current = new UnsentFileBuilder(row);
		current.add(row);
	}
	if (current) yield current.finish();
}

async function* wantedRows(source: RowSource, wanted: RowSet): AsyncGenerator<InputRow> {
	const rows = wanted[Symbol.iterator]();
	let next = rows.next();
	for await (const batch of source.batches()) {
		for (const row of batch) {
			if (next.done) return;
			if (row.rowIndex !== next.value) continue;
			yield row;
			next = rows.next();
		}
	}
}

class UnsentFileBuilder {
	private readonly rows = new RowSet();
	private readonly builder: CsvFileBuilder;
	private readonly itemIndex: number;

	constructor({ json, itemIndex }: InputRow) {
		this.itemIndex = itemIndex;
		this.builder = new CsvFileBuilder(encodeLine(Object.keys(json)));
	}

	/** @returns false when the row belongs into a file of its own */
	add({ json, itemIndex, rowIndex }: InputRow): boolean {
		if (itemIndex !== this.itemIndex) return false;
		if (!this.builder.add(encodeLine(Object.values(json).map(String)))) return false;
		this.rows.add(rowIndex);
		return true;
	}

	finish(): UnsentFile {
		return { file: this.builder.finish(), rows: this.rows, itemIndex: this.itemIndex };
	}
}

/** Rows as a spreadsheet numbers them, the header being 1: `2-500, 502`. */
function rowRanges(rows: RowSet): string {
	return [...rows.ranges()]
		.map(([first, last]) => [first + FIRST_ROW, last + FIRST_ROW])
		.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
		.join(', ');
}
