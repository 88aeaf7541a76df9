import type { ApsisOneAccount, ApsisOneContext } from '../../transport/context';
import { pause } from '../../transport/pause';

const SECOND_MS = 1_000;
/** Contract: Limits are 100 requests a second for an account and 10 for a profile key; a little is left to others. */
const CALL_SPACING_MS = SECOND_MS / 90;
const MAX_CALLS_OF_KEY = 9;
/** Beyond this many keys, those that have been left alone for a second are forgotten. */
const MAX_KEYS = 1_000;

/** One for each account, shared by all executions of this process: the limits are the account's. */
const pacers = new Map<string, CallPacer>();

export function pacerOf({ baseUrl, decrypted }: ApsisOneAccount): CallPacer {
	const account = `${baseUrl} ${String(decrypted.clientId)}`;
	const pacer = pacers.get(account) ?? new CallPacer();
	pacers.set(account, pacer);
	return pacer;
}

/**
 * Keeps calls about single profiles below the account's limits: spaced evenly over all, and nine a second about one
 * profile. Other processes (workers of queue mode, other systems) are felt as 429 only.
 */
export class CallPacer {
	private nextAt = 0;
	/** When each profile key was called, the last calls only; in the order they were called last. */
	private readonly callsOfKeys = new Map<string, number[]>();

	/** Waits until one more call about this profile is within the limits. */
	async take(context: ApsisOneContext, profileKey: string): Promise<void> {
		const now = Date.now();
		const at = Math.max(now, this.nextAt, this.roomForKeyAt(profileKey));
		this.nextAt = Math.max(this.nextAt, now) + CALL_SPACING_MS;
		this.noteKey(profileKey, at, now);
		if (at > now) await pause(context, at - now);
	}

	private roomForKeyAt(profileKey: string): number {
		const oldest = this.callsOfKeys.get(profileKey)?.at(-MAX_CALLS_OF_KEY);
		return oldest === undefined ? 0 : oldest + SECOND_MS;
	}

	private noteKey(profileKey: string, at: number, now: number): void {
		const calls = [...(this.callsOfKeys.get(profileKey) ?? []), at].slice(-MAX_CALLS_OF_KEY);
		this.callsOfKeys.delete(profileKey);
		this.callsOfKeys.set(profileKey, calls);
		if (this.callsOfKeys.size <= MAX_KEYS) return;
		for (const [key, times] of this.callsOfKeys) {
			if ((times.at(-1) ?? 0) > now - SECOND_MS) return;
			this.callsOfKeys.delete(key);
		}
	}
}
