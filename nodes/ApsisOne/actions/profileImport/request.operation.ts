import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { count, summarise } from '../../importing/summary';
import type { ImportNotification } from '../../waiting/notification';
import { notifyTrigger } from '../../waiting/notifyTrigger';
import { waitForImports, type WaitOptions } from '../../waiting/waitForImports';
import type { WatchedImport } from '../../waiting/watch';
import { MAPPING_OPTIONS, mappingFields, sectionField } from '../common/importFields';
import { previewImport } from './preview.operation';
import { prepareImport, type PreparedImport } from '../common/prepareImport';
import { sendFiles, type SendOutcome, type SentImport } from '../../importing/sending/sendFiles';
import { readOptions } from '../common/importSettings';
import { unsentItems } from '../../importing/sending/unsentRows';
import { readWaitOptions, WAIT_OPTIONS } from '../common/waitFields';

const MINUTE_MS = 60_000;
const DEFAULT_MAX_WAIT_FOR_PLACE_MINUTES = 60;

const REQUEST_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Notify Trigger',
		name: 'notifyTrigger',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/…/apsis-one-import',
		description:
			'Production URL of an APSIS One Trigger (copy it from its panel), which then starts its workflow when the import has completed. Both nodes must use the same credential.',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description: 'Whether to only show what would be sent, as the operation Preview does',
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. newsletter-signups.csv',
		description: 'Name of the file as APSIS One gets it; by default the name of the workflow',
	},
	{
		displayName: 'Maximum Wait for a Place (Minutes)',
		name: 'maxWaitForPlace',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_MAX_WAIT_FOR_PLACE_MINUTES,
		description:
			'How long to wait when the account already has three unfinished imports. Rows that then have not been sent come out of the output Rejected.',
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
			'Whether to go on only when APSIS One has finished. After a minute the execution is parked, which costs no slot; rejected rows then come as a list in the first item, since n8n fills one output only.',
		displayOptions: { show: { resource: ['profileImport'], operation: ['request'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { resource: ['profileImport'], operation: ['request'] } },
		options: [...MAPPING_OPTIONS, ...REQUEST_OPTIONS, ...WAIT_OPTIONS].sort((one, other) =>
			one.displayName.localeCompare(other.displayName),
		),
	},
];

/**
 * Checks all rows, and sends them as one import or, beyond 50 MB, several.
 *
 * @returns the imports on the first output, the rejected rows on the second
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const options = readOptions(this);
	if (options.dryRun === true) return await previewImport(this);

	const prepared = await prepareImport(this);
	const outcome = await sendFiles(this, prepared.plan, prepared.preparation.files(), {
		fileName: readFileName(this, options.fileName),
		maxWaitForPlaceMs:
			Number(options.maxWaitForPlace ?? DEFAULT_MAX_WAIT_FOR_PLACE_MINUTES) * MINUTE_MS,
		onProgress: (sentence) => tellProgress(this, sentence),
	});
	hintAtOutcome(this, prepared, outcome);
	const sent = outcome.sent.map((one, index) =>
		sentItem(one, index, outcome.sent.length, prepared),
	);
	await notifyAbout(this, sent, String(options.notifyTrigger ?? '').trim());
	const rejected = [
		...(await prepared.rejected.toItems(this)),
		...(await unsentItems(this, prepared, outcome)),
	];
	if (!this.getNodeParameter('waitForCompletion', 0, false) || sent.length === 0)
		return [sent, rejected];
	return [await waitForSent(this, sent, rejected, readWaitOptions(options)), rejected];
}

/** To n8n's log, and to the console of the browser in which the user runs the workflow. */
function tellProgress(context: IExecuteFunctions, sentence: string): void {
	context.logger.info(`APSIS One: ${sentence}`);
	// Not there in a sub-workflow or as an AI tool.
	context.sendMessageToUI?.(sentence);
}

/** Tells the trigger of every import; one that cannot be told is told here. */
async function notifyAbout(
	context: IExecuteFunctions,
	sent: INodeExecutionData[],
	url: string,
): Promise<void> {
	if (!url) return;
	for (const { json } of sent) {
		const { importId, section, keyspace, requestedAt, rows, uploadExpiresAt } =
			json as unknown as ImportNotification;
		const executionId = context.getExecutionId();
		const notification = {
			importId,
			section,
			keyspace,
			requestedAt,
			executionId,
			rows,
			uploadExpiresAt,
		};
		const result = await notifyTrigger(context, url, notification);
		Object.assign(json, result);
		if (result.notified) continue;
		context.addExecutionHints({
			message: `The import was sent, but the trigger was not notified: ${result.notifyError}`,
			type: 'warning',
			location: 'outputPane',
		});
	}
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
	options: WaitOptions,
): Promise<INodeExecutionData[]> {
	const imports = sent.map(({ json, pairedItem }, index): WatchedImport => {
		const output = Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'status'));
		const [first] = Array.isArray(pairedItem) ? pairedItem : [pairedItem];
		return {
			importId: String(json.importId),
			section: String(json.section),
			item: typeof first === 'object' ? first.item : 0,
			uploadExpiresAt: String(json.uploadExpiresAt),
			uploaded: true,
			output: {
				...output,
				...(index === 0 && rejected.length > 0
					? {
							rejectedCount: rejected.length,
							rejected: rejected.slice(0, MAX_PARKED_REJECTED).map((item) => item.json),
						}
					: {}),
			},
		};
	});
	const waited = await waitForImports(context, imports, options);
	// Ended in process: the rejected rows come out of their own output.
	return waited.map((item) => (item.json.waitedHow === 'inProcess' ? withoutRejected(item) : item));
}

function readFileName(context: IExecuteFunctions, wanted: unknown): string {
	const name = String(wanted || context.getWorkflow().name || 'profiles')
		// The name travels in a header of the form.
		.replace(/[^\p{L}\p{N} ._()-]+/gu, '_')
		.trim();
	return /\.csv$/i.test(name) ? name : `${name}.csv`;
}

function sentItem(
	{ importId, requestedAt, uploadExpiresAt, file }: SentImport,
	index: number,
	parts: number,
	{ plan: { settings, keyspace }, isFile }: PreparedImport,
): INodeExecutionData {
	return {
		json: {
			importId,
			status: 'uploaded',
			rows: file.rows,
			optIns: file.optIns,
			optOuts: file.optOuts,
			resubscribes: file.resubscribes,
			part: index + 1,
			parts,
			bytes: file.bytes,
			section: settings.section,
			keyspace: keyspace.discriminator,
			requestedAt,
			uploadExpiresAt,
		},
		pairedItem: isFile ? { item: 0 } : [...file.rowIndexes].map((item) => ({ item })),
	};
}

function hintAtOutcome(
	context: IExecuteFunctions,
	{ preparation }: PreparedImport,
	{ sent, unsent }: SendOutcome,
): void {
	const rows = preparation.counts.accepted - (unsent?.rows.size ?? 0);
	const sentence = summarise(preparation.counts, { rows, imports: sent.length });
	const resubscribes = sent.reduce((sum, { file }) => sum + file.resubscribes, 0);
	const more = [
		unsent && `${count(unsent.rows.size, 'row')} not sent, see the output Rejected`,
		resubscribes > 0 &&
			`${count(resubscribes, 'row')} asked to resubscribe profiles that had opted out`,
	].filter(Boolean);
	context.addExecutionHints({
		message: [sentence, ...more].join('; '),
		type: unsent || resubscribes > 0 || preparation.counts.rejected > 0 ? 'warning' : 'info',
		location: 'outputPane',
	});
	context.logger.info(`APSIS One: ${sentence}`);
}
