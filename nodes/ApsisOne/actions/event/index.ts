import type { INodeProperties } from 'n8n-workflow';

import { profileFields } from '../common/profileFields';
import * as add from './add.operation';

export { add };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['event'] } },
		options: [
			{
				name: 'Add',
				value: 'add',
				description: 'Add an event to a profile, such as a purchase',
				action: 'Add event',
			},
		],
		default: 'add',
	},
	...profileFields('event', ['add']),
	...add.description,
];
