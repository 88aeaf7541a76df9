import type { INodeProperties } from 'n8n-workflow';

import { keyspaceField, MAPPING_OPTIONS, sectionField } from '../profileImport/fields';

/** Options that say how values are written; the others of an import are about many rows. */
const VALUE_OPTIONS = ['dateFormat', 'defaultCountry', 'excelDates'];

/** Which profile: section, keyspace and key. */
export function profileFields(resource: string, operation: string[]): INodeProperties[] {
	return [
		sectionField(resource, operation),
		keyspaceField(resource, operation),
		{
			displayName: 'Profile Key',
			name: 'profileKey',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.email }}',
			description:
				'What identifies the profile in the keyspace: its email address, mobile number or ID. Phone numbers may be written as people write them.',
			displayOptions: { show: { resource: [resource], operation } },
		},
	];
}

/** The collection Options: how values are written. */
export function valueOptions(resource: string, operation: string[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { resource: [resource], operation } },
		options: MAPPING_OPTIONS.filter(({ name }) => VALUE_OPTIONS.includes(name)),
	};
}
