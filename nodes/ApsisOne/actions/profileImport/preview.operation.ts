import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { ImportFile } from '../../importing/csv/importFiles';
import { sourceName } from '../../importing/fieldSource';
import type { ImportPlan } from '../../importing/plan';
import type { RowCounts } from '../../importing/preparation';
import { buildImportRequest } from '../../importing/sending/importRequest';
import { summarise } from '../../importing/summary';
import { MAPPING_OPTIONS, mappingFields, sectionField } from '../common/importFields';
import { prepareImport } from '../common/prepareImport';
import { readOptions } from '../common/importSettings';

const DEFAULT_ROWS_TO_SHOW = 10;

export const description: INodeProperties[] = [
	sectionField('profileImport', ['preview']),
	...mappingFields(['preview']),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { resource: ['profileImport'], operation: ['preview'] } },
		options: [
			...MAPPING_OPTIONS,
			{
				displayName: 'Rows to Show',
				name: 'rowsToShow',
				type: 'number' as const,
				typeOptions: { minValue: 0 },
				default: DEFAULT_ROWS_TO_SHOW,
				description: 'How many rows of each file to show as APSIS One would get them',
			},
		].sort((one, other) => one.displayName.localeCompare(other.displayName)),
	},
];

/** Shows what Request would do. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await previewImport(this);
}

/**
 * Checks all rows and builds all files as Request does, sends nothing, and tells what would have been sent. The rows
 * shown come out of the very files that Request would upload.
 */
export async function previewImport(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const rowsToShow = Number(readOptions(context).rowsToShow ?? DEFAULT_ROWS_TO_SHOW);
	const { plan, preparation, rejected, fieldNames } = await prepareImport(context, rowsToShow);
	const files: IDataObject[] = [];
	let rows = 0;
	for await (const file of preparation.files()) {
		files.push(describeFile(file, plan));
		rows += file.rows;
	}
	const { counts } = preparation;
	const summary = summarise(
		counts,
		{ rows: counts.accepted, imports: files.length },
		{ done: 'would be sent' },
	);
	context.addExecutionHints({ message: summary, type: 'info', location: 'outputPane' });
	const json = {
		summary,
		rowsRead: counts.read,
		rowsToSend: counts.accepted,
		rowsInFiles: rows,
		rowsRejected: counts.rejected,
		reasons: Object.fromEntries(counts.reasons),
		warnings: warningsOf(plan, counts, fieldNames),
		imports: files,
	};
	return [
		[{ json, pairedItem: items.map((_, item) => ({ item })) }],
		await rejected.toItems(context),
	];
}

function describeFile(file: ImportFile, plan: ImportPlan): IDataObject {
	return {
		rows: file.rows,
		bytes: file.bytes,
		optIns: file.optIns,
		optOuts: file.optOuts,
		resubscribes: file.resubscribes,
		request: buildImportRequest(plan, file.consentType) as IDataObject,
		header: file.header,
		sample: file.sample.map((cells) =>
			Object.fromEntries(file.header.map((name, index) => [name, cells[index] ?? ''])),
		),
	};
}

/** What is allowed, but probably not meant. */
function warningsOf(plan: ImportPlan, counts: RowCounts, fieldNames: readonly string[]): string[] {
	return [
		...emptyColumns(plan, counts),
		...unusedConsents(plan, counts),
		...unmappedFields(plan, fieldNames),
	];
}

function emptyColumns(
	{ columns, settings }: ImportPlan,
	{ filledColumns, accepted }: RowCounts,
): string[] {
	if (accepted === 0) return [];
	return columns
		.filter(({ header }) => !filledColumns.has(header))
		.map(({ field }) =>
			settings.clearExistingAttributes
				? `${field} is empty in every row, and Clear Existing Attributes is on: it would be erased in all these profiles.`
				: `${field} is empty in every row.`,
		);
}

function unusedConsents({ consents }: ImportPlan, { usedConsents }: RowCounts): string[] {
	return consents
		.filter((_, index) => !usedConsents.has(index))
		.map(({ name }) => `No row gives or withdraws consent for ${name}.`);
}

function unmappedFields(plan: ImportPlan, fieldNames: readonly string[]): string[] {
	const sources = [
		...plan.columns.map(({ source }) => source),
		...[...plan.consents, ...plan.tags].map(({ when }) => when),
	].filter((source) => source !== 'always');
	// An expression may read any field: only a plain mapping tells which one it uses.
	if (sources.some(({ kind }) => kind === 'expression')) return [];
	const used = new Set(
		sources.map((source) => (source.kind === 'field' ? source.path[0] : sourceName(source))),
	);
	return fieldNames
		.filter((name) => !used.has(name))
		.map((name) => `The field "${name}" is mapped to nothing.`);
}
