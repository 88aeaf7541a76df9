/* eslint-disable @n8n/community-nodes/no-restricted-imports -- the harness runs under jest and tsx, never in n8n */
import { WebhookContext } from 'n8n-core';
import type {
	INode,
	INodeExecutionData,
	INodeType,
	IWebhookData,
	IWebhookFunctions,
} from 'n8n-workflow';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { prepareContainer } from './container';
import { EngineCredentials } from './credentials';
import { type EngineSetup, makeAdditionalData, makeWorkflow } from './run';

/** A trigger that listens on loopback, as n8n's webhook server would make it listen. */
export interface ListeningTrigger {
	url: string;
	/** What the next accepted call hands to the workflow. */
	next(): Promise<INodeExecutionData[]>;
	close(): Promise<void>;
}

/** Serves the `webhook()` of a trigger node through n8n-core's own context, with a real request and response. */
export async function listen(setup: EngineSetup, node: INode): Promise<ListeningTrigger> {
	await prepareContainer();
	const type = setup.nodeTypes[node.type];
	if (!type?.webhook) throw new Error(`${node.type} has no webhook.`);
	const waiting: Array<(items: INodeExecutionData[]) => void> = [];
	const early: INodeExecutionData[][] = [];
	const server = createServer((request, response) => {
		void answer(setup, node, type, request, response).then((items) => {
			if (!items) return;
			const taker = waiting.shift();
			if (taker) taker(items);
			else early.push(items);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
		next: async () => early.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

async function answer(
	setup: EngineSetup,
	node: INode,
	type: INodeType,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<INodeExecutionData[] | undefined> {
	const options = { ...setup, workflow: { nodes: [node], connections: {} } };
	const workflow = makeWorkflow(options);
	const credentials = new EngineCredentials(setup.credentialTypes, setup.credentials);
	const additionalData = makeAdditionalData(options, credentials, 'webhook', []);
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
	const context = new WebhookContext(
		workflow,
		node,
		additionalData,
		'webhook',
		webhookData,
		[],
		null,
	);
	const result = await type.webhook?.call(context as unknown as IWebhookFunctions);
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
