/* eslint-disable @n8n/community-nodes/no-restricted-imports -- the harness runs under jest and tsx, never in n8n */
import { WebhookContext } from 'n8n-core';
import type {
	INode,
	INodeExecutionData,
	INodeType,
	IWebhookData,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { prepareContainer } from './container';
import { EngineCredentials } from './credentials';
import { type EngineSetup, makeAdditionalData, makeWorkflow } from './run';
import { webhookServer } from './webhookServer';

/** A trigger that listens on loopback, as n8n's webhook server would make it listen. */
export interface ListeningTrigger {
	url: string;
	/** What the next accepted call hands to the workflow. */
	next(): Promise<INodeExecutionData[]>;
	close(): Promise<void>;
}

/**
 * Serves the `webhook()` of a trigger node through n8n-core's own context, with a real request and response.
 *
 * @param endpoint `webhook-test` while the user listens for a test event
 */
export async function listen(
	setup: EngineSetup,
	node: INode,
	endpoint: 'webhook' | 'webhook-test' = 'webhook',
): Promise<ListeningTrigger> {
	await prepareContainer();
	const type = setup.nodeTypes[node.type];
	if (!type?.webhook) throw new Error(`${node.type} has no webhook.`);
	const waiting: Array<(items: INodeExecutionData[]) => void> = [];
	const early: INodeExecutionData[][] = [];
	const { address, handlers } = webhookServer();
	const path = `/${endpoint}/apsis-one/${String(node.parameters.triggerName ?? 'imports').toLowerCase()}`;
	if (handlers.has(path)) throw new Error(`There is a conflict with one of the webhooks: ${path}`);
	handlers.set(path, (request, response) => {
		void answer(setup, node, type, endpoint, request, response).then((items) => {
			if (!items) return;
			const taker = waiting.shift();
			if (taker) taker(items);
			else early.push(items);
		});
	});
	return {
		url: address + path,
		next: async () => early.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
		close: async () => {
			handlers.delete(path);
		},
	};
}

async function answer(
	setup: EngineSetup,
	node: INode,
	type: INodeType,
	endpoint: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<INodeExecutionData[] | undefined> {
	const options = { ...setup, workflow: { nodes: [node], connections: {} } };
	const workflow = makeWorkflow(options);
	const credentials = new EngineCredentials(setup.credentialTypes, setup.credentials);
	const mode = endpoint === 'webhook-test' ? 'manual' : 'webhook';
	const additionalData = makeAdditionalData(options, credentials, mode, []);
	const rawBody = await readAll(request);
	Object.assign(additionalData, {
		httpRequest: Object.assign(request, { rawBody, body: {}, query: {}, params: {} }),
		httpResponse: expressLike(response),
	});
	const webhookData = {
		node: node.name,
		path: '',
		httpMethod: 'POST',
		workflowId: workflow.id,
	} as unknown as IWebhookData;
	const context = new WebhookContext(workflow, node, additionalData, mode, webhookData, [], null);
	const result = await type.webhook?.call(context as unknown as IWebhookFunctions);
	// n8n answers for the node when the execution has ended or is parked.
	if (!response.writableEnded) {
		const [description] = type.description.webhooks ?? [];
		if (description?.responseMode !== 'lastNode') throw new Error('Nobody answers.');
		response.statusCode = Number(/\d+/.exec(String(description.responseCode))?.[0]);
		response.end();
	}
	return result?.workflowData?.[0];
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** The two members of Express's response that nodes use. */
function expressLike(response: ServerResponse) {
	const like = {
		status(code: number) {
			response.statusCode = code;
			return like;
		},
		json(body: unknown) {
			response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
			return like;
		},
	};
	return like;
}
