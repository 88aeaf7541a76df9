import { NodeApiError } from 'n8n-workflow';
import type {
	IDataObject,
	IHttpRequestMethods,
	IHttpRequestOptions,
	JsonObject,
} from 'n8n-workflow';

import {
	noteTokenFetch,
	recentTokenRefusal,
	takeRenewal,
	withSettledAccount,
} from './accountTokens';
import { type ApsisOneAccount, type ApsisOneContext, CREDENTIAL_TYPE } from './context';
import { type NetworkFault, readNetworkFault, CANCELLED, UNREADABLE_ANSWER } from './networkFault';
import { pause } from './pause';
import { isWebPage, quotedProblem } from './problem';
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
	explain?: Readonly<Partial<Record<number, Explanation | ((body: unknown) => Explanation)>>>;
	/** The status says all that the caller wants to know: the answer may be any text, but no web page and no part of JSON. */
	ignoresBody?: boolean;
	/** Whether an `unlessDone` call is left alone after a 500, too, since its effect cannot be undone or passed over. */
	mustNotDouble?: boolean;
	/** What an `unlessDone` call may have left in APSIS One where its answer was lost: a whole sentence. */
	mayHaveLeft?: string;
}

/** What APSIS One answered; `body` is parsed JSON where it was JSON, else text. */
export interface ApiResponse {
	status: number;
	body: unknown;
	/** By name in lower case. */
	headers: Record<string, unknown>;
}

/** `noToken` says why the call could not be made: there was no token for it. */
type Outcome = { answer: ApiResponse } | { fault: NetworkFault } | { noToken: string };

/** What to tell the user at a status. */
export interface Explanation {
	message: string;
	description: string;
}

const REQUEST_TIMEOUT_MS = 60_000;
/**
 * Calls APSIS One with the node's credential.
 *
 * A token that is about to expire is replaced first. On 401 or 403 one new token is fetched and the call is
 * repeated once, because an expired token and a missing permission share the status 403 (contract: Hosts and
 * token), also where the token is new: it may live for seconds, or have been revoked. Passing faults are repeated with
 * back-off as `repeat` allows.
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
		if ('answer' in outcome && isWanted(outcome.answer, request)) return outcome.answer;

		const mayRepeat =
			attempt < (request.maxAttempts ?? MAX_ATTEMPTS) && isWorthRepeating(outcome, request);
		const retryAfter = 'answer' in outcome ? outcome.answer.headers['retry-after'] : undefined;
		if (!mayRepeat) throw failure(context, request, outcome, attempt);
		if (!(await pause(context, retryDelayMs(attempt, retryAfter, Date.now())))) {
			throw faultError(context, request, CANCELLED);
		}
	}
}

function isWanted(answer: ApiResponse, { expectedStatuses }: ApiRequest): boolean {
	const { status } = answer;
	if (status >= 200 && status < 300) return true;
	return (expectedStatuses?.includes(status) ?? false) && !isPage(answer);
}

function isWorthRepeating(outcome: Outcome, { repeat, mustNotDouble }: ApiRequest): boolean {
	if ('noToken' in outcome) return false;
	if ('answer' in outcome) {
		if (mustNotDouble && outcome.answer.status === 500) return false;
		const statuses = repeat === 'always' ? TRANSIENT_STATUSES : REFUSED_STATUSES;
		return statuses.has(outcome.answer.status);
	}
	const { kind, neverSent } = outcome.fault;
	if (kind === 'cancelled' || kind === 'notFound' || kind === 'certificate') return false;
	return repeat === 'always' || neverSent;
}

async function sendWithFreshToken(context: ApsisOneContext, request: ApiRequest): Promise<Outcome> {
	return await withSettledAccount(context, async (account) => {
		if (needsToken(account)) {
			const noToken = recentTokenRefusal(context, account);
			return noToken ? { noToken } : await sendFetchingToken(context, request, account);
		}
		const outcome = await send(context, request, account, false);
		return isForbidden(outcome)
			? await sendWithAnotherToken(context, request, account, outcome)
			: outcome;
	});
}

/**
 * Repeats a call that was forbidden, once: with the token that another call has fetched meanwhile, else with a new one.
 *
 * @returns the first outcome where no other token may be asked for
 */
async function sendWithAnotherToken(
	context: ApsisOneContext,
	request: ApiRequest,
	refused: ApsisOneAccount,
	outcome: Outcome,
): Promise<Outcome> {
	return await withSettledAccount(context, async (account) => {
		const noToken = recentTokenRefusal(context, account);
		if (noToken) return { noToken };
		if (account.accessToken !== refused.accessToken && !needsToken(account)) {
			return await send(context, request, account, false);
		}
		if (!takeRenewal(account)) return outcome;
		return await sendFetchingToken(context, request, account);
	});
}

function needsToken({ accessToken }: ApsisOneAccount): boolean {
	return accessToken === '' || isTokenExpired(accessToken, Date.now());
}

/** A web page came from something in between, which knows nothing of tokens. */
function isForbidden(outcome: Outcome): boolean {
	if (!('answer' in outcome) || isPage(outcome.answer)) return false;
	return outcome.answer.status === 401 || outcome.answer.status === 403;
}

function isPage({ headers, body }: ApiResponse): boolean {
	return isWebPage(headers['content-type'], body);
}

async function sendFetchingToken(
	context: ApsisOneContext,
	request: ApiRequest,
	account: ApsisOneAccount,
): Promise<Outcome> {
	// Without a token n8n fetches one by itself; one that is there has to be taken away.
	const sending = send(context, request, account, account.accessToken !== '');
	const noToken = sending.then((outcome) => ('noToken' in outcome ? outcome.noToken : undefined));
	noteTokenFetch(context, account, noToken);
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
		const { statusCode: status, body, headers } = answer;
		return readAnswer({ status, body, headers }, request);
	} catch (error) {
		const noToken = findTokenSentence(error);
		return noToken ? { noToken } : { fault: readNetworkFault(error) };
	}
}

