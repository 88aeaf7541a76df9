/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
import type { ExecutionStatus, INode } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { type ApsisOne, type ImportRecord, type RecordedCall, startApsisOne } from '../apsisOne';
import { requestParameters } from '../support/workflows';
import {
	chain,
	node,
	packPackage,
	type QueueMode,
	removeFolder,
	spread,
	startQueueMode,
	waitFor,
	webhook,
	type Workflow,
} from './lab';

const EXECUTIONS = 30;
const ROWS = 100;
const POSTS_AT_A_TIME = 10;
/** The account's limits are the real ones; only an import is soon through. */
const TIMING = { queuedMs: 50, inProgressMs: 100 };
/** Executions that two workers of n8n's default concurrency run at a time. */
const SLOTS = 20;
const TIMEOUT_MS = 480_000;
const UNFINISHED: ExecutionStatus[] = ['new', 'running', 'waiting', 'unknown'];
const STATUSES: ExecutionStatus[] = [...UNFINISHED, 'success', 'error', 'crashed', 'canceled'];
/** How every token of the local APSIS One begins. */
const ANY_TOKEN = /eyJhbGciOi[\w-]{10,}/;

let apsisOne: ApsisOne;
let n8n: QueueMode;
let workflow: Workflow;
let path: string;

beforeAll(async () => {
	apsisOne = await startApsisOne({ timing: TIMING });
	n8n = await startQueueMode({ version: 'oldest', workers: 2, packages: [await packPackage()] });
	const { rest } = n8n.main;
	const credential = await rest.createCredential('APSIS One', 'apsisOneApi', {
		region: 'custom',
		baseUrl: apsisOne.baseUrl,
		clientId: apsisOne.clientId,
		clientSecret: apsisOne.clientSecret,
	});
	path = randomUUID();
	const nodes: INode[] = [
		webhook(path),
		node('Split', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'body.rows', options: {} }),
		node('APSIS One', 'n8n-nodes-apsis-one.apsisOne', requestParameters(), {
			credentials: { apsisOneApi: credential },
		}),
	];
	const connections = chain('Webhook', 'Split', 'APSIS One');
	const draft = { name: 'Load', nodes: spread(nodes), connections };
	workflow = await rest.activate(await rest.createWorkflow(draft));
});

afterAll(async () => {
	await n8n?.stop();
	await apsisOne?.close();
	if (n8n) await removeFolder(n8n.folder);
});

it(`imports each row of ${EXECUTIONS} executions once, whatever the account's limits do to them`, async () => {
	const startedAt = Date.now();
	await postAll();
	const postedAt = Date.now();
	const ended = await waitFor(
		async () => {
			const counts = await countByStatus();
			const unfinished = UNFINISHED.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
			const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
			return all === EXECUTIONS && unfinished === 0 ? counts : undefined;
		},
		{
			what: `${EXECUTIONS} executions to end`,
			timeoutMs: TIMEOUT_MS,
			intervalMs: 2_000,
			detail: async () => `${JSON.stringify(await countByStatus())}; ${describeCalls()}`,
		},
	);
	const endedAt = Date.now();
	await apsisOne.settled();
	process.stdout.write(
		`${[
			'',
			`${EXECUTIONS} executions of ${ROWS} rows: posted in ${seconds(startedAt, postedAt)} s, all through in ${seconds(startedAt, endedAt)} s;`,
			`ended as ${JSON.stringify(ended)}; ${describeCalls()}`,
			`most unfinished imports at a time: ${apsisOne.peakUnfinished} of 3; 10 import requests a minute.`,
		].join('\n')}\n`,
	);

	expect(ended).toEqual({ success: EXECUTIONS });
	expect(rowsTwice()).toEqual([]);
	expect(rowsMissing()).toEqual([]);
	expect(apsisOne.imports.filter(({ uploadedAt }) => uploadedAt === undefined)).toEqual([]);
	expect(apsisOne.imports).toHaveLength(EXECUTIONS);
	expect(apsisOne.peakUnfinished).toBeLessThanOrEqual(3);
	// Executions that start before the first of them has stored its token ask for one of their own; all later ones do not.
	expect(callsOf('token').length).toBeLessThanOrEqual(SLOTS);
	// The limits were felt, or this proves nothing about them.
	expect(Object.values(apsisOne.refusals).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(
		0,
	);
});

it('leaves no secret in any log or in the database', async () => {
	const processes = [n8n.main, n8n.webhook, ...n8n.workers];
	const logs = await Promise.all(
		processes.map(async ({ logPath }) => await readFile(logPath, 'utf8')),
	);
	const told = [...logs, await n8n.dumpDatabase()].join('\n');
	expect(told).toContain(emailOf(0, 0));
	const fields = apsisOne.imports.flatMap(({ uploadFields }) => Object.values(uploadFields));
	const leaked = [apsisOne.clientSecret, ...new Set(fields)].filter((one) => told.includes(one));
	expect(leaked).toEqual([]);
	expect(told.match(ANY_TOKEN)).toBeNull();
});

function emailOf(execution: number, row: number): string {
	return `row-${execution}-${row}@example.com`;
}

async function postAll(): Promise<void> {
	const waiting = Array.from({ length: EXECUTIONS }, (_, index) => index);
	const poster = async () => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await post(next);
	};
	await Promise.all(Array.from({ length: POSTS_AT_A_TIME }, poster));
}

/** The webhook process may answer 404 for a moment after the workflow was activated. */
async function post(execution: number): Promise<void> {
	const rows = Array.from({ length: ROWS }, (_, row) => ({
		email: emailOf(execution, row),
		'First name': `Row ${row}`,
	}));
	await waitFor(
		async () => {
			const { ok } = await fetch(n8n.webhookUrl(path), {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ rows }),
			});
			return ok ? true : undefined;
		},
		{ what: `The webhook to take execution ${execution}`, timeoutMs: 30_000 },
	);
}

/** How many executions have each status. Counted by n8n: its pages are ordered by start and cut by ID, and skip some. */
async function countByStatus(): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const status of STATUSES) {
		const filter = JSON.stringify({ workflowId: workflow.id, status: [status] });
		const { count } = await n8n.main.rest.call<{ count: number }>(
			'GET',
			`/rest/executions?limit=1&filter=${encodeURIComponent(filter)}`,
		);
		if (count > 0) counts[status] = count;
	}
	return counts;
}

function rowsOf({ file }: ImportRecord): string[] {
	const lines = file?.content?.toString('utf8').trimEnd().split('\n').slice(1) ?? [];
	return lines.map((line) => line.split(',')[0] ?? '');
}

function rowsTwice(): string[] {
	const counts = tally(apsisOne.imports.flatMap(rowsOf));
	return Object.keys(counts).filter((email) => counts[email] !== 1);
}

function rowsMissing(): string[] {
	const arrived = new Set(apsisOne.imports.flatMap(rowsOf));
	const sent = Array.from({ length: EXECUTIONS * ROWS }, (_, index) =>
		emailOf(Math.floor(index / ROWS), index % ROWS),
	);
	return sent.filter((email) => !arrived.has(email));
}

function describeCalls(): string {
	const [tokens, requests] = [callsOf('token').length, callsOf('importRequest').length];
	return `${tokens} tokens asked for, ${requests} import requests, refused with 429: ${JSON.stringify(apsisOne.refusals)};`;
}

function callsOf(name: RecordedCall['call']): RecordedCall[] {
	return apsisOne.calls.filter(({ call }) => call === name);
}

function tally(values: readonly string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
	return counts;
}

function seconds(from: number, to: number): string {
	return ((to - from) / 1000).toFixed(0);
}
