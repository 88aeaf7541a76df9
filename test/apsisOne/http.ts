/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error -- the stand-in runs on the developer's machine, never in n8n */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer; a string body goes out as it is, anything else as JSON. */
export interface Answer {
	status: number;
	body?: unknown;
	headers?: Record<string, string>;
}

/** A refusal in the service's own form: problem+json (contract: Errors). */
export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly title: string,
		readonly detail?: string,
	) {
		super(detail ?? title);
	}

	get answer(): Answer {
		return {
			status: this.status,
			headers: { 'content-type': 'application/problem+json' },
			body: {
				status: this.status,
				title: this.title,
				...(this.detail ? { detail: this.detail } : {}),
			},
		};
	}
}

/** A refusal by the gateway in front of the service (contract: Errors). */
export class GatewayRefusal extends Error {
	constructor(readonly answer: Answer) {
		super('gateway');
	}
}

/**
 * What the gateway says to an expired token, and to a path that does not exist: nothing tells the two from a missing
 * permission.
 */
export function notAuthorised(): GatewayRefusal {
	const body = { Message: 'User is not authorized to access this resource' };
	return new GatewayRefusal({ status: 403, body });
}

/**
 * Reads a JSON body.
 *
 * @throws Problem 413 beyond `maxBytes`, 415 for another type, 400 for broken JSON
 */
export async function readJson(
	request: IncomingMessage,
	maxBytes: number,
	types = ['application/json'],
): Promise<Record<string, unknown>> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes <= maxBytes) chunks.push(chunk);
	}
	if (bytes > maxBytes)
		throw new Problem(
			413,
			'Payload Too Large',
			`The body has ${bytes} bytes; ${maxBytes} are allowed.`,
		);
	const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
	if (!types.includes(type))
		throw new Problem(415, 'Unsupported Media Type', `Send ${types.join(' or ')}.`);
	return asObject(parseJson(Buffer.concat(chunks).toString('utf8')));
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new Problem(400, 'Bad Request', 'The body is no JSON.');
	}
}

function asObject(value: unknown): Record<string, unknown> {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as Record<string, unknown>;
	}
	throw new Problem(400, 'Bad Request', 'The body must be a JSON object.');
}

export function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
	if (body === undefined) {
		response.writeHead(status, { ...headers, 'content-length': 0 }).end();
		return;
	}
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	response
		.writeHead(status, {
			'content-type': 'application/json',
			...headers,
			'content-length': Buffer.byteLength(text),
		})
		.end(text);
}
