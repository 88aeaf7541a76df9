import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { readNumber } from '../../importing/limits';
import { MAX_SAMPLED_ROWS } from '../../importing/sampling';
import type { CheckSettings } from '../../waiting/planChecks';

const MINUTE_MS = 60_000;
/** Older help pages say that imported profiles take up to so long (contract: Single-profile calls). */
const DEFAULT_MAX_CHECK_MINUTES = 30;
const DEFAULT_FAILING_PERCENT = 1;

/** Options of reading profiles back once their import has completed; sorted by the caller. */
export const PROFILE_CHECK_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Check Profiles Afterwards',
		name: 'checkProfiles',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: MAX_SAMPLED_ROWS },
		default: 100,
		description:
			'How many of the sent rows to read back when the import has completed (0 for none, at most 1,000). The output lists what differs from what was sent. Needs Wait for Completion or a trigger.',
	},
	{
		displayName: 'Maximum Check Time (Minutes)',
		name: 'maxCheckTime',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_MAX_CHECK_MINUTES,
		description: 'How long to keep looking for missing profiles',
	},
	{
		displayName: 'Missing Rows That Fail the Check (%)',
		name: 'missingThatFail',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100 },
		default: DEFAULT_FAILING_PERCENT,
		description:
			'Percentage of missing profiles at which the check fails. Profiles that differ from what was sent or stay opted out do not count.',
	},
];

const displayNames = new Map(
	PROFILE_CHECK_OPTIONS.map(({ name, displayName }) => [name, displayName]),
);

/** Only where the node itself waits. */
export const ON_FAILED_CHECK: INodeProperties = {
	displayName: 'When the Check Fails',
	name: 'onFailedCheck',
	type: 'options',
	options: [
		{
			name: 'Continue',
			value: 'continue',
			description: 'Output the import with the result of the check',
		},
		{
			name: 'Stop',
			value: 'stop',
			description:
				'Throw an error in the first minute. Later, the workflow ends at this node without an error.',
		},
	],
	default: 'continue',
	description: 'What to do when too many profiles are missing',
};

/**
 * @param options the collections of options as the user left them
 * @throws ApsisOneError for an option that is no number
 */
export function readCheckSettings(options: IDataObject): CheckSettings {
	const number = (name: string, preset: number) =>
		readNumber(options, name, displayNames.get(name) ?? name, preset);
	return {
		rows: Math.min(Math.floor(number('checkProfiles', 0)), MAX_SAMPLED_ROWS),
		maxMs: number('maxCheckTime', DEFAULT_MAX_CHECK_MINUTES) * MINUTE_MS,
		failAtPercent: number('missingThatFail', DEFAULT_FAILING_PERCENT),
		stopOnFailure: options.onFailedCheck === 'stop',
	};
}
