import type { InputRow } from '../fieldSource';
import type { ImportPlan } from '../plan';
import type { ConsentType } from '../../values/consentWord';
import type { CheckedRow } from '../rows/rowChecker';
import { RowSet } from '../rows/rowSet';
import { type FileSample, FileSampler } from '../sampling';
import { encodeLine } from './encode';
import type { ByteStore } from './fileBytes';
import { type CsvFile, CsvFileBuilder } from './fileBuilder';

type RowNumbers = Pick<InputRow, 'rowIndex' | 'itemIndex'>;

/** A row as it stands in a file, and the input item it came with. */
export interface SampleRow {
	cells: string[];
	itemIndex: number;
}

/** One file for one import, with what is in it. */
export interface ImportFile extends CsvFile {
	/** The one kind of consent its import carries; undefined for none. */
	consentType?: ConsentType;
	/** Rows in it, counted from 0 over all of the input. */
	rowIndexes: RowSet;
	optIns: number;
	optOuts: number;
	/** Rows with an opt-in that asks to override an earlier opt-out. */
	resubscribes: number;
	/** Cells of the header. */
	header: string[];
	/** The first rows, as many as were asked for. */
	sample: SampleRow[];
	/** Rows to be read back once the import has completed, where they are wanted. */
	readBack?: FileSample;
}

export interface FileOptions {
	/** Largest file. */
	maxFileBytes?: number;
	/** Rows of each file to keep beside its bytes, for the preview. */
	sampleRows?: number;
	/** Rows of the whole import to read back once it has completed; 0 for none. */
	readBackRows?: number;
	/** Where the bytes of each file go. */
	makeStore?: () => ByteStore;
}

/**
 * Writes checked rows into files of at most 50 MB, opt-ins and opt-outs apart. A row that asks for both, of
 * different subscriptions, stands in both: its attributes are written twice, its consents once each.
 */
export class ImportFileWriter {
	private readonly lanes: Lane[];

	constructor(plan: ImportPlan, options: FileOptions = {}) {
		const types = (['opt-out', 'opt-in'] as const).filter((type) =>
			plan.consents.some((consent) => consent.headers[type]),
		);
		this.lanes = (types.length > 0 ? types : [undefined]).map(
			(type) => new Lane(plan, type, options),
		);
	}

	/** @returns the files that the row has filled */
	add(checked: CheckedRow, row: RowNumbers): readonly ImportFile[] {
		const line = encodeLine(checked.cells);
		const [only] = this.lanes;
		if (only && this.lanes.length === 1) return listOf(only.add(line, checked, row));
		const wanted = this.lanes.filter((lane) => lane.isWantedBy(checked));
		// A row without consent goes with the opt-ins, so that it is sent once and holds up no opt-out.
		const lanes = wanted.length > 0 ? wanted : this.lanes.slice(-1);
		return lanes.flatMap((lane) => listOf(lane.add(line, checked, row)));
	}

	/** Resolved when what was added is stored. */
	async settled(): Promise<void> {
		for (const lane of this.lanes) await lane.settled();
	}

	/** @returns the files begun and not yet full */
	finish(): ImportFile[] {
		return this.lanes.map((lane) => lane.finish()).filter((file) => file !== undefined);
	}
}

const NONE: readonly ImportFile[] = [];

/** Almost no row fills a file: no list is made for those. */
function listOf(file: ImportFile | undefined): readonly ImportFile[] {
	return file ? [file] : NONE;
}

class Lane {
	private readonly builder: CsvFileBuilder;
	private readonly switches: ReadonlyArray<{ consentIndex: number; resubscribe: boolean }>;
	private readonly header: string[];
	private readonly sampleRows: number;
	/** Makes what samples the rows of the next file; undefined where none are read back. */
	private readonly makeSampler: () => FileSampler | undefined;
	private sampler: FileSampler | undefined;
	private rowIndexes = new RowSet();
	private sample: SampleRow[] = [];
	private given = 0;
	private resubscribes = 0;

