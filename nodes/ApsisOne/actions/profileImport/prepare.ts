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
import type { CheckedRow } from '../../profileImport/rows/rowChecker';
import { readCheckOptions, readPlan } from './settings';

/** A plan with its rows, ready to be made into files. */
export interface PreparedImport {
	plan: ImportPlan;
	options: PreparationOptions;
	preparation: ImportPreparation;
	rejected: RejectedRow[];
}

/**
 * Reads the node's fields and its input. Nothing has been checked yet and nothing sent: that goes row by row as the
 * files are taken.
 *
 * @param onAccepted is shown each row that will be sent
 */
export async function prepareImport(
	context: IExecuteFunctions,
	onAccepted?: (checked: CheckedRow) => void,
): Promise<PreparedImport> {
	const items = context.getInputData();
	const plan = await readPlan(context, () => fieldNamesOfItems(items));
	const options = readCheckOptions(context);
	const rejected: RejectedRow[] = [];
	const preparation = new ImportPreparation(
		plan,
		rowsOfItems(items, () => sleep(0)),
		options,
		expressionEvaluator(context),
		(row) => rejected.push(row),
		onAccepted,
	);
	return { plan, options, preparation, rejected };
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
