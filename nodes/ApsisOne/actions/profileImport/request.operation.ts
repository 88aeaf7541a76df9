import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import { outputsErrors } from '../../aiTool';
import { ImportClient } from '../../api/imports';
import { readNumber } from '../../importing/limits';
import { type ImportFigures, figuresOf } from '../../importing/output/summary';
import { unsentItems } from '../../importing/output/unsentRows';
import { RowSet } from '../../importing/rows/rowSet';
import { sendFiles, type SendOutcome } from '../../importing/sending/sendFiles';
import { planChecks } from '../../waiting/planChecks';
import {
	readTriggerTargets,
	startTriggers,
	type TriggerTargets,
} from '../../waiting/startTriggers';
import { DEFAULT_TRIGGER_NAME } from '../../waiting/triggerAddress';
import { waitForImports, type WaitOptions } from '../../waiting/waitForImports';
import type { ProfileCheck } from '../../waiting/profileCheck';
import type { WatchedImport } from '../../waiting/watch';
import {
	type EarlierTries,
	earlierTriesOf,
	noteFailure,
	triedAgainWarnings,
} from '../common/earlierTries';
import { addHint } from '../common/importHint';
import { mappingFields } from '../common/importFields';
import { importOptions } from '../common/importOptionFields';
import { sectionField } from '../common/locationFields';
import { refuseUnknownChoices } from '../common/choices';
import { readOptions, readSwitch } from '../common/parameters';
import { prepareImport, type PreparedImport } from '../common/prepareImport';
import {
	ON_FAILED_CHECK,
	PROFILE_CHECK_OPTIONS,
	readCheckSettings,
} from '../common/profileCheckFields';
import { showProgress } from '../common/progress';
import { sentItems, sentRowItems } from '../common/sentItems';
import { failedItem, toNodeError } from '../common/toNodeError';
import { readWaitOptions, WAIT_OPTIONS } from '../common/waitFields';

const MINUTE_MS = 60_000;
const MAXIMUM_WAIT_FOR_PLACE = 'Maximum Wait for a Place (Minutes)';
const DEFAULT_MAX_WAIT_FOR_PLACE_MINUTES = 60;
/** From this run of the node in one execution on, it is most likely in a loop. */
const RUNS_OF_A_LOOP = 3;

const NOBODY_CHECKS =
	'Check Profiles Afterwards has no effect: this node does not wait, and no trigger was started. Turn on Wait for Completion, or publish a trigger that Start Triggers names.';

const REQUEST_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Notify URL',
		name: 'notifyUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/apsis-one/imports',
		description:
			'Production URL of an APSIS One Trigger in another n8n instance, which starts its workflow when the imports have completed. Both nodes must use the same credential.',
	},
	{
		displayName: 'Start Triggers',
		name: 'startTriggers',
		type: 'string',
		default: DEFAULT_TRIGGER_NAME,
		placeholder: 'e.g. imports',
		description:
			'Names of the APSIS One Triggers in this n8n instance that start their workflows when the imports have completed, separated by commas. Leave empty to start none.',
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. newsletter-signups.csv',
		description: 'Name of the file as sent to APSIS One; by default the name of the workflow',
	},
	{
		displayName: MAXIMUM_WAIT_FOR_PLACE,
		name: 'maxWaitForPlace',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_MAX_WAIT_FOR_PLACE_MINUTES,
		description:
			'How long to wait when the account already has three unfinished imports. Rows that have not been sent by then go to the Rejected output.',
	},
	{
		displayName: 'Return',
		name: 'returnData',
		type: 'options',
		options: [
			{ name: 'Imports', value: 'imports', description: 'One item for each import' },
			{
				name: 'Rows',
				value: 'rows',
				description: 'Each sent item as it came in, with the ID of its import',
			},
		],
		default: 'imports',
		description: 'What the Sent output contains',
		displayOptions: { show: { '/inputSource': ['items'], '/waitForCompletion': [false] } },
	},
];

