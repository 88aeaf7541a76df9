import type { INodeProperties } from 'n8n-workflow';

import { CLEAR_EXISTING_ATTRIBUTES, VALUE_OPTION_FIELDS } from './valueOptionFields';
import { keyspaceField, sectionField } from './locationFields';

/** Options that say how values are written. */
export const VALUE_OPTIONS = ['dateFormat', 'defaultCountry', 'excelDates'];

/**
 * Which profile: section, keyspace and key.
 *
 * @param everywhere operations that are about the profile in all sections
 */
export function profileFields(
	resource: string,
	operation: string[],
	everywhere: string[] = [],
): INodeProperties[] {
	const inSection = operation.filter((one) => !everywhere.includes(one));
	return [
		sectionField(resource, inSection),
		keyspaceField(resource, operation),
		{
			displayName: 'Profile Key',
			name: 'profileKey',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.email }}',
			description:
				'What identifies the profile in the keyspace: its email address, mobile number or ID. Phone numbers can be in any common format.',
			displayOptions: { show: { resource: [resource], operation } },
		},
	];
}

/**
 * The collection Options.
 *
 * @param names of import options that make sense here: by default those that say how the profile key is written
 * @param own further ones, later in the alphabet
 */
export function valueOptions(
	resource: string,
	operation: string[],
	names: readonly string[] = ['defaultCountry'],
	own: INodeProperties[] = [],
): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { resource: [resource], operation } },
		options: [
			...[CLEAR_EXISTING_ATTRIBUTES, ...VALUE_OPTION_FIELDS].filter(({ name }) =>
				names.includes(name),
			),
			...own,
		],
	};
}

/** Names in place of IDs, for what is read. */
export function simplifyField(resource: string, operation: string[]): INodeProperties {
	return {
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
		displayOptions: { show: { resource: [resource], operation } },
	};
}
