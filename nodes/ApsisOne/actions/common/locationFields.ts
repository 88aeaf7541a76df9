import type { INodeProperties } from 'n8n-workflow';

const SECTION: INodeProperties = {
	displayName: 'Section',
	name: 'section',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'Section of the account that the profiles belong to',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a section…',
			typeOptions: { searchListMethod: 'searchSections', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. usercreated.sections.online-shop-cbyntm8qnw',
		},
	],
};

export const KEYSPACE: INodeProperties = {
	displayName: 'Keyspace',
	name: 'keyspace',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description:
		'What identifies a profile: its email address, mobile number, or ID in another system. The wrong keyspace creates duplicate profiles.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a keyspace…',
			typeOptions: { searchListMethod: 'searchKeyspaces', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. com.apsis1.keyspaces.email',
		},
	],
};

/** Section for the operations given. */
export function sectionField(resource: string, operation: string[]): INodeProperties {
	return { ...SECTION, displayOptions: { show: { resource: [resource], operation } } };
}

/** Keyspace for the operations given. */
export function keyspaceField(resource: string, operation: string[]): INodeProperties {
	return { ...KEYSPACE, displayOptions: { show: { resource: [resource], operation } } };
}
