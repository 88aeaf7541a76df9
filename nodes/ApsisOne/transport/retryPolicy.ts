import { unixMoment } from './unixTime';

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
 * How long to wait before the next try: exponential back-off with jitter over the upper half, so that workers that failed
 * together do not return together, or longer where the server asks for it by `Retry-After`. One of 0, or a date that has
 * passed by our clock, must not use up all tries at once.
 *
 * @param attempt tries made so far, from 1
 * @param retryAfter the header's value
 * @returns milliseconds
 */
export function retryDelayMs(attempt: number, retryAfter: unknown, nowMs: number): number {
	const ceiling = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
	const own = ceiling / 2 + (Math.random() * ceiling) / 2;
	const asked = readRetryAfterMs(retryAfter, nowMs) ?? 0;
	return Math.max(own, Math.min(asked, MAX_RETRY_AFTER_MS));
}

/**
 * What a `Retry-After` header asks for.
 *
 * @param value seconds, also with a fraction or unit; an HTTP date, or one in ISO 8601 or Unix time
 * @returns milliseconds; undefined when there is no header, or it cannot be read
 */
export function readRetryAfterMs(value: unknown, nowMs: number): number | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = String(value).trim();
	const number = /^(\d+(?:\.\d+)?)(?:\s*s(?:ec(?:ond)?s?)?)?$/i.exec(text)?.[1];
	if (number !== undefined) return millisecondsOf(Number(number), nowMs);
	// Anything else with a number in it would pass for a date of some kind.
	const isDate = /^[a-z]{3},? .*\d{4}|^\d{4}-\d\d-\d\d/i.test(text);
	const date = isDate ? Date.parse(text) : NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** A large number is a moment: no server asks to be left alone for 30 years. */
function millisecondsOf(number: number, nowMs: number): number {
	const moment = unixMoment(number);
	return Number.isNaN(moment) ? number * 1000 : Math.max(0, moment - nowMs);
}
