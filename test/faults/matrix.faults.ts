/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/require-node-api-error -- runs under jest, never in n8n */
import { ApsisOne } from '../apsisOne';
import { startFastClock } from '../support/fastClock';
import { FAULT_NAMES, FAULTS, STEPS } from './faultKinds';
import { HOW_OFTEN, MATRIX, type Outcome, type Told } from './matrix';
import {
	type CellName,
	type CellResult,
	isSingle,
	OPT_INS,
	OPT_OUTS,
	REJECTED,
	runCell,
	SINGLE,
} from './runCell';
import { Summary } from './summary';

/** A sentence for a person holds nothing of these: names of errors and members, and what no one has filled in. */
const JARGON =
	/undefined|\[object|NaN|Axios|ECONN|ETIMEDOUT|\bat \w+ \(|fault of the node itself|\n/;
const MAX_TOLD_LENGTH = 700;
/** How every token of the local APSIS One begins, those included whose answer never came through whole. */
const ANY_TOKEN = /eyJhbGciOi/;

const SENDABLE = [...OPT_INS, ...OPT_OUTS].sort();
const ALL = [...SENDABLE, ...REJECTED].sort();

interface Cell extends CellName {
	title: string;
	right: Outcome;
}

const cells: Cell[] = STEPS.flatMap((step) =>
	FAULT_NAMES.flatMap((fault) =>
		MATRIX[step][fault].map((outcome, index) => {
			const howOften = HOW_OFTEN[index] ?? 'once';
			return { step, fault, howOften, title: titleOf(outcome), right: outcome };
		}),
	),
);

function titleOf(outcome: Outcome): string {
	return outcome === 'recovered' ? 'is overcome' : 'is told in a sentence';
}

const summary = new Summary();
let apsisOne: ApsisOne;
let stopFastClock: () => void;

beforeAll(async () => {
	stopFastClock = startFastClock();
	apsisOne = await new ApsisOne().start();
	// The first run loads n8n-core, which takes long by the fast clock.
	await runCell(apsisOne, { step: 'token', fault: 'slow body', howOften: 'once' });
});

afterAll(async () => {
	await apsisOne.close();
	stopFastClock();
	process.stdout.write(summary.toString());
});

it.each(cells)('$step: $fault ($howOften) $title', async (cell) => {
	const result = await runCell(apsisOne, cell);
	judgeSecrets(result);
	try {
		judgeOutcome(cell, result);
	} catch (error) {
		summary.note(cell, 'failed');
		throw error;
	}
	summary.note(cell, cell.right === 'recovered' ? 'recovered' : 'sentence');
});

it('tells the fault of the last look apart from what can be done', async () => {
	const { told } = await runCell(apsisOne, { step: 'status', fault: '503', howOften: 'forEver' });
	expect(told).toMatch(/The last status check failed: .*\. To continue anyway/);
});

it('has a cell for every step and fault, once and for ever', () => {
	const names = STEPS.flatMap((step) => FAULT_NAMES.map((fault) => `${step} ${fault}`));
	for (const name of names) {
		const found = cells.filter(({ step, fault }) => `${step} ${fault}` === name);
		expect([name, found.length >= 2]).toEqual([name, true]);
	}
});

function judgeOutcome(cell: Cell, result: CellResult): void {
	if (cell.right === 'recovered') {
		judgeRecovered(cell, result);
		return;
	}
	judgeTold(cell.right, result);
	judgeRows(cell, result);
	judgeOrphans(cell.right, result);
}

function judgeSecrets({ everythingTold, secrets }: CellResult): void {
	expect(secrets.length).toBeGreaterThan(0);
	for (const secret of secrets) expect(everythingTold).not.toContain(secret);
	expect(everythingTold).not.toMatch(ANY_TOKEN);
}

function judgeRecovered({ step }: Cell, result: CellResult): void {
	expect(result).toMatchObject({
		status: 'success',
		told: '',
		reached: isSingle(step) ? [SINGLE[step]] : SENDABLE,
		rejected: step === 'getStatus' || isSingle(step) ? [] : REJECTED,
		orphans: [],
	});
}

function judgeTold({ says }: Told, { told }: CellResult): void {
	expect(told).toMatch(says);
	expect(told).not.toMatch(JARGON);
	expect(told.length).toBeLessThan(MAX_TOLD_LENGTH);
}

/**
 * Every row once. Rows that reached APSIS One and those on the output Rejected are all there are; where the node fails,
 * n8n keeps its input for another try, so nothing of it may have been imported, unless the import itself was through.
 */
function judgeRows(
	{ step, fault, howOften }: Cell,
	{ status, reached, rejected }: CellResult,
): void {
	if (isSingle(step)) {
		// Done or not, but never twice.
		const isDone = step === 'addEvent' && 'effect' in FAULTS[fault];
		expect([status, reached]).toEqual(['error', isDone ? [SINGLE[step]] : []]);
		return;
	}
	if (step === 'status' || step === 'getStatus') {
		expect([status, reached, rejected]).toEqual(['error', SENDABLE, []]);
		return;
	}
	if (howOften === 'fromSecond') {
		// Opt-outs go first.
		expect([status, reached]).toEqual(['success', OPT_OUTS]);
		expect([...reached, ...rejected].sort()).toEqual(ALL);
		return;
	}
	expect([status, reached, rejected]).toEqual(['error', [], []]);
}

function judgeOrphans({ orphans: kind }: Told, { orphans, told }: CellResult): void {
	if (kind === 'unknowable') {
		expect(orphans).toHaveLength(1);
		return;
	}
	const unnamed = orphans.filter(({ id }) => !told.includes(id));
	expect(unnamed.map(({ id }) => id)).toEqual([]);
	expect(orphans.length > 0).toBe(kind === 'named');
}
