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
			'Whether to normalize and check rows before they are sent. If off, values are sent unchanged, and only the Import history in APSIS One shows which rows failed.',
	},
	{
		displayName: 'Consent Value Mapping',
		name: 'consentValues',
		type: 'fixedCollection',
		default: {},
		description: 'Your own words in consent fields. They take precedence over the built-in ones.',
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
							'Separated by commas. The built-in words are pending, cleaned, n/a, none, - and unknown.',
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
			'Name of the field with the country of the row (code or name), for phone numbers without a country code. If it is empty, Default Country is used.',
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
				description: 'An opt-out in any of the rows is sent all the same',
			},
			{
				name: 'Keep Last',
				value: 'keepLast',
				description: 'An opt-out in an earlier row is sent unless the last row opts in',
			},
			{ name: 'Reject All', value: 'rejectAll' },
		],
		default: 'keepFirst',
		description:
			'Which row to send when several rows have the same profile key. The others are rejected.',
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
				description: 'Send nothing',
			},
			{
				name: 'Warn',
				value: 'warn',
				description: 'Send the rows with a warning, since some apps leave out empty fields',
			},
		],
		default: 'warn',
		description:
			'What to do when no item has a field that is mapped, or chosen for a consent or tag. A missing Profile Key Field always stops the import.',
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
				description:
					'Send invalid rows as well. Only the Import history in APSIS One shows which rows failed.',
			},
			{
				name: 'Send to "Rejected" Output',
				value: 'reject',
				description: 'Send the valid rows. The invalid ones go to the second output, with reasons.',
			},
			{
				name: 'Stop',
				value: 'stop',
				description: 'Send nothing when any row is invalid',
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
				description: 'Send the row without the value, and list the value in the output',
			},
			{
				name: 'Reject the Row',
				value: 'rejectRow',
				description: 'Treat the whole row as invalid',
			},
		],
		default: 'leaveOut',
		description:
			'What to do with the value of an attribute that APSIS One would refuse. An invalid profile key, consent, address or tag always makes the row invalid, as does any invalid value if Clear Existing Attributes is on.',
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
			'Attributes that automatic mapping must find a field for. Otherwise, nothing is sent. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
			'Send nothing when more rows than this opt out. Enter a number of rows, or a percentage of all rows.',
	},
	{
		displayName: 'Maximum Rejected Rows',
		name: 'maximumRejected',
		type: 'string',
		default: '',
		placeholder: 'e.g. 5%',
		description:
			'Send nothing when more rows than this are rejected. Enter a number of rows, or a percentage of all rows.',
	},
	{
		displayName: 'Maximum Resubscribes',
		name: 'maximumResubscribes',
		type: 'string',
		default: '',
		placeholder: 'e.g. 20',
		description:
			'Send nothing when more rows than this could resubscribe opted-out profiles. Enter a number of rows, or a percentage of all rows.',
	},
	{
		displayName: 'Minimum Rows',
		name: 'minimumRows',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Send nothing when fewer rows than this come in',
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
			'JSON object to add to the import request, for features that this node does not support yet. It cannot contain members that the node sets itself.',
	},
	CLEAR_EXISTING_ATTRIBUTES,
	{
		displayName: 'Update Existing Profiles',
		name: 'updateExistingProfiles',
		type: 'boolean',
		default: true,
		description:
			'Whether to update existing profiles. If off, only new profiles are created. Profile merge is not supported.',
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
