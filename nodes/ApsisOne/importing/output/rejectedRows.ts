import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { InputRow } from '../fieldSource';
import type { RowSink } from '../preparation';
import type { RowProblem } from '../rows/rowProblem';
import { type CsvDialect, CsvOutput, type SaveFile } from './csvOutput';
import { type RowPlace, unsentJson, whyText } from './rowItems';

/** Rejected rows of a file that come out as items; all of them are in the file that comes with the first one. */
const MAX_ITEMS_OF_FILE = 1_000;
/** Values left out that are listed on an item of the output; for files, all of them are in a file beside it. */
const MAX_VALUES_LISTED = 1_000;

const VALUE_COLUMNS = ['row', 'file', 'field', 'value', 'rule', 'cure'];

/** What the output needs to know of files that came in. */
export interface FilesIn {
	/** All columns, in the order they first come up. */
	columns: readonly string[];
	dialect: CsvDialect;
	placeOf(row: InputRow): RowPlace;
}

/**
 * Gathers what is not sent: rows as items, with the reasons beside their fields, rows of files also as a CSV file that can
 * be corrected and imported again; and values that were left out of rows that are sent.
 */
export class RejectedRows implements RowSink {
	private readonly rows: INodeExecutionData[] = [];
	private readonly values: IDataObject[] = [];
	private readonly csv: CsvOutput<IBinaryData> | undefined;
	private readonly valuesCsv: CsvOutput<IBinaryData> | undefined;
	private count = 0;

	/** @param files undefined when rows are items */
	constructor(
		private readonly items: readonly INodeExecutionData[],
		private readonly files: FilesIn | undefined,
		save: SaveFile<IBinaryData>,
	) {
		if (!files) return;
		const { columns, dialect } = files;
		const why = columns.includes('rejected because') ? 'why rejected' : 'rejected because';
		this.csv = new CsvOutput('rejected', [...columns, why], dialect, save);
		this.valuesCsv = new CsvOutput('values-left-out', VALUE_COLUMNS, dialect, save);
	}

	reject(row: InputRow, reasons: readonly RowProblem[]): void {
		this.count++;
		if (!this.files) {
			const { itemIndex, json } = row;
			const binary = this.items[itemIndex]?.binary;
			this.rows.push(itemOf(unsentJson(json, reasons), itemIndex, binary));
			return;
		}
		this.csv?.add([...cellsOf(row, this.files.columns), whyText(reasons)]);
		if (this.rows.length >= MAX_ITEMS_OF_FILE) return;
		const fields = { ...row.json, ...(row.surplus ? { surplus: row.surplus } : {}) };
		this.rows.push(itemOf(unsentJson(fields, reasons, this.files.placeOf(row)), row.itemIndex));
	}

	leaveOut(row: InputRow, values: readonly RowProblem[]): void {
		const place = this.files?.placeOf(row);
		for (const { field, value, rule, cure } of values) {
			this.valuesCsv?.add([String(place?.row ?? ''), place?.file ?? '', field, value, rule, cure]);
			if (this.values.length >= MAX_VALUES_LISTED) continue;
			this.values.push({ ...(place ?? { item: row.itemIndex }), field, value, rule, cure });
		}
	}

	async settled(): Promise<void> {
		await this.csv?.settled();
		await this.valuesCsv?.settled();
	}

	/** The values left out, the first of them as a list. */
	get valuesLeftOut(): readonly IDataObject[] {
		return this.values;
	}

	/** Items of the Rejected output. */
	async toItems(): Promise<INodeExecutionData[]> {
		const [first] = this.rows;
		if (!first || !this.csv) return this.rows;
		first.binary = binariesNamed('rejected', await this.csv.finish());
		first.json = { ...first.json, rejectedCount: this.count };
		return this.rows;
	}

	/** Files with all values that were left out, for files. */
	async valueFiles(): Promise<IBinaryKeyData | undefined> {
		const files = await this.valuesCsv?.finish();
		return files && files.length > 0 ? binariesNamed('valuesLeftOut', files) : undefined;
	}
}

/** Cells in the order of the columns; what stands beyond them, or in none of them, follows, so that nothing is lost. */
export function cellsOf({ json, surplus = [] }: InputRow, columns: readonly string[]): string[] {
	const others = Object.keys(json).filter((name) => !columns.includes(name));
	const cells = [...columns, ...others].map((name) => textOf(json[name]));
	return surplus.length === 0 ? cells : [...cells, ...surplus];
}

function textOf(value: unknown): string {
	if (value === undefined || value === null) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function itemOf(json: IDataObject, item: number, binary?: IBinaryKeyData): INodeExecutionData {
	return { json, ...(binary ? { binary } : {}), pairedItem: { item } };
}

function binariesNamed(name: string, files: readonly IBinaryData[]): IBinaryKeyData {
	return Object.fromEntries(
		files.map((file, index) => [index === 0 ? name : `${name}${index + 1}`, file]),
	);
}
