import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { forEachItem } from '../common/itemTasks';
import { nameOf } from '../../api/profiles';
import { startRun } from '../common/profileContext';

/** Deletes the profile of each item; one that is not there counts as deleted. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = await startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		if (this.getNodeParameter('confirmDeletion', itemIndex, false) !== true) {
			throw new ApsisOneError(
				'Confirm Deletion is off',
				'Turn it on when you are sure: APSIS One cannot bring a deleted profile back.',
			);
		}
		const profile = run.identityOf(itemIndex);
		return {
			subject: nameOf(profile),
			send: async () => ({ ...profile, deleted: true, existed: await run.calls.delete(profile) }),
		};
	});
}
