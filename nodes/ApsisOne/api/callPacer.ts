import { accountId, type ApsisOneAccount, type ApsisOneContext } from '../transport/context';
import { pause } from '../transport/pause';

const SECOND_MS = 1_000;
/** Contract: Limits are 100 requests a second for an account and 10 for a profile key; a little is left to others. */
const CALL_SPACING_MS = SECOND_MS / 90;
const MAX_CALLS_OF_PROFILE = 9;
/** Beyond this many profiles, those that have been left alone for a second are forgotten. */
const MAX_PROFILES = 1_000;

/** One for each account, shared by all executions of this process: the limits are the account's. */
const pacers = new Map<string, CallPacer>();

export function pacerOf(account: ApsisOneAccount): CallPacer {
	const id = accountId(account);
	const pacer = pacers.get(id) ?? new CallPacer();
	pacers.set(id, pacer);
	return pacer;
}

/**
 * Keeps calls about single profiles below the account's limits: spaced evenly over all, and nine a second about one
 * profile. Other processes (workers of queue mode, other systems) are noticed only as 429.
 */
export class CallPacer {
	private nextAt = 0;
	private lastAskedAt = 0;
	/** When each profile was called, by its name, the last calls only; in the order they were called last. */
	private readonly callsOfProfiles = new Map<string, number[]>();

	/**
	 * Waits until one more call about a profile is within the limits.
	 *
	 * @param profile what tells it apart from others
	 */
	async take(context: ApsisOneContext, profile: string): Promise<void> {
		const now = Date.now();
		if (now < this.lastAskedAt - SECOND_MS) this.forget();
		this.lastAskedAt = now;
		const at = Math.max(now, this.nextAt, this.roomForProfileAt(profile));
		this.nextAt = Math.max(this.nextAt, now) + CALL_SPACING_MS;
		this.noteCall(profile, at, now);
		if (at > now) await pause(context, at - now);
	}

	/** The clock was set back: what lies ahead of it would block for as long. */
	private forget(): void {
		this.nextAt = 0;
		this.callsOfProfiles.clear();
	}

	private roomForProfileAt(profile: string): number {
		const oldest = this.callsOfProfiles.get(profile)?.at(-MAX_CALLS_OF_PROFILE);
		return oldest === undefined ? 0 : oldest + SECOND_MS;
	}

	private noteCall(profile: string, at: number, now: number): void {
		const calls = [...(this.callsOfProfiles.get(profile) ?? []), at].slice(-MAX_CALLS_OF_PROFILE);
		this.callsOfProfiles.delete(profile);
		this.callsOfProfiles.set(profile, calls);
		if (this.callsOfProfiles.size <= MAX_PROFILES) return;
		for (const [name, times] of this.callsOfProfiles) {
			if ((times.at(-1) ?? 0) > now - SECOND_MS) return;
			this.callsOfProfiles.delete(name);
		}
	}
}
