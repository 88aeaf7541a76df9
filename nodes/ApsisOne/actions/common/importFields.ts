import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { EMAIL_CHANNEL, SMS_CHANNEL, TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';
import { CSV_ENCODINGS } from '../../importing/csv/encodings';

const SECTION: INodeProperties = {
	displayName: 'Section',
	name: 'section',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'Part of the account the profiles belong to',
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

const KEYSPACE: INodeProperties = {
	displayName: 'Keyspace',
	name: 'keyspace',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description:
		'What identifies a profile: its email address, mobile number or an ID of another system. A wrong keyspace makes duplicate profiles.',
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

/** Import ID for the operations given. */
export function importIdField(operation: string[]): INodeProperties {
	return {
		displayName: 'Import ID',
		name: 'importId',
		type: 'string',
		default: '={{ $json.importId }}',
		required: true,
		placeholder: 'e.g. {{ $json.importId }}',
		description: 'ID of the import, as Request gave it',
		displayOptions: { show: { resource: ['profileImport'], operation } },
	};
}

export const CHANNEL_OPTIONS: INodePropertyOptions[] = [
	{
		name: 'Select a Channel',
		value: '',
		description: 'Only a subscription that has a channel of its own can do without',
	},
	{ name: 'Email', value: EMAIL_CHANNEL },
	{ name: 'SMS', value: SMS_CHANNEL },
];

/** To be shown while Resubscribe Opted-Out Profiles is on. */
export const RESUBSCRIBE_NOTICE: INodeProperties = {
	displayName:
		'Mailing people who have opted out breaks the law (GDPR, ePrivacy) unless each of them has given a new consent, later than the opt-out, that you can prove',
	name: 'resubscribeNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { resubscribe: [true] } },
};

/** In the order a user thinks: which subscription, what happens, to which rows. */
const SUBSCRIPTION_FIELDS: INodeProperties[] = [
	{
		displayName: 'Subscription Name or ID',
		name: 'subscription',
		type: 'options',
		typeOptions: {
			loadOptionsMethod: 'getSubscriptions',
			loadOptionsDependsOn: ['section.value'],
		},
		default: '',
		required: true,
		description:
			'The topic, with its folder. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'options',
		options: CHANNEL_OPTIONS,
		default: '',
		description: 'Channel the consent is for. A subscription for several channels needs one.',
		displayOptions: {
			hide: { subscription: ['', { _cnd: { includes: TOPIC_CHANNEL_SEPARATOR } }] },
		},
	},
	{
		displayName: 'Consent',
		name: 'consent',
		type: 'options',
		options: [
			{
				name: 'As a Field Says',
				value: 'asFieldSays',
				description: 'Yes opts in, no opts out, empty changes nothing',
			},
			{ name: 'Opt In All Rows', value: 'optInAll' },
			{ name: 'Opt In Rows Where a Field Says Yes', value: 'optInWhere' },
			{ name: 'Opt Out All Rows', value: 'optOutAll' },
			{ name: 'Opt Out Rows Where a Field Says Yes', value: 'optOutWhere' },
		],
		default: 'asFieldSays',
		description: 'What happens to the consent of the profile',
	},
	{
		displayName: 'Consent Field',
		name: 'consentField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		placeholder: 'e.g. newsletter',
		description:
			'Name of the field that says yes or no (opt-in/opt-out, subscribed/unsubscribed, 1/0, ja/nej). Empty cells change nothing.',
		displayOptions: { hide: { consent: ['optInAll', 'optOutAll'] } },
	},
	{
		displayName: 'Address Field',
		name: 'addressField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		placeholder: 'e.g. email',
		description:
			'Name of the field that holds the address the consent is for. Leave empty to take the one mapped to the attribute Email (Mobile for SMS).',
	},
	{
		displayName: 'Resubscribe Opted-Out Profiles',
		name: 'resubscribe',
		type: 'boolean',
		default: false,
		description:
			'Whether an opt-in overrides an earlier opt-out. Off, who has opted out stays out.',
		displayOptions: { hide: { consent: ['optOutAll', 'optOutWhere'] } },
	},
	RESUBSCRIBE_NOTICE,
];

export const ATTRIBUTES: INodeProperties = {
	displayName: 'Attributes',
	name: 'attributes',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'autoMapInputData', value: null },
	description:
		'Which field goes into which attribute. Automatic mapping goes by name, ID and common spellings (e-mail, förnamn). For a CSV file, type the name of the column.',
	typeOptions: {
		loadOptionsDependsOn: ['section.value', 'keyspace.value'],
		resourceMapper: {
			resourceMapperMethod: 'getAttributeFields',
			mode: 'add',
			valuesLabel: 'Attributes',
			fieldWords: { singular: 'attribute', plural: 'attributes' },
			addAllFields: true,
			multiKeyMatch: false,
			supportAutoMap: true,
			noFieldsError:
				'No attribute of this section may be written through this keyspace. Choose Section and Keyspace first.',
		},
	},
};

const MAPPING: INodeProperties[] = [
	KEYSPACE,
	{
		displayName: 'Input',
		name: 'inputSource',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'CSV File',
				value: 'file',
				description: 'Every row of a CSV file is a profile',
			},
			{
				name: 'Items',
				value: 'items',
				description: 'Every incoming item is a profile',
			},
		],
		default: 'items',
		description: 'Where the profiles come from',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input field that holds the CSV file',
		displayOptions: { show: { inputSource: ['file'] } },
	},
	{
		displayName: 'Profile Key Field',
		name: 'profileKeyField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		required: true,
		placeholder: 'e.g. email',
		description:
			'Name of the field (or column of the file) whose value identifies the profile in the keyspace',
	},
	ATTRIBUTES,
	{
		displayName: 'Subscriptions and Consent',
		name: 'subscriptions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Subscription',
		default: {},
		description: 'Which subscriptions (topics) the profiles opt in to or out of',
		options: [
			{
				displayName: 'Subscription',
				name: 'values',
				values: SUBSCRIPTION_FIELDS,
			},
		],
	},
	{
		displayName: 'Tags',
		name: 'tags',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Tag',
		default: {},
		description: 'Tags to set on the profiles',
		options: [
			{
				displayName: 'Tag',
				name: 'values',
				values: [
					{
						displayName: 'Tag Name or ID',
						name: 'tag',
						type: 'options',
						typeOptions: {
							loadOptionsMethod: 'getTags',
							loadOptionsDependsOn: ['section.value', 'keyspace.value'],
						},
						default: '',
						required: true,
						description:
							'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Apply To',
						name: 'applyTo',
						type: 'options',
						options: [
							{ name: 'All Rows', value: 'all' },
							{ name: 'Rows Where a Field Says Yes', value: 'field' },
						],
						default: 'all',
						description: 'Which rows get the tag',
					},
					{
						displayName: 'Tag Field',
						name: 'tagField',
						type: 'string',
						requiresDataPath: 'single',
						default: '',
						placeholder: 'e.g. is_vip',
						description: 'Name of the field that says yes or no',
						displayOptions: { show: { applyTo: ['field'] } },
					},
				],
			},
		],
	},
];

