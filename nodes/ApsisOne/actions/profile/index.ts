import type { INodeProperties } from 'n8n-workflow';

import { profileFields } from '../common/profileFields';
import * as get from './get.operation';
import * as remove from './delete.operation';
import * as upsert from './upsert.operation';

export { get, remove, upsert };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['profile'] } },
		options: [
			{
				name: 'Create or Update',
				value: 'upsert',
				description:
					'Create a new profile, or update the current one if it already exists (upsert)',
				action: 'Create or update profile',
			},
			{
				name: 'Delete',
				value: 'delete',
				description: 'Permanently delete a profile and everything stored about it',
				action: 'Delete profile',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Get the attributes, tags and consents of a profile',
				action: 'Get profile',
			},
		],
		default: 'upsert',
	},
	...profileFields('profile', ['upsert', 'delete', 'get'], ['delete']),
	...upsert.description,
	...remove.description,
	...get.description,
];
