import { sleep } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
} from 'n8n-workflow';

import { resolveBaseUrl } from './baseUrl';
import { type NetworkFault, readNetworkFault } from './networkFault';
import { isWebPage, problemSentence } from './problem';
import { retryDelayMs, TRANSIENT_STATUSES } from './retryPolicy';
import { noteNewToken } from './token';

type RequestHelpers = IHttpRequestHelper['helpers'];

const TOKEN_TIMEOUT_MS = 30_000;
/** Ten token requests a minute are allowed to the whole account (contract: Limits), so we do not insist. */
const MAX_TOKEN_ATTEMPTS = 3;

/**
 * Marks errors of this module where n8n has wrapped them: their message is a whole sentence for the user. It travels
 * as `httpCode`, the one member of a thrown error that n8n's NodeApiError keeps unchanged on every version.
 */
export const TOKEN_ERROR_CODE = 'APSIS_ONE_TOKEN';

/** APSIS One gave no token. Holds nothing of the request, since the request holds the client secret. */
export class TokenError extends Error {
	override readonly name = 'ApsisOneTokenError';

	readonly httpCode = TOKEN_ERROR_CODE;
}

interface TokenAnswer {
	statusCode: number;
	body: unknown;
	headers: Record<string, unknown>;
}

type TokenOutcome = TokenAnswer | { fault: NetworkFault };

/**
 * Asks APSIS One for an access token (contract: Hosts and token).
 *
 * @param credentials `region`, `baseUrl`, `clientId`, `clientSecret` as n8n decrypts them
 * @returns the JWT
 * @throws TokenError with a sentence that says which of them is wrong
 */
export async function requestAccessToken(
	helpers: RequestHelpers,
	credentials: ICredentialDataDecryptedObject,
): Promise<string> {
	const baseUrl = resolveBaseUrl(credentials.region, credentials.baseUrl);
	const clientId = required(credentials.clientId, 'Client ID');
	const clientSecret = required(credentials.clientSecret, 'Client Secret');

	const request: IHttpRequestOptions = {
		method: 'POST',
		url: `${baseUrl}/oauth/token`,
		body: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
		json: true,
		timeout: TOKEN_TIMEOUT_MS,
		// A redirect would carry the client secret to another place.
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	};

	for (let attempt = 1; ; attempt++) {
		const outcome = await post(helpers, request);
		if (attempt === MAX_TOKEN_ATTEMPTS || !isWorthRepeating(outcome)) {
			return readToken(outcome, new URL(baseUrl).host);
		}
		const retryAfter = 'fault' in outcome ? undefined : outcome.headers['retry-after'];
		await sleep(retryDelayMs(attempt, retryAfter, Date.now()));
	}
}

function required(value: unknown, displayName: string): string {
	const text = typeof value === 'string' ? value.trim() : '';
	if (text) return text;
	throw new TokenError(
		`The APSIS One credential has no ${displayName}. Open the credential and fill it in.`,
	);
}

async function post(helpers: RequestHelpers, request: IHttpRequestOptions): Promise<TokenOutcome> {
	try {
		return (await helpers.httpRequest({ ...request })) as TokenAnswer;
	} catch (error) {
		return { fault: readNetworkFault(error) };
	}
}

function isWorthRepeating(outcome: TokenOutcome): boolean {
	if ('fault' in outcome) return ['timeout', 'lost'].includes(outcome.fault.kind);
	return TRANSIENT_STATUSES.has(outcome.statusCode) || isUnreadable(outcome);
}

/** n8n hands over text where JSON could not be parsed: an answer cut off, or the page of a proxy. */
function isUnreadable({ statusCode, body }: TokenAnswer): boolean {
	return statusCode < 300 && typeof body === 'string' && body.trim() !== '';
}

function readToken(outcome: TokenOutcome, host: string): string {
	if ('fault' in outcome) {
		throw new TokenError(
			`APSIS One could not be reached at ${host}: ${outcome.fault.sentence}. Check the network, and Region or Base URL in the credential.`,
		);
	}
	const { statusCode, body } = outcome;
	const token = (body as { access_token?: unknown } | null | undefined)?.access_token;
	if (statusCode < 300 && typeof token === 'string' && token) {
		noteNewToken(token, Date.now());
		return token;
	}
	throw new TokenError(refusal(outcome, host));
}

function refusal({ statusCode, body, headers }: TokenAnswer, host: string): string {
	const isPage = isWebPage(headers['content-type'], body);
	if (isPage && statusCode >= 400 && statusCode < 500 && !TRANSIENT_STATUSES.has(statusCode)) {
		return `A web page answered in place of APSIS One at ${host}, with status ${statusCode}. A proxy or firewall between n8n and APSIS One must have answered. Check that n8n can reach APSIS One through it, and check Region or Base URL in the credential.`;
	}
	if (statusCode === 400 || statusCode === 401 || statusCode === 403) {
		return `APSIS One at ${host} does not know this Client ID and Client Secret. Check both, and that Region is where your account is hosted.`;
	}
	if (statusCode === 429) {
		return 'APSIS One issues ten access tokens a minute for an account, and they are used up. Try again in a minute.';
	}
	if (statusCode < 300) {
		return `${host} answered, but not with an access token. It does not seem to be APSIS One. Check Region or Base URL in the credential.`;
	}
	const detail = problemSentence(body);
	return `APSIS One at ${host} issued no access token (status ${statusCode}${detail ? `: ${detail}` : ''}). Try again later.`;
}
