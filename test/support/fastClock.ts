/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { ClientRequest } from 'node:http';

/** Time limits shorter than this are left alone. */
const LONG_LIMIT_MS = 10_000;

/**
 * Makes time pass quickly for the node and for the local APSIS One, which share this process: pauses take a fraction of
 * their length, and a request that is given up moves the clock by all it would have waited. Every wait, back-off and
 * expiry keeps its length on this clock, so the node runs unchanged.
 *
 * @param speed how much faster than the world's the clock of this process runs; what takes long in truth, such as an
 * upload of 50 MB, takes as many times longer on it
 * @param giveUpMs how long a request that nobody answers waits in truth, whatever its time limit is
 * @returns puts the true clock back
 */
export function startFastClock({ speed = 100, giveUpMs = 400 } = {}): () => void {
	const trueNow = Date.now;
	const trueSetTimeout = globalThis.setTimeout;
	const trueRequestLimit = ClientRequest.prototype.setTimeout;
	const start = trueNow();
	let skippedMs = 0;

	Date.now = () => Math.round(start + (trueNow() - start) * speed + skippedMs);
	globalThis.setTimeout = Object.assign(
		(run: (...parts: unknown[]) => void, ms = 0, ...parts: unknown[]) =>
			trueSetTimeout(run, ms / speed, ...parts),
		trueSetTimeout,
	) as typeof setTimeout;
	ClientRequest.prototype.setTimeout = function (limitMs: number, onTimeout?: () => void) {
		if (limitMs < LONG_LIMIT_MS) return trueRequestLimit.call(this, limitMs, onTimeout);
		const askedAt = Date.now();
		return trueRequestLimit.call(this, giveUpMs, () => {
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

/** The fast clock for the tests of one file, whose waits are only waited for. Speed as in {@link startFastClock}. */
export function useFastClock(speed = 20): void {
	let restoreClock: () => void;
	beforeAll(() => {
		restoreClock = startFastClock({ speed });
	});
	afterAll(() => restoreClock());
}