const CLEAR_NOTICE: INodeProperties = {
	displayName:
		'Clear Existing Attributes is on: an empty cell erases what APSIS One has stored in that attribute. Use Preview first.',
	name: 'clearNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '/options.clearExistingAttributes': [true] } },
};

/** Everything that maps rows to an import, shared by Request and Preview. */
export function mappingFields(operation: string[]): INodeProperties[] {
	return [...MAPPING, CLEAR_NOTICE].map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { resource: ['profileImport'], operation, ...property.displayOptions?.show },
		},
	}));
}

/** Options of the mapping, shared by Request and Preview; sorted by the caller. */
export const MAPPING_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Additional Request Fields',
		name: 'additionalFields',
		type: 'json',
		default: '{}',
		description:
			'JSON object whose members are added to the import request, for what this node does not know (yet). A member the node sets itself is refused.',
	},
	{
		displayName: 'Check Rows',
		name: 'checkRows',
		type: 'boolean',
		default: true,
		description:
			'Whether rows are normalised and checked before they are sent. Off, values go as they are, and what APSIS One makes of them shows in its own pages only.',
	},
	{
		displayName: 'Clear Existing Attributes',
		name: 'clearExistingAttributes',
		type: 'boolean',
		default: false,
		description: 'Whether an empty value erases what is stored in its attribute',
	},
	{
		displayName: 'Consent Value Mapping',
		name: 'consentValues',
		type: 'fixedCollection',
		default: {},
		description:
			'Your own words for yes and no in consent fields; they come before the built-in ones',
		options: [
			{
				displayName: 'Words',
				name: 'words',
				values: [
					{
						displayName: 'Opt-In Words',
						name: 'optIn',
						type: 'string',
						default: '',
						placeholder: 'e.g. A, active, prenumerant',
						description: 'Separated by commas',
					},
					{
						displayName: 'Opt-Out Words',
						name: 'optOut',
						type: 'string',
						default: '',
						placeholder: 'e.g. I, inactive, avregistrerad',
						description: 'Separated by commas',
					},
				],
			},
		],
	},
	{
		displayName: 'CSV Delimiter',
		name: 'csvDelimiter',
		type: 'options',
		options: [
			{ name: 'Comma', value: ',' },
			{ name: 'Detect', value: '' },
			{ name: 'Pipe', value: '|' },
			{ name: 'Semicolon', value: ';' },
			{ name: 'Tab', value: '\t' },
		],
		default: '',
		description: 'What parts the columns of the incoming file',
		displayOptions: { show: { '/inputSource': ['file'] } },
	},
	{
		displayName: 'CSV Encoding',
		name: 'csvEncoding',
		type: 'options',
		options: [{ name: 'Detect', value: '' }, ...CSV_ENCODINGS],
		default: '',
		description: 'How the incoming file writes its characters',
		displayOptions: { show: { '/inputSource': ['file'] } },
	},
	{
		displayName: 'Date Format',
		name: 'dateFormat',
		type: 'string',
		default: '',
		placeholder: 'e.g. dd.MM.yyyy',
		description:
			'How dates are written when not like 2013-02-08, in Luxon tokens (dd day, MM month, yyyy year, HH:mm time)',
	},
	{
		displayName: 'Default Country',
		name: 'defaultCountry',
		type: 'string',
		default: '',
		placeholder: 'e.g. SE',
		description: 'Two-letter code of the country whose phone numbers come without country code',
	},
	{
		displayName: 'Duplicate Keys',
		name: 'duplicates',
		type: 'options',
		options: [
			{ name: 'Keep First', value: 'keepFirst' },
			{ name: 'Keep Last', value: 'keepLast' },
			{ name: 'Reject All', value: 'rejectAll' },
		],
		default: 'keepFirst',
		description: 'Which row is sent when several have one profile key; the others are rejected',
	},
	{
		displayName: 'Excel Dates',
		name: 'excelDates',
		type: 'boolean',
		default: false,
		description:
			'Whether numbers in date attributes are Excel serials (45000 is 2023-03-15). Off, all-digit dates are rejected, not guessed.',
	},
	{
		displayName: 'On Invalid Row',
		name: 'onInvalidRow',
		type: 'options',
		options: [
			{
				name: 'Send Anyway',
				value: 'sendAnyway',
				description: 'Leave it to APSIS One, which tells about failed rows in its own pages only',
			},
			{
				name: 'Send to "Rejected" Output',
				value: 'reject',
				description: 'Send the good rows; the bad ones come out of the second output, with reasons',
			},
			{
				name: 'Stop',
				value: 'stop',
				description: 'Send nothing when a single row is bad',
			},
		],
		default: 'reject',
		description: 'What to do with rows that APSIS One would refuse',
	},
	{
		displayName: 'Update Existing Profiles',
		name: 'updateExistingProfiles',
		type: 'boolean',
		default: true,
		description: 'Whether profiles that exist already are changed. Off, only new ones are made.',
	},
];
