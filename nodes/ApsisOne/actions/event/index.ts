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
		typeOptions: { loadOptionsMethod: 'getEvents', loadOptionsDependsOn: ['section.value'] },
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
		displayName: 'Fields',
		name: 'eventFields',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'autoMapInputData', value: null },
		description: 'Which value goes into which field of the event',
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
				noFieldsError: 'This event has no fields. Choose Section and Event first.',
			},
		},
		displayOptions: ONLY_ADD,
	},
	valueOptions('event', ['add'], VALUE_OPTIONS),
];
