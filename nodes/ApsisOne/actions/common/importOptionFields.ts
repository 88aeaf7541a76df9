import type { INodeProperties } from 'n8n-workflow';

import { CSV_ENCODINGS } from '../../importing/csv/encodings';
import {
	CLEAR_EXISTING_ATTRIBUTES,
	DATE_FORMAT,
	DEFAULT_COUNTRY,
	EXCEL_DATES,
} from './valueOptionFields';

const WHILE_CHECKED = { hide: { '/readingOptions.checkRows': [false] } };
const FOR_FILES = { show: { '/inputSource': ['file'] } };

/** How rows are read and checked. */
const READING_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Check Rows',
		name: 'checkRows',
		type: 'boolean',
		default: true,
		description:
			'Whether rows are normalised and checked before they are sent. If off, values go as they are, and APSIS One shows failed rows in its own pages only.',
	},
	{
		displayName: 'Consent Value Mapping',
		name: 'consentValues',
		type: 'fixedCollection',
		default: {},
		description: 'Your own words in consent fields; they come before the built-in ones',
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
					{
						displayName: 'Words That Change Nothing',
						name: 'ignore',
						type: 'string',
						default: '',
						placeholder: 'e.g. pending, asked',
						description:
							'Separated by commas. Built in are pending, cleaned, n/a, none, - and unknown.',
					},
				],
			},
		],
	},
	{
		displayName: 'Country Field',
		name: 'countryField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		placeholder: 'e.g. country',
		description:
			'Name of the field with the country of the row (code or name), for phone numbers without a country code. Where it is empty, Default Country counts.',
		displayOptions: WHILE_CHECKED,
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
		description: 'Character that separates the columns of the incoming file',
		displayOptions: FOR_FILES,
	},
	{
		displayName: 'CSV Encoding',
		name: 'csvEncoding',
		type: 'options',
		options: [{ name: 'Detect', value: '' }, ...CSV_ENCODINGS].sort((one, other) =>
			one.name.localeCompare(other.name),
		),
		default: '',
		description: 'Character encoding of the incoming file',
		displayOptions: FOR_FILES,
	},
	DATE_FORMAT,
	DEFAULT_COUNTRY,
	{
		displayName: 'Duplicate Keys',
		name: 'duplicates',
		type: 'options',
		options: [
			{
				name: 'Keep First',
				value: 'keepFirst',
				description: 'An opt-out in any of the rows counts all the same',
			},
			{ name: 'Keep Last', value: 'keepLast' },
			{ name: 'Reject All', value: 'rejectAll' },
		],
		default: 'keepFirst',
		description: 'Which row is sent when several have one profile key; the others are rejected',
		displayOptions: WHILE_CHECKED,
	},
	EXCEL_DATES,
	{
		displayName: 'Missing Fields',
		name: 'missingFields',
		type: 'options',
		options: [
			{
				name: 'Stop',
				value: 'stop',
				description: 'Send nothing when no item has a field that is named in this node',
			},
			{
				name: 'Warn',
				value: 'warn',
				description: 'Some apps leave empty fields out: the warning is in the output and the hint',
			},
		],
		default: 'warn',
		description:
			'What to do when no item has a field that is mapped or named for a consent or tag. A missing profile key always stops.',
		displayOptions: { show: { '/inputSource': ['items'] } },
	},
	{
		displayName: 'On Invalid Row',
		name: 'onInvalidRow',
		type: 'options',
		options: [
			{
				name: 'Send Anyway',
				value: 'sendAnyway',
				description: 'Leave it to APSIS One, which shows failed rows in its own pages only',
			},
			{
				name: 'Send to "Rejected" Output',
				value: 'reject',
				description: 'Send the good rows; the bad ones go to the second output, with reasons',
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
		displayName: 'On Invalid Value',
		name: 'onInvalidValue',
		type: 'options',
		options: [
			{
				name: 'Leave the Value Out',
				value: 'leaveOut',
				description: 'Send the row without the value, and list it in the output',
			},
			{
				name: 'Reject the Row',
				value: 'rejectRow',
				description: 'Treat the whole row as invalid',
			},
		],
		default: 'leaveOut',
		description:
			'What to do with the value of an attribute that APSIS One would refuse. An invalid profile key, consent, address or tag always makes the row invalid, and so does any value while Clear Existing Attributes is on.',
		displayOptions: WHILE_CHECKED,
	},
	{
		displayName: 'Required Attribute Names or IDs',
		name: 'requiredAttributes',
		type: 'multiOptions',
		typeOptions: {
			loadOptionsMethod: 'getAttributeOptions',
			loadOptionsDependsOn: ['section.value', 'keyspace.value'],
		},
		default: [],
		description:
			'Attributes that automatic mapping must find a field for; otherwise nothing is sent. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
];

/** What stops an import as a whole. */
const SAFETY_LIMITS: INodeProperties[] = [
	{
		displayName: 'Maximum Opt-Outs',
		name: 'maximumOptOuts',
		type: 'string',
		default: '',
		placeholder: 'e.g. 10%',
		description:
			'Send nothing when more rows opt out: a number of rows, or a percentage of all rows',
	},
	{
		displayName: 'Maximum Rejected Rows',
		name: 'maximumRejected',
		type: 'string',
		default: '',
		placeholder: 'e.g. 5%',
		description:
			'Send nothing when more rows are rejected: a number of rows, or a percentage of all rows',
	},
	{
		displayName: 'Maximum Resubscribes',
		name: 'maximumResubscribes',
		type: 'string',
		default: '',
		placeholder: 'e.g. 20',
		description:
			'Send nothing when more rows ask to resubscribe opted-out profiles: a number of rows, or a percentage of all rows',
	},
	{
		displayName: 'Minimum Rows',
		name: 'minimumRows',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Send nothing when fewer rows come in',
	},
];

/** What APSIS One does with the rows. */
const REQUEST_BODY_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Additional Request Fields',
		name: 'additionalFields',
		type: 'json',
		default: '{}',
		description:
			'JSON object whose members are added to the import request, for what this node does not support yet. Members that the node sets itself are refused.',
	},
	CLEAR_EXISTING_ATTRIBUTES,
	{
		displayName: 'Update Existing Profiles',
		name: 'updateExistingProfiles',
		type: 'boolean',
		default: true,
		description:
			'Whether existing profiles are updated. If off, only new profiles are created. Profiles are never merged.',
	},
];

/** Names of the collections; what is set in them is read as one. */
export const OPTION_COLLECTIONS = ['options', 'readingOptions', 'safetyLimits', 'sendingOptions'];

/**
 * The collections of options of an import.
 *
 * @param sending options of the operation's own, in the third collection
 * @param sendingName its title
 */
export function importOptions(
	operation: string[],
	sendingName: string,
	sending: INodeProperties[] = [],
): INodeProperties[] {
	return [
		collection(operation, 'Reading and Checking', 'readingOptions', 'Add option', READING_OPTIONS),
		collection(operation, 'Safety Limits', 'safetyLimits', 'Add limit', SAFETY_LIMITS),
		collection(operation, sendingName, 'sendingOptions', 'Add option', [
			...REQUEST_BODY_OPTIONS,
			...sending,
		]),
	];
}

function collection(
	operation: string[],
	displayName: string,
	name: string,
	placeholder: string,
	options: INodeProperties[],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'collection',
		placeholder,
		default: {},
		displayOptions: { show: { resource: ['profileImport'], operation } },
		options: [...options].sort((one, other) => one.displayName.localeCompare(other.displayName)),
	};
}
