import { NodeApiError } from 'n8n-workflow';
import type {
	IDataObject,
	IHttpRequestMethods,
	IHttpRequestOptions,
	JsonObject,
} from 'n8n-workflow';

import {
	type ApsisOneAccount,
	type ApsisOneContext,
	CREDENTIAL_TYPE,
	readAccount,
} from './context';
import { type NetworkFault, readNetworkFault, CANCELLED, UNREADABLE_ANSWER } from './networkFault';
import { pause } from './pause';
import { problemSentence } from './problem';
import { TOKEN_ERROR_CODE } from './requestAccessToken';
import { MAX_ATTEMPTS, REFUSED_STATUSES, retryDelayMs, TRANSIENT_STATUSES } from './retryPolicy';
import { isTokenExpired } from './token';

/** One call to APSIS One's API. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Path below the base URL, discriminators URL-encoded. */
	path: string;
	query?: IDataObject;
	body?: IDataObject;
	contentType?: string;
	/** What the call is for, as the end of "APSIS One refused to …", e.g. `list the sections`. */
	purpose: string;
	/**
	 * `always`: a repeat does no harm. `unlessDone`: the call has an effect that must not happen twice, so it is
	 * repeated only when APSIS One cannot have carried it out.
	 */
	repeat: 'always' | 'unlessDone';
	/** Tries, the first included; by default five. One where the caller comes back later anyway. */
	maxAttempts?: number;
	/** Statuses outside 2xx that the caller handles itself, e.g. 409 "already so". They are not repeated. */
	expectedStatuses?: readonly number[];
	/** What to tell the user at a status, where this caller knows more than the general sentence. */
	explain?: Readonly<Partial<Record<number, { message: string; description: string }>>>;
}

/** What APSIS One answered; `body` is parsed JSON where it was JSON, else text. */
export interface ApiResponse {
	status: number;
	body: unknown;
}

interface Answer extends ApiResponse {
	headers: Record<string, unknown>;
}

/** `noToken` says why the call could not be made: there was no token for it. */
type Outcome = { answer: Answer } | { fault: NetworkFault } | { noToken: string };

const REQUEST_TIMEOUT_MS = 60_000;
/**
 * A token fetched this recently is not replaced because of a 403: then it is the permission that is missing. Nor is one
 * asked for again this soon where there was none.
 */
const FRESH_TOKEN_MS = 60_000;

/** A token being fetched, or the last one that was. */
interface TokenFetch {
	startedAt: number;
	/** Settles with the call that fetches it: why there is no token, or nothing. */
	ended: Promise<string | undefined>;
}

/**
 * Of each running node. Calls made beside each other share one fetch, and calls that are forbidden or got no token do not
 * each ask for one: the account is given ten a minute (contract: Limits).
 */
const tokenFetches = new WeakMap<ApsisOneContext, TokenFetch>();

/**
 * Calls APSIS One with the node's credential.
 *
 * A token that is about to expire is replaced first. On 401 or 403 one new token is fetched and the call is
 * repeated once, because an expired token and a missing permission share the status 403 (contract: Hosts and
 * token). Passing faults are repeated with back-off as `repeat` allows.
 *
 * @returns the answer of a 2xx or an expected status
 * @throws NodeApiError with APSIS One's own sentence, never with the request
 */
export async function apiRequest(
	context: ApsisOneContext,
	request: ApiRequest,
): Promise<ApiResponse> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await sendWithFreshToken(context, request);
		if ('answer' in outcome && isWanted(outcome.answer.status, request)) return outcome.answer;

		const mayRepeat =
			attempt < (request.maxAttempts ?? MAX_ATTEMPTS) && isWorthRepeating(outcome, request);
		const retryAfter = 'answer' in outcome ? outcome.answer.headers['retry-after'] : undefined;
		if (!mayRepeat) throw failure(context, request, outcome);
		if (!(await pause(context, retryDelayMs(attempt, retryAfter, Date.now())))) {
			throw faultError(context, request, CANCELLED);
		}
	}
}

