import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ImportNotification } from './notification';
import type { Emit } from './watch';
import { waitForImports } from './waitForImports';

const HOUR_MS = 3_600_000;
/** Imports remembered in n8n's database, so that each fires once. */
const MAX_REMEMBERED = 10_000;
/** In production the wait is parked soon, since only a parked one outlives a restart. */
const PRODUCTION_IN_PROCESS_MS = 0;

/**
 * Runs after a notification came in: waits for the import and emits it once.
 *
 * @returns no items when the import was waited for before, or ended in a way the user does not want to hear of
 */
export async function emitCompletion(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const notification = context.getInputData()[0]?.json as unknown as ImportNotification;
	const isManual = context.getMode() === 'manual';
	if (!isManual && (await wasSeenBefore(context, notification))) return [[]];

	const fireOn = context.getNodeParameter('fireOn', 0, 'completed') as Emit;
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const waited = await waitForImports(
		context,
		[
			{
				importId: notification.importId,
				section: notification.section,
				item: 0,
				uploadExpiresAt: notification.uploadExpiresAt ?? '',
				output: {
					keyspace: notification.keyspace,
					requestedAt: notification.requestedAt,
					requestedBy: notification.executionId,
					...(notification.rows === undefined ? {} : { rows: notification.rows }),
				},
			},
		],
		{
			maxWaitMs: Number(options.maxWait ?? 24) * HOUR_MS,
			emit: fireOn,
			...(isManual ? {} : { inProcessMs: PRODUCTION_IN_PROCESS_MS }),
		},
	);
	return [waited];
}

/** Asks and records in one step, in n8n's database, which all processes share. */
async function wasSeenBefore(
	context: IExecuteFunctions,
	{ importId, section }: ImportNotification,
): Promise<boolean> {
	const { new: unseen } = await context.helpers.checkProcessedAndRecord(
		[`${section} ${importId}`],
		'node',
		{
			mode: 'entries',
			maxEntries: MAX_REMEMBERED,
		},
	);
	return unseen.length === 0;
}
