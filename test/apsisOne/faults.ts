/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- the stand-in runs on the developer's machine, never in n8n */
import type { ServerResponse } from 'node:http';

import type { Answer } from './http';
import type { RouteName } from './routes';

/** The kinds of call a fault can be scripted for. */
export type CallName =
	| 'token'
	| 'keyspaces'
	| 'channels'
	| 'sections'
	| 'attributes'
	| 'tags'
	| 'topics'
	| 'events'
	| 'importRequest'
	| 'importStatus'
	| 'upload'
	| 'profile'
	| 'other';

/** A fault that hits calls of one kind. */
export interface Fault {
	call: CallName;
	/** One of that kind only. */
	route?: RouteName;
	/** How many calls it hits; default 1. */
	times?: number;
	/** How many calls go unharmed first; default 0. */
	skip?: number;
	/** `before`: the call has no effect (default). `after`: it has, and only the answer is spoilt. */
	effect?: 'before' | 'after';
	kind: 'status' | 'timeout' | 'reset' | 'truncatedJson' | 'html' | 'slowBody' | 'emptyBody';
	/** For `status`. */
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
	/** For `slowBody`: how long the answer takes, in milliseconds; default 1,000. */
	delayMs?: number;
}

/** Faults scripted by a test, used up one by one. */
export class Faults {
	private scripted: Array<Required<Pick<Fault, 'times' | 'skip' | 'effect'>> & Fault> = [];

	add(fault: Fault): void {
		this.scripted.push({ times: 1, skip: 0, effect: 'before', ...fault });
	}

	clear(): void {
		this.scripted = [];
	}

	/** The fault that hits this call, if any. */
	take(call: CallName, route?: RouteName): Fault | undefined {
		const fault = this.scripted.find(
			(one) =>
				one.call === call && one.times > 0 && (one.route === undefined || one.route === route),
		);
		if (!fault) return undefined;
		if (fault.skip > 0) {
			fault.skip--;
			return undefined;
		}
		fault.times--;
		return fault;
	}
}

const PROXY_PAGE =
	'<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';

/** Spoils an answer as the fault says. A `timeout` never answers: the client has to give up. */
export function sendFaulty(response: ServerResponse, fault: Fault, answer: Answer): void {
	const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
	const json = { 'content-type': 'application/json' };
	switch (fault.kind) {
		case 'timeout':
			return;
		case 'reset':
			response.socket?.resetAndDestroy();
			return;
		case 'html':
			response.writeHead(fault.status ?? 200, { 'content-type': 'text/html' }).end(PROXY_PAGE);
			return;
		case 'emptyBody':
			response.writeHead(fault.status ?? answer.status, json).end();
			return;
		case 'truncatedJson':
			response.writeHead(answer.status, json).end(text.slice(0, Math.ceil(text.length / 2)));
			return;
		case 'slowBody':
			response.writeHead(answer.status, json).write(text.slice(0, 1));
			setTimeout(() => response.end(text.slice(1)), fault.delayMs ?? 1_000);
			return;
		case 'status':
			response
				.writeHead(fault.status ?? 500, {
					'content-type': 'application/problem+json',
					...fault.headers,
				})
				.end(
					JSON.stringify(fault.body ?? { status: fault.status ?? 500, title: 'Scripted fault' }),
				);
	}
}