function isWanted(status: number, request: ApiRequest): boolean {
	return (status >= 200 && status < 300) || (request.expectedStatuses?.includes(status) ?? false);
}

function isWorthRepeating(outcome: Outcome, { repeat }: ApiRequest): boolean {
	if ('noToken' in outcome) return false;
	if ('answer' in outcome) {
		const statuses = repeat === 'always' ? TRANSIENT_STATUSES : REFUSED_STATUSES;
		return statuses.has(outcome.answer.status);
	}
	const { kind, neverSent } = outcome.fault;
	if (kind === 'cancelled' || kind === 'notFound' || kind === 'certificate') return false;
	return repeat === 'always' || neverSent;
}

async function sendWithFreshToken(context: ApsisOneContext, request: ApiRequest): Promise<Outcome> {
	const known = tokenFetches.get(context);
	const noToken = await known?.ended;
	const account = await readAccount(context);
	// Another call has begun to fetch a token meanwhile: this one waits for it.
	if (tokenFetches.get(context) !== known) return await sendWithFreshToken(context, request);
	if (needsToken(account)) {
		if (noToken && isRecent(known)) return { noToken };
		return await sendFetchingToken(context, request, account);
	}

	const outcome = await send(context, request, account, false);
	if (!isForbidden(outcome)) return outcome;
	const latest = tokenFetches.get(context);
	const why = await latest?.ended;
	if (why && isRecent(latest)) return { noToken: why };
	if (latest !== known) return await send(context, request, await readAccount(context), false);
	return isRecent(latest) ? outcome : await sendFetchingToken(context, request, account);
}

function needsToken({ accessToken }: ApsisOneAccount): boolean {
	return accessToken === '' || isTokenExpired(accessToken, Date.now());
}

function isForbidden(outcome: Outcome): boolean {
	return 'answer' in outcome && (outcome.answer.status === 401 || outcome.answer.status === 403);
}

function isRecent(fetch: TokenFetch | undefined): boolean {
	return fetch !== undefined && Date.now() - fetch.startedAt < FRESH_TOKEN_MS;
}

async function sendFetchingToken(
	context: ApsisOneContext,
	request: ApiRequest,
	account: ApsisOneAccount,
): Promise<Outcome> {
	// Without a token n8n fetches one by itself; one that is there has to be taken away.
	const sending = send(context, request, account, account.accessToken !== '');
	const ended = sending.then((outcome) => ('noToken' in outcome ? outcome.noToken : undefined));
	tokenFetches.set(context, { startedAt: Date.now(), ended });
	return await sending;
}

/**
 * One call over n8n's own helper, which adds the token, proxies and the guard against requests to inner networks.
 *
 * @param renewToken hands n8n the credential without its token, which makes it fetch and store a new one: the only
 * way that works on every n8n from 2.0 on
 */
async function send(
	context: ApsisOneContext,
	request: ApiRequest,
	account: ApsisOneAccount,
	renewToken: boolean,
): Promise<Outcome> {
	const reference = context.getNode().credentials?.[CREDENTIAL_TYPE];
	const withoutToken = {
		credentialsDecrypted: {
			id: reference?.id ?? '',
			name: reference?.name ?? '',
			type: CREDENTIAL_TYPE,
			data: { ...account.decrypted, accessToken: '' },
		},
	};
	try {
		const answer = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL_TYPE,
			httpOptions(request, account.baseUrl),
			renewToken ? withoutToken : undefined,
		)) as { statusCode: number; body: unknown; headers: Record<string, unknown> };
		return readAnswer({ status: answer.statusCode, body: answer.body, headers: answer.headers });
	} catch (error) {
		const noToken = findTokenSentence(error);
		return noToken ? { noToken } : { fault: readNetworkFault(error) };
	}
}

/** n8n hands over text where JSON could not be parsed: an answer cut off, or the page of a proxy. */
function readAnswer(answer: Answer): Outcome {
	const isSuccess = answer.status >= 200 && answer.status < 300;
	const isText = typeof answer.body === 'string' && answer.body.trim() !== '';
	return isSuccess && isText ? { fault: UNREADABLE_ANSWER } : { answer };
}

