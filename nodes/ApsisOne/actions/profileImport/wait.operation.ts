import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { WatchedImport } from '../../waiting/watch';
import { waitForImports } from '../../waiting/waitForImports';
import { importIdField } from '../common/importFields';
import { readWaitOptions, WAIT_OPTIONS } from '../common/waitFields';
import { sectionField } from '../common/locationFields';
import { readImportId, readLocator, readOptions } from '../common/parameters';
import { refuseMixedSettings, WHOLE_WAIT } from '../common/uniformSettings';

export const description: INodeProperties[] = [
	sectionField('profileImport', ['wait']),
	importIdField(['wait']),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { resource: ['profileImport'], operation: ['wait'] } },
		options: WAIT_OPTIONS,
	},
];

/** Waits for the imports of all items together. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	await refuseMixedSettings(this, WHOLE_WAIT);
	const imports = this.getInputData().map((item, index): WatchedImport => {
		const { uploadExpiresAt } = item.json;
		return {
			importId: readImportId(this, index),
			section: readLocator(this, 'section', 'Section', index),
			item: index,
			uploadExpiresAt: typeof uploadExpiresAt === 'string' ? uploadExpiresAt : '',
			// As the items that Request gives out say it.
			uploaded: item.json.status === 'uploaded',
			output: {} satisfies IDataObject,
		};
	});
	return [await waitForImports(this, imports, readWaitOptions(readOptions(this)))];
}
