/* eslint-disable @n8n/community-nodes/no-restricted-imports -- the harness runs under jest and tsx, never in n8n */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface WebhookServer {
	address: string;
	/** By path. */
	handlers: Map<string, Handler>;
}

let started: WebhookServer | undefined;

/** Starts what n8n has one of: a server for all webhooks, which answers 404 where nobody listens. */
export async function startWebhookServer(): Promise<void> {
	const handlers = new Map<string, Handler>();
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? '', 'http://localhost');
		const handle = handlers.get(pathname);
		if (handle) {
			handle(request, response);
			return;
		}
		response.writeHead(404, { 'content-type': 'application/json' });
		response.end(
			JSON.stringify({ code: 404, message: 'The requested webhook is not registered.' }),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	// It must not keep jest from ending.
	server.unref();
	started = {
		address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		handlers,
	};
}

/** The server of this process. */
export function webhookServer(): WebhookServer {
	if (started) return started;
	throw new Error('prepareContainer() must come first.');
}
