import type { INodeProperties } from 'n8n-workflow';

import { profileFields, simplifyField, VALUE_OPTIONS, valueOptions } from '../common/profileFields';
import * as get from './get.operation';
import * as remove from './delete.operation';
import * as upsert from './upsert.operation';
import { ATTRIBUTES } from '../common/attributesField';

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
				description: 'Delete a profile permanently, with all that is stored about it',
				action: 'Delete profile',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Retrieve the attributes, tags and consents of a profile',
				action: 'Get profile',
			},
		],
		default: 'upsert',
	},
	...profileFields('profile', ['upsert', 'delete', 'get'], ['delete']),
	{
		...ATTRIBUTES,
		description:
			'Which field goes into which attribute. Automatic mapping goes by name, ID and common spellings (e-mail, förnamn). Empty values leave what is stored. A new Email, Mobile or CRM ID changes the profile key of that keyspace.',
		displayOptions: { show: { resource: ['profile'], operation: ['upsert'] } },
	},
	{
		displayName: 'Confirm Deletion',
		name: 'confirmDeletion',
		type: 'boolean',
		default: false,
		description:
			'Whether you are sure. APSIS One deletes the profile in all sections, and cannot bring it back.',
		displayOptions: { show: { resource: ['profile'], operation: ['delete'] } },
	},
	simplifyField('profile', ['get']),
	valueOptions('profile', ['upsert'], [...VALUE_OPTIONS, 'clearExistingAttributes']),
	valueOptions('profile', ['delete', 'get']),
];
