import { createHash } from 'crypto';

import { sleep } from 'n8n-workflow';

import { type ApsisOneAccount, type ApsisOneContext, readAccount } from './context';

const MINUTE_MS = 60_000;
/**
 * New tokens asked for in a minute because a call was forbidden. The account is given ten (contract: Limits); half of them
 * are left to the executions and systems that have none.
 */
const MAX_RENEWALS_PER_MINUTE = 5;
/** One that got no token does not ask again this soon. */
const RECENT_MS = 60_000;

/** How often those who wait for a token look whether n8n has stored it: its first call may take long. */
const STORED_CHECK_MS = 500;

/** A token being fetched, or the last one that was. */
interface TokenFetch {
	startedAt: number;
	/** The token to be replaced; '' where there was none. */
	replaces: string;
	isUnderWay: boolean;
	/** Settles with the call that fetches it, and never fails. */
	ended: Promise<void>;
	/** Why there is no token, where there is none. */
	noToken?: string;
}

interface AccountTokens {
	latest?: TokenFetch;
	/** When tokens were renewed because a call was forbidden. */
	renewedAt: number[];
}

/**
 * Of each account, for all executions of this process: those that need a token at the same time share one, since the account
 * is given ten a minute (contract: Limits).
 */
const accounts = new Map<string, AccountTokens>();

/** The fetch that each running node has started or waited for. */
const lastFetchOf = new WeakMap<ApsisOneContext, TokenFetch>();

/** Counts fetches that begin or end, so that a credential read meanwhile is read again. */
let changes = 0;

/**
 * Reads the credential of the node, with the token that is being fetched for it, where one is, and acts on it at once: what
 * `act` does before it waits for anything comes before what any other call does.
 */
export async function withSettledAccount<T>(
	context: ApsisOneContext,
	act: (account: ApsisOneAccount) => Promise<T>,
): Promise<T> {
	for (;;) {
		const changesBefore = changes;
		const account = await readAccount(context);
		const { latest } = tokensOf(account);
		if (!latest?.isUnderWay) {
			if (changes === changesBefore) return await act(account);
			continue;
		}
		lastFetchOf.set(context, latest);
		const isStored = account.accessToken !== '' && account.accessToken !== latest.replaces;
		if (isStored) return await act(account);
		await Promise.race([latest.ended, sleep(STORED_CHECK_MS)]);
	}
}

/**
 * Notes that a call fetches a token for the account.
 *
 * @param sending settles with the call, and never fails; gives why there was no token, or nothing
 */
export function noteTokenFetch(
	context: ApsisOneContext,
	account: ApsisOneAccount,
	sending: Promise<string | undefined>,
): void {
	const fetch: TokenFetch = {
		startedAt: Date.now(),
		replaces: account.accessToken,
		isUnderWay: true,
		ended: sending.then((noToken) => {
			fetch.isUnderWay = false;
			changes++;
			if (noToken) fetch.noToken = noToken;
		}),
	};
	changes++;
	tokensOf(account).latest = fetch;
	lastFetchOf.set(context, fetch);
}

/**
 * Why there is no token, where this node has asked for one less than a minute ago, or waited for another that did. Nodes that
 * run later ask anew: the user may have corrected what was wrong.
 */
export function recentTokenRefusal(
	context: ApsisOneContext,
	account: ApsisOneAccount,
): string | undefined {
	const { latest } = tokensOf(account);
	if (!latest || lastFetchOf.get(context) !== latest) return undefined;
	return Date.now() - latest.startedAt < RECENT_MS ? latest.noToken : undefined;
}

/** Whether a forbidden call may ask for another token; if so, it is counted. */
export function takeRenewal(account: ApsisOneAccount): boolean {
	const tokens = tokensOf(account);
	const now = Date.now();
	tokens.renewedAt = tokens.renewedAt.filter((at) => now - at < MINUTE_MS);
	if (tokens.renewedAt.length >= MAX_RENEWALS_PER_MINUTE) return false;
	tokens.renewedAt.push(now);
	return true;
}

/** The secret counts too, so that a credential with a wrong one does not speak for one with the right one. */
function tokensOf({ baseUrl, decrypted }: ApsisOneAccount): AccountTokens {
	const { clientId, clientSecret } = decrypted;
	const name = createHash('sha256')
		.update(JSON.stringify([baseUrl, clientId, clientSecret]))
		.digest('hex');
	const tokens = accounts.get(name) ?? { renewedAt: [] };
	accounts.set(name, tokens);
	return tokens;
}
