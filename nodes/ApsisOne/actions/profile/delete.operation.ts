import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { forEachItem, startRun } from '../singleProfile/forEachItem';

/** Deletes the profile of each item; one that is not there counts as deleted. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		if (this.getNodeParameter('confirmDeletion', itemIndex, false) !== true) {
			throw new ApsisOneError(
				'Confirm Deletion is off',
				'Turn it on when you are sure: APSIS One cannot bring a deleted profile back. Nothing was deleted.',
			);
		}
		const address = run.addressOf(itemIndex);
		return { ...address, deleted: true, existed: await run.calls.delete(address) };
	});
}
