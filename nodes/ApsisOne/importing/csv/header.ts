import { withFormula } from './formula';
import type { CsvRecord } from './reader';

/** Rows looked at to tell a title from a header. */
const ROWS_TO_COMPARE = 20;

/** The columns of a file. */
export interface FileHeader {
	/** As they stand in the file. */
	cells: readonly string[];
	/**
	 * Key of each column in a row: its name, made unique; `column 4` where the header is empty and most rows are not;
	 * undefined where it is empty, and only a stray value may stand below it.
	 */
	keys: Array<string | undefined>;
	/** How many columns there are up to the last that has a key. */
	width: number;
	/** The column that has an email address in most rows, if one has. */
	addressColumn?: number;
	/** Names in the order of the columns, each once. */
	names: string[];
	/** Names that more than one column has. A row has the first of them by the name, the second as `name 2`. */
	repeated: string[];
}

/**
 * The name of a column as rows have it: without space at its ends, with plain spaces in place of no-break and other
 * special ones, which cannot be seen or typed, and without the apostrophe that a file of rejected rows puts before `@type`.
 */
export function columnName(cell: string): string {
	return withFormula(
		cell
			.replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, '')
			.replace(/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, ' ')
			.trim(),
	);
}

/** @param following some of the rows, to tell which columns without a name are in use */
export function readHeader(
	cells: readonly string[],
	following: readonly CsvRecord[] = [],
): FileHeader {
	const all = cells.map(columnName);
	const names = [...new Set(all.filter((name) => name !== ''))];
	const taken = new Set(names);
	const seen = new Set<string>();
	const keys = all.map((name, index) => {
		if (name === '') return isInUse(index, following) ? namelessKey(index, taken) : undefined;
		const key = seen.has(name) ? nextFree(name, taken) : name;
		seen.add(name);
		taken.add(key);
		return key;
	});
	const repeated = names.filter((name) => all.indexOf(name) !== all.lastIndexOf(name));
	const width = keys.reduce((last, key, index) => (key === undefined ? last : index + 1), 0);
	const addressColumn = keys.findIndex((_, index) => hasAddresses(index, following));
	return { cells, keys, width, names, repeated, ...(addressColumn < 0 ? {} : { addressColumn }) };
}

function hasAddresses(index: number, records: readonly CsvRecord[]): boolean {
	const addresses = records.filter(({ cells }) => cells[index]?.includes('@')).length;
	return addresses * 2 >= records.length && addresses > 0;
}

/** Where the header is empty, a value is kept by its place. */
export function namelessKey(index: number, taken: ReadonlySet<string>): string {
	let name = `column ${index + 1}`;
	while (taken.has(name)) name = `_${name}`;
	return name;
}

function isInUse(index: number, records: readonly CsvRecord[]): boolean {
	const filled = records.filter(({ cells }) => (cells[index] ?? '').trim() !== '').length;
	return filled > 1 && filled * 2 > records.length;
}

function nextFree(name: string, taken: ReadonlySet<string>): string {
	let number = 2;
	while (taken.has(`${name} ${number}`)) number++;
	return `${name} ${number}`;
}

/**
 * Finds a title in place of the header: one cell is filled, and most of the rows after it have more.
 *
 * @returns the record that looks like the header, or undefined when the first one is it
 */
export function headerBelowTitle(
	first: CsvRecord,
	following: readonly CsvRecord[],
): CsvRecord | undefined {
	if (filledCells(first) !== 1) return undefined;
	const rows = following.slice(0, ROWS_TO_COMPARE);
	const wide = rows.filter((record) => filledCells(record) > 1);
	const [header] = wide;
	if (!header || wide.length < 2 || wide.length * 2 <= rows.length) return undefined;
	// A header may also name only the first of several columns; then the row after it is data.
	return first.cells.length === 1 || looksLikeHeader(header) ? header : undefined;
}

function filledCells({ cells }: CsvRecord): number {
	return cells.filter((cell) => cell.trim() !== '').length;
}

function looksLikeHeader({ cells }: CsvRecord): boolean {
	const names = cells.map(columnName).filter((name) => name !== '');
	return (
		new Set(names).size === names.length && !names.some((name) => /@|^[\d\s.,:/+-]+$/.test(name))
	);
}
