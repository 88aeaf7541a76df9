import type { IExecuteFunctions } from 'n8n-workflow';

import { readAccount } from '../transport/context';
import { readNetworkFault } from '../transport/networkFault';
import { pause } from '../transport/pause';
import { problemSentence } from '../transport/problem';
import { retryDelayMs, TRANSIENT_STATUSES } from '../transport/retryPolicy';
import type { ImportNotification } from './notification';
import { signatureHeaders } from './signature';

const NOTIFY_TIMEOUT_MS = 15_000;
const MAX_NOTIFY_ATTEMPTS = 3;

/** Whether the trigger was told, and why not. */
export type NotifyResult = { notified: true } | { notified: false; notifyError: string };

/**
 * Tells an APSIS One Trigger of an import, signed. A notification that cannot be delivered is told as data: the import
 * itself has succeeded.
 */
export async function notifyTrigger(
	context: IExecuteFunctions,
	url: string,
	notification: ImportNotification,
): Promise<NotifyResult> {
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
		return { notified: false, notifyError: 'Notify Trigger is not a web address' };
	}
	const body = JSON.stringify(notification);
	const secret = await signingSecret(context);
	for (let attempt = 1; ; attempt++) {
		// Signed anew each time: a trigger refuses a nonce it has seen.
		const answer = await post(context, url, body, signatureHeaders(body, secret, Date.now()));
		if (answer.status >= 200 && answer.status < 300) return { notified: true };
		const mayRepeat =
			attempt < MAX_NOTIFY_ATTEMPTS &&
			(answer.status === 0 || TRANSIENT_STATUSES.has(answer.status));
		if (!mayRepeat || !(await pause(context, retryDelayMs(attempt, undefined, Date.now())))) {
			return { notified: false, notifyError: answer.sentence };
		}
	}
}

async function signingSecret(context: IExecuteFunctions): Promise<string> {
	const { decrypted } = await readAccount(context);
	return String(decrypted.clientSecret ?? '').trim();
}

async function post(
	context: IExecuteFunctions,
	url: string,
	body: string,
	headers: Record<string, string>,
): Promise<{ status: number; sentence: string }> {
	try {
		const answer = (await context.helpers.httpRequest({
			method: 'POST',
			url,
			body,
			headers: { ...headers, 'Content-Type': 'application/json' },
			timeout: NOTIFY_TIMEOUT_MS,
			abortSignal: context.getExecutionCancelSignal(),
			disableFollowRedirect: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
		})) as { statusCode: number; body: unknown };
		return {
			status: answer.statusCode,
			sentence: problemSentence(answer.body) || statusSentence(answer.statusCode),
		};
	} catch (error) {
		return {
			status: 0,
			sentence: `The trigger could not be reached: ${readNetworkFault(error).sentence}`,
		};
	}
}

function statusSentence(status: number): string {
	return status === 404
		? 'No trigger listens at this address. Is its workflow active, and is it the production URL?'
		: `The trigger answered with status ${status}.`;
}
