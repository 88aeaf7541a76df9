import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { readNumber } from '../../importing/limits';
import type { WaitOptions } from '../../waiting/waitForImports';

const HOUR_MS = 3_600_000;
const DEFAULT_MAX_WAIT_HOURS = 24;

const MAXIMUM_WAIT = 'Maximum Wait (Hours)';

/** Options of a wait, shared by Request and Wait; sorted by the caller. */
export const WAIT_OPTIONS: INodeProperties[] = [
	{
		displayName: MAXIMUM_WAIT,
		name: 'maxWait',
		type: 'number',
		typeOptions: { minValue: 0.01 },
		default: DEFAULT_MAX_WAIT_HOURS,
		description: 'How long to wait for an import to complete',
	},
	{
		displayName: 'On Failure',
		name: 'onFailure',
		type: 'options',
		options: [
			{
				name: 'Continue',
				value: 'continue',
				description: 'Output the import with its status and a message',
			},
			{
				name: 'Stop',
				value: 'stop',
				description:
					'Throw an error in the first minute. Later, the workflow ends at this node without an error.',
			},
		],
		default: 'stop',
		description:
			'What to do when an import ends in error, its upload expires, or Maximum Wait has passed',
	},
];

/**
 * @param options the collection Options as the user left it
 * @throws ApsisOneError for a Maximum Wait that is no number
 */
export function readWaitOptions(options: IDataObject): WaitOptions {
	return {
		maxWaitMs: readNumber(options, 'maxWait', MAXIMUM_WAIT, DEFAULT_MAX_WAIT_HOURS) * HOUR_MS,
		emit: options.onFailure === 'continue' ? 'all' : 'allOrNothing',
	};
}
