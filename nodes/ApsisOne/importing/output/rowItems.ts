import type { IDataObject } from 'n8n-workflow';

import type { RowProblem } from '../rows/rowProblem';

/** Where a row of a file stands. */
export interface RowPlace {
	file: string;
	/** As a spreadsheet counts, the header being 1. */
	row: number;
}

/** Fields that an item on the Rejected output has besides those of the row. */
const OWN_MEMBERS = ['reasons', 'why', 'row', 'file', 'original'];

/** A row that is not sent, as an item: its own fields, and why. Fields of the row with the names above move to `original`. */
export function unsentJson(
	fields: IDataObject,
	reasons: readonly RowProblem[],
	place?: RowPlace,
): IDataObject {
	const taken = Object.entries(fields).filter(([name]) => OWN_MEMBERS.includes(name));
	return {
		...fields,
		why: whyText(reasons),
		reasons: reasons as unknown as IDataObject[],
		...(place ? { row: place.row, file: place.file } : {}),
		...(taken.length > 0 ? { original: Object.fromEntries(taken) } : {}),
	};
}

/** The reasons in one sentence each. */
export function whyText(reasons: readonly RowProblem[]): string {
	return reasons
		.map(
			({ field, value, rule, cure }) => `${field}: ${rule}${value ? ` (${value})` : ''}. ${cure}`,
		)
		.join(' ');
}
