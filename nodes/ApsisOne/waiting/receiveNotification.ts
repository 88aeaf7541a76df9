import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { CREDENTIAL_TYPE } from '../transport/context';
import {
	accountFingerprint,
	type ImportNotification,
	MAX_NOTIFICATION_BYTES,
	parseNotification,
} from './notification';
import {
	FILTERED_STATUS,
	ONE_BY_ONE_STATUS,
	OTHER_CREDENTIAL_STATUS,
	STARTED_STATUS,
} from './notifyTrigger';
import { checkSignature, MAX_AGE_MS, type SignatureProblem } from './signature';

const REFUSALS: Readonly<Record<SignatureProblem, string>> = {
	unsigned:
		'The notification is not signed. See docs/trigger.md of n8n-nodes-apsis-one for how to sign it.',
	wrong:
		'The signature is wrong. Both sides must use the same client secret, and the body must arrive unchanged.',
	old: 'The notification is older than five minutes, or a clock is wrong.',
};

/**
 * Nonces seen by this process, with the time to forget them. Good enough to refuse a repetition at the door; that an
 * import fires once across processes and restarts is seen to by n8n's database, in `execute()`.
 */
const seenNonces = new Map<string, number>();

/** Takes a notification, or refuses it with a sentence. Nothing refused reaches APSIS One or starts an execution. */
export async function receiveNotification(
	context: IWebhookFunctions,
): Promise<IWebhookResponseData> {
	const body = rawBody(context);
	if (Buffer.byteLength(body) > MAX_NOTIFICATION_BYTES) {
		return answer(context, 413, `A notification has at most ${MAX_NOTIFICATION_BYTES} bytes.`);
	}
	const { clientId, clientSecret } = await context.getCredentials(CREDENTIAL_TYPE);
	const notification = parseNotification(body);
	const checked = checkSignature(
		context.getHeaderData() as Record<string, unknown>,
		body,
		String(clientSecret ?? '').trim(),
		Date.now(),
	);
	if (checked === 'wrong' && isOfAnother(notification, String(clientId ?? '').trim())) {
		return answer(context, OTHER_CREDENTIAL_STATUS, 'This trigger uses another credential.');
	}
	if (typeof checked === 'string') return answer(context, 401, REFUSALS[checked]);
	if (isRepeated(checked.nonce, Date.now())) {
		return answer(context, 409, 'This notification has been received before.');
	}
	if (!notification) {
		return answer(
			context,
			400,
			'The notification must be a JSON object with section and importId, or with section and imports.',
		);
	}
	return take(context, notification);
}

/** Whether a notification says that it was signed with another credential: then its signature must be wrong. */
function isOfAnother(notification: ImportNotification | undefined, clientId: string): boolean {
	const account = notification?.account ?? '';
	return account !== '' && account !== accountFingerprint(clientId);
}

function take(context: IWebhookFunctions, notification: ImportNotification): IWebhookResponseData {
	if (!isWanted(context, notification)) {
		return answer(context, FILTERED_STATUS, 'The filters of this trigger exclude this import.');
	}
	const wantsEach = context.getNodeParameter('startOnce', 'request') === 'import';
	if (wantsEach && notification.imports.length > 1) {
		return answer(context, ONE_BY_ONE_STATUS, 'This trigger takes the imports one by one.');
	}
	const items = [{ json: { ...notification, imports: [...notification.imports] } }];
	const started = { workflowData: [items] } as unknown as IWebhookResponseData;
	// In production n8n itself answers 202, once the execution is parked in its database: whoever hears it knows that the wait
	// outlives a restart. A test in the editor is not parked, and is answered at once.
	if (context.getMode() !== 'manual') return started;
	return { ...answer(context, STARTED_STATUS, 'The test execution has started.'), ...started };
}

/** Whether the trigger's filters let a request through; an empty filter lets everything through. */
function isWanted(
	context: IWebhookFunctions,
	{ section, workflowId, workflowName }: ImportNotification,
): boolean {
	const sections = context.getNodeParameter('options.sections', []) as string[];
	const workflow = String(context.getNodeParameter('options.requestedByWorkflow', '')).trim();
	const isSectionWanted = sections.length === 0 || sections.includes(section);
	const isWorkflowWanted = workflow === '' || [workflowId, workflowName].includes(workflow);
	return isSectionWanted && isWorkflowWanted;
}

function rawBody(context: IWebhookFunctions): string {
	const { rawBody: raw } = context.getRequestObject();
	return Buffer.isBuffer(raw) ? raw.toString('utf8') : JSON.stringify(context.getBodyData());
}

function isRepeated(nonce: string, nowMs: number): boolean {
	for (const [seen, forgetAt] of seenNonces) {
		if (forgetAt > nowMs) break;
		seenNonces.delete(seen);
	}
	if (seenNonces.has(nonce)) return true;
	// Twice the allowed age: a clock may be ahead as well as behind.
	seenNonces.set(nonce, nowMs + 2 * MAX_AGE_MS);
	return false;
}

function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}
