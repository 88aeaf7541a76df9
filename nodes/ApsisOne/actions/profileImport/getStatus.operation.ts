import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { isFinal } from '../../profileImport/status';
import { importIdField, sectionField } from './fields';
import { lookAtImport } from './importApi';
import { readImportId, readLocator } from './settings';

export const description: INodeProperties[] = [
	sectionField('profileImport', ['getStatus']),
	importIdField(['getStatus']),
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
	const importId = readImportId(context, itemIndex);
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
