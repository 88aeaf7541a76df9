/** A token this close to its end is replaced before use, so that it does not expire on the way. */
const EXPIRY_MARGIN_MS = 60_000;

/**
 * Whether an access token has expired or is about to, by the `exp` claim of the JWT (`expires_in` of the token
 * answer is deprecated; contract: Hosts and token).
 *
 * @param accessToken the JWT; an unreadable one counts as valid, since APSIS One will say if it is not
 * @param nowMs Unix time in milliseconds
 */
export function isTokenExpired(accessToken: string, nowMs: number): boolean {
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
