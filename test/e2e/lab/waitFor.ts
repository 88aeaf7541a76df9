/* eslint-disable @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */

const POLL_INTERVAL_MS = 250;

/** How long to ask, and what to call the thing in the error. */
export interface WaitOptions {
	what: string;
	timeoutMs: number;
	intervalMs?: number;
	/** Adds what is known so far (the last answer, the end of a log) to the error. */
	detail?: () => Promise<string>;
}

/**
 * Asks again and again until there is an answer.
 *
 * @param ask gives the answer, or undefined while there is none; a throw counts as none
 * @throws when the time is over, naming what was waited for and the last error
 */
export async function waitFor<T>(
	ask: () => Promise<T | undefined>,
	options: WaitOptions,
): Promise<T> {
	const deadline = Date.now() + options.timeoutMs;
	let lastError = '';
	while (Date.now() < deadline) {
		try {
			const answer = await ask();
			if (answer !== undefined) return answer;
		} catch (error) {
			lastError = error instanceof Error ? error.message : String(error);
		}
		await delay(options.intervalMs ?? POLL_INTERVAL_MS);
	}
	const detail = (await options.detail?.()) ?? '';
	throw new Error(
		[`${options.what}: not within ${options.timeoutMs / 1000} s`, lastError, detail]
			.filter(Boolean)
			.join('\n'),
	);
}

/** Resolves after so many milliseconds. */
export async function delay(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}
