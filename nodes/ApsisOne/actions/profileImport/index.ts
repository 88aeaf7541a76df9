import type { INodeProperties } from 'n8n-workflow';

import * as getStatus from './getStatus.operation';
import * as request from './request.operation';

export { getStatus, request };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['profileImport'] } },
		options: [
			{
				name: 'Get Status',
				value: 'getStatus',
				description: 'Ask how far an import has come',
				action: 'Get status of a profile import',
			},
			{
				name: 'Request',
				value: 'request',
				description: 'Import many profiles with their attributes, consents and tags at once',
				action: 'Request profile import',
			},
		],
		default: 'request',
	},
	...request.description,
	...getStatus.description,
];
