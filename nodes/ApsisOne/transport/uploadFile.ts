import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { type FormFile, MultipartForm } from './multipartForm';
import { isCancelled, pause } from './pause';
import { type NetworkFault, readNetworkFault } from './networkFault';
import { MAX_ATTEMPTS, retryDelayMs, TRANSIENT_STATUSES } from './retryPolicy';

/** Where APSIS One wants a file. The fields are credentials: they go to the upload host and nowhere else. */
export interface UploadTarget {
	url: string;
	expiresAt: string;
	/** Form fields, to be sent unchanged and in this order. */
	fields: ReadonlyArray<readonly [name: string, value: string]>;
}

/** How an upload ended; `expired` is told apart because the import behind it is lost and must be requested again. */
export type UploadOutcome = 'uploaded' | 'expired';

/** 50 MB over a slow line (about 0.7 Mbit/s). */
const UPLOAD_TIMEOUT_MS = 600_000;

/** What S3 means by its codes (S3 API reference, POST Object). */
const S3_SENTENCES: Readonly<Record<string, string>> = {
	EntityTooLarge: 'the file is larger than the 50 MB it allows',
	EntityTooSmall: 'the file is empty',
	AccessDenied: 'the upload form is not valid, or no longer valid',
	InvalidPolicyDocument: 'the upload form is not valid',
	SignatureDoesNotMatch: 'the upload form is not valid',
	ExpiredToken: 'the upload form has expired',
	RequestTimeout: 'the file arrived too slowly',
	RequestTimeTooSkewed: 'its clock and the clock of this machine differ too much',
	MissingContentLength:
		'the request did not state the length of the file (a proxy may have removed it)',
	SlowDown: 'it is too busy',
	InternalError: 'it had an internal error',
	ServiceUnavailable: 'it is not available',
};

interface UploadAnswer {
	status: number;
	text: string;
	retryAfter: unknown;
	/** A web page: S3 answers with nothing or XML, so this came from something in between. */
	isPage: boolean;
}

/**
 * Sends a file as S3 presigned POST (contract: Profile import v2, step 3): all fields unchanged and in order, the
 * file last, known length, no Authorization header. Repeating is safe: the form writes to one fixed key. The form
 * is rebuilt for each try, while it lives.
 *
 * @throws NodeApiError when the upload host refuses the file or stays out of reach
 */
export async function uploadFile(
	context: IExecuteFunctions,
	target: UploadTarget,
	file: FormFile,
): Promise<UploadOutcome> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await post(context, target, file);
		if ('status' in outcome && isSuccess(outcome)) return 'uploaded';
		if (hasExpired(target)) return 'expired';

		const retryAfter = 'status' in outcome ? outcome.retryAfter : undefined;
		const mayRepeat = attempt < MAX_ATTEMPTS && isWorthRepeating(outcome);
		if (!mayRepeat || !(await pause(context, retryDelayMs(attempt, retryAfter, Date.now())))) {
			throw uploadError(context, outcome);
		}
	}
}

function isSuccess({ status, isPage }: UploadAnswer): boolean {
	return status >= 200 && status < 300 && !isPage;
}

/** Whether the form's time is over, by our clock; S3 says it with the same 403 as for a broken form. */
function hasExpired(target: UploadTarget): boolean {
	const end = Date.parse(target.expiresAt);
	return !Number.isNaN(end) && end <= Date.now();
}

function isWorthRepeating(outcome: UploadAnswer | NetworkFault): boolean {
	if ('status' in outcome) {
		if (outcome.status < 300) return outcome.isPage;
		return TRANSIENT_STATUSES.has(outcome.status) || s3Code(outcome.text) === 'RequestTimeout';
	}
	return !['cancelled', 'certificate'].includes(outcome.kind);
}

async function post(
	context: IExecuteFunctions,
	target: UploadTarget,
	file: FormFile,
): Promise<UploadAnswer | NetworkFault> {
	const form = new MultipartForm(target.fields, file);
	try {
		const answer = (await context.helpers.httpRequest({
			method: 'POST',
			url: target.url,
			headers: { 'Content-Type': form.type, 'Content-Length': form.size },
			body: form,
			timeout: UPLOAD_TIMEOUT_MS,
			abortSignal: context.getExecutionCancelSignal(),
			disableFollowRedirect: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			encoding: 'text',
		})) as { statusCode: number; body: unknown; headers: Record<string, unknown> };
		return {
			status: answer.statusCode,
			text: typeof answer.body === 'string' ? answer.body : '',
			retryAfter: answer.headers['retry-after'],
			isPage: /^text\/html/i.test(String(answer.headers['content-type'] ?? '')),
		};
	} catch (error) {
		return readNetworkFault(error);
	}
}

function s3Code(xml: string): string {
	return /<Code>([A-Za-z]+)<\/Code>/.exec(xml)?.[1] ?? '';
}

function uploadError(
	context: IExecuteFunctions,
	outcome: UploadAnswer | NetworkFault,
): NodeApiError {
	if (isCancelled(context)) {
		return freshError(context, 'The execution was cancelled', 'It was uploading a file.');
	}
	if (!('status' in outcome)) {
		return freshError(
			context,
			`The file could not be uploaded: ${outcome.sentence}`,
			"The node tried several times. Check that n8n can reach APSIS One's upload host (a proxy or firewall may block it).",
		);
	}
	if (outcome.isPage && outcome.status < 300) {
		return freshError(
			context,
			'The file could not be uploaded: a web page answered instead of the upload host',
			"A proxy or sign-in page intercepts the upload. Check that n8n can reach APSIS One's upload host directly.",
		);
	}
	const code = s3Code(outcome.text);
	const sentence = S3_SENTENCES[code] ?? `it answered with status ${outcome.status}`;
	return freshError(
		context,
		`The upload host refused the file: ${sentence}`,
		code
			? `Its code is ${code}. Run the workflow again. If this keeps happening, contact APSIS support.`
			: 'Run the workflow again later.',
		String(outcome.status),
	);
}

/** Never from the caught error: the form it holds is a credential. */
function freshError(
	context: IExecuteFunctions,
	message: string,
	description: string,
	httpCode?: string,
): NodeApiError {
	return new NodeApiError(context.getNode(), {}, { message, description, httpCode });
}
