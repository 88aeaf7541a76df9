import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { isFinal } from '../../api/parseImport';
import { forEachItem } from '../common/itemTasks';
import { importIdField } from '../common/importFields';
import { ImportClient } from '../../api/imports';
import { sectionField } from '../common/locationFields';
import { readImportId, readLocator } from '../common/parameters';

export const description: INodeProperties[] = [
	sectionField('profileImport', ['getStatus']),
	importIdField(['getStatus']),
];

/** Looks once at the import of each item. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const client = await ImportClient.of(this);
	return await forEachItem(this, async (itemIndex) => {
		const section = readLocator(this, 'section', 'Section', itemIndex);
		const importId = readImportId(this, itemIndex);
		return { subject: importId, send: async () => await lookAt(client, section, importId) };
	});
}

async function lookAt(
	client: ImportClient,
	section: string,
	importId: string,
): Promise<IDataObject> {
	const look = await client.look(section, importId);
	if (!look) {
		throw new ApsisOneError(
			`The section "${section}" has no import "${importId}"`,
			'Check Import ID and Section. A new import can take a few seconds to appear.',
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