	constructor(
		plan: ImportPlan,
		private readonly type: ConsentType | undefined,
		{ sampleRows = 0, readBackRows = 0, maxFileBytes, makeStore }: FileOptions,
	) {
		this.sampleRows = sampleRows;
		const samplerOptions = {
			wanted: readBackRows,
			keyColumn: plan.columns.findIndex(({ isKey }) => isKey),
			clears: plan.settings.clearExistingAttributes,
		};
		this.makeSampler = () => (readBackRows > 0 ? new FileSampler(samplerOptions, type) : undefined);
		this.sampler = this.makeSampler();
		const consents = plan.consents
			.map((consent, consentIndex) => ({ consent, consentIndex }))
			.filter(({ consent }) => type !== undefined && consent.headers[type]);
		this.switches = consents.map(({ consent, consentIndex }) => ({
			consentIndex,
			resubscribe: consent.resubscribe && type === 'opt-in',
		}));
		this.header = [
			...plan.columns.map(({ header }) => header),
			...consents.map(({ consent }) => (type && consent.headers[type]) ?? ''),
			...plan.tags.map(({ header }) => header),
		];
		this.builder = new CsvFileBuilder(encodeLine(this.header), maxFileBytes, makeStore);
	}

	isWantedBy({ consents }: CheckedRow): boolean {
		return (
			this.type !== undefined &&
			this.switches.some(({ consentIndex }) => consents[consentIndex] === this.type)
		);
	}

	add(cells: string, checked: CheckedRow, row: RowNumbers): ImportFile | undefined {
		const switches = this.switchCells(checked) + tagCells(checked.tags);
		const line = cells + switches;
		let full: ImportFile | undefined;
		if (!this.builder.add(line)) {
			full = this.finish();
			this.builder.add(line);
		}
		this.count(checked, row.rowIndex);
		this.sampler?.add(checked, row.rowIndex, this.consentsOf(checked));
		if (this.sample.length < this.sampleRows) {
			this.sample.push({
				cells: [...checked.cells, ...switches.split(',').slice(1)],
				itemIndex: row.itemIndex,
			});
		}
		return full;
	}

	async settled(): Promise<void> {
		await this.builder.settled();
	}

	finish(): ImportFile | undefined {
		if (this.builder.rowCount === 0) return undefined;
		const file: ImportFile = {
			...this.builder.finish(),
			...(this.type ? { consentType: this.type } : {}),
			rowIndexes: this.rowIndexes,
			optIns: this.type === 'opt-in' ? this.given : 0,
			optOuts: this.type === 'opt-out' ? this.given : 0,
			resubscribes: this.resubscribes,
			header: this.header,
			sample: this.sample,
			...(this.sampler ? { readBack: this.sampler.finish() } : {}),
		};
		this.sampler = this.makeSampler();
		this.sample = [];
		this.rowIndexes = new RowSet();
		this.given = 0;
		this.resubscribes = 0;
		return file;
	}

	/** The consents of a row that this file carries, by index in the plan. */
	private consentsOf({ consents }: CheckedRow): number[] {
		return this.switches.flatMap(({ consentIndex }) =>
			consents[consentIndex] === this.type ? [consentIndex] : [],
		);
	}

	private switchCells({ consents }: CheckedRow): string {
		let cells = '';
		for (const { consentIndex } of this.switches) {
			cells += consents[consentIndex] === this.type ? ',1' : ',';
		}
		return cells;
	}

	private count({ consents }: CheckedRow, rowIndex: number): void {
		this.rowIndexes.add(rowIndex);
		let asksResubscribe = false;
		for (const { consentIndex, resubscribe } of this.switches) {
			if (consents[consentIndex] !== this.type) continue;
			this.given++;
			asksResubscribe ||= resubscribe;
		}
		if (asksResubscribe) this.resubscribes++;
	}
}

function tagCells(tags: readonly boolean[]): string {
	let cells = '';
	for (const isSet of tags) cells += isSet ? ',1' : ',';
	return cells;
}
