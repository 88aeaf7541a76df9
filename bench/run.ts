/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- measures on the developer's machine */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startApsisOne } from '../test/apsisOne';
import { KEYSPACES, SECTIONS } from '../test/apsisOne/seed';
import { ensureInstalled } from '../test/e2e/lab/install';
import { plotBars } from './plot';

const run = promisify(execFile);

interface Measured {
	way: string;
	rows: number;
	seconds: number;
	memoryMegabytes: number;
	/** Pauses for the account's limits, which are skipped and not in `seconds`. */
	pausedSeconds: number;
	/** Longest block of the event loop. */
	blockMs: number;
}

const SIZES = (process.env.BENCH_ROWS ?? '10000,100000,300000,1000000').split(',').map(Number);
const WAYS = [
	'node, checks off',
	'node, checks on',
	'no operation',
	'built-in pair',
	'floor',
] as const;
const EXPRESSION_ROWS = Number(process.env.BENCH_EXPRESSION_ROWS ?? 30_000);
const FILE_BYTES = Number(process.env.BENCH_FILE_BYTES ?? 500_000_000);
/** What of it to run, e.g. `file` or `checks on`. */
const ONLY = new RegExp(process.env.BENCH_ONLY ?? '');
/** Where each case writes a CPU profile, if anywhere. */
const PROFILE_FOLDER = process.env.BENCH_PROFILE;
/** Where the report and the plot go. */
const OUTPUT_FOLDER = process.env.BENCH_FOLDER ?? __dirname;
const MEGABYTE = 1_000_000;

/**
 * `npm run bench`: this node against n8n's own Convert to File → HTTP Request, in n8n's engine, with the same rows and
 * the same local server (a process of its own: this one). Every case runs in a fresh process.
 */
async function main(): Promise<void> {
	const apsisOne = await startApsisOne({
		processing: 'hashOnly',
		keepFiles: false,
		takesBareUploads: true,
		timing: { queuedMs: 0, inProgressMs: 0 },
		limits: {
			maxFileBytes: 1e9,
			unfinishedImports: 1e6,
			importRequestsPerMinute: 1e6,
			tokenPerMinute: 1e6,
			requestsPerSecond: 1e6,
		},
	});
	const { folder: n8nFolder } = await ensureInstalled('n8n-oldest');
	const measure = async (way: string, rows: number, more: object = {}): Promise<Measured> => {
		const upload =
			way === 'built-in pair' || way.endsWith('floor') ? await requestUpload(apsisOne) : undefined;
		const { baseUrl: apiUrl, clientId, clientSecret } = apsisOne;
		const settings = { way, rows, apiUrl, clientId, clientSecret, upload, n8nFolder, ...more };
		const { stdout } = await run(
			process.execPath,
			[
				'--expose-gc',
				'--max-old-space-size=12000',
				...(PROFILE_FOLDER ? ['--cpu-prof', '--cpu-prof-dir', PROFILE_FOLDER] : []),
				'--import',
				'tsx',
				join(__dirname, 'case.ts'),
				JSON.stringify(settings),
			],
			{ maxBuffer: 1e8 },
		);
		const measured = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
		console.error(
			`${way}, ${rows} rows: ${measured.seconds.toFixed(2)} s, ${measured.memoryMegabytes.toFixed(0)} MB, block ${measured.blockMs.toFixed(0)} ms`,
		);
		return measured;
	};

	const results: Measured[] = [];
	for (const rows of SIZES) {
		for (const way of WAYS) if (ONLY.test(way)) results.push(await measure(way, rows));
	}
	for (const way of ['node, expressions', 'no operation'] as const) {
		if (EXPRESSION_ROWS > 0 && ONLY.test(way)) results.push(await measure(way, EXPRESSION_ROWS));
	}
	for (const [name, line] of FILE_BYTES > 0 ? FILES : []) {
		if (ONLY.test(name)) results.push(...(await measureFile(measure, name, line)));
	}
	const report = table(results);
	console.log(report);
	await writeFile(join(OUTPUT_FOLDER, 'RESULTS.md'), report);
	await writeFile(join(OUTPUT_FOLDER, 'results.svg'), plot(results));
	await apsisOne.close();
}

const LEGEND = `Rows of 7 columns go through n8n's engine to a local stand-in for APSIS One. **node** is _Request profile import_, **built-in pair**
n8n's own _Convert to File → HTTP Request_ with the same rows and server, **floor** what any client has to do (csv-stringify, and
an upload by undici), **no operation** a node that does nothing.`;

type Line = (row: number) => string;

const plainLine: Line = (row) =>
	`person.${row}@example.com,Åsa ${row % 977},Öberg-Lind ${row % 1_009},+46 70 ${1_000_000 + (row % 8_999_999)},SE,Göteborg,${row % 5_000}`;
const quotedLine: Line = (row) => plainLine(row).replace('Göteborg', '"Göteborg, ""Hisingen"""');
const thirdRejectedLine: Line = (row) => plainLine(row).replace('@', row % 3 === 0 ? ' at ' : '@');

