import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ImportNotification } from './notification';
import { isFirst } from './onceEach';
import type { Emit } from './watch';
import { waitForImports } from './waitForImports';

const HOUR_MS = 3_600_000;
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
	const { importId, section } = notification;
	if (!isManual && !(await isFirst(context, `${section} ${importId}`))) return [[]];

	const fireOn = context.getNodeParameter('fireOn', 0, 'completed') as Emit;
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const waited = await waitForImports(
		context,
		[
			{
				importId,
				section,
				item: 0,
				uploadExpiresAt: notification.uploadExpiresAt ?? '',
				// Only the node counts rows, and it notifies when it has uploaded them.
				uploaded: notification.rows !== undefined,
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
