import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { ImportFile } from '../../importing/csv/importFiles';
import { figuresOf } from '../../importing/output/summary';
import type { ImportPlan } from '../../importing/plan';
import { buildImportRequest } from '../../importing/sending/importRequest';
import { refuseUnknownChoices } from '../common/choices';
import { addHint } from '../common/importHint';
import { mappingFields } from '../common/importFields';
import { importOptions } from '../common/importOptionFields';
import { sectionField } from '../common/locationFields';
import { prepareImport } from '../common/prepareImport';

const DEFAULT_ROWS_TO_SHOW = 10;

export const description: INodeProperties[] = [
	sectionField('profileImport', ['preview']),
	...mappingFields(['preview']),
	{
		displayName: 'Rows to Show',
		name: 'rowsToShow',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_ROWS_TO_SHOW,
		description: 'How many rows of each file to show, as APSIS One would receive them',
		displayOptions: { show: { resource: ['profileImport'], operation: ['preview'] } },
	},
	...importOptions(['preview'], 'Sending'),
];

/**
 * Checks all rows and builds all files as Request does, sends nothing, and shows what would have been sent. The rows
 * shown come out of the very files that Request would upload.
 *
 * @returns the figures, the first rows as they stand in the files, and the rows that would be rejected
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	refuseUnknownChoices(this, description);
	const rowsToShow = Number(this.getNodeParameter('rowsToShow', 0, DEFAULT_ROWS_TO_SHOW));
	const { plan, preparation, warnings, limit } = await prepareImport(this, {
		sampleRows: rowsToShow,
		isPreview: true,
	});
	const imports: IDataObject[] = [];
	const rows: INodeExecutionData[] = [];
	let rowsInFiles = 0;
	for await (const file of preparation.files()) {
		imports.push(describeFile(file, plan));
		rows.push(...rowItems(file));
		rowsInFiles += file.rows;
	}
	const { counts } = preparation;
	const figures = figuresOf(
		counts,
		{ rows: counts.accepted, imports: imports.length, unsent: 0 },
		[...(limit ? [limit.message] : []), ...warnings],
		'would be sent',
	);
	addHint(this, figures);
	const { summary, rowsRead, rowsSent, ...others } = figures;
	const json = { summary, rowsRead, rowsToSend: rowsSent, ...others, rowsInFiles, imports };
	const pairedItem = this.getInputData().map((_, item) => ({ item }));
	return [[{ json, pairedItem }], rows, await preparation.sink.toItems()];
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
	};
}

/** Rows with the columns of their file, so that the table in the editor shows it. */
function rowItems({ header, sample }: ImportFile): INodeExecutionData[] {
	return sample.map(({ cells, itemIndex }) => ({
		json: Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])),
		pairedItem: { item: itemIndex },
	}));
}