const FILES: ReadonlyArray<[name: string, line: Line]> = [
	['file', plainLine],
	['file, quoted', quotedLine],
	['file, a third rejected', thirdRejectedLine],
];

/** The node with a file, a node that does nothing with it, and the floor with the same one. */
async function measureFile(
	measure: (way: string, rows: number, more: object) => Promise<Measured>,
	name: string,
	line: Line,
): Promise<Measured[]> {
	const folder = await mkdtemp(join(tmpdir(), 'apsis-bench-'));
	const path = join(folder, 'rows.csv');
	try {
		const rows = await writeCsv(path, line);
		const node = await measure('file', rows, { path });
		const nothing = await measure('file, no operation', rows, { path });
		const floor = await measure('file floor', rows, { path });
		return [
			{ ...node, way: name },
			{ ...nothing, way: `${name}: no operation` },
			{ ...floor, way: `${name}: floor` },
		];
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function writeCsv(path: string, line: Line): Promise<number> {
	const stream = createWriteStream(path);
	stream.write('email,firstname,lastname,mobile,country,City,Club points\n');
	let bytes = 0;
	let rows = 0;
	while (bytes < FILE_BYTES) {
		let block = '';
		for (let index = 0; index < 10_000; index++, rows++) {
			block += `${line(rows)}\n`;
		}
		bytes += Buffer.byteLength(block);
		if (!stream.write(block)) await once(stream, 'drain');
	}
	await new Promise<void>((resolve) => stream.end(() => resolve()));
	return rows;
}

/** An import requested by hand, for the ways that only upload. */
async function requestUpload(apsisOne: Awaited<ReturnType<typeof startApsisOne>>) {
	const post = async (path: string, body: object, headers = {}) => {
		const answer = await fetch(apsisOne.baseUrl + path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
		return (await answer.json()) as Record<string, unknown>;
	};
	const { access_token: token } = await post('/oauth/token', {
		grant_type: 'client_credentials',
		client_id: apsisOne.clientId,
		client_secret: apsisOne.clientSecret,
	});
	const ticket = await post(
		`/v2/audience/sections/${SECTIONS.shop}/imports`,
		{ keyspace_mapping: { keyspace_discriminator: KEYSPACES.email, field_selector: 'email' } },
		{ authorization: `Bearer ${String(token)}` },
	);
	return { url: ticket.file_upload_url, fields: ticket.file_upload_body };
}

function plot(results: readonly Measured[]): string {
	const bars = results
		.filter(({ way }) =>
			['node, checks off', 'node, checks on', 'built-in pair', 'floor'].includes(way),
		)
		.map(({ rows, way, seconds }) => ({
			group: `${rows.toLocaleString('en')} items`,
			way,
			seconds,
		}));
	return plotBars('Seconds for an import of items (logarithmic)', bars);
}

function table(results: readonly Measured[]): string {
	const pair = (rows: number) =>
		results.find((one) => one.way === 'built-in pair' && one.rows === rows);
	const floor = ({ way, rows }: Measured) =>
		results.find((one) => one.rows === rows && [`${way}: floor`, 'floor'].includes(one.way));
	const nothing = ({ way, rows }: Measured) =>
		results.find(
			(one) => one.rows === rows && [`${way}: no operation`, 'no operation'].includes(one.way),
		);
	const lines = results.map((one) => {
		const against = pair(one.rows);
		const memory = Math.max(0, one.memoryMegabytes);
		return [
			one.rows.toLocaleString('en'),
			one.way,
			one.seconds.toFixed(2),
			// What reads no row has no rate worth the name.
			one.seconds < 0.001 ? '–' : Math.round(one.rows / one.seconds).toLocaleString('en'),
			memory.toFixed(0),
			against ? `${(against.seconds / one.seconds).toFixed(1)}×` : '–',
			against ? (memory / against.memoryMegabytes).toFixed(2) : '–',
			floor(one) ? (one.seconds / (floor(one)?.seconds ?? 1)).toFixed(2) : '–',
			one.pausedSeconds.toFixed(1),
			one.blockMs.toFixed(0),
			nothing(one)?.blockMs.toFixed(0) ?? '–',
		].join(' | ');
	});
	const machine = `${cpus().length} × ${cpus()[0]?.model ?? ''}, ${(totalmem() / 1e9).toFixed(0)} GB, Node.js ${process.version}`;
	return [
		`# Bench\n\n${LEGEND}\n\nMachine: ${machine}. File: ${FILE_BYTES / MEGABYTE} MB.\n`,
		'| rows | way | seconds | rows/s | memory over start (MB) | faster than the pair | memory against the pair | time against the floor | pauses for limits, skipped (s) | longest block (ms) | block of a node that does nothing (ms) |',
		'| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
		...lines.map((line) => `| ${line} |`),
		'',
	].join('\n');
}

void main();
