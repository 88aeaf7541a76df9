import type { INodeProperties } from 'n8n-workflow';

import { profileFields, valueOptions } from '../common/profileFields';
import * as add from './add.operation';
import * as remove from './remove.operation';

export { add, remove };

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
