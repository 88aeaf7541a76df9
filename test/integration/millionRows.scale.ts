/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs under jest, never in n8n */
import type { INodeParameters } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { type EngineRun, storeBinary } from '../engine';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { jsonOf, NODE_NAME, requestParameters, runNode } from '../support/workflows';

const ROWS = 1_000_000;
const MAX_FILE_BYTES = 50_000_000;
const HEADER = 'email,First name,Last name,City';

const apsisOne = useLocalApsisOne({
	processing: 'hashOnly',
	keepFiles: false,
	// Just below the time after which the node gives an upload up.
	timing: { uploadUrlLifeMs: 590_000 },
});

/** A row as APSIS One must get it; about 125 bytes. */
const row = (index: number) =>
	`person.${index}@example.com,Åsa ${index % 977},Öberg-Lind ${index},${'Göteborg och Malmö '.repeat(3)}${index % 13}`;

async function* lines(): AsyncGenerator<string> {
	yield 'email,firstname,lastname,City\n';
	for (let from = 0; from < ROWS; from += 10_000) {
		yield Array.from({ length: 10_000 }, (_, index) => `${row(from + index)}\n`).join('');
	}
}

async function importRows(changes: INodeParameters = {}): Promise<EngineRun> {
	const data = await storeBinary(Readable.from(lines()), 'rows.csv');
	return await runNode(
		apsisOne,
		requestParameters({ inputSource: 'file', binaryPropertyName: 'data', ...changes }),
		[{ json: {}, binary: { data } }],
	);
}

/** The files that hold all rows in order, cut where the imports were cut. */
function hashesOf(rowsOfFiles: readonly number[]): string[] {
	let next = 0;
	return rowsOfFiles.map((rows) => {
		const hash = createHash('sha256').update(`${HEADER}\n`);
		for (const end = next + rows; next < end; next++) hash.update(`${row(next)}\n`);
		return hash.digest('hex');
	});
}

function expectAllRowsOnce(run: EngineRun): void {
	expect(run.error).toBeUndefined();
	const output = jsonOf(run);
	const rowsOfFiles = output.map(({ rows }) => Number(rows));
	expect(rowsOfFiles.reduce((sum, rows) => sum + rows, 0)).toBe(ROWS);
	expect(output.map(({ part, parts }) => [part, parts])).toEqual(
		rowsOfFiles.map((_, index) => [index + 1, rowsOfFiles.length]),
	);

	const arrived = apsisOne.imports.flatMap(({ id, file }) => (file ? [{ id, file }] : []));
	expect(arrived.length).toBeGreaterThanOrEqual(3);
	expect(arrived.map(({ id }) => id)).toEqual(output.map(({ importId }) => importId));
	expect(arrived.map(({ file }) => file.sha256)).toEqual(hashesOf(rowsOfFiles));
	for (const { file } of arrived) expect(file.bytes).toBeLessThanOrEqual(MAX_FILE_BYTES);
	expect(run.outputs(NODE_NAME, 1)).toEqual([]);
}

const callsOf = (call: string) => apsisOne.calls.filter((one) => one.call === call);

describe('a million rows', () => {
	it('arrive complete and exact, in as few files as hold them', async () => {
		const run = await importRows();
		expectAllRowsOnce(run);
		const [first, ...others] = apsisOne.imports.map(({ file }) => file?.bytes ?? 0).reverse();
		for (const bytes of others) expect(bytes).toBeGreaterThan(MAX_FILE_BYTES - 1_000);
		expect(first).toBeGreaterThan(0);
		expect(callsOf('token')).toHaveLength(1);
		for (const call of ['keyspaces', 'attributes', 'topics', 'tags']) {
			expect(callsOf(call).length).toBeLessThanOrEqual(1);
		}
	}, 120_000);

	describe('against the odds', () => {
		let restoreClock: () => void;
		beforeAll(() => {
			restoreClock = startFastClock({ speed: 20, giveUpMs: 8_000 });
		});
		afterAll(() => restoreClock());

		it('arrive once each through a storm of 429, a failing upload and an expired address', async () => {
			for (const call of ['attributes', 'importRequest', 'importStatus'] as const) {
				apsisOne.faults.add({ call, kind: 'status', status: 429, times: 4 });
			}
			apsisOne.faults.add({ call: 'upload', kind: 'status', status: 503 });
			apsisOne.faults.add({ call: 'upload', kind: 'reset' });
			// Nobody answers until the upload is given up; by then its address has expired.
			apsisOne.faults.add({ call: 'upload', kind: 'timeout', skip: 1 });
			const run = await importRows();
			expectAllRowsOnce(run);
			const lost = apsisOne.imports.filter(({ file }) => file === undefined);
			expect(lost).toHaveLength(1);
			expect(callsOf('upload').length).toBe(apsisOne.imports.length + 2);
		}, 120_000);
	});
});
