/* Large files that break in their last rows: the cases in which rows once vanished. */
import type { INodeParameters } from 'n8n-workflow';

import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { importCsv, jsonOf, subscription } from '../support/workflows';

useFastClock(50);
const apsisOne = useLocalApsisOne();

const ROWS = 60_000;
/** Makes a file of more than 50 MB, so that it is read twice and sent in several imports. */
const NOTE = 'x'.repeat(870);

function file(line: (row: number) => string, header = 'email,First name,newsletter,Notes'): string {
	return [header, ...Array.from({ length: ROWS }, (_, row) => line(row)), ''].join('\n');
}

const NEWS: INodeParameters = { subscriptions: { values: [subscription()] } };

async function accountedFor(files: string[], changes: INodeParameters = {}) {
	const run = await importCsv(apsisOne, files, changes);
	expect(run.error).toBeUndefined();
	const [first] = jsonOf(run);
	const sentRows = apsisOne.imports.reduce((sum, one) => sum + (one.file?.rows ?? 0), 0);
	expect(sentRows).toBe(Number(first?.rowsSent));
	expect(Number(first?.rowsSent) + Number(first?.rowsRejected)).toBe(Number(first?.rowsRead));
	return { rowsRead: first?.rowsRead, rejected: jsonOf(run, 1).length, imports: jsonOf(run) };
}

it('a stray quote in row 59,001 costs no row', async () => {
	const line = (row: number) =>
		`p${row}@example.com,${row === 58_999 ? '26" bike' : 'Anna'},,${NOTE}`;
	const { rowsRead, rejected } = await accountedFor([file(line)]);
	expect([rowsRead, rejected]).toEqual([ROWS, 0]);
});

it('a quote in the wrong place in the last row loses no opt-out', async () => {
	const line = (row: number) =>
		`p${row}@example.com,${row === ROWS - 1 ? '"An"na' : 'Anna'},${row % 10 === 0 ? 'no' : 'yes'},${NOTE}`;
	const { imports } = await accountedFor([file(line)], NEWS);
	const optOuts = imports.reduce((sum, json) => sum + Number(json.optOuts), 0);
	expect(optOuts).toBe(ROWS / 10);
});

it('a second file with a column twice costs no row of the first', async () => {
	const second = 'email,First name,newsletter,Notes,Notes\nlast@example.com,Bo,,a,b\n';
	const line = (row: number) => `p${row}@example.com,Anna,,${NOTE}`;
	const { rowsRead, rejected } = await accountedFor([file(line), second]);
	expect([rowsRead, rejected]).toEqual([ROWS + 1, 0]);
});
