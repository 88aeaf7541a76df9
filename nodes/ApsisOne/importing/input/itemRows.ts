import type { INodeExecutionData } from 'n8n-workflow';

import type { InputRow } from '../fieldSource';
import type { RowSource } from '../preparation';

/** Rows between two looks at the event loop, so that uploads go on and the editor stays alive. */
const BATCH_ROWS = 5_000;

/**
 * n8n items as rows. Nothing is copied: one row object moves over the items, whose data is only read.
 *
 * @param breathe awaited between batches
 */
export function rowsOfItems(
	items: readonly INodeExecutionData[],
	breathe: () => Promise<void>,
): RowSource {
	// An empty item is what n8n hands on when the node before had nothing and "Always Output Data" is on.
	const rows = items.length === 1 && isEmpty(items[0]) ? [] : items;
	return {
		async *batches() {
			for (let from = 0; from < rows.length; from += BATCH_ROWS) {
				if (from > 0) await breathe();
				yield slice(rows, from, Math.min(from + BATCH_ROWS, rows.length));
			}
		},
		nameOf: (rowIndex) => `Item ${rowIndex}`,
	};
}

function isEmpty(item: INodeExecutionData | undefined): boolean {
	return !item || (Object.keys(item.json).length === 0 && !item.binary);
}

function* slice(items: readonly INodeExecutionData[], from: number, to: number) {
	const row: InputRow = { itemIndex: 0, rowIndex: 0, json: {} };
	for (let index = from; index < to; index++) {
		const item = items[index];
		if (!item) continue;
		row.itemIndex = index;
		row.rowIndex = index;
		row.json = item.json;
		yield row;
	}
}
