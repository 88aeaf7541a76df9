import type { IDataObject } from 'n8n-workflow';

import { InvalidValue } from '../../values/invalidValue';
import type { FileSurvey } from '../csv/fileFormat';
import { withFormula } from '../csv/formula';
import { columnName, type FileHeader, namelessKey } from '../csv/header';
import { UNCLEAR_QUOTES, UNCLOSED } from '../csv/quotedRecord';
import type { CsvRecord } from '../csv/reader';
import type { InputRow } from '../fieldSource';
import { looseName } from '../references';

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

/** Makes rows of the records of one file, of which the first is the header. */
export class RowMaker {
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
