/** A token this close to its expiry is replaced before use, so that it does not expire on the way. */
const EXPIRY_MARGIN_MS = 60_000;
/** A token that came in less than this ago is used whatever its `exp` says. */
const NEW_TOKEN_MS = 60_000;
/** Tokens remembered; one comes in every few seconds at most, over all accounts. */
const MAX_REMEMBERED = 50;

/** When each token came in, by our clock, the oldest first. */
const receivedAt = new Map<string, number>();

/** Notes that APSIS One has just given this token. */
export function noteNewToken(accessToken: string, nowMs: number): void {
	receivedAt.delete(accessToken);
	receivedAt.set(accessToken, nowMs);
	for (const token of receivedAt.keys()) {
		if (receivedAt.size <= MAX_REMEMBERED) return;
		receivedAt.delete(token);
	}
}

/**
 * Whether an access token has expired or is about to, by the `exp` claim of the JWT (`expires_in` of the token
 * answer is deprecated; contract: Hosts and token).
 *
 * A token that has just come in counts as valid: where tokens live for less than a minute, or the clock of this machine is
 * wrong, each one would seem to have expired, and every call would fetch another. APSIS One will say if it is not valid.
 *
 * @param accessToken the JWT; an unreadable one counts as valid for the same reason
 * @param nowMs Unix time in milliseconds
 */
export function isTokenExpired(accessToken: string, nowMs: number): boolean {
	const received = receivedAt.get(accessToken);
	if (received !== undefined && nowMs - received < NEW_TOKEN_MS) return false;
	const expiresAtSeconds = readExpiry(accessToken);
	return expiresAtSeconds !== undefined && expiresAtSeconds * 1000 - EXPIRY_MARGIN_MS <= nowMs;
}

function readExpiry(accessToken: string): number | undefined {
	const payload = accessToken.split('.')[1];
	if (!payload) return undefined;
	// The claims are read only to save a refused call; nothing is decided on their truth, so no signature check.
	const match = /"exp"\s*:\s*(\d+)/.exec(Buffer.from(payload, 'base64url').toString('utf8'));
	return match ? Number(match[1]) : undefined;
}
