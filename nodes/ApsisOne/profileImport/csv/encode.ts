/** Characters that make quotes necessary (RFC 4180, section 2). */
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One cell as CSV: comma, `"` quoting, quotes doubled (contract: The file).
 *
 * csv-stringify writes the same and is its oracle in the tests; on the hot path it took longer than all the rest
 * together (figures: bench/README.md).
 */
export function encodeCell(cell: string): string {
	return NEEDS_QUOTES.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
}

/** One line without its end. */
export function encodeLine(cells: readonly string[]): string {
	let line = '';
	for (let index = 0; index < cells.length; index++) {
		if (index > 0) line += ',';
		line += encodeCell(cells[index] ?? '');
	}
	return line;
}
