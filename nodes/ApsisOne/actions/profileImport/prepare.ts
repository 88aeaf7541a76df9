import { sleep } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { EvaluateExpression } from '../../profileImport/fields';
import { fieldNamesOfItems } from '../../profileImport/itemFieldNames';
import { rowsOfItems } from '../../profileImport/itemRows';
import type { ImportPlan } from '../../profileImport/plan';
import {
	ImportPreparation,
	type PreparationOptions,
	type RejectedRow,
} from '../../profileImport/preparation';
import { InvalidValue } from '../../profileImport/rows/problem';
import { readCheckOptions, readPlan } from './settings';

/** A plan with its rows, ready to be made into files. */
export interface PreparedImport {
	plan: ImportPlan;
	options: PreparationOptions;
	preparation: ImportPreparation;
	/** Names of the fields that come in, whether mapped or not. */
	fieldNames(): readonly string[];
	rejected: RejectedRow[];
}

/**
 * Reads the node's fields and its input. Nothing has been checked yet and nothing sent: that goes row by row as the
 * files are taken.
 *
 * @param sampleRows rows of each file to keep for showing
 */
export async function prepareImport(
	context: IExecuteFunctions,
	sampleRows = 0,
): Promise<PreparedImport> {
	const items = context.getInputData();
	const fieldNames = () => fieldNamesOfItems(items);
	const plan = await readPlan(context, fieldNames);
	const options = { ...readCheckOptions(context), sampleRows };
	const rejected: RejectedRow[] = [];
	const preparation = new ImportPreparation(
		plan,
		rowsOfItems(items, () => sleep(0)),
		options,
		expressionEvaluator(context),
		(row) => rejected.push(row),
	);
	return { plan, options, preparation, rejected, fieldNames };
}

/** An expression that fails spoils its row, not the import. */
function expressionEvaluator(context: IExecuteFunctions): EvaluateExpression {
	return (expression, itemIndex) => {
		try {
			return context.evaluateExpression(expression, itemIndex);
		} catch (error) {
			return new InvalidValue(
				'comes from an expression that failed',
				`n8n says: ${error instanceof Error ? error.message : String(error)}`,
			);
		}
	};
}

/** Rejected rows as items: the original, with the reasons beside its own fields. */
export function rejectedItems(
	items: readonly INodeExecutionData[],
	rejected: readonly RejectedRow[],
): INodeExecutionData[] {
	return rejected.map(({ row, reasons }) => ({
		json: { ...row.json, reasons: reasons as unknown as IDataObject[] },
		...(items[row.itemIndex]?.binary ? { binary: items[row.itemIndex]?.binary } : {}),
		pairedItem: { item: row.itemIndex },
	}));
}
