import type { INodeProperties } from 'n8n-workflow';

/** Options that say how values are written, for imports and single profiles. */
export const DATE_FORMAT: INodeProperties = {
	displayName: 'Date Format',
	name: 'dateFormat',
	type: 'string',
	default: '',
	placeholder: 'e.g. dd.MM.yyyy',
	description:
		'Format of dates that are not written like 2013-02-08, in Luxon tokens (dd day, MM month, yyyy year, HH:mm time)',
};

export const DEFAULT_COUNTRY: INodeProperties = {
	displayName: 'Default Country',
	name: 'defaultCountry',
	type: 'string',
	default: '',
	placeholder: 'e.g. SE',
	description: 'Two-letter code of the country to assume for phone numbers without a country code',
};

export const EXCEL_DATES: INodeProperties = {
	displayName: 'Excel Dates',
	name: 'excelDates',
	type: 'boolean',
	default: false,
	description:
		'Whether numbers in date attributes are Excel serial numbers (45000 is 2023-03-15). If off, dates that consist of digits only are rejected.',
};

/** By parameter name. */
export const VALUE_OPTION_FIELDS: readonly INodeProperties[] = [
	DATE_FORMAT,
	DEFAULT_COUNTRY,
	EXCEL_DATES,
];

export const CLEAR_EXISTING_ATTRIBUTES: INodeProperties = {
	displayName: 'Clear Existing Attributes',
	name: 'clearExistingAttributes',
	type: 'boolean',
	default: false,
	description: 'Whether empty values erase the stored values of their attributes',
};
