import type { IExecuteFunctions, INodeExecutionData, IWorkflowBase } from 'n8n-workflow';

import { isTool } from '../aiTool';
import { ApsisOneError } from '../errors';
import { isCancelled, pause } from '../transport/pause';
import { lookAtAll } from './checkImports';
import { checkProfiles } from './checkProfiles';
import {
	doubtAbout,
	type Emit,
	endChecks,
	endWait,
	failed,
	failedChecks,
	failedCheckSentence,
	failureSentence,
	isOver,
	nextDelayMs,
	outputsOf,
	parkedItem,
	type Watch,
	type WatchedImport,
} from './watch';

/** Most imports are through by then; a parked execution wakes about once a minute only. */
const IN_PROCESS_MS = 60_000;
/** Where an execution cannot be parked, a slot is held no longer than this. */
const MAX_UNPARKED_MS = 300_000;

export interface WaitOptions {
	maxWaitMs: number;
	emit: Emit;
	/** Whether a failed check of profiles stops the workflow. */
	stopOnFailedCheck?: boolean;
	/** How long to look in process before parking; default one minute. */
	inProcessMs?: number;
	/** Whether a wait that n8n cannot park fails, rather than goes on in process. */
	mustPark?: boolean;
}

/**
 * Waits for imports: in process at first, then parked in n8n's database, where the wait holds no execution slot and
 * outlives a restart.
 *
 * After parking, n8n does not run the calling node again: what the wait ends with becomes that node's first output.
 *
 * @returns one item for each import, or what n8n wants to be returned while the execution is parked
 * @throws ApsisOneError when an import did not complete and that is to stop the workflow
 */
export async function waitForImports(
	context: IExecuteFunctions,
	imports: WatchedImport[],
	options: WaitOptions,
): Promise<INodeExecutionData[]> {
	const watch: Watch = {
		startedAtMs: Date.now(),
		maxWaitMs: options.maxWaitMs,
		looks: 0,
		how: 'inProcess',
		emit: options.emit,
		stopOnFailedCheck: options.stopOnFailedCheck === true,
		// What is noted in them must not change the caller's input items.
		imports: structuredClone(imports),
	};
	await waitInProcess(context, watch, options.inProcessMs ?? IN_PROCESS_MS);
	if (!isOver(watch)) {
		const parked = await park(context, watch, options.mustPark === true);
		if (parked) return parked;
		context.logger.info(
			'APSIS One: this execution cannot be parked, so it waits in process, five minutes at most',
		);
		await waitInProcess(context, watch, MAX_UNPARKED_MS);
		endWait(watch, Date.now(), 'The wait ended early, since this execution cannot be parked.');
		endChecks(watch, Date.now());
	}
	if (watch.emit === 'allOrNothing') stopOnFailure(watch);
	if (watch.stopOnFailedCheck) stopOnMissingProfiles(watch);
	return outputsOf(watch);
}

async function waitInProcess(
	context: IExecuteFunctions,
	watch: Watch,
	durationMs: number,
): Promise<void> {
	const end = Date.now() + durationMs;
	for (;;) {
		await lookAtAll(context, watch);
		await checkProfiles(context, watch);
		const delay = nextDelayMs(watch, Date.now());
		if (isOver(watch) || Date.now() + delay > end) return;
		await pause(context, delay);
		if (isCancelled(context)) {
			throw new ApsisOneError('The execution was cancelled', 'It was waiting for APSIS One.');
		}
	}
}

function stopOnFailure(watch: Watch): void {
	const [first] = failed(watch);
	if (!first) return;
	throw new ApsisOneError(
		failureSentence(watch),
		`${first.message ?? (doubtAbout(first) || 'It was still being worked on.')} To continue anyway, set On Failure to Continue.`,
		first.item,
	);
}

function stopOnMissingProfiles(watch: Watch): void {
	const [first] = failedChecks(watch);
	if (!first) return;
	throw new ApsisOneError(
		failedCheckSentence(watch),
		'The report of the import is under Audience → Profiles → Import history. To continue anyway, set When the Check Fails to Continue.',
		first.item,
	);
}

/**
 * Parks the execution by way of an inline sub-workflow whose watcher puts itself to wait and is woken again; n8n parks
 * the calling execution with it.
 *
 * @returns undefined where that cannot work: as an AI tool, in a workflow never saved, or where sub-workflows are not
 * allowed
 * @throws ApsisOneError where n8n fails at it and `mustPark` is set
 */
async function park(
	context: IExecuteFunctions,
	watch: Watch,
	mustPark: boolean,
): Promise<INodeExecutionData[] | undefined> {
	const workflowId = context.getWorkflow().id;
	const executionId = context.getExecutionId();
	if (!workflowId || !executionId || isTool(context)) return undefined;
	const json = parkedItem({ ...watch, how: 'parked' });
	const answer = await context
		.executeWorkflow({ code: watcherWorkflow(context) }, [{ json }], undefined, {
			parentExecution: { executionId, workflowId, shouldResume: true },
			executionMode: context.getMode(),
		})
		.catch((error: Error) => error);
	if (!(answer instanceof Error)) return answer.data[0] ?? [];
	if (!mustPark) {
		context.logger.warn(`APSIS One: parking failed: ${answer.message}`);
		return undefined;
	}
	throw new ApsisOneError(
		'n8n could not store the wait for the imports in its database',
		`It says: ${answer.message}. The imports are not affected: use the operation Wait with their IDs.`,
	);
}

/** Without an ID or dates, which n8n's type asks for: it is stored nowhere. */
function watcherWorkflow(context: IExecuteFunctions): IWorkflowBase {
	const { type, credentials } = context.getNode();
	const watcherType = type.replace(/\.[^.]*$/, '.apsisOneImportWatcher');
	return {
		name: 'APSIS One: waiting for imports',
		// Of its own, since it would take the workflow's: a caller policy that refuses it, or a time-out that cancels it
		// and leaves the node waiting for ever (test/e2e/README.md).
		settings: {
			executionOrder: 'v1',
			callerPolicy: 'workflowsFromSameOwner',
			executionTimeout: -1,
		},
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.executeWorkflowTrigger',
				typeVersion: 1.1,
				position: [0, 0] as [number, number],
				parameters: { inputSource: 'passthrough' },
			},
			{
				id: 'watch',
				name: 'Watch',
				type: watcherType,
				typeVersion: 1,
				position: [200, 0] as [number, number],
				parameters: {},
				credentials,
			},
			{
				id: 'end',
				name: 'End',
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [400, 0] as [number, number],
				parameters: {},
			},
		],
		connections: {
			Start: { main: [[{ node: 'Watch', type: 'main' as const, index: 0 }]] },
			Watch: {
				main: [
					[{ node: 'Watch', type: 'main' as const, index: 0 }],
					[{ node: 'End', type: 'main' as const, index: 0 }],
				],
			},
		},
	} as unknown as IWorkflowBase;
}
