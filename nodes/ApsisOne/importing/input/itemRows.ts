import type { INodeExecutionData } from 'n8n-workflow';

import type { InputRow } from '../fieldSource';
import type { RowSource } from '../preparation';

/** n8n items as rows. Nothing is copied: one row object moves over the items, whose data is only read. */
export function rowsOfItems(items: readonly INodeExecutionData[]): RowSource {
	// An empty item is what n8n hands on when the node before had nothing and "Always Output Data" is on.
	const rows = items.length === 1 && isEmpty(items[0]) ? [] : items;
	return {
		async *batches() {
			yield eachRow(rows);
		},
		nameOf: (rowIndex) => `Item ${rowIndex}`,
		rowCount: async () => rows.length,
	};
}

function isEmpty(item: INodeExecutionData | undefined): boolean {
	return !item || (Object.keys(item.json).length === 0 && !item.binary);
}

function* eachRow(items: readonly INodeExecutionData[]): Generator<InputRow> {
	const row: InputRow = { itemIndex: 0, rowIndex: 0, json: {} };
	for (let index = 0; index < items.length; index++) {
		const item = items[index];
		if (!item) continue;
		row.itemIndex = index;
		row.rowIndex = index;
		row.json = item.json;
		yield row;
	}
}
