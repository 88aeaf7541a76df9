import type { ConsentType } from '../values/consentWord';
import type { CheckedRow } from './rows/rowChecker';

/** Most rows of an import that are read back. */
export const MAX_SAMPLED_ROWS = 1_000;
/** Rows kept of each kind of consent beside the even sample, so that a rare kind is in it. */
const ROWS_OF_KIND = 10;
/** Longer values are kept by their beginning and length: a sample is kept in n8n's database. */
export const MAX_KEPT_CHARACTERS = 100;

/** A value as it was sent; a long one by its beginning and its length. */
export type SentValue = string | { start: string; length: number };

/** A row as it was sent, as far as it can be read back. */
export interface SentRow {
	/** Counted from 0 over all of the input. */
	rowIndex: number;
	profileKey: string;
	/** By index of the column in the plan; empty cells only where they erase. */
	values: Array<[column: number, value: SentValue]>;
	/** Consents of the plan, by index, that its file carries for it. */
	consents: number[];
}

/** What a file keeps of its rows: at most twice the wanted sample, and a few of each kind of consent. */
export interface FileSample {
	/** The one type of consent the file carries. */
	consentType?: ConsentType;
	/** Rows in the file. */
	rows: number;
	/** Evenly spread over the file. */
	even: SentRow[];
	/** By index of the consent in the plan. */
	ofConsents: Map<number, SentRow[]>;
}

/**
 * Keeps an even sample of a sequence whose length is not known: every second element is dropped, and only every second
 * one taken from there on, whenever there are twice as many as wanted. The same sequence gives the same sample.
 */
export class EvenSampler<T> {
	private kept: T[] = [];
	private stride = 1;
	private seen = 0;

	/** @param wanted the sample has at least so many elements where there are so many, and fewer than twice as many */
	constructor(private readonly wanted: number) {}

	get count(): number {
		return this.seen;
	}

	/** Whether the next element would be taken: what is costly to make need not be made otherwise. */
	get takesNext(): boolean {
		return this.wanted > 0 && this.seen % this.stride === 0;
	}

	/** @param make called only where the element is taken */
	offer(make: () => T): void {
		const isTaken = this.takesNext;
		this.seen++;
		if (!isTaken) return;
		this.kept.push(make());
		if (this.kept.length < this.wanted * 2) return;
		this.kept = this.kept.filter((_, index) => index % 2 === 0);
		this.stride *= 2;
	}

	get sample(): T[] {
		return [...this.kept];
	}
}

export interface SamplerOptions {
	/** Rows wanted of the whole import. */
	wanted: number;
	/** Column of the profile key. */
	keyColumn: number;
	/** Whether an empty cell erases what is stored. */
	clears: boolean;
}

/** Samples the rows of one file while it is written. */
export class FileSampler {
	private readonly even: EvenSampler<SentRow>;
	private readonly ofConsents = new Map<number, EvenSampler<SentRow>>();

	constructor(
		private readonly options: SamplerOptions,
		private readonly consentType?: ConsentType,
	) {
		this.even = new EvenSampler(options.wanted);
	}

	/** @param consents those of the row that the file carries, by index in the plan */
	add(checked: CheckedRow, rowIndex: number, consents: readonly number[]): void {
		let made: SentRow | undefined;
		const make = () => (made ??= this.sentRow(checked, rowIndex, consents));
		this.even.offer(make);
		for (const consent of consents) this.samplerOf(consent).offer(make);
	}

	finish(): FileSample {
		return {
			...(this.consentType ? { consentType: this.consentType } : {}),
			rows: this.even.count,
			even: this.even.sample,
			ofConsents: new Map([...this.ofConsents].map(([index, { sample }]) => [index, sample])),
		};
	}

	private samplerOf(consent: number): EvenSampler<SentRow> {
		const sampler =
			this.ofConsents.get(consent) ??
			new EvenSampler<SentRow>(Math.min(ROWS_OF_KIND, this.options.wanted));
		this.ofConsents.set(consent, sampler);
		return sampler;
	}

	private sentRow({ cells }: CheckedRow, rowIndex: number, consents: readonly number[]): SentRow {
		const { keyColumn, clears } = this.options;
		return {
			rowIndex,
			profileKey: cells[keyColumn] ?? '',
			values: cells.flatMap((cell, column): SentRow['values'] =>
				cell === '' && !clears ? [] : [[column, kept(cell)]],
			),
			consents: [...consents],
		};
	}
}

