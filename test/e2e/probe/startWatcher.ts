import type {
	IExecuteFunctions,
	INodeExecutionData,
	IWorkflowBase,
	IWorkflowSettings,
} from 'n8n-workflow';

/** Notes a fact in n8n's log, one line of JSON, where the test finds it. */
export function note(context: IExecuteFunctions, what: string, facts: object): void {
	const known = {
		what,
		at: Date.now(),
		execution: context.getExecutionId(),
		mode: context.getMode(),
		workflow: context.getWorkflow().id,
	};
	context.logger.info(`[PROBE] ${JSON.stringify({ ...known, ...facts })}`);
}

/** What to vary in the watcher's workflow. */
export interface WatcherOptions {
	/** Settings of its own, instead of the parent workflow's. */
	settings?: IWorkflowSettings;
	/** Type of its last node, `No Operation` unless told. */
	endType?: string;
	/** When the caller wakes by itself at the latest, instead of in the year 3000. */
	deadlineMs?: number;
}

/** Runs the watcher as an inline sub-workflow; when it parks, n8n parks the caller with it. */
export async function startWatcher(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	options: WatcherOptions = {},
): Promise<INodeExecutionData[][]> {
	note(context, 'start', { credentials: context.getNode().credentials });
	const result = await context.executeWorkflow(
		{ code: watcherWorkflow(context, options) },
		items,
		undefined,
		{
			parentExecution: {
				executionId: context.getExecutionId(),
				workflowId: context.getWorkflow().id ?? '',
				shouldResume: true,
			},
			executionMode: context.getMode(),
		},
	);
	if (result.waitTill && options.deadlineMs) {
		// After executeWorkflow(), which has just set it to never.
		await context.putExecutionToWait(new Date(Date.now() + options.deadlineMs));
	}
	note(context, 'called', {
		child: result.executionId,
		waitTill: result.waitTill,
		outputs: result.data.map((output) => output?.length),
	});
	return result.data.map((output) => output ?? []);
}

function watcherWorkflow(context: IExecuteFunctions, options: WatcherOptions): IWorkflowBase {
	const { type, credentials } = context.getNode();
	const prefix = type.split('.').slice(0, -1).join('.');
	const main = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	// Only what the watcher needs; n8n fills in the parent's id, and its settings unless there are some.
	const workflow = {
		name: 'Probe watcher',
		settings: options.settings,
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
				type: `${prefix}.probeWatch`,
				typeVersion: 1,
				position: [200, 0] as [number, number],
				parameters: {},
				credentials,
			},
			{
				id: 'end',
				name: 'End',
				type: options.endType ?? 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [400, 0] as [number, number],
				parameters: {},
			},
		],
		connections: {
			Start: { main: [main('Watch')] },
			Watch: { main: [main('Watch'), main('End')] },
		},
	};
	return workflow as unknown as IWorkflowBase;
}
