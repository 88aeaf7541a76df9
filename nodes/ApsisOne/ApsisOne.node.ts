import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
	INodeTypeDescription,
	NodeOutput,
} from 'n8n-workflow';

import * as consent from './actions/consent';
import * as event from './actions/event';
import * as profile from './actions/profile';
import * as profileImport from './actions/profileImport';
import * as tag from './actions/tag';
import { router } from './actions/router';
import { listSearch, loadOptions, resourceMapping } from './methods';

const RESOURCE: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Consent',
			value: 'consent',
			description: 'Opt profiles in to or out of subscriptions',
		},
		{ name: 'Event', value: 'event', description: 'Add events, such as purchases, to profiles' },
		{
			name: 'Profile',
			value: 'profile',
			description: 'Create, update, get or delete single profiles',
		},
		{
			name: 'Profile Import',
			value: 'profileImport',
			description: 'Import many profiles at once',
		},
		{ name: 'Tag', value: 'tag', description: 'Add tags to profiles or remove them' },
	],
	default: 'profileImport',
};

const OPERATIONS: INodeProperties[] = [
	...consent.description,
	...event.description,
	...profile.description,
	...profileImport.description,
	...tag.description,
];

/** The names of a parameter's options by value, as the source text of an object. */
function titles(parameter: string): string {
	const options = [RESOURCE, ...OPERATIONS]
		.filter(({ name }) => name === parameter)
		.flatMap((property) => (property.options ?? []) as INodePropertyOptions[]);
	return JSON.stringify(Object.fromEntries(options.map(({ name, value }) => [value, name])));
}

export class ApsisOne implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'APSIS One',
		name: 'apsisOne',
		icon: { light: 'file:../../icons/apsisOne.svg', dark: 'file:../../icons/apsisOne.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: `={{ ${titles('operation')}[$parameter["operation"]] + ": " + ${titles('resource')}[$parameter["resource"]] }}`,
		description:
			'Import profiles into APSIS One in bulk, manage single profiles, consents, events and tags, and start workflows when imports have completed',
		defaults: { name: 'APSIS One' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs:
			'={{ { request: ["Sent", "Rejected"], preview: ["Summary", "Rows", "Rejected"] }[$parameter["operation"]]?.map((name) => ({ type: "main", displayName: name })) ?? ["main"] }}',
		credentials: [{ name: 'apsisOneApi', required: true }],
		properties: [RESOURCE, ...OPERATIONS],
	};

	methods = { listSearch, loadOptions, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<NodeOutput> {
		return await router.call(this);
	}
}
