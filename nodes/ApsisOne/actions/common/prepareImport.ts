import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { isTool } from '../../aiTool';
import { MemoryBudget, PackedStore, PlainStore } from '../../importing/csv/fileBytes';
import type { FileOptions } from '../../importing/csv/importFiles';
import { checkedValue } from '../../importing/expressionValue';
import type { EvaluateExpression } from '../../importing/fieldSource';
import { FileRows } from '../../importing/input/fileRows';
import { fieldNamesOfItems } from '../../importing/input/itemFieldNames';
import { rowsOfItems } from '../../importing/input/itemRows';
import { limitExceeded } from '../../importing/limits';
import type { SaveFile } from '../../importing/output/csvOutput';
import { type FilesIn, RejectedRows } from '../../importing/output/rejectedRows';
import { warningsOf } from '../../importing/output/warnings';
import type { ImportPlan } from '../../importing/plan';
import { ImportPreparation, nothingToImport, type RowSource } from '../../importing/preparation';
import type { InputFields } from '../../importing/references';
import type { ApsisOneError } from '../../errors';
import { InvalidValue } from '../../values/invalidValue';
import { readCheckOptions, readSafetyLimits } from './checkOptions';
import { executeOnceWarning } from './executeOnce';
import { isMappedAutomatically, readPlan } from './importSettings';
import { readInputFiles, unreadFiles } from './inputFiles';
import { readOptions } from './parameters';
import { checkedRowsProgress } from './progress';
import { refuseMixedSettings } from './uniformSettings';

/**
 * Finished files kept from the first reading: of items, which fill far more memory themselves; and of files, compressed, so
 * that a file of 500 MB is read only once.
 */
const ITEMS_BUDGET_BYTES = 256_000_000;
const FILES_BUDGET_BYTES = 88_000_000;

/** An input that has been read through and checked; nothing has been sent. */
export interface PreparedImport {
	plan: ImportPlan;
	preparation: ImportPreparation<RejectedRows>;
	/** What came in. */
	input: ImportInput;
	/** What is allowed, but probably not meant. */
	warnings: string[];
	/** The safety limit that stops the import. */
	limit: ApsisOneError | undefined;
	save: SaveFile<IBinaryData>;
}

/** What came in: rows, their names, and for files how they were written. */
export interface ImportInput {
	source: RowSource;
	fields: InputFields;
	files?: FilesIn;
	/** What is to be asked about how it was read, once it has been. */
	warnings(): readonly string[];
}

/**
 * Reads the node's parameters and all input, and checks every row: the first reading, without any effect in APSIS One.
 *
 * @param options rows to keep beside the files, for showing or for reading back; and whether warnings name all fields that
 * are used for nothing
 * @throws ApsisOneError when nothing can be sent
 */
export async function prepareImport(
	context: IExecuteFunctions,
	{
		sampleRows = 0,
		readBackRows = 0,
		isPreview = false,
	}: Pick<FileOptions, 'sampleRows' | 'readBackRows'> & { isPreview?: boolean } = {},
): Promise<PreparedImport> {
	await refuseMixedSettings(context);
	const options = readOptions(context);
	const limits = readSafetyLimits(context, options);
	const checkOptions = readCheckOptions(context, options);
	const input = await readInput(context);
	if ((await input.source.rowCount()) === 0) throw nothingToImport();
	const plan = await readPlan(context, input.fields);
	const save: PreparedImport['save'] = async (content, name) =>
		await context.helpers.prepareBinaryData(content, name, 'text/csv');
	const budget = new MemoryBudget(input.files ? FILES_BUDGET_BYTES : ITEMS_BUDGET_BYTES);
	const preparation = new ImportPreparation(
		plan,
		input.source,
		{
			...checkOptions,
			sampleRows,
			readBackRows,
			budget,
			onChecked: checkedRowsProgress(context),
			makeStore: () => (input.files ? new PackedStore(budget) : new PlainStore(budget)),
		},
		expressionEvaluator(context),
		() => new RejectedRows(context.getInputData(), input.files, save),
	);
	await preparation.check();
	const { counts } = preparation;
	return {
		plan,
		preparation,
		input,
		warnings: [
			...executeOnceWarning(context),
			...input.warnings(),
			...warningsOf(plan, counts, input.fields, {
				isAutomatic: isMappedAutomatically(context),
				isPreview,
			}),
		],
		limit: limitExceeded(counts, limits),
		save,
	};
}

async function readInput(context: IExecuteFunctions): Promise<ImportInput> {
	if (context.getNodeParameter('inputSource', 0, 'items') === 'file')
		return await readFiles(context);
	const items = context.getInputData();
	return {
		source: rowsOfItems(items),
		fields: { isFile: false, names: await fieldNamesOfItems(items), files: [], items },
		warnings: () => [],
	};
}

async function readFiles(context: IExecuteFunctions): Promise<ImportInput> {
	const { csvEncoding, csvDelimiter } = readOptions(context);
	const source = new FileRows(readInputFiles(context), {
		...(csvEncoding ? { encoding: String(csvEncoding) } : {}),
		...(csvDelimiter ? { delimiter: String(csvDelimiter) } : {}),
	});
	const columns = await source.columnsByFile();
	const warnings = [...(await source.warnings()), ...unreadFiles(context)];
	return {
		source,
		fields: {
			isFile: true,
			names: await source.header(),
			files: columns.map(({ fileName, names, repeated }) => ({
				name: fileName,
				columns: names,
				repeated,
			})),
			items: context.getInputData(),
		},
		files: {
			columns: await source.keys(),
			dialect: await source.dialect(),
			placeOf: (row) => source.placeOf(row),
		},
		warnings: () => [...warnings, ...source.cutOffWarnings],
	};
}

/** An expression that fails, or reads what is not there, spoils its row, not the import. */
function expressionEvaluator(context: IExecuteFunctions): EvaluateExpression {
	// A tool's item need not be what an expression reads.
	const items = isTool(context) ? [] : context.getInputData();
	return (expression, itemIndex) => {
		try {
			const value: unknown = context.evaluateExpression(expression, itemIndex);
			return checkedValue(value, expression, items[itemIndex]?.json);
		} catch (error) {
			return new InvalidValue(
				'comes from an expression that failed',
				`n8n says: ${error instanceof Error ? error.message : String(error)}`,
			);
		}
	};
}
