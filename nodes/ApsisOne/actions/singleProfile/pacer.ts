import type { ApsisOneContext } from '../../transport/context';
import { pause } from '../../transport/pause';

const SECOND_MS = 1_000;
/** Contract: Limits are 100 requests a second for an account and 10 for a profile key; a little is left to others. */
const MAX_CALLS = 90;
const MAX_CALLS_OF_KEY = 9;

/** Keeps calls about single profiles below the account's limits. */
export class CallPacer {
	private readonly calls: number[] = [];
	private readonly callsOfKeys = new Map<string, number[]>();

	/** Waits until one more call about this profile is within the limits. */
	async take(context: ApsisOneContext, profileKey: string): Promise<void> {
		const ofKey = this.callsOfKeys.get(profileKey) ?? [];
		this.callsOfKeys.set(profileKey, ofKey);
		const wait = Math.max(msToWait(this.calls, MAX_CALLS), msToWait(ofKey, MAX_CALLS_OF_KEY));
		if (wait > 0) await pause(context, wait);
		const now = Date.now();
		this.calls.push(now);
		ofKey.push(now);
	}
}

/** Forgets what is older than a second, and tells how long until there is room. */
function msToWait(calls: number[], most: number): number {
	const now = Date.now();
	const firstRecent = calls.findIndex((at) => now - at < SECOND_MS);
	calls.splice(0, firstRecent < 0 ? calls.length : firstRecent);
	const oldest = calls[calls.length - most];
	return oldest === undefined ? 0 : oldest + SECOND_MS - now;
}
