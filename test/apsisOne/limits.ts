import { Problem } from './http';

export interface Limits {
	tokenPerMinute: number;
	importRequestsPerMinute: number;
	unfinishedImports: number;
	requestsPerSecond: number;
	profileOpsPerSecond: number;
	maxBodyBytes: number;
	maxFileBytes: number;
	/** Length of "a minute"; tests shorten it. */
	minuteMs: number;
}

/** Contract: Limits. */
export const DEFAULT_LIMITS: Limits = {
	tokenPerMinute: 10,
	importRequestsPerMinute: 10,
	unfinishedImports: 3,
	requestsPerSecond: 100,
	profileOpsPerSecond: 10,
	maxBodyBytes: 100_000,
	maxFileBytes: 50_000_000,
	minuteMs: 60_000,
};

/** Counts calls in a sliding window, and how often a limit was run into. */
export class RateLimiter {
	private readonly calls = new Map<string, number[]>();
	/** How often each limit answered 429. */
	readonly refusals = new Map<string, number>();

	constructor(private readonly now: () => number) {}

	/**
	 * Counts a call, or refuses it.
	 *
	 * @param name what is limited, e.g. `token` or `profile anna@example.com`
	 * @throws Problem 429
	 */
	take(name: string, most: number, windowMs: number, label = name): void {
		const now = this.now();
		const recent = (this.calls.get(name) ?? []).filter((at) => now - at < windowMs);
		if (recent.length >= most) {
			this.refuse(label, `More than ${most} in ${windowMs / 1000} seconds.`);
		}
		recent.push(now);
		this.calls.set(name, recent);
	}

	/** @throws Problem 429, always */
	refuse(label: string, detail: string): never {
		this.refusals.set(label, (this.refusals.get(label) ?? 0) + 1);
		throw new Problem(429, 'Too Many Requests', detail);
	}

	clear(): void {
		this.calls.clear();
		this.refusals.clear();
	}
}
