import type { INodeProperties } from 'n8n-workflow';

import { profileFields } from '../common/profileFields';
import * as getMany from './getMany.operation';
import * as set from './set.operation';

export { getMany, set };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['consent'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getMany',
				description: 'Get the consents of a profile',
				action: 'Get many consents',
			},
			{
				name: 'Set',
				value: 'set',
				description: 'Opt a profile in to or out of a subscription',
				action: 'Set consent',
			},
		],
		default: 'set',
	},
	...profileFields('consent', ['set', 'getMany']),
	...set.description,
	...getMany.description,
];
