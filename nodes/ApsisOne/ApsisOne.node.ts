import { NodeConnectionTypes } from 'n8n-workflow';
import type { IExecuteFunctions, INodeType, INodeTypeDescription, NodeOutput } from 'n8n-workflow';

import * as profileImport from './actions/profileImport';
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
		description: 'Import profiles into APSIS One, with attributes, consents and tags',
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
						name: 'Profile Import',
						value: 'profileImport',
						description: 'Many profiles at once',
					},
				],
				default: 'profileImport',
			},
			...profileImport.description,
		],
	};

	methods = { listSearch, loadOptions, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<NodeOutput> {
		return await router.call(this);
	}
}
