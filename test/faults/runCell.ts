/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs under jest, never in n8n */
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { inspect } from 'node:util';

import {
	type ApsisOne,
	ATTRIBUTES,
	EVENTS,
	EXISTING,
	type ImportRecord,
	KEYSPACES,
	SECTIONS,
} from '../apsisOne';
import { type CredentialStore, type EngineRun, logLines } from '../engine';
import { requestToken } from '../support/requestToken';
import {
	credentialFor,
	itemsOf,
	jsonOf,
	locator,
	mapped,
	requestParameters,
	runNode,
	setupFor,
	subscription,
} from '../support/workflows';
import { CALL_OF, type FaultName, FAULTS, HITS, type HowOften, type Step } from './faultKinds';

/** Two imports: three rows opt in, two opt out. One row is rejected by the node itself. */
export const OPT_INS = ['in1@example.com', 'in2@example.com', 'in3@example.com'];
export const OPT_OUTS = ['out1@example.com', 'out2@example.com'];
export const REJECTED = ['nobody'];
/** The profile that calls about one profile are about: one that is new, and one that is there. */
export const SINGLE = { createProfile: 'in1@example.com', addEvent: EXISTING.optedIn } as const;

/** Short, so that cells which wait for them to their end stay short: minutes and hours as the options count. */
const MAX_WAIT_FOR_PLACE_MINUTES = 3;
const MAX_WAIT_HOURS = 0.05;

const CREATE_PROFILE: INodeParameters = {
	resource: 'profile',
	operation: 'upsert',
	attributes: mapped({ [ATTRIBUTES.city]: 'Oslo' }),
};
const ADD_EVENT: INodeParameters = {
	resource: 'event',
	operation: 'add',
	event: EVENTS.purchase,
	eventTime: '2026-11-24T10:00:00Z',
	eventFields: mapped({ order_id: 'A1' }),
};

export interface CellName {
	step: Step;
	fault: FaultName;
	howOften: HowOften;
}

/** What came of one cell, as far as it is judged. */
export interface CellResult {
	status: string;
	/** What the user reads: the error, or the reasons of rows that could not be sent, or a message in an output item. */
	told: string;
	/** Keys of rows that stand in a file which APSIS One has; of a single profile, its key for each time it was changed. */
	reached: string[];
	/** Keys of rows on the output Rejected. */
	rejected: string[];
	/** Imports that were requested and never got their file. */
	orphans: ImportRecord[];
	/** Everything the run has left where somebody may read it. */
	everythingTold: string;
	/** Nothing of these may be in there. */
	secrets: string[];
	/** How often the step's call was made. */
	calls: number;
}

/** Runs the node through n8n's engine with one fault at one step. */
export async function runCell(apsisOne: ApsisOne, cell: CellName): Promise<CellResult> {
	apsisOne.reset();
	logLines.length = 0;
	const { credentials, tokens } = await credentialOf(apsisOne, cell.step);
	const importId = cell.step === 'getStatus' ? await finishedImport(apsisOne, credentials) : '';
	apsisOne.calls.length = 0;

	const call = CALL_OF[cell.step];
	apsisOne.faults.add({ ...FAULTS[cell.fault], ...HITS[cell.howOften], call });
	const run = await execute(apsisOne, credentials, cell.step, importId);
	apsisOne.faults.clear();
	await apsisOne.settled();

	return {
		status: run.status,
		told: toldBy(run),
		reached: isSingle(cell.step)
			? effectsOn(apsisOne, cell.step)
			: apsisOne.imports.flatMap(rowsOf).sort(),
		rejected: jsonOf(run, 1)
			.map(({ email }) => String(email))
			.sort(),
		orphans: apsisOne.imports.filter(({ uploadedAt }) => uploadedAt === undefined),
		everythingTold: everythingOf(run),
		secrets: [
			apsisOne.clientSecret,
			...tokens,
			...apsisOne.imports.flatMap(({ uploadFields }) => Object.values(uploadFields)),
		],
		calls: apsisOne.calls.filter((one) => one.call === call).length,
	};
}

async function execute(
	apsisOne: ApsisOne,
	credentials: CredentialStore,
	step: Step,
	importId = '',
): Promise<EngineRun> {
	const setup = { ...setupFor(apsisOne), credentials };
	const input = isSingle(step) ? itemsOf([{ email: SINGLE[step] }]) : rows();
	return await runNode(apsisOne, parametersOf(step, importId), input, { setup });
}