export const description: INodeProperties[] = [
	sectionField('profileImport', ['request']),
	...mappingFields(['request']),
	{
		displayName: 'Wait for Completion',
		name: 'waitForCompletion',
		type: 'boolean',
		default: false,
		description:
			'Whether to continue only when APSIS One has finished. After a minute, the execution shows as Waiting and occupies no execution slot. Rejected rows then come as a list in the first item, since n8n can fill only one output.',
		displayOptions: { show: { resource: ['profileImport'], operation: ['request'] } },
	},
	...importOptions(['request'], 'Sending and Waiting', [
		...REQUEST_OPTIONS,
		...PROFILE_CHECK_OPTIONS,
		...[...WAIT_OPTIONS, ON_FAILED_CHECK].map((option) => ({
			...option,
			displayOptions: { show: { '/waitForCompletion': [true] } },
		})),
	]),
];

/**
 * Checks all rows, and sends them as one import or, beyond 50 MB, several. Nothing is sent before all rows have been read
 * and checked.
 *
 * @returns the imports on the first output, the rows that were not sent on the second
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const tries = earlierTriesOf(this);
	if (tries.output) return tries.output;
	try {
		const { output, failure } = await request(this, tries);
		if (failure) noteFailure(tries, failure);
		else tries.output = output;
		return output;
	} catch (error) {
		const failure = toNodeError(this, error);
		noteFailure(tries, failure);
		throw failure;
	}
}

/** @param tries earlier ones, to which this one adds its imports */
async function request(
	context: IExecuteFunctions,
	tries: EarlierTries,
): Promise<{ output: INodeExecutionData[][]; failure?: NodeApiError | NodeOperationError }> {
	refuseUnknownChoices(context, description);
	const options = readOptions(context);
	const targets = readTriggerTargets(options);
	const isWaiting = readSwitch(
		context.getNodeParameter('waitForCompletion', 0, false),
		'Wait for Completion',
	);
	const checkSettings = readCheckSettings(options);
	const waitOptions = {
		...readWaitOptions(options),
		stopOnFailedCheck: checkSettings.stopOnFailure,
	};
	const maxWaitForPlace = readNumber(
		options,
		'maxWaitForPlace',
		MAXIMUM_WAIT_FOR_PLACE,
		DEFAULT_MAX_WAIT_FOR_PLACE_MINUTES,
	);
	const prepared = await prepareImport(context, { readBackRows: checkSettings.rows });
	if (prepared.limit) throw prepared.limit;
	const { plan, preparation, input, save } = prepared;
	// Stored before anything is sent: n8n's storage may be full.
	const invalid = await preparation.sink.toItems();
	const valueFiles = await preparation.sink.valueFiles();
	const againWarnings = triedAgainWarnings(tries);
	const outcome = await sendFiles(await ImportClient.of(context), plan, preparation.files(), {
		fileName: readFileName(context, options.fileName),
		maxWaitForPlaceMs: maxWaitForPlace * MINUTE_MS,
		onProgress: (sentence) => showProgress(context, sentence),
	});
	tries.importIds.push(...outcome.sent.map(({ importId }) => importId));
	const unsent = unsentRows(prepared, outcome);
	const figures = figuresOf(
		preparation.counts,
		{
			rows: preparation.counts.accepted - unsent.size,
			imports: outcome.sent.length,
			unsent: unsent.size,
		},
		[...prepared.warnings, ...loopWarning(context), ...againWarnings],
	);
	addHint(context, figures);
	context.logger.info(`APSIS One: ${figures.summary}`);
	const checks = planChecks(
		plan,
		outcome.sent.map(({ file }) => file),
		(rowIndex) => input.source.nameOf(rowIndex),
		checkSettings,
	);
	// Where this node waits, it checks profiles itself, and no sample of them travels.
	const forTriggers = isWaiting ? [] : checks;
	const started = await startTriggersOf(context, targets, prepared, outcome, figures, forTriggers);
	const sent = sentItems(prepared, outcome, { ...figures, ...started }, valueFiles);
	const rejected = [
		...invalid,
		...(await unsentItems(
			unsent,
			outcome.unsent?.error as Error,
			context.getInputData(),
			input.source,
			input.files,
			save,
		)),
	];
	if (!isWaiting || outcome.sent.length === 0) {
		const returnsRows = options.returnData === 'rows' && !input.fields.isFile;
		return { output: [returnsRows ? sentRowItems(context, outcome, unsent) : sent, rejected] };
	}
	try {
		return { output: [await waitForSent(context, sent, rejected, checks, waitOptions), rejected] };
	} catch (error) {
		// The rows that were rejected have still to come out.
		const failure = toNodeError(context, error);
		if (!outputsErrors(context)) throw failure;
		return { output: [[failedItem(context, failure)], rejected], failure };
	}
}

