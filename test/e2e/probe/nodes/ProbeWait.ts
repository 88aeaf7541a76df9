import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWorkflowSettings,
} from 'n8n-workflow';

import { startWatcher } from '../startWatcher';

/** Independent of what the user's workflow allows others, and for how long. */
const OWN_SETTINGS: IWorkflowSettings = {
	executionOrder: 'v1',
	callerPolicy: 'workflowsFromSameOwner',
	executionTimeout: -1,
};

/** Waits by a sub-workflow of its own: pattern 2 of durable waiting. */
export class ProbeWait implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Probe Wait',
		name: 'probeWait',
		group: ['transform'],
		version: 1,
		description: 'Waits in a sub-workflow of its own',
		subtitle: 'Wait',
		defaults: { name: 'Probe Wait' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['First', 'Second'],
		usableAsTool: true,
		credentials: [{ name: 'httpHeaderAuth', required: false }],
		properties: [
			{ displayName: 'Seconds', name: 'seconds', type: 'number', default: 10 },
			{ displayName: 'Ask Every Seconds', name: 'askEvery', type: 'number', default: 5 },
			{ displayName: 'Busy Seconds', name: 'busy', type: 'number', default: 0 },
			{ displayName: 'Own Settings', name: 'ownSettings', type: 'boolean', default: false },
			{ displayName: 'Deadline Seconds', name: 'deadline', type: 'number', default: 0 },
			{ displayName: 'End Type', name: 'endType', type: 'string', default: '' },
			{ displayName: 'Fail at the End', name: 'fail', type: 'boolean', default: false },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const json = {
			readyAt: Date.now() + Number(this.getNodeParameter('seconds', 0)) * 1000,
			askEveryMs: Number(this.getNodeParameter('askEvery', 0)) * 1000,
			busyMs: Number(this.getNodeParameter('busy', 0)) * 1000,
			fail: Boolean(this.getNodeParameter('fail', 0)),
		};
		return await startWatcher(
			this,
			this.getInputData().map((item, index) => ({
				json: { ...item.json, ...json },
				pairedItem: { item: index },
			})),
			{
				settings: this.getNodeParameter('ownSettings', 0) ? OWN_SETTINGS : undefined,
				deadlineMs: Number(this.getNodeParameter('deadline', 0)) * 1000,
				endType: (this.getNodeParameter('endType', 0) as string) || undefined,
			},
		);
	}
}
