import { WebSocket } from 'undici';

import { waitFor } from './waitFor';

/** A message from n8n to an editor tab, e.g. `executionStarted`, `nodeExecuteAfter`, `sendConsoleMessage`. */
export interface PushMessage {
	type: string;
	data?: unknown;
}

/** The channel by which n8n tells an editor tab what happens in the runs it started by hand. */
export interface PushConnection {
	/** All messages so far. */
	readonly messages: PushMessage[];
	/** Waits for the first message of the type (it may be there already). */
	waitForMessage(type: string, timeoutMs?: number): Promise<PushMessage>;
	close(): void;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Connects with the session's cookie; `origin` must be n8n's own, or n8n hangs up. */
export async function openPush(
	baseUrl: string,
	pushRef: string,
	cookie: string,
): Promise<PushConnection> {
	const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/rest/push?pushRef=${pushRef}`, {
		headers: { cookie, origin: baseUrl, 'browser-id': 'lab' },
	});
	const messages: PushMessage[] = [];
	socket.addEventListener('message', (event) => messages.push(...parseFrame(event.data)));
	await new Promise<void>((resolve, reject) => {
		socket.addEventListener('open', () => resolve());
		socket.addEventListener('error', () => reject(new Error('n8n refused the push connection')));
	});
	return {
		messages,
		waitForMessage: async (type, timeoutMs = DEFAULT_TIMEOUT_MS) =>
			await waitFor(async () => messages.find((message) => message.type === type), {
				what: `Push message ${type}`,
				timeoutMs,
			}),
		close: () => socket.close(),
	};
}

/** A frame holds one message; n8n sends some of them as binary. */
function parseFrame(frame: unknown): PushMessage[] {
	const text = typeof frame === 'string' ? frame : '';
	return text.startsWith('{') ? [JSON.parse(text) as PushMessage] : [];
}
