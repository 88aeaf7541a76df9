import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { findWritableTag } from '../../importing/plan';
import { profileFields, valueOptions } from '../common/profileFields';
import { forEachItem } from '../common/itemTasks';
import { nameOf } from '../../api/profiles';
import { startRun } from '../common/profileContext';
import { readChoices } from '../common/typedValue';

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['tag'] } },
		options: [
			{
				name: 'Add',
				value: 'add',
				description: 'Add tags to a profile',
				action: 'Add tags to profile',
			},
			{
				name: 'Remove',
				value: 'remove',
				description: 'Remove tags from a profile',
				action: 'Remove tags from profile',
			},
		],
		default: 'add',
	},
	...profileFields('tag', ['add', 'remove']),
	{
		displayName: 'Tag Names or IDs',
		name: 'tagNames',
		type: 'multiOptions',
		typeOptions: {
			loadOptionsMethod: 'getTags',
			loadOptionsDependsOn: ['section.value', 'keyspace.value'],
		},
		default: [],
		required: true,
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		displayOptions: { show: { resource: ['tag'] } },
	},
	valueOptions('tag', ['add', 'remove']),
];

async function changeTags(
	context: IExecuteFunctions,
	change: 'add' | 'remove',
): Promise<INodeExecutionData[][]> {
	const run = await startRun(context);
	return await forEachItem(context, async (itemIndex) => {
		const profile = run.addressOf(itemIndex);
		const tags = readChoices(context, 'tagNames', 'Tag Names or IDs', itemIndex);
		if (tags.length === 0) {
			throw new ApsisOneError('No tag is chosen', 'Choose at least one in Tag Names or IDs.');
		}
		const known = await run.definitions.tags(profile.section);
		for (const tag of tags) findWritableTag(tag, known, { discriminator: profile.keyspace });
		return {
			subject: nameOf(profile),
			send: async () => {
				await run.calls.changeTags(profile, tags, change);
				return { ...profile, [change === 'add' ? 'added' : 'removed']: tags };
			},
		};
	});
}

export const add = {
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await changeTags(this, 'add');
	},
};

export const remove = {
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await changeTags(this, 'remove');
	},
};
