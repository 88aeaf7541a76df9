import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { nameOf } from '../../api/profiles';
import { ApsisOneError } from '../../errors';
import { findWritableTag } from '../../importing/plan';
import { forEachItem } from './itemTasks';
import { createProfileContext } from './profileContext';
import { readChoices } from './typedValue';

/** Adds tags to the profile of each item, or removes them. */
export async function changeTags(
	context: IExecuteFunctions,
	change: 'add' | 'remove',
): Promise<INodeExecutionData[][]> {
	const profiles = await createProfileContext(context);
	return await forEachItem(context, async (itemIndex) => {
		const profile = profiles.addressOf(itemIndex);
		const tags = readChoices(context, 'tagNames', 'Tag Names or IDs', itemIndex);
		if (tags.length === 0) {
			throw new ApsisOneError('No tag is chosen', 'Choose at least one in Tag Names or IDs.');
		}
		const known = await profiles.definitions.tags(profile.section);
		for (const tag of tags) findWritableTag(tag, known, { discriminator: profile.keyspace });
		return {
			subject: nameOf(profile),
			send: async () => {
				await profiles.calls.changeTags(profile, tags, change);
				return { ...profile, [change === 'add' ? 'added' : 'removed']: tags };
			},
		};
	});
}
