/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- measures on the developer's machine */
import { parse } from 'csv-parse';
import { stringify as stringifyStream } from 'csv-stringify';
import { stringify } from 'csv-stringify/sync';
import type { INode, INodeExecutionData, INodeType } from 'n8n-workflow';
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { FormData, request } from 'undici';

import { KEYSPACES, SECTIONS } from '../test/apsisOne/seed';
import { type EngineRun, runWorkflow, storeBinary } from '../test/engine';
import { loadBuiltPackage } from '../test/support/builtPackage';

/**
 * One case in a process of its own, so that its peak of memory is its own: makes the rows, runs, and prints one line of
 * JSON. `bench/run.ts` starts it.
 */
interface CaseSettings {
	way:
		| 'node, checks off'
		| 'node, checks on'
		| 'node, expressions'
		| 'no operation'
		| 'built-in pair'
		| 'floor'
		| 'file'
		| 'file, no operation'
		| 'file floor';
	rows: number;
	apiUrl: string;
	clientId: string;
	clientSecret: string;
	/** For the ways that bring no import of their own: the upload form of one requested before. */
	upload?: { url: string; fields: Record<string, string> };
	/** Where n8n-nodes-base is installed. */
	n8nFolder: string;
	/** For the ways with a file. */
	path?: string;
}

/** Contract: Limits. */
const MAX_FILE_BYTES = 50_000_000;

const EXPRESSIONS = {
	mappingMode: 'defineBelow',
	value: {
		'com.apsis1.attributes.email': '={{ $json.email }}',
		'com.apsis1.attributes.firstname': '={{ $json.firstname.toUpperCase() }}',
	},
	matchingColumns: [],
	schema: [],
};

const settings = JSON.parse(process.argv[2] ?? '{}') as CaseSettings;

function makeItems(count: number): INodeExecutionData[] {
	return Array.from({ length: count }, (_, index) => ({
		json: {
			email: `person.${index}@example.com`,
			firstname: `Åsa ${index % 977}`,
			lastname: `Öberg-Lind ${index % 1_009}`,
			mobile: `+46 70 ${String(1_000_000 + (index % 8_999_999))}`,
			country: 'SE',
			City: index % 50 === 0 ? 'Malmö, "öster"' : 'Göteborg',
			'Club points': index % 5_000,
		},
	}));
}

function node(name: string, type: string, parameters: INode['parameters'], typeVersion = 1): INode {
	const credentials = { apsisOneApi: { id: '1', name: 'APSIS One' } };
	return { id: name, name, type, typeVersion, position: [0, 0], parameters, credentials };
}

function nodeParameters(changes: INode['parameters'] = {}): INode['parameters'] {
	return {
		resource: 'profileImport',
		operation: 'request',
		section: { __rl: true, mode: 'id', value: SECTIONS.shop },
		keyspace: { __rl: true, mode: 'id', value: KEYSPACES.email },
		inputSource: 'items',
		profileKeyField: 'email',
		attributes: { mappingMode: 'autoMapInputData', value: null },
		...changes,
	};
}

/** Runs nodes in a row through n8n's engine. */
async function runChain(
	nodes: INode[],
	input: INodeExecutionData[],
	nodeTypes: Record<string, INodeType>,
): Promise<EngineRun> {
	const all = [node('Start', 'n8n-nodes-base.manualTrigger', {}), ...nodes];
	const connections = Object.fromEntries(
		all
			.slice(1)
			.map((to, index) => [
				all[index]?.name ?? '',
				{ main: [[{ node: to.name, type: 'main' as const, index: 0 }]] },
			]),
	);
	const { credentialTypes } = loadBuiltPackage();
	const { apiUrl: baseUrl, clientId, clientSecret } = settings;
	const run = await runWorkflow({
		workflow: { nodes: all, connections },
		nodeTypes,
		credentialTypes,
		credentials: {
			'1': {
				type: 'apsisOneApi',
				data: { region: 'custom', baseUrl, clientId, clientSecret, accessToken: '' },
			},
		},
		input,
	});
	if (run.error) throw run.error;
	return run;
}

async function runNode(
	input: INodeExecutionData[],
	parameters: INode['parameters'],
): Promise<void> {
	const { nodeTypes } = loadBuiltPackage();
	await runChain(
		[node('APSIS One', 'n8n-nodes-apsis-one.apsisOne', nodeParameters(parameters))],
		input,
		nodeTypes,
	);
}

async function runBuiltIn(input: INodeExecutionData[]): Promise<void> {
	const load = createRequire(`${settings.n8nFolder}/package.json`);
	const { ConvertToFile } = load(
		'n8n-nodes-base/dist/nodes/Files/ConvertToFile/ConvertToFile.node.js',
	) as { ConvertToFile: new () => INodeType };
	const { HttpRequest } = load('n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js') as {
		HttpRequest: new () => INodeType;
	};
	await runChain(
		[
			node(
				'Convert',
				'n8n-nodes-base.convertToFile',
				{ operation: 'csv', binaryPropertyName: 'data', options: {} },
				1.1,
			),
			node(
				'Post',
				'n8n-nodes-base.httpRequest',
				{
					// A bare body is less work than the form APSIS One wants, which this node cannot build for S3.
					method: 'PUT',
					url: settings.upload?.url ?? '',
					authentication: 'none',
					sendBody: true,
					contentType: 'binaryData',
					inputDataFieldName: 'data',
					options: { response: { response: { fullResponse: true, responseFormat: 'text' } } },
				},
				4.2,
			),
		],
		input,
		{
			'n8n-nodes-base.convertToFile': new ConvertToFile(),
			'n8n-nodes-base.httpRequest': new HttpRequest(),
		},
	);
}

