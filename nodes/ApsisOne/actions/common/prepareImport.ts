import { sleep } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { checkColumns } from '../../importing/checkColumns';
import { PackedStore } from '../../importing/csv/fileBytes';
import type { EvaluateExpression } from '../../importing/fieldSource';
import { FileRows } from '../../importing/input/fileRows';
import { fieldNamesOfItems } from '../../importing/input/itemFieldNames';
import { rowsOfItems } from '../../importing/input/itemRows';
import type { ImportPlan } from '../../importing/plan';
import { ImportPreparation, type RowSource } from '../../importing/preparation';
import { InvalidValue } from '../../values/invalidValue';
import { readInputFiles } from './inputFiles';
import { RejectedRows } from '../../importing/rejectedRows';
import { readCheckOptions, readOptions, readPlan } from './importSettings';

/** A plan with its rows, ready to be made into files. */
export interface PreparedImport {
	plan: ImportPlan;
	preparation: ImportPreparation;
	/** The rows that came in, to be read again where need be. */
	source: RowSource;
	rejected: RejectedRows;
	/** Whether rows are rows of a file, not items. */
	isFile: boolean;
	/** Names of the fields that come in, whether mapped or not. */
	fieldNames: readonly string[];
}

interface Input {
	isFile: boolean;
	source: RowSource;
	fieldNames: readonly string[];
}

/**
 * Reads the node's fields and finds its input. Nothing has been checked yet and nothing sent: that goes row by row as the
 * files are taken.
 *
 * @param sampleRows rows of each file to keep for showing
 */
export async function prepareImport(
	context: IExecuteFunctions,
	sampleRows = 0,
): Promise<PreparedImport> {
	const { isFile, source, fieldNames } = await readInput(context);
	const plan = await readPlan(context, fieldNames);
	if (source instanceof FileRows) checkColumns(plan, await source.columnsByFile());
	const rejected = new RejectedRows(context.getInputData(), isFile);
	const preparation = new ImportPreparation(
		plan,
		source,
		{
			...readCheckOptions(context),
			sampleRows,
			...(isFile ? { makeStore: () => new PackedStore() } : {}),
		},
		expressionEvaluator(context),
		(row) => rejected.add(row),
	);
	return { plan, preparation, source, rejected, isFile, fieldNames };
}

async function readInput(context: IExecuteFunctions): Promise<Input> {
	if (context.getNodeParameter('inputSource', 0, 'items') === 'file') {
		const { csvEncoding, csvDelimiter } = readOptions(context);
		const source = new FileRows(readInputFiles(context), {
			...(csvEncoding ? { encoding: String(csvEncoding) } : {}),
			...(csvDelimiter ? { delimiter: String(csvDelimiter) } : {}),
		});
		return { isFile: true, source, fieldNames: await source.header() };
	}
	const items = context.getInputData();
	return {
		isFile: false,
		source: rowsOfItems(items, () => sleep(0)),
		fieldNames: fieldNamesOfItems(items),
	};
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