function kept(cell: string): SentValue {
	if (cell.length <= MAX_KEPT_CHARACTERS) return cell;
	return { start: cell.slice(0, MAX_KEPT_CHARACTERS), length: cell.length };
}

/**
 * Chooses the rows to be read back: at least one of each file and of each kind of consent as far as there is room, the rest
 * in proportion to the rows of each file and evenly spread over it.
 *
 * @returns rows by file, in their order; together as many as are wanted, or all there are
 */
export function chooseSample(files: readonly FileSample[], wanted: number): SentRow[][] {
	const musts = mustRows(files, wanted);
	const shares = sharesBesides(
		musts.map(({ size }) => size),
		files.map(({ rows }) => rows),
		wanted,
	);
	return files.map(({ even }, index) => {
		const must = musts[index] ?? new Map<number, SentRow>();
		const others = even.filter(({ rowIndex }) => !must.has(rowIndex));
		return [...must.values(), ...evenly(others, shares[index] ?? 0)].sort(
			(one, other) => one.rowIndex - other.rowIndex,
		);
	});
}

/** One row of each kind of consent, then one of each file that has none yet; by file and number of the row. */
function mustRows(files: readonly FileSample[], wanted: number): Array<Map<number, SentRow>> {
	const musts = files.map(() => new Map<number, SentRow>());
	let room = wanted;
	const take = (file: number, row: SentRow | undefined) => {
		if (!row || room === 0 || musts[file]?.has(row.rowIndex)) return;
		musts[file]?.set(row.rowIndex, row);
		room--;
	};
	for (const { consent, places } of kindsOfConsent(files)) {
		// The file that holds most of them.
		const [place] = [...places].sort((one, other) => other.rows.length - one.rows.length);
		const isThere = [...(musts[place?.file ?? 0]?.values() ?? [])].some(({ consents }) =>
			consents.includes(consent),
		);
		if (place && !isThere) take(place.file, middleOf(place.rows));
	}
	files.forEach(({ even }, file) => {
		if (musts[file]?.size === 0) take(file, middleOf(even));
	});
	return musts;
}

/** A subscription that rows opt in to, or out of, and the files with such rows. */
interface ConsentKind {
	consent: number;
	places: Array<{ file: number; rows: SentRow[] }>;
}

function kindsOfConsent(files: readonly FileSample[]): ConsentKind[] {
	const kinds = new Map<string, ConsentKind>();
	files.forEach(({ consentType, ofConsents }, file) => {
		for (const [consent, rows] of ofConsents) {
			const name = `${consentType} ${consent}`;
			const kind = kinds.get(name) ?? { consent, places: [] };
			kind.places.push({ file, rows });
			kinds.set(name, kind);
		}
	});
	return [...kinds.values()];
}

function middleOf<T>(rows: readonly T[]): T | undefined {
	return rows[Math.floor(rows.length / 2)];
}

function evenly<T>(rows: readonly T[], count: number): T[] {
	if (count >= rows.length) return [...rows];
	return Array.from({ length: count }, (_, index) => {
		return rows[Math.floor(((index + 0.5) * rows.length) / count)];
	}).filter((row) => row !== undefined);
}

/** How many more rows of each file are taken, so that all files come near their share of the sample. */
function sharesBesides(
	musts: readonly number[],
	rows: readonly number[],
	wanted: number,
): number[] {
	const total = sumOf(rows);
	if (wanted >= total) return rows.map((count, index) => count - (musts[index] ?? 0));
	const room = wanted - sumOf(musts);
	const weights = rows.map((count, index) =>
		Math.max(0, (wanted * count) / total - (musts[index] ?? 0)),
	);
	return apportion(weights, room);
}

/** Splits a whole number in proportion to weights, by largest remainder. */
function apportion(weights: readonly number[], amount: number): number[] {
	const total = sumOf(weights) || 1;
	const exact = weights.map((weight) => (amount * weight) / total);
	const shares = exact.map(Math.floor);
	let left = amount - sumOf(shares);
	const byRemainder = [...exact.keys()].sort(
		(one, other) => remainder(exact[other]) - remainder(exact[one]) || one - other,
	);
	for (const index of byRemainder) {
		if (left === 0) break;
		shares[index] = (shares[index] ?? 0) + 1;
		left--;
	}
	return shares;
}

function sumOf(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0);
}

function remainder(value = 0): number {
	return value - Math.floor(value);
}
