import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { isFinal } from '../../profileImport/status';
import { sectionField } from './fields';
import { lookAtImport } from './importApi';
import { readLocator } from './settings';

export const description: INodeProperties[] = [
	sectionField('profileImport', ['getStatus']),
	{
		displayName: 'Import ID',
		name: 'importId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.importId }}',
		description: 'ID of the import, as Request gave it',
		displayOptions: { show: { resource: ['profileImport'], operation: ['getStatus'] } },
	},
];

/** Looks once at the import of each item. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	for (const itemIndex of this.getInputData().keys()) {
		output.push({ json: await lookAt(this, itemIndex), pairedItem: { item: itemIndex } });
	}
	return [output];
}

async function lookAt(context: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const section = readLocator(context, 'section', 'Section', itemIndex);
	const importId = String(context.getNodeParameter('importId', itemIndex, '')).trim();
	if (!importId) {
		throw new ApsisOneError(
			`[Item ${itemIndex}] Import ID is empty`,
			'Enter the ID that Request profile import gave, e.g. {{ $json.importId }}.',
			itemIndex,
		);
	}
	const look = await lookAtImport(context, section, importId);
	if (!look) {
		throw new ApsisOneError(
			`[Item ${itemIndex}] The section "${section}" has no import "${importId}"`,
			'Check Import ID and Section. A new import may take some seconds to show up.',
			itemIndex,
		);
	}
	return {
		importId,
		section,
		status: look.status,
		isFinished: isFinal(look.status),
		result: look.result as IDataObject,
	};
}
