/** What a spreadsheet would run as a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;
const ESCAPED_FORMULA = /^'[=+\-@\t\r]/;
/** Signed numbers and phone numbers are not formulas. */
const SIGNED_DIGITS = /^[+-][\d\s().,/-]*$/;
const APOSTROPHE = 0x27;

/** Keeps a spreadsheet from running a cell, by an apostrophe before it. */
export function withoutFormula(cell: string): string {
	return FORMULA.test(cell) && !SIGNED_DIGITS.test(cell) ? `'${cell}` : cell;
}

/** Takes the apostrophe off again. */
export function withFormula(cell: string): string {
	return cell.charCodeAt(0) === APOSTROPHE && ESCAPED_FORMULA.test(cell) ? cell.slice(1) : cell;
}