/** n8n hands over text where JSON could not be parsed: an answer cut off, or the page of a proxy. */
function readAnswer(answer: ApiResponse, { ignoresBody }: ApiRequest): Outcome {
	const isSuccess = answer.status >= 200 && answer.status < 300;
	const text = typeof answer.body === 'string' ? answer.body.trim() : '';
	const isWhole = text === '' || (ignoresBody && !isPage(answer) && !/^[{[]/.test(text));
	return isSuccess && !isWhole ? { fault: UNREADABLE_ANSWER } : { answer };
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

/** @param attempts how often the call was made */
function failure(
	context: ApsisOneContext,
	request: ApiRequest,
	outcome: Outcome,
	attempts: number,
): NodeApiError {
	if ('noToken' in outcome) return tokenFailure(context, outcome.noToken);
	if ('fault' in outcome) return faultError(context, request, outcome.fault);
	return answerError(context, request, outcome.answer, attempts);
}

function faultError(
	context: ApsisOneContext,
	request: ApiRequest,
	fault: NetworkFault,
): NodeApiError {
	const { purpose, repeat } = request;
	if (fault.kind === 'cancelled') {
		return userError(context, {
			message: 'The execution was cancelled',
			description: `It was about to ${purpose}.`,
		});
	}
	if (repeat === 'unlessDone' && !fault.neverSent) {
		return noteLost(userError(context, lostAnswer(request, fault.sentence)));
	}
	return userError(context, {
		message: `APSIS One could not be reached: ${fault.sentence}`,
		description: `The node tried to ${purpose}. Check the network, and Region or Base URL in the credential.`,
	});
}

const lostAnswers = new WeakSet<object>();

/** Whether a call with an effect failed in a way that leaves unknown whether it had it. */
export function isAnswerLost(error: unknown): boolean {
	return error instanceof NodeApiError && lostAnswers.has(error);
}

function noteLost(error: NodeApiError): NodeApiError {
	lostAnswers.add(error);
	return error;
}

/** For a call with an effect, of which nobody knows whether it had it. */
function lostAnswer({ purpose, mayHaveLeft }: ApiRequest, why: string): Explanation {
	const parts = [
		`The node asked APSIS One to ${purpose} and does not know whether that was done, so it did not ask again.`,
		mayHaveLeft,
		'Check in APSIS One before you run the workflow again.',
	];
	return {
		message: `APSIS One's answer was lost: ${why}`,
		description: parts.filter(Boolean).join(' '),
	};
}

function answerError(
	context: ApsisOneContext,
	request: ApiRequest,
	answer: ApiResponse,
	attempts: number,
): NodeApiError {
	const { status, body } = answer;
	const { message, description } = explain(request, answer, attempts);
	const error = userError(context, {
		message,
		description: [description, quotedProblem(body)].filter(Boolean).join(' '),
		httpCode: String(status),
		body,
	});
	const mayHaveFailedLate = status >= 500 || TRANSIENT_STATUSES.has(status);
	const isLost = mayHaveFailedLate && !REFUSED_STATUSES.has(status);
	return request.repeat === 'unlessDone' && isLost ? noteLost(error) : error;
}

function explain(request: ApiRequest, answer: ApiResponse, attempts: number): Explanation {
	const { purpose, repeat } = request;
	const { status, body } = answer;
	if (isPage(answer) && status < 500 && !TRANSIENT_STATUSES.has(status)) {
		return pageExplanation(status, purpose);
	}
	const own = request.explain?.[status];
	if (own) return typeof own === 'function' ? own(body) : own;
	const isTransient = TRANSIENT_STATUSES.has(status);
	if (repeat === 'unlessDone' && isTransient && !REFUSED_STATUSES.has(status)) {
		return lostAnswer(request, `a gateway answered in its place, with status ${status}`);
	}
	if (status < 500) return generalExplanation(status, purpose);
	return serverFailure(request, status, attempts);
}

function pageExplanation(status: number, purpose: string): Explanation {
	return {
		message: `A web page answered in place of APSIS One, with status ${status}`,
		description: `A proxy or firewall between n8n and APSIS One must have answered when the node asked to ${purpose}. Check that n8n can reach APSIS One through it, and check Region or Base URL in the credential.`,
	};
}

/** An error inside APSIS One. A 500 may come after the work was done, so each try may have left something. */
function serverFailure(
	{ purpose, mayHaveLeft }: ApiRequest,
	status: number,
	attempts: number,
): Explanation {
	const answered = `It answered with status ${status}${attempts > 1 ? ` each time (${attempts} tries)` : ''}.`;
	const left = status === 500 && mayHaveLeft;
	return {
		message: `APSIS One failed to ${purpose}`,
		description: left
			? `${answered} ${mayHaveLeft} Check in APSIS One before you run the workflow again.`
			: `${answered} Try again later.`,
	};
}

function generalExplanation(status: number, purpose: string): Explanation {
	const message = `APSIS One refused to ${purpose}`;
	if (status === 401 || status === 403) {
		return {
			message,
			description:
				'The API key of the credential lacks the permission. Ask your APSIS One admin, or use another key (Account settings → API management).',
		};
	}
	if (status === 404) {
		return {
			message,
			description: 'There is nothing with that ID. Choose it from the list again.',
		};
	}
	if (status === 429) {
		return {
			message,
			description:
				'The account has made too many requests, including those of other integrations. Try again in a minute.',
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
