import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';

import type { InputRow } from '../fieldSource';
import type { RowSource } from '../preparation';
import type { RowProblem } from '../rows/rowProblem';
import { rangesText, RowSet } from '../rows/rowSet';
import { TimeSlices } from '../timeSlices';
import { CsvOutput, type SaveFile } from './csvOutput';
import { cellsOf, type FilesIn } from './rejectedRows';
import { unsentJson, whyText } from './rowItems';

/**
 * Rows that were fine but could not be sent any more. They come out like rejected ones, so that nothing is lost: items as
 * they came in, rows of files as CSV in the columns they came in, ready for another try.
 *
 * @param error what kept them from being sent
 */
export async function unsentItems(
	unsent: RowSet,
	error: { message: string; description?: string | null },
	items: readonly INodeExecutionData[],
	source: RowSource,
	files: FilesIn | undefined,
	save: SaveFile<IBinaryData>,
): Promise<INodeExecutionData[]> {
	if (unsent.size === 0) return [];
	const reasons: RowProblem[] = [
		{
			field: 'Import',
			value: '',
			rule: `not sent: ${error.message.replace(/\.$/, '')}`,
			cure: error.description ?? '',
		},
	];
	if (files)
		return [
			{ ...(await fileItem(source, unsent, reasons, files, save)), pairedItem: pairedFiles(items) },
		];
	return [...unsent].map((item) => ({
		json: unsentJson(items[item]?.json ?? {}, reasons),
		...(items[item]?.binary ? { binary: items[item].binary } : {}),
		pairedItem: { item },
	}));
}

/** Reads the input anew for the rows; what cannot be read is named by its numbers at least. */
async function fileItem(
	source: RowSource,
	unsent: RowSet,
	reasons: RowProblem[],
	files: FilesIn,
	save: SaveFile<IBinaryData>,
): Promise<INodeExecutionData> {
	const csv = new CsvOutput('not-sent', files.columns, files.dialect, save);
	const found = await copyRows(source, unsent, files, csv);
	const lost = unsent.difference(found.rows);
	const parts = await csv.finish();
	return {
		json: {
			rowsNotSent: unsent.size,
			rows: found.places.join('; '),
			why: whyText(reasons),
			reasons: reasons.map((reason) => ({ ...reason })),
			...(lost.size > 0
				? {
						rowsNotReadAgain: rangesText(lost, (row) => row + 1),
						...(found.fault ? { fault: found.fault } : {}),
					}
				: {}),
		},
		...(parts.length > 0
			? {
					binary: Object.fromEntries(
						parts.map((part, index) => [index === 0 ? 'notSent' : `notSent${index + 1}`, part]),
					),
				}
			: {}),
	};
}

/** The items that hold the files: rows of all of them go into one import. */
export function pairedFiles(
	items: readonly INodeExecutionData[],
): NonNullable<INodeExecutionData['pairedItem']> {
	return items.length === 1 ? { item: 0 } : items.map((_, item) => ({ item }));
}

interface Copied {
	rows: RowSet;
	/** Rows by file, as a spreadsheet counts them. */
	places: string[];
	/** Why the reading broke off. */
	fault?: string;
}

async function copyRows(
	source: RowSource,
	wanted: RowSet,
	files: FilesIn,
	csv: CsvOutput<IBinaryData>,
): Promise<Copied> {
	const rows = new RowSet();
	const byFile = new Map<string, RowSet>();
	const slices = new TimeSlices();
	const copy = (row: InputRow) => {
		const { file, row: number } = files.placeOf(row);
		const numbers = byFile.get(file) ?? new RowSet();
		numbers.add(number);
		byFile.set(file, numbers);
		rows.add(row.rowIndex);
		csv.add(cellsOf(row, files.columns));
	};
	let fault: string | undefined;
	try {
		for await (const batch of source.batches()) {
			for (const row of batch) {
				if (wanted.has(row.rowIndex)) copy(row);
				if (slices.isOver()) await slices.next();
			}
			await csv.settled();
		}
	} catch (error) {
		// The rows that were read are given out all the same.
		fault = error instanceof Error ? error.message : String(error);
	}
	const places = [...byFile].map(
		([file, numbers]) => `${byFile.size > 1 ? `${file}: ` : ''}${rangesText(numbers)}`,
	);
	return { rows, places, ...(fault ? { fault } : {}) };
}
