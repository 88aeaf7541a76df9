import type { INodeProperties } from 'n8n-workflow';

import { ATTRIBUTES } from './attributesField';
import { KEYSPACE } from './locationFields';
import { CHANNEL, RESUBSCRIBE, RESUBSCRIBE_NOTICE, SUBSCRIPTION } from './subscriptionFields';

/** Import ID for the operations given. */
export function importIdField(operation: string[]): INodeProperties {
	return {
		displayName: 'Import ID',
		name: 'importId',
		type: 'string',
		default: '={{ $json.importId }}',
		required: true,
		placeholder: 'e.g. {{ $json.importId }}',
		description: 'ID of the import, as returned by Request',
		displayOptions: { show: { resource: ['profileImport'], operation } },
	};
}

/** In the order a user thinks: which subscription, what happens, to which rows, at which address. */
const SUBSCRIPTION_FIELDS: INodeProperties[] = [
	SUBSCRIPTION,
	CHANNEL,
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
			{
				name: 'As a List Says',
				value: 'asListSays',
				description: 'Opts in rows whose list of subscriptions includes this one',
			},
			{ name: 'Opt In All Rows', value: 'optInAll' },
			{ name: 'Opt In Rows Where a Field Says Yes', value: 'optInWhere' },
			{ name: 'Opt Out All Rows', value: 'optOutAll' },
			{ name: 'Opt Out Rows Where a Field Says Yes', value: 'optOutWhere' },
		],
		default: 'asFieldSays',
		description: 'What to do with the consent of the profile',
	},
	{
		displayName: 'Consent Field',
		name: 'consentField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		placeholder: 'e.g. newsletter',
		description:
			'Name of the field that says yes or no (opt-in/opt-out, subscribed/unsubscribed, 1/0, ja/nej), or an expression that returns yes or no. Empty values change nothing.',
		displayOptions: { hide: { consent: ['optInAll', 'optOutAll'] } },
	},
	{
		displayName: 'If Not Listed',
		name: 'notListed',
		type: 'options',
		options: [
			{ name: 'Change Nothing', value: 'nothing' },
			{
				name: 'Opt Out',
				value: 'optOut',
				description: 'Rows with an empty list change nothing',
			},
		],
		default: 'nothing',
		description: 'What to do when the list contains only other subscriptions',
		displayOptions: { show: { consent: ['asListSays'] } },
	},
	{
		displayName: 'Yes Means Opt In',
		name: 'confirmConsent',
		type: 'boolean',
		default: false,
		description:
			'Whether yes in the field, or being on its list, opts in even if the name of the field says opt-out, such as "unsubscribed". If off, nothing is sent in that case.',
		displayOptions: { show: { consent: ['asFieldSays', 'asListSays', 'optInWhere'] } },
	},
	{
		displayName: 'Consent Address',
		name: 'consentAddress',
		type: 'options',
		options: [
			{
				name: 'A Field',
				value: 'field',
				description: 'Choose one of several fields that are mapped to Email or Mobile',
			},
			{
				name: 'Automatic',
				value: 'automatic',
				description:
					'Use the field mapped to Email (Mobile for SMS), or no address if there is none',
			},
			{
				name: 'None',
				value: 'none',
				description:
					'Set the consent on the profile itself, which only accounts with Consent 2.0 accept',
			},
		],
		default: 'automatic',
		description: 'Address that the consent applies to. Accounts with Consent 1.0 require one.',
	},
	{
		displayName: 'Address Field',
		name: 'addressField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		placeholder: 'e.g. email',
		description:
			'Name of the field that contains the address. It must be mapped to the attribute Email (Mobile for SMS).',
		displayOptions: { show: { consentAddress: ['field'] } },
	},
	{
		...RESUBSCRIBE,
		displayOptions: { hide: { consent: ['optOutAll', 'optOutWhere'] } },
	},
	RESUBSCRIBE_NOTICE,
];

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
				description: 'Import each row of a CSV file as a profile',
			},
			{
				name: 'Items',
				value: 'items',
				description: 'Import each incoming item as a profile',
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
		hint: 'The name of the input field that contains the CSV file',
		displayOptions: { show: { inputSource: ['file'] } },
	},
	{
		displayName: 'Profile Key Field',
		name: 'profileKeyField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		placeholder: 'e.g. email',
		description:
			'Name of the field (or column) that identifies the profile in the keyspace. Leave empty to use the field mapped to the attribute of the keyspace (Email, Mobile or CRM ID).',
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
		description: 'Tags to add to the profiles',
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
						description:
							'Name of the field that says yes or no, or an expression that returns yes or no',
						displayOptions: { show: { applyTo: ['field'] } },
					},
				],
			},
		],
	},
];

const CLEAR_NOTICE: INodeProperties = {
	displayName:
		'Clear Existing Attributes is on: empty values erase what APSIS One has stored in their attributes. Run Preview first.',
	name: 'clearNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '/sendingOptions.clearExistingAttributes': [true] } },
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
