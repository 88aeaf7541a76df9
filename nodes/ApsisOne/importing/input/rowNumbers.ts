/** Where a row stands. */
export interface RowPlace {
	/** File, counted from 0. */
	fileIndex: number;
	/** Row as a spreadsheet counts, the first being 1. */
	line: number;
}

/**
 * Remembers where each row stands. Rows that follow one another without a gap are kept as one run, so a million rows
 * take no more than their blank lines and files do.
 */
export class RowNumbers {
	private readonly firstRows: number[] = [];
	private readonly lines: number[] = [];
	private readonly files: number[] = [];
	private known = 0;

	/** Rows are noted in order; one that is known already is passed over. */
	note(rowIndex: number, fileIndex: number, line: number): void {
		if (rowIndex < this.known) return;
		this.known = rowIndex + 1;
		const last = this.firstRows.length - 1;
		const isNext =
			this.files[last] === fileIndex &&
			(this.lines[last] ?? 0) + rowIndex - (this.firstRows[last] ?? 0) === line;
		if (isNext) return;
		this.firstRows.push(rowIndex);
		this.lines.push(line);
		this.files.push(fileIndex);
	}

	/** @returns undefined for a row that was not noted */
	find(rowIndex: number): RowPlace | undefined {
		if (rowIndex < 0 || rowIndex >= this.known) return undefined;
		let low = 0;
		let high = this.firstRows.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.firstRows[middle] ?? 0) <= rowIndex) low = middle;
			else high = middle - 1;
		}
		const line = (this.lines[low] ?? 0) + rowIndex - (this.firstRows[low] ?? 0);
		return { fileIndex: this.files[low] ?? 0, line };
	}
}