function httpOptions(request: ApiRequest, baseUrl: string): IHttpRequestOptions {
	return {
		method: request.method,
		url: `${baseUrl}${request.path}`,
		...(request.query ? { qs: request.query } : {}),
		...(request.body ? { body: request.body } : {}),
		...(request.contentType ? { headers: { 'Content-Type': request.contentType } } : {}),
		json: true,
		timeout: REQUEST_TIMEOUT_MS,
		// A redirect would carry the token to another place.
		disableFollowRedirect: true,
		returnFullResponse: true,
		// Statuses are ours to judge: n8n's own repeat on 401 knows nothing of 403.
		ignoreHttpStatusErrors: true,
	};
}

function findTokenSentence(error: unknown): string | undefined {
	const { httpCode, message } = error as { httpCode?: unknown; message?: string };
	return httpCode === TOKEN_ERROR_CODE ? message : undefined;
}

/** Built from a sentence, not from the caught error, which may hold the request and with it the secret. */
function tokenFailure(context: ApsisOneContext, sentence: string): NodeApiError {
	const [message = sentence, ...rest] = sentence.split(/(?<=\.) (?=[A-Z])/);
	return userError(context, { message: message.replace(/\.$/, ''), description: rest.join(' ') });
}

function failure(context: ApsisOneContext, request: ApiRequest, outcome: Outcome): NodeApiError {
	if ('noToken' in outcome) return tokenFailure(context, outcome.noToken);
	if ('fault' in outcome) return faultError(context, request, outcome.fault);
	return answerError(context, request, outcome.answer);
}

function faultError(
	context: ApsisOneContext,
	{ purpose, repeat }: ApiRequest,
	fault: NetworkFault,
): NodeApiError {
	if (fault.kind === 'cancelled') {
		return userError(context, {
			message: 'The execution was cancelled',
			description: `It was about to ${purpose}.`,
		});
	}
	if (repeat === 'unlessDone' && !fault.neverSent) {
		return userError(context, {
			message: `APSIS One's answer was lost: ${fault.sentence}`,
			description: `The node asked APSIS One to ${purpose} and cannot know whether that was done, so it did not ask again. Look in APSIS One before you run the workflow again.`,
		});
	}
	return userError(context, {
		message: `APSIS One could not be reached: ${fault.sentence}`,
		description: `The node tried to ${purpose}. Check Region, or Base URL, in the credential, and the network.`,
	});
}

function answerError(
	context: ApsisOneContext,
	{ purpose, explain }: ApiRequest,
	{ status, body }: Answer,
): NodeApiError {
	const detail = problemSentence(body);
	const told = explain?.[status] ?? generalExplanation(status, purpose);
	return userError(context, {
		message: told.message,
		description: [told.description, detail && `APSIS One says: ${detail}`]
			.filter(Boolean)
			.join(' '),
		httpCode: String(status),
		body,
	});
}

function generalExplanation(status: number, purpose: string) {
	const message = `APSIS One refused to ${purpose}`;
	if (status === 401 || status === 403) {
		return {
			message,
			description:
				'The API key of the credential lacks the permission. Ask your APSIS One admin, or use another key (Account settings → API management).',
		};
	}
	if (status === 404) {
		return { message, description: 'It knows nothing by that ID. Choose it anew from the list.' };
	}
	if (status === 429) {
		return {
			message,
			description:
				'The account has made too many requests. Other integrations count too. Try again in a minute.',
		};
	}
	if (status >= 500) {
		return {
			message: `APSIS One failed to ${purpose}`,
			description: `It answered with status ${status} each time. Try again later.`,
		};
	}
	return { message, description: `It answered with status ${status}.` };
}

function userError(
	context: ApsisOneContext,
	{
		message,
		description,
		httpCode,
		body,
	}: { message: string; description: string; httpCode?: string; body?: unknown },
): NodeApiError {
	const response = typeof body === 'object' && body !== null ? (body as JsonObject) : {};
	return new NodeApiError(context.getNode(), response, { message, description, httpCode });
}