export function isSingle(step: Step): step is keyof typeof SINGLE {
	return step in SINGLE;
}

function rows(): INodeExecutionData[] {
	const row = (newsletter: string) => (email: string) => ({ email, newsletter });
	return itemsOf([...[...OPT_INS, ...REJECTED].map(row('yes')), ...OPT_OUTS.map(row('no'))]);
}

function parametersOf(step: Step, importId: string): INodeParameters {
	if (step === 'getStatus') {
		return {
			resource: 'profileImport',
			operation: 'getStatus',
			section: locator(SECTIONS.shop),
			importId,
		};
	}
	if (isSingle(step)) {
		return {
			...(step === 'createProfile' ? CREATE_PROFILE : ADD_EVENT),
			section: locator(SECTIONS.shop),
			keyspace: locator(KEYSPACES.email),
			profileKey: '={{ $json.email }}',
			options: {},
		};
	}
	return requestParameters({
		subscriptions: { values: [subscription()] },
		waitForCompletion: step === 'status',
		options: { maxWaitForPlace: MAX_WAIT_FOR_PLACE_MINUTES, maxWait: MAX_WAIT_HOURS },
	});
}

/** As in production, a token is there already, except where getting one is what fails. Every token seen is noted. */
async function credentialOf(apsisOne: ApsisOne, step: Step) {
	const credentials = credentialFor(apsisOne);
	const data = credentials['1']?.data ?? {};
	const tokens: string[] = [];
	let token = '';
	Object.defineProperty(data, 'accessToken', {
		enumerable: true,
		get: () => token,
		set: (next: string) => {
			token = next;
			tokens.push(next);
		},
	});
	if (step !== 'token') data.accessToken = await newToken(apsisOne);
	return { credentials, tokens };
}

async function newToken({ baseUrl, clientId, clientSecret }: ApsisOne): Promise<string> {
	const answer = await requestToken(baseUrl, clientId, clientSecret);
	return ((await answer.json()) as { access_token: string }).access_token;
}

async function finishedImport(apsisOne: ApsisOne, credentials: CredentialStore): Promise<string> {
	await execute(apsisOne, credentials, 'importRequest');
	await apsisOne.settled();
	return apsisOne.imports[0]?.id ?? '';
}

/** A new profile counts when it has its attribute, too. */
function effectsOn(apsisOne: ApsisOne, step: keyof typeof SINGLE): string[] {
	const key = SINGLE[step];
	const profile = apsisOne.profile(KEYSPACES.email, key);
	if (step === 'addEvent') return (profile?.events ?? []).map(() => key);
	return profile?.attributes[ATTRIBUTES.city] === 'Oslo' ? [key] : [];
}

/** The files of these tests quote nothing, and the key is their first column. */
function rowsOf({ file }: ImportRecord): string[] {
	const lines = file?.content?.toString('utf8').trimEnd().split('\n').slice(1) ?? [];
	return lines.map((line) => line.split(',')[0] ?? '');
}

function toldBy(run: EngineRun): string {
	if (run.error)
		return sentences(run.error.message, (run.error as { description?: unknown }).description);
	const reasons = jsonOf(run, 1)
		.flatMap(({ reasons: some }) => (some ?? []) as IDataObject[])
		.filter(({ field }) => field === 'Import')
		.map(({ rule, cure }) => sentences(rule, cure));
	const messages = jsonOf(run).map(({ message }) => message);
	return sentences(...new Set([...reasons, ...messages]));
}

function sentences(...parts: unknown[]): string {
	return parts.filter((part) => typeof part === 'string' && part !== '').join(' | ');
}

/** Twice, since JSON leaves out what hides in causes, getters and symbols, and `inspect` escapes otherwise than JSON. */
function everythingOf(run: EngineRun): string {
	const deep = { depth: Infinity, maxArrayLength: null, maxStringLength: null, showHidden: true };
	const { error } = run;
	return [
		JSON.stringify(run.run),
		JSON.stringify(error ?? {}),
		error?.stack ?? '',
		inspect(error, deep),
		inspect(run.run, { ...deep, showHidden: false }),
		inspect(run.messages, deep),
		logLines.join('\n'),
	].join('\n');
}
