import { sleep } from 'n8n-workflow';

import type { ApsisOneContext } from './context';

/** How soon a pause notices that the user has cancelled the execution. */
const CANCEL_CHECK_MS = 500;

/**
 * Waits in process, and ends early when the execution is cancelled.
 *
 * @param durationMs milliseconds
 * @returns whether the whole time was waited; false when the execution was cancelled
 */
export async function pause(context: ApsisOneContext, durationMs: number): Promise<boolean> {
	const end = Date.now() + durationMs;
	for (let left = durationMs; left > 0; left = end - Date.now()) {
		if (isCancelled(context)) return false;
		await sleep(Math.min(left, CANCEL_CHECK_MS));
	}
	return !isCancelled(context);
}

/** Whether the user has cancelled the execution; always false where n8n gives no signal (drop-downs). */
export function isCancelled(context: ApsisOneContext): boolean {
	if (!('getExecutionCancelSignal' in context)) return false;
	return context.getExecutionCancelSignal()?.aborted ?? false;
}
