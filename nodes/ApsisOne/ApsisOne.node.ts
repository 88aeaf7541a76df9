import { NodeConnectionTypes } from 'n8n-workflow';
import type { IExecuteFunctions, INodeType, INodeTypeDescription, NodeOutput } from 'n8n-workflow';

import * as consent from './actions/consent';
import * as event from './actions/event';
import * as profile from './actions/profile';
import * as profileImport from './actions/profileImport';
import * as tag from './actions/tag';
import { router } from './actions/router';
import { listSearch, loadOptions, resourceMapping } from './methods';

export class ApsisOne implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'APSIS One',
		name: 'apsisOne',
		icon: { light: 'file:../../icons/apsisOne.svg', dark: 'file:../../icons/apsisOne.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Import profiles into APSIS One or change them one by one, with attributes, consents, tags and events',
		defaults: { name: 'APSIS One' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs:
			'={{ ["request", "preview"].includes($parameter["operation"]) ? [{ type: "main", displayName: "Sent" }, { type: "main", displayName: "Rejected" }] : ["main"] }}',
		credentials: [{ name: 'apsisOneApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Consent',
						value: 'consent',
						description: 'Whether a profile takes a subscription',
					},
					{ name: 'Event', value: 'event', description: 'What happened to a profile' },
					{ name: 'Profile', value: 'profile', description: 'One profile at a time' },
					{
						name: 'Profile Import',
						value: 'profileImport',
						description: 'Many profiles at once',
					},
					{ name: 'Tag', value: 'tag', description: 'Labels of a profile' },
				],
				default: 'profileImport',
			},
			...consent.description,
			...event.description,
			...profile.description,
			...profileImport.description,
			...tag.description,
		],
	};

	methods = { listSearch, loadOptions, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<NodeOutput> {
		return await router.call(this);
	}
}
