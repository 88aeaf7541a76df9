import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readNumber } from '../importing/limits';
import type { ImportNotification, NotifiedImport } from './notification';
import { forget, isFirst } from './onceEach';
import { type Emit, type WatchedImport } from './watch';
import { waitForImports } from './waitForImports';

const HOUR_MS = 3_600_000;
const DEFAULT_MAX_WAIT_HOURS = 24;
/** In production the wait is parked soon, since only a parked one outlives a restart. */
const PRODUCTION_IN_PROCESS_MS = 0;

const NOT_CHECKED =
	'No profile was checked: the rows to be read back did not fit into the notification. Turn on Wait for Completion in Request profile import, which then checks them itself.';

/** By the trigger's field Trigger On. */
const EMITS: Readonly<Record<string, Emit>> = {
	all: 'all',
	checkFailed: 'whenCheckFailed',
	completed: 'whenCompleted',
	failed: 'whenFailed',
};

/**
 * Runs after a notification came in: waits for all its imports together, and emits them once, one item each.
 *
 * @returns no items when the imports were waited for before, or ended in a way that the user has not asked for
 */
export async function emitCompletion(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const notification = context.getInputData()[0]?.json as unknown as ImportNotification;
	const isManual = context.getMode() === 'manual';
	const imports = isManual
		? notification.imports
		: await importsNotSeen(context, notification.section, notification.imports);
	if (imports.length === 0) return [[]];

	const fireOn = String(context.getNodeParameter('fireOn', 0, 'completed'));
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	let hasBegun = false;
	try {
		const waited = await waitForImports(
			context,
			imports.map((one) => watched(one, notification)),
			{
				maxWaitMs:
					readNumber(options, 'maxWait', 'Maximum Wait (Hours)', DEFAULT_MAX_WAIT_HOURS) * HOUR_MS,
				emit: EMITS[fireOn] ?? 'whenCompleted',
				...(isManual ? {} : { inProcessMs: PRODUCTION_IN_PROCESS_MS, mustPark: true }),
			},
		);
		hasBegun = true;
		return [waited];
	} finally {
		// The sender hears that the execution failed, and notifies again.
		if (!hasBegun) {
			const keys = imports.map((one) => keyOf(notification.section, one));
			await forget(context, keys);
		}
	}
}

/** Once for each import, also where a notification comes again after a restart or at another process. */
async function importsNotSeen(
	context: IExecuteFunctions,
	section: string,
	imports: readonly NotifiedImport[],
): Promise<NotifiedImport[]> {
	const fresh: NotifiedImport[] = [];
	for (const one of imports) {
		if (await isFirst(context, keyOf(section, one))) fresh.push(one);
	}
	return fresh;
}

function keyOf(section: string, { importId }: NotifiedImport): string {
	return `${section} ${importId}`;
}

function watched(
	{ importId, rows, part, parts, uploadExpiresAt = '', check, isUnchecked }: NotifiedImport,
	notification: ImportNotification,
): WatchedImport {
	const { section, keyspace, requestedAt, executionId, workflowId, workflowName } = notification;
	return {
		importId,
		section,
		item: 0,
		uploadExpiresAt,
		// Only the node counts rows, and it notifies when it has uploaded them.
		uploaded: rows !== undefined,
		...(check ? { check } : {}),
		output: {
			...(notification.figures as IDataObject),
			keyspace,
			requestedAt,
			requestedBy: executionId,
			workflowId,
			workflowName,
			...(rows === undefined ? {} : { rows }),
			...(part === undefined ? {} : { part }),
			...(parts === undefined ? {} : { parts }),
			...(isUnchecked ? { checkMessage: NOT_CHECKED } : {}),
		},
	};
}
