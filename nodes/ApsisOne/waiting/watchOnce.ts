import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { lookAtAll } from './checkImports';
import { checkProfiles } from './checkProfiles';
import {
	failed,
	failedChecks,
	failedCheckSentence,
	failureSentence,
	isOver,
	nextDelayMs,
	outputsOf,
	parkedItem,
	type Watch,
} from './watch';

/** n8n wakes parked executions about once a minute; asking for less only makes it look in vain. */
const MIN_PARK_MS = 15_000;

/**
 * One wake-up of the watcher: looks at the imports and their profiles, then parks again (first output, wired back to itself) or hands
 * over what came of them (second output). Failures are data: n8n 2.8 would lose an error of a sub-workflow, and go on
 * with the wrong items.
 */
export async function watchOnce(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const [item] = context.getInputData();
	const { watch } = structuredClone(item?.json) as unknown as { watch: Watch };
	await lookAtAll(context, watch);
	await checkProfiles(context, watch);
	if (!isOver(watch)) {
		const delay = Math.max(nextDelayMs(watch, Date.now()), MIN_PARK_MS);
		await context.putExecutionToWait(new Date(Date.now() + delay));
		return [[{ json: parkedItem(watch), pairedItem: { item: 0 } }], []];
	}
	// Where a failure is to stop the workflow, no items do so: an error would not be passed on by every n8n.
	if (watch.emit === 'allOrNothing' && failed(watch).length > 0) {
		context.logger.error(`APSIS One: ${failureSentence(watch)}. The workflow ends here.`);
	}
	if (watch.stopOnFailedCheck && failedChecks(watch).length > 0) {
		context.logger.error(`APSIS One: ${failedCheckSentence(watch)}. The workflow ends here.`);
	}
	return [[], outputsOf(watch)];
}
