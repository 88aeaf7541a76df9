import { stringify } from 'csv-stringify/sync';

import { withoutFormula } from '../csv/formula';

/** How a CSV file is written. */
export interface CsvDialect {
	delimiter: string;
	/** Spreadsheets take UTF-8 for something else without it. */
	hasByteOrderMark: boolean;
}

/** Keeps a file for the output, e.g. in n8n's storage of binary data. */
export type SaveFile<Saved> = (content: Buffer, name: string) => Promise<Saved>;

/** Rows turned into CSV at a time. */
const BATCH_ROWS = 500;
/** A longer file comes out in parts, so that no more than this is in memory. */
const MAX_PART_BYTES = 20_000_000;

/** Writes rows as a CSV file, in parts where it grows large. */
export class CsvOutput<Saved> {
	private readonly name: string;
	private batch: string[][] = [];
	private chunks: Buffer[] = [];
	private bytes = 0;
	private readonly saved: Saved[] = [];

	/**
	 * @param name of the file, without its extension
	 * @param header first row of each part
	 */
	constructor(
		name: string,
		private readonly header: readonly string[],
		private readonly dialect: CsvDialect,
		private readonly save: SaveFile<Saved>,
	) {
		this.name = name;
	}

	add(cells: readonly string[]): void {
		this.batch.push(cells.map(withoutFormula));
		if (this.batch.length >= BATCH_ROWS) this.flush();
	}

	/** Resolved when there is room for more. */
	async settled(): Promise<void> {
		if (this.bytes >= MAX_PART_BYTES) await this.endPart();
	}

	/** @returns the parts, none when no row was added */
	async finish(): Promise<Saved[]> {
		this.flush();
		if (this.bytes > 0) await this.endPart();
		return this.saved;
	}

	private flush(): void {
		if (this.batch.length === 0) return;
		const isFirst = this.bytes === 0;
		const records = isFirst ? [this.header.map(withoutFormula), ...this.batch] : this.batch;
		const text = stringify(records, { delimiter: this.dialect.delimiter });
		const mark = isFirst && this.dialect.hasByteOrderMark ? '\uFEFF' : '';
		const chunk = Buffer.from(mark + text, 'utf8');
		this.chunks.push(chunk);
		this.bytes += chunk.length;
		this.batch = [];
	}

	private async endPart(): Promise<void> {
		this.flush();
		const number = this.saved.length + 1;
		const content = Buffer.concat(this.chunks);
		this.chunks = [];
		this.bytes = 0;
		this.saved.push(
			await this.save(content, number === 1 ? `${this.name}.csv` : `${this.name}-${number}.csv`),
		);
	}
}