function unsentRows({ preparation }: PreparedImport, { sent, unsent }: SendOutcome): RowSet {
	if (!unsent) return new RowSet();
	const sentRows = sent.reduce((rows, { file }) => rows.union(file.rowIndexes), new RowSet());
	return preparation.unsentRows(sentRows, unsent.rows);
}

/** A node in a loop makes an import each time, and soon meets the account's limits. */
function loopWarning(context: IExecuteFunctions): string[] {
	const runs = Number(context.getWorkflowDataProxy(0).$runIndex) + 1;
	return runs >= RUNS_OF_A_LOOP
		? [
				`This is run ${runs} of this node in one execution, and each run makes an import of its own. Place the node after the loop, so that all rows go into one import.`,
			]
		: [];
}

/** Starts the triggers that wait for these imports, and adds to the items what came of it. */
async function startTriggersOf(
	context: IExecuteFunctions,
	targets: TriggerTargets,
	{ plan: { settings, keyspace } }: PreparedImport,
	{ sent }: SendOutcome,
	figures: ImportFigures,
	checks: ReadonlyArray<ProfileCheck | undefined>,
): Promise<IDataObject> {
	const [first] = sent;
	if (!first) return {};
	const { started, warnings, hints } = await startTriggers(context, targets, {
		imports: sent.map(({ importId, uploadExpiresAt, file }, index) => ({
			importId,
			rows: file.rows,
			uploadExpiresAt,
			part: index + 1,
			parts: sent.length,
			...(checks[index] ? { check: checks[index] } : {}),
		})),
		section: settings.section,
		keyspace: keyspace.discriminator,
		requestedAt: first.requestedAt,
		figures,
	});
	if (started.length === 0 && checks.some((check) => check !== undefined)) {
		hints.push(NOBODY_CHECKS);
	}
	for (const [type, sentences] of [
		['warning', warnings],
		['info', hints],
	] as const) {
		for (const message of sentences) {
			context.addExecutionHints({ message, type, location: 'outputPane' });
		}
	}
	return {
		triggersStarted: started,
		...(warnings.length > 0 ? { warnings: [...figures.warnings, ...warnings] } : {}),
	};
}

function withoutRejected(item: INodeExecutionData): INodeExecutionData {
	const kept = Object.entries(item.json).filter(
		([name]) => !['rejected', 'rejectedCount'].includes(name),
	);
	return { ...item, json: Object.fromEntries(kept) };
}

/** Rejected rows kept in the first item of a wait: it is parked in n8n's database, which is no place for a file. */
const MAX_PARKED_REJECTED = 1_000;

/**
 * Waits for what was sent. Once parked, n8n fills the first output only, so rejected rows travel in the first item as
 * well.
 */
async function waitForSent(
	context: IExecuteFunctions,
	sent: INodeExecutionData[],
	rejected: INodeExecutionData[],
	checks: ReadonlyArray<ProfileCheck | undefined>,
	options: WaitOptions,
): Promise<INodeExecutionData[]> {
	const imports = sent.map(({ json, pairedItem }, index): WatchedImport => {
		const output = Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'status'));
		const [first] = Array.isArray(pairedItem) ? pairedItem : [pairedItem];
		const check = checks[index];
		return {
			importId: String(json.importId),
			section: String(json.section),
			item: typeof first === 'object' ? first.item : 0,
			uploadExpiresAt: String(json.uploadExpiresAt),
			uploaded: true,
			...(check ? { check } : {}),
			output: {
				...output,
				...(index === 0 && rejected.length > 0
					? {
							rejectedCount: Number(json.rowsRejected),
							rejected: rejected.slice(0, MAX_PARKED_REJECTED).map((item) => item.json),
						}
					: {}),
			},
		};
	});
	const waited = await waitForImports(context, imports, options);
	// Ended in process: the rejected rows have an output of their own.
	return waited.map((item) => (item.json.waitedHow === 'inProcess' ? withoutRejected(item) : item));
}

function readFileName(context: IExecuteFunctions, wanted: unknown): string {
	const name = String(wanted || context.getWorkflow().name || 'profiles')
		// The name travels in a header of the form.
		.replace(/[^\p{L}\p{N} ._()-]+/gu, '_')
		.trim();
	return /\.csv$/i.test(name) ? name : `${name}.csv`;
}
