import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { findWritableKeyspace } from '../../importing/plan';
import { forEachItem } from '../common/itemTasks';
import { operationFields } from '../common/operationFields';
import { valueOptions } from '../common/profileFields';
import { nameOf } from '../../api/profiles';
import { createProfileContext } from '../common/profileContext';

export const description: INodeProperties[] = [
	...operationFields('profile', 'delete', [
		{
			displayName: 'Confirm Deletion',
			name: 'confirmDeletion',
			type: 'boolean',
			default: false,
			description:
				'Whether to delete the profile. It is deleted from all sections and cannot be restored.',
		},
	]),
	valueOptions('profile', ['delete']),
];

/** Deletes the profile of each item; one that is not there counts as deleted. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const profiles = await createProfileContext(this);
	return await forEachItem(this, async (itemIndex) => {
		if (this.getNodeParameter('confirmDeletion', itemIndex, false) !== true) {
			throw new ApsisOneError(
				'Confirm Deletion is off',
				'Turn it on to delete the profile. A deleted profile cannot be restored.',
			);
		}
		const profile = profiles.identityOf(itemIndex);
		// Through a keyspace that is not there, no profile is: that must not pass for one that is gone.
		findWritableKeyspace(profile.keyspace, await profiles.definitions.keyspaces());
		return {
			subject: nameOf(profile),
			send: async () => ({
				...profile,
				deleted: true,
				existed: await profiles.calls.delete(profile),
			}),
		};
	});
}
