/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { ClientRequest } from 'node:http';

/** How much faster than the world's the clock of this process runs. */
const SPEED = 100;
/** How long a request that nobody answers waits in truth, in milliseconds, whatever its time limit is. */
const GIVE_UP_MS = 400;
/** Time limits shorter than this are left alone. */
const LONG_LIMIT_MS = 10_000;

/**
 * Makes time pass quickly for the node and for the local APSIS One, which share this process: pauses take a hundredth
 * of their length, and a request that is given up moves the clock by all it would have waited. Every wait, back-off and
 * expiry keeps its length on this clock, so the node runs unchanged.
 *
 * @returns puts the true clock back
 */
export function startFastClock(): () => void {
	const trueNow = Date.now;
	const trueSetTimeout = globalThis.setTimeout;
	const trueRequestLimit = ClientRequest.prototype.setTimeout;
	const start = trueNow();
	let skippedMs = 0;

	Date.now = () => Math.round(start + (trueNow() - start) * SPEED + skippedMs);
	globalThis.setTimeout = Object.assign(
		(run: (...parts: unknown[]) => void, ms = 0, ...parts: unknown[]) =>
			trueSetTimeout(run, ms / SPEED, ...parts),
		trueSetTimeout,
	) as typeof setTimeout;
	ClientRequest.prototype.setTimeout = function (limitMs: number, onTimeout?: () => void) {
		if (limitMs < LONG_LIMIT_MS) return trueRequestLimit.call(this, limitMs, onTimeout);
		const askedAt = Date.now();
		return trueRequestLimit.call(this, GIVE_UP_MS, () => {
			skippedMs += Math.max(0, askedAt + limitMs - Date.now());
			onTimeout?.();
		});
	};
	return () => {
		Date.now = trueNow;
		globalThis.setTimeout = trueSetTimeout;
		ClientRequest.prototype.setTimeout = trueRequestLimit;
	};
}
