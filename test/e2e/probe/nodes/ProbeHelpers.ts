import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** Calls what n8n's `execute()` offers beside the ordinary, and gives what came of it. */
export class ProbeHelpers implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Probe Helpers',
		name: 'probeHelpers',
		group: ['transform'],
		version: 1,
		description: 'Tries the helpers',
		subtitle: 'Helpers',
		defaults: { name: 'Probe Helpers' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		usableAsTool: true,
		properties: [{ displayName: 'Key', name: 'key', type: 'string', default: 'key' }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const key = this.getNodeParameter('key', 0) as string;
		const check = async (scope: 'node' | 'workflow') =>
			await attempt(
				async () =>
					await this.helpers.checkProcessedAndRecord([key], scope, {
						mode: 'entries',
						maxEntries: 100,
					}),
			);
		const json: IDataObject = {
			executionId: this.getExecutionId(),
			mode: this.getMode(),
			workflowId: this.getWorkflow().id,
			workflowActive: this.getWorkflow().active,
			instanceBaseUrl: this.getInstanceBaseUrl(),
			restApiUrl: this.getRestApiUrl(),
			inNode: await check('node'),
			inNodeAgain: await check('node'),
			inWorkflow: await check('workflow'),
			message: await attempt(async () => this.sendMessageToUI('hello from the probe')),
			hint: await attempt(async () =>
				this.addExecutionHints({ message: 'A hint', location: 'outputPane' }),
			),
			cancelSignal: typeof this.getExecutionCancelSignal()?.aborted,
			formData: typeof FormData,
			blob: typeof Blob,
		};
		const second = { json: { second: true }, pairedItem: { item: 0 } };
		return [[{ json, pairedItem: { item: 0 } }], [second]];
	}
}

/** What a helper answers, or how it fails, as something that fits into an item. */
async function attempt(call: () => Promise<unknown>): Promise<IDataObject> {
	try {
		return { answer: JSON.stringify(await call()) ?? 'undefined' };
	} catch (error) {
		return { failure: String(error) };
	}
}