/** What any client has to do: the rows as CSV by csv-stringify, the bytes uploaded by undici. */
async function runFloor(input: INodeExecutionData[]): Promise<void> {
	const csv = stringify(
		input.map(({ json }) => json),
		{ header: true },
	);
	await uploadCsv(new Blob([csv], { type: 'text/csv' }));
}

async function uploadCsv(csv: Blob): Promise<void> {
	const form = new FormData();
	for (const [name, value] of Object.entries(settings.upload?.fields ?? {}))
		form.append(name, value);
	form.append('file', csv, 'rows.csv');
	const { statusCode, body } = await request(settings.upload?.url ?? '', {
		method: 'POST',
		body: form,
	});
	await body.dump();
	if (statusCode !== 204) throw new Error(`The upload was answered with ${statusCode}.`);
}

/** A file where n8n keeps it: there before the node begins. */
async function storedFile(): Promise<INodeExecutionData[]> {
	const binary = await storeBinary(createReadStream(settings.path ?? ''), 'rows.csv');
	return [{ json: {}, binary: { data: binary } }];
}

/** What any client has to do with a file: csv-parse, csv-stringify, and uploads of 50 MB by undici. */
async function runFileFloor(): Promise<void> {
	const parser = createReadStream(settings.path ?? '').pipe(parse());
	const stringifier = parser.pipe(stringifyStream());
	let chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stringifier as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes < MAX_FILE_BYTES) continue;
		await uploadCsv(new Blob(chunks));
		chunks = [];
		bytes = 0;
	}
	await uploadCsv(new Blob(chunks));
}

/** The engine's own share: the items pass through it, and nothing is done with them. */
async function runNothing(input: INodeExecutionData[]): Promise<void> {
	await runChain([node('Nothing', 'n8n-nodes-base.noOp', {})], input, {});
}

/**
 * Lets the node's pauses for the account's limits pass at once, and moves the clock on by them: what is measured then is
 * the node's own time. Subtracting them instead would be too much, since files are built while others wait.
 *
 * @returns how long it would have paused
 */
function skipPauses(): () => number {
	let skippedMs = 0;
	const { setTimeout: original } = globalThis;
	const { now } = Date;
	Date.now = () => now() + skippedMs;
	globalThis.setTimeout = ((
		run: (...args: unknown[]) => void,
		durationMs = 0,
		...rest: unknown[]
	) => {
		// A pause is a row of short sleeps; shorter ones let the event loop breathe, longer ones are time limits of calls.
		const isPause = durationMs >= 100 && durationMs <= 500;
		if (isPause) skippedMs += durationMs;
		return original(() => run(...rest), isPause ? 0 : durationMs);
	}) as typeof setTimeout;
	return () => skippedMs;
}

function memoryMegabytes(field: 'VmRSS' | 'VmHWM'): number {
	const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(
		readFileSync('/proc/self/status', 'utf8'),
	)?.[1];
	return Number(kilobytes) / 1024;
}

const PROBE_MS = 5;

/**
 * Watches the event loop. Node's own `monitorEventLoopDelay` counts from its second tick on, and so misses a block right
 * at the beginning, where the engine copies the items.
 *
 * @returns gives the longest block so far in milliseconds, once the loop has gone on after it
 */
function watchEventLoop(): () => Promise<number> {
	let longest = 0;
	let lastTick = performance.now();
	const timer = setInterval(() => {
		const now = performance.now();
		longest = Math.max(longest, now - lastTick - PROBE_MS);
		lastTick = now;
	}, PROBE_MS);
	return async () => {
		await delay(PROBE_MS * 4);
		clearInterval(timer);
		return longest;
	};
}

async function runWay(input: INodeExecutionData[]): Promise<void> {
	const { way } = settings;
	switch (way) {
		case 'built-in pair':
			return await runBuiltIn(input);
		case 'floor':
			return await runFloor(input);
		case 'file floor':
			return await runFileFloor();
		case 'no operation':
		case 'file, no operation':
			return await runNothing(input);
		case 'file':
			return await runNode(input, { inputSource: 'file', binaryPropertyName: 'data' });
		case 'node, expressions':
			return await runNode(input, { attributes: EXPRESSIONS });
		default:
			return await runNode(input, { readingOptions: { checkRows: way === 'node, checks on' } });
	}
}

async function main(): Promise<void> {
	const { way, rows } = settings;
	// The engine and its libraries are loaded before the clock starts, as in a running n8n.
	await runNode(makeItems(100), {});
	const items = way.startsWith('file') ? await storedFile() : makeItems(rows);
	const pausedMs = way.startsWith('node') || way === 'file' ? skipPauses() : () => 0;
	global.gc?.();
	const before = memoryMegabytes('VmRSS');
	const longestBlock = watchEventLoop();
	const startedAt = performance.now();
	await runWay(items);
	const seconds = (performance.now() - startedAt) / 1000;
	const blockMs = await longestBlock();
	console.log(
		JSON.stringify({
			way,
			rows,
			seconds,
			pausedSeconds: pausedMs() / 1000,
			memoryMegabytes: memoryMegabytes('VmHWM') - before,
			blockMs,
		}),
	);
	process.exit(0);
}

void main();
