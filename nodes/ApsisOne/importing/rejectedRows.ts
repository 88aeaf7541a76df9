import { stringify } from 'csv-stringify/sync';
import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import type { RejectedRow } from './preparation';

/** Rejected rows of a file that come out as items; all of them are in the file that comes with the first one. */
const MAX_ITEMS_OF_FILE = 1_000;
/** Rows turned into CSV at a time. */
const BATCH_ROWS = 1_000;

/** Gathers rejected rows as they come, and gives them out as items: the original, with the reasons beside its fields. */
export class RejectedRows {
	private readonly rows: RejectedRow[] = [];
	private readonly csv: Buffer[] = [];
	private batch: string[][] = [];
	private count = 0;

	/** @param isFile whether rows are rows of a file, of which there may be more than fit into items */
	constructor(
		private readonly items: readonly INodeExecutionData[],
		private readonly isFile: boolean,
	) {}

	add(rejected: RejectedRow): void {
		this.count++;
		if (!this.isFile || this.rows.length < MAX_ITEMS_OF_FILE) this.rows.push(rejected);
		if (this.isFile) this.write(rejected);
	}

	async toItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
		const output = this.rows.map((rejected) => this.toItem(rejected));
		const [first] = output;
		if (!this.isFile || !first) return output;
		this.flush();
		const file = await context.helpers.prepareBinaryData(
			Buffer.concat(this.csv),
			'rejected.csv',
			'text/csv',
		);
		first.binary = { rejected: file };
		first.json = { ...first.json, rejectedCount: this.count };
		return output;
	}

	private toItem({ row, reasons }: RejectedRow): INodeExecutionData {
		const binary: IBinaryKeyData | undefined = this.isFile
			? undefined
			: this.items[row.itemIndex]?.binary;
		return {
			json: { ...row.json, reasons: reasons as unknown as IDataObject[] },
			...(binary ? { binary } : {}),
			pairedItem: { item: row.itemIndex },
		};
	}

	private write({ row, reasons }: RejectedRow): void {
		if (this.count === 1) this.batch.push([...Object.keys(row.json), 'rejected because']);
		const why = reasons.map(({ field, rule, cure }) => `${field}: ${rule}. ${cure}`).join(' ');
		this.batch.push([...Object.values(row.json).map(String), why]);
		if (this.batch.length >= BATCH_ROWS) this.flush();
	}

	private flush(): void {
		if (this.batch.length > 0) this.csv.push(Buffer.from(stringify(this.batch)));
		this.batch = [];
	}
}
