import { NodeConnectionTypes } from 'n8n-workflow';
import type { IExecuteFunctions, INodeType, INodeTypeDescription, NodeOutput } from 'n8n-workflow';

import { watchOnce } from './waiting/watchOnce';

/** Hidden: looks at imports once, and parks or finishes. Started by the other nodes of this package only. */
export class ApsisOneImportWatcher implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'APSIS One Import Watcher',
		name: 'apsisOneImportWatcher',
		icon: { light: 'file:../../icons/apsisOne.svg', dark: 'file:../../icons/apsisOne.dark.svg' },
		group: ['transform'],
		version: 1,
		hidden: true,
		subtitle: 'Waits for imports',
		description: 'Waits for imports on behalf of the other APSIS One nodes',
		defaults: { name: 'APSIS One Import Watcher' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Pending', 'Done'],
		credentials: [{ name: 'apsisOneApi', required: true }],
		properties: [],
	};

	async execute(this: IExecuteFunctions): Promise<NodeOutput> {
		return await watchOnce(this);
	}
}
