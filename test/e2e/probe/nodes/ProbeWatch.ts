import {
	NodeConnectionTypes,
	NodeOperationError,
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { note } from '../startWatcher';

interface Watched {
	readyAt: number;
	askEveryMs: number;
	busyMs: number;
	fail: boolean;
}

/** Looks once, then parks or finishes: pattern 1 of durable waiting, its first output wired back into itself. */
export class ProbeWatch implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Probe Watch',
		name: 'probeWatch',
		hidden: true,
		group: ['transform'],
		version: 1,
		description: 'Looks once',
		subtitle: 'Watch',
		defaults: { name: 'Probe Watch' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Pending', 'Done'],
		usableAsTool: true,
		credentials: [{ name: 'httpHeaderAuth', required: false }],
		properties: [],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		const { readyAt, askEveryMs, busyMs, fail } = items[0]?.json as unknown as Watched;
		const done = Date.now() >= readyAt;
		const secret = this.getNode().credentials
			? (await this.getCredentials<{ value: string }>('httpHeaderAuth')).value
			: '';
		note(this, 'look', { done, secretLength: secret.length });
		await sleep(busyMs);
		if (!done) {
			await this.putExecutionToWait(new Date(Date.now() + askEveryMs));
			return [items, []];
		}
		if (fail) throw new NodeOperationError(this.getNode(), 'The watcher failed');
		const finished = items.map((item, index) => ({
			json: { ...item.json, status: 'completed', watchedBy: this.getExecutionId() },
			binary: item.binary,
			pairedItem: { item: index },
		}));
		return [[], finished];
	}
}
