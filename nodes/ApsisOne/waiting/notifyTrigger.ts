import type { IExecuteFunctions } from 'n8n-workflow';

import { readNetworkFault } from '../transport/networkFault';
import { pause } from '../transport/pause';
import { problemSentence } from '../transport/problem';
import { retryDelayMs, TRANSIENT_STATUSES } from '../transport/retryPolicy';
import { signatureHeaders } from './signature';

/** A trigger answers once its execution is parked, within a second as a rule; one that does not must not hold up the import. */
const NOTIFY_TIMEOUT_MS = 10_000;
const MAX_NOTIFY_ATTEMPTS = 2;

/** How a trigger answers that it waits for the imports, parked in n8n's database. */
export const STARTED_STATUS = 202;
/** How a trigger answers that its filters leave a request out. */
export const FILTERED_STATUS = 200;

/** How a trigger answers that it has another credential than who notifies it. */
export const OTHER_CREDENTIAL_STATUS = 421;
/** How a trigger answers that it wants every import of a request for itself. */
export const ONE_BY_ONE_STATUS = 422;

/** What came of a notification; a sentence says why it failed. `unconfirmed`: sent, and no answer came in time. */
export type NotifyResult =
	| {
			outcome:
				'started' | 'unconfirmed' | 'filtered' | 'notListening' | 'otherCredential' | 'oneByOne';
	  }
	| { outcome: 'failed'; sentence: string };

/**
 * Notifies an APSIS One Trigger, signed. What cannot be delivered is part of the result: the imports themselves have
 * succeeded.
 *
 * @param secret the client secret, from which the signing key is derived
 */
export async function notifyTrigger(
	context: IExecuteFunctions,
	url: string,
	body: string,
	secret: string,
): Promise<NotifyResult> {
	for (let attempt = 1; ; attempt++) {
		// Signed anew each time: a trigger refuses a nonce it has seen.
		const answer = await post(context, url, body, signatureHeaders(body, secret, Date.now()));
		const known = outcomeOf(answer.status);
		if (known) return { outcome: known };
		if (answer.isLate) return { outcome: 'unconfirmed' };
		const mayRepeat =
			attempt < MAX_NOTIFY_ATTEMPTS &&
			(answer.status === 0 || TRANSIENT_STATUSES.has(answer.status));
		if (!mayRepeat || !(await pause(context, retryDelayMs(attempt, undefined, Date.now())))) {
			return { outcome: 'failed', sentence: answer.sentence };
		}
	}
}

function outcomeOf(status: number): Exclude<NotifyResult['outcome'], 'failed'> | undefined {
	if (status === STARTED_STATUS) return 'started';
	if (status === FILTERED_STATUS) return 'filtered';
	if (status === 404) return 'notListening';
	if (status === OTHER_CREDENTIAL_STATUS) return 'otherCredential';
	return status === ONE_BY_ONE_STATUS ? 'oneByOne' : undefined;
}

async function post(
	context: IExecuteFunctions,
	url: string,
	body: string,
	headers: Record<string, string>,
): Promise<{ status: number; sentence: string; isLate?: boolean }> {
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
			sentence:
				problemSentence(answer.body) || `The trigger answered with status ${answer.statusCode}.`,
		};
	} catch (error) {
		const { kind, sentence } = readNetworkFault(error);
		return {
			status: 0,
			sentence: `The trigger could not be reached: ${sentence}`,
			isLate: kind === 'timeout',
		};
	}
}
