import type { INodeProperties } from 'n8n-workflow';

import { profileFields, VALUE_OPTIONS, valueOptions } from '../common/profileFields';
import * as add from './add.operation';

export { add };

const ONLY_ADD = { show: { resource: ['event'], operation: ['add'] } };

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
	{
		displayName: 'Event Name or ID',
		name: 'event',
		type: 'options',
		typeOptions: {
			loadOptionsMethod: 'getEvents',
			loadOptionsDependsOn: ['section.value', 'keyspace.value'],
		},
		default: '',
		required: true,
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		displayOptions: ONLY_ADD,
	},
	{
		displayName: 'Event Time',
		name: 'eventTime',
		type: 'dateTime',
		default: '={{ $now }}',
		required: true,
		description: 'When it happened',
		displayOptions: ONLY_ADD,
	},
	{
		displayName: 'Specify Fields',
		name: 'specifyFields',
		type: 'options',
		options: [
			{ name: 'Using Fields Below', value: 'fields' },
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'fields',
		description: "How to give the event's data",
		displayOptions: ONLY_ADD,
	},
	{
		displayName: 'JSON',
		name: 'eventData',
		type: 'json',
		default: '',
		required: true,
		placeholder: 'e.g. { "order_id": "A-1001", "total": 249.5 }',
		description: 'An object with the data of the event. It is sent as it is.',
		displayOptions: {
			show: { resource: ['event'], operation: ['add'], specifyFields: ['json'] },
		},
	},
	{
		displayName: 'Fields',
		name: 'eventFields',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'autoMapInputData', value: null },
		description:
			'Which value goes into which field of the event. Automatic mapping goes by the name of the field.',
		typeOptions: {
			loadOptionsDependsOn: ['section.value', 'event'],
			resourceMapper: {
				resourceMapperMethod: 'getEventFields',
				mode: 'add',
				valuesLabel: 'Fields',
				fieldWords: { singular: 'field', plural: 'fields' },
				addAllFields: true,
				multiKeyMatch: false,
				supportAutoMap: true,
				noFieldsError:
					'No fields to show. Choose Section and Event first, or set Specify Fields to Using JSON.',
			},
		},
		displayOptions: {
			show: { resource: ['event'], operation: ['add'], specifyFields: ['fields'] },
		},
	},
	valueOptions('event', ['add'], VALUE_OPTIONS),
];
