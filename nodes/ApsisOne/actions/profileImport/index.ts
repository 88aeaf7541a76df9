import type { INodeProperties } from 'n8n-workflow';

import * as getStatus from './getStatus.operation';
import * as preview from './preview.operation';
import * as request from './request.operation';
import * as wait from './wait.operation';

export { getStatus, preview, request, wait };

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
				description: 'Get the current status of an import',
				action: 'Get status of profile import',
			},
			{
				name: 'Preview',
				value: 'preview',
				description: 'Show what Request would send, without changing anything in APSIS One',
				action: 'Preview profile import',
			},
			{
				name: 'Request',
				value: 'request',
				description: 'Import many profiles with their attributes, consents and tags at once',
				action: 'Request profile import',
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait until imports have ended, for hours if necessary',
				action: 'Wait for profile import',
			},
		],
		default: 'request',
	},
	...request.description,
	...preview.description,
	...getStatus.description,
	...wait.description,
];
