/** Contract: Limits, per account. */
const MAX_REQUESTS_PER_MINUTE = 10;
const MAX_UNFINISHED = 3;
const MINUTE_MS = 60_000;

/** Contract: Profile import v2, step 4: no faster than every 10 s, and backing off. */
export const FIRST_POLL_MS = 10_000;
const MAX_POLL_MS = 60_000;
const POLL_GROWTH = 1.5;

/** The longest that `Retry-After` keeps us from asking for a place again; one may be free long before. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * How long to wait before looking a further time.
 *
 * @param retryAfterMs how long APSIS One wants not to be asked, where it says so
 */
export function pollDelayMs(looks: number, retryAfterMs = 0): number {
	const delay = Math.min(FIRST_POLL_MS * POLL_GROWTH ** looks, MAX_POLL_MS);
	return Math.max(delay, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

/**
 * Keeps our own requests within the account's limits. What others ask of the same account is felt through 429 only,
 * so this does not replace waiting when APSIS One says no.
 */
export class ImportPacer {
	private readonly requestedAt: number[] = [];
	private readonly unfinished = new Set<string>();

	/** How long until our own requests of the last minute leave room for one more; 0 for now. */
	msUntilRequest(nowMs: number): number {
		const recent = this.requestedAt.filter((at) => nowMs - at < MINUTE_MS);
		if (recent.length < MAX_REQUESTS_PER_MINUTE) return 0;
		const oldest = recent[recent.length - MAX_REQUESTS_PER_MINUTE] ?? nowMs;
		return oldest + MINUTE_MS - nowMs;
	}

	noteRequest(nowMs: number): void {
		this.requestedAt.push(nowMs);
	}

	noteUnfinished(importId: string): void {
		this.unfinished.add(importId);
	}

	noteFinished(importId: string): void {
		this.unfinished.delete(importId);
	}

	/** Our own imports that APSIS One has not finished, as far as we have looked. */
	get unfinishedIds(): readonly string[] {
		return [...this.unfinished];
	}

	get isFull(): boolean {
		return this.unfinished.size >= MAX_UNFINISHED;
	}
}
