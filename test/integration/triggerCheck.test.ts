import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { withFittingChecks } from '../../nodes/ApsisOne/waiting/notifiedCheck';
import { newCheck } from '../../nodes/ApsisOne/waiting/profileCheck';
import { listen, type ListeningTrigger, runWorkflow } from '../engine';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { importRows, jsonOf, NODE_NAME, setupFor, TRIGGER_NODE } from '../support/workflows';

useFastClock(60);
const apsisOne = useLocalApsisOne();

let trigger: ListeningTrigger | undefined;
afterEach(async () => {
	await trigger?.close();
	trigger = undefined;
});

const rowsOf = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		email: `person${index}@example.com`,
		'First name': `Name ${index}`,
	}));

/** Requests an import that starts a trigger, and gives what the trigger got and what it emitted. */
async function requestAndFire(
	rows: number,
	fireOn: string,
	options: INodeParameters,
	more: INodeParameters = {},
) {
	const node = { ...TRIGGER_NODE, parameters: { ...TRIGGER_NODE.parameters, fireOn } };
	trigger = await listen(setupFor(apsisOne), node);
	const sent = await importRows(apsisOne, rowsOf(rows), { options, ...more });
	const input = await trigger.next();
	const run = await runWorkflow({
		...setupFor(apsisOne),
		workflow: { nodes: [node], connections: {} },
		mode: 'manual',
		input,
	});
	return {
		sent: jsonOf(sent),
		received: JSON.stringify(input),
		fired: run.outputs('Trigger').map(({ json }) => json),
	};
}

const rowsChecked = ([output]: readonly IDataObject[]) =>
	(output?.check as { rows?: number } | undefined)?.rows;

describe('a trigger', () => {
	it('checks profiles where Request does not wait, and hands the result on', async () => {
		apsisOne.lostKeys.add('person3@example.com');
		const options = { checkProfiles: 10, maxCheckTime: 1 };
		const { sent, fired } = await requestAndFire(10, 'completed', options);
		expect(sent[0]).not.toHaveProperty('check');
		expect(fired).toMatchObject([
			{
				status: 'completed',
				check: { rows: 10, asSent: 9, missing: 1, different: 0, keptOptedOut: 0, unreadable: 0 },
				checkFailed: true,
				notAsSent: [{ row: 'Item 3', profileKey: 'person3@example.com', found: 'missing' }],
			},
		]);
	});

	it.each([
		[[], []],
		[['person3@example.com'], [expect.objectContaining({ checkFailed: true })]],
	])('that starts at a failed check, with %j lost', async (lost, expected) => {
		for (const key of lost) apsisOne.lostKeys.add(key);
		const options = { checkProfiles: 10, maxCheckTime: 0 };
		expect((await requestAndFire(5, 'checkFailed', options)).fired).toEqual(expected);
	});

	it('gets as many rows of a large sample as fit into one notification', async () => {
		const { fired, received } = await requestAndFire(400, 'completed', { checkProfiles: 400 });
		expect(rowsChecked(fired)).toBeGreaterThanOrEqual(25);
		expect(rowsChecked(fired)).toBeLessThan(400);
		expect(received).toContain('person0@example.com');
	});

	it('is told so where no row fits', () => {
		const check = newCheck({
			keyspace: 'k',
			fields: [],
			consents: [],
			pending: [{ row: 'Item 0', profileKey: 'a', values: [], consents: [] }],
			maxMs: 0,
			failAtPercent: 1,
		});
		expect(withFittingChecks([{ check }, {}], () => false)).toEqual([{ isUnchecked: true }, {}]);
	});

	it('gets no row of a Request that waits and so checks itself', async () => {
		const { sent, received, fired } = await requestAndFire(
			5,
			'completed',
			{ checkProfiles: 10 },
			{ waitForCompletion: true },
		);
		expect(rowsChecked(sent)).toBe(5);
		expect(received).not.toContain('person');
		expect(fired[0]).not.toHaveProperty('check');
	});
});

it('a check that nobody would make is a hint', async () => {
	const run = await importRows(apsisOne, rowsOf(2), { options: { checkProfiles: 10 } });
	expect(run.hints(NODE_NAME).map(({ message }) => message)).toContain(
		'Check Profiles Afterwards has no effect: this node does not wait, and no trigger was started. Turn on Wait for Completion, or publish a trigger that Start Triggers names.',
	);
});
