import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { note, startWatcher } from '../startWatcher';

/** A webhook trigger that also executes: it is told what to wait for, and emits when it is there. */
export class ProbeTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Probe Trigger',
		name: 'probeTrigger',
		group: ['trigger'],
		version: 1,
		description: 'Waits for what it is told by webhook',
		subtitle: 'Told',
		defaults: { name: 'Probe Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: '={{ $parameter.path }}',
				isFullPath: true,
				// Without it n8n answers 'firstEntryJson', whatever webhook() gives.
				responseData: '',
			},
		],
		properties: [
			{ displayName: 'Path', name: 'path', type: 'string', default: 'probe' },
			{ displayName: 'Seconds', name: 'seconds', type: 'number', default: 10 },
		],
	};

	/** Nothing to register anywhere: whoever is to call the webhook knows its address. */
	webhookMethods = {
		default: {
			checkExists: async () => true,
			create: async () => true,
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const body = this.getBodyData();
		if (!body.importId) return { webhookResponse: { accepted: false } };
		return { webhookResponse: { accepted: true }, workflowData: [[{ json: body }]] };
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		note(this, 'trigger', { items: items.map(({ json }) => json) });
		const readyAt = Date.now() + Number(this.getNodeParameter('seconds', 0)) * 1000;
		return await startWatcher(
			this,
			items.map(({ json }, index) => ({
				json: { importId: json.importId, readyAt, askEveryMs: 5000, busyMs: 0, fail: false },
				pairedItem: { item: index },
			})),
		);
	}
}
