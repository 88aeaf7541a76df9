/** Statuses worth a repeat (contract: Errors; seen in APSIS's own client). */
export const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Transient statuses that say the request was refused before it had an effect. A 502 or 504 comes from a gateway
 * that lost the answer: the work may have been done, so a call with an effect is not repeated after it.
 */
export const REFUSED_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 503]);

/** Tries of one call, the first included. */
export const MAX_ATTEMPTS = 5;

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;
/** The longest we let a server keep us waiting by `Retry-After`. */
const MAX_RETRY_AFTER_MS = 120_000;

/**
 * How long to wait before the next try: the server's `Retry-After` when it gives one, else exponential back-off
 * with jitter over the upper half, so that workers that failed together do not return together.
 *
 * @param attempt tries made so far, from 1
 * @param retryAfter the header's value: seconds or an HTTP date
 * @returns milliseconds
 */
export function retryDelayMs(attempt: number, retryAfter: unknown, nowMs: number): number {
	const asked = readRetryAfterMs(retryAfter, nowMs);
	if (asked !== undefined) return Math.min(asked, MAX_RETRY_AFTER_MS);
	const ceiling = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
	return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/**
 * What a `Retry-After` header asks for.
 *
 * @param value seconds or an HTTP date
 * @returns milliseconds; undefined when there is no header, or it cannot be read
 */
export function readRetryAfterMs(value: unknown, nowMs: number): number | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = String(value).trim();
	if (/^\d+$/.test(text)) return Number(text) * 1000;
	const date = Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
