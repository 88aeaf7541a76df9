import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { ApsisOneImportWatcher } from '../../nodes/ApsisOne/ApsisOneImportWatcher.node';
import { ATTRIBUTES, CHANNELS, KEYSPACES, SECTIONS, TOPICS } from '../apsisOne';
import { type EngineRun, logLines, runWorkflow } from '../engine';
import {
	importCsv,
	importRows,
	jsonOf,
	type NodeRunOptions,
	setupFor,
	subscription,
	WATCHER_TYPE,
} from '../support/workflows';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';

useFastClock(60);
const apsisOne = useLocalApsisOne();

const MINUTE_MS = 60_000;

/** Rows with values of many types; every third opts in, every third out. */
function rowsOf(count: number): IDataObject[] {
	return Array.from({ length: count }, (_, index) => ({
		email: `Person${index}@example.com`,
		'First name': `Name ${index}`,
		Country: 'Sweden',
		'Birth date': '1980-02-03',
		Mobile: `+46 70 ${String(1_000_000 + index)}`,
		'Club points': index / 4,
		'Club member': index % 2 === 0,
		'Last order at': '2026-01-02T03:04:05Z',
		newsletter: ['yes', 'no', ''][index % 3],
	}));
}

async function requestChecked(
	rows: readonly object[],
	{ options = {}, ...changes }: INodeParameters = {},
	more: NodeRunOptions = {},
): Promise<EngineRun> {
	return await importRows(
		apsisOne,
		rows,
		{
			waitForCompletion: true,
			subscriptions: { values: [subscription()] },
			options: { checkProfiles: 1_000, ...(options as INodeParameters) },
			...changes,
		},
		more,
	);
}

/** Figures of all imports together. */
function figuresOf(outputs: readonly IDataObject[]): Record<string, number> {
	const sums: Record<string, number> = {};
	for (const { check } of outputs) {
		for (const [name, count] of Object.entries((check ?? {}) as Record<string, number>)) {
			sums[name] = (sums[name] ?? 0) + count;
		}
	}
	return sums;
}

const differencesOf = (outputs: readonly IDataObject[]) =>
	outputs.flatMap(({ notAsSent }) => (notAsSent ?? []) as IDataObject[]);

const NONE = { asSent: 0, missing: 0, different: 0, keptOptedOut: 0, unreadable: 0 };

/** Profiles that have opted out of the newsletter before. */
async function optOutBefore(keys: readonly string[]): Promise<void> {
	await importRows(
		apsisOne,
		keys.map((email) => ({ email, newsletter: 'no' })),
		{ subscriptions: { values: [subscription()] } },
	);
}

describe('the check of profiles', () => {
	it.each(['versionId', 'discriminator', 'list'] as const)(
		'finds all as sent, by %s',
		async (naming) => {
			apsisOne.answers.attributes = naming;
			const outputs = jsonOf(await requestChecked(rowsOf(30)));
			expect(outputs).toHaveLength(2);
			expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 30, asSent: 30 });
			for (const output of outputs) {
				expect(output).not.toHaveProperty('notAsSent');
				expect(output).not.toHaveProperty('checkMessage');
			}
		},
	);

	it('counts exactly what was lost, changed by others, and kept opted out', async () => {
		const rows = rowsOf(30);
		const optsIn = rows.filter(({ newsletter }) => newsletter === 'yes');
		const kept = optsIn.slice(0, 3).map(({ email }) => String(email));
		await optOutBefore(kept);
		apsisOne.imports.length = 0;
		for (const index of [4, 14, 20, 21]) apsisOne.lostKeys.add(`person${index}@example.com`);
		apsisOne.afterImport = () => {
			for (const index of [8, 11]) {
				const profile = apsisOne.profile(KEYSPACES.email, `person${index}@example.com`);
				if (profile) profile.attributes[ATTRIBUTES.firstName] = 'Somebody Else';
			}
		};
		const outputs = jsonOf(await requestChecked(rows, { options: { maxCheckTime: 3 } }));
		expect(figuresOf(outputs)).toEqual({
			rows: 30,
			asSent: 21,
			missing: 4,
			different: 2,
			keptOptedOut: 3,
			unreadable: 0,
		});
		const differences = differencesOf(outputs);
		expect(differences).toHaveLength(9);
		expect(differences).toEqual(
			expect.arrayContaining([
				{
					row: 'Item 4',
					profileKey: 'Person4@example.com',
					field: 'Profile',
					sent: 'sent',
					found: 'missing',
				},
				{
					row: 'Item 8',
					profileKey: 'Person8@example.com',
					field: 'First name',
					sent: 'Name 8',
					found: 'Somebody Else',
				},
				{
					row: 'Item 0',
					profileKey: 'Person0@example.com',
					field: 'Newsletter (Shop news)',
					sent: 'opt-in',
					found: 'opt-out',
				},
			]),
		);
		expect(outputs.map(({ checkMessage }) => checkMessage).join(' ')).toContain(
			'Another row of the import, or another system, may have changed it.',
		);
		expect(outputs.some(({ checkFailed }) => checkFailed === true)).toBe(true);
	});

	it('waits for profiles that take minutes to be found', async () => {
		apsisOne.profileDelayMs = 90_000;
		const outputs = jsonOf(await requestChecked(rowsOf(12)));
		expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 12, asSent: 12 });
	});

	it('calls them missing when Maximum Check Time is over', async () => {
		apsisOne.profileDelayMs = 60 * MINUTE_MS;
		const outputs = jsonOf(await requestChecked(rowsOf(12), { options: { maxCheckTime: 2 } }));
		expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 12, missing: 12 });
		expect(outputs[0]?.checkMessage).toMatch(
			/^\d of \d checked rows: the profile could not be found 2 min after the import completed\.$/,
		);
	});

	it('takes a sample of the wanted size, over both files and with both kinds of consent', async () => {
		const outputs = jsonOf(await requestChecked(rowsOf(90), { options: { checkProfiles: 10 } }));
		expect(outputs.map(({ check }) => check)).toEqual([
			{ ...NONE, rows: 3, asSent: 3 },
			{ ...NONE, rows: 7, asSent: 7 },
		]);
		const consents = apsisOne.calls.filter(({ route }) => route === 'getConsents');
		expect(consents.length).toBeGreaterThanOrEqual(4);
	});

	it('reads files, and names their rows', async () => {
		apsisOne.lostKeys.add('b@example.com');
		const run = await importCsv(
			apsisOne,
			['email,First name\na@example.com,Anna\nb@example.com,Bo\n'],
			{ waitForCompletion: true, options: { checkProfiles: 100, maxCheckTime: 0 } },
		);
		expect(jsonOf(run)[0]).toMatchObject({
			check: { ...NONE, rows: 2, asSent: 1, missing: 1 },
			notAsSent: [{ row: expect.stringContaining('in.csv'), profileKey: 'b@example.com' }],
		});
	});

	it('is off unless it is asked for', async () => {
		const [output] = jsonOf(await requestChecked(rowsOf(3), { options: { checkProfiles: 0 } }));
		expect(output).toMatchObject({ status: 'completed' });
		expect(output).not.toHaveProperty('check');
		expect(apsisOne.calls.some(({ call }) => call === 'profile')).toBe(false);
	});

	it('only looks whether profiles are there where existing ones are not updated', async () => {
		await importRows(apsisOne, [{ email: 'person1@example.com', 'First name': 'Old' }]);
		apsisOne.lostKeys.add('person2@example.com');
		const outputs = jsonOf(
			await requestChecked(rowsOf(3), {
				subscriptions: {},
				options: { updateExistingProfiles: false, maxCheckTime: 0 },
			}),
		);
		expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 3, asSent: 2, missing: 1 });
	});
});

describe('an answer that cannot be understood', () => {
	it('is unreadable, logged once by its shape, and no failure', async () => {
		apsisOne.shapes.set('profile', (answer) => ({
			...answer,
			body: { profile: { name: 'Secret' } },
		}));
		logLines.length = 0;
		const outputs = jsonOf(
			await requestChecked(rowsOf(6), { subscriptions: {}, options: { onFailedCheck: 'stop' } }),
		);
		expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 6, unreadable: 6 });
		const shapes = logLines.filter((line) => line.includes('attributes: {'));
		expect(shapes).toEqual([expect.stringContaining('{ profile: { name: string } }')]);
		expect(logLines.join('\n')).not.toContain('Secret');
		for (const output of outputs) expect(output).not.toHaveProperty('checkFailed');
		expect(JSON.stringify(outputs)).not.toContain('Secret');
	});

	it('because of a missing permission is unreadable at once, with the reason', async () => {
		apsisOne.faults.add({ call: 'profile', kind: 'status', status: 403, times: 1_000 });
		const outputs = jsonOf(await requestChecked(rowsOf(30)));
		expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 30, unreadable: 30 });
		expect(outputs[0]?.checkMessage).toMatch(/could not be read: /);
		const calls = apsisOne.calls.filter(({ call }) => call === 'profile');
		expect(calls.length).toBeLessThan(130);
	});

	it('does not come from faults that pass', async () => {
		apsisOne.faults.add({ call: 'profile', kind: 'status', status: 503, times: 40 });
		const outputs = jsonOf(await requestChecked(rowsOf(12)));
		expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 12, asSent: 12 });
	});
});

describe('a failed check', () => {
	const options = { maxCheckTime: 0, onFailedCheck: 'stop' };

	it('stops the workflow where that is wanted', async () => {
		apsisOne.lostKeys.add('person1@example.com');
		const run = await requestChecked(rowsOf(9), { subscriptions: {}, options });
		expect(run.error).toMatchObject({
			message: `APSIS One says that the import has completed, but profiles are missing: 1 of 9 checked rows (import ${apsisOne.imports[0]?.id})`,
			description:
				'The report of the import is under Audience → Profiles → Import history. To continue anyway, set When the Check Fails to Continue.',
		});
	});

	it('begins at the share of missing rows that the user has set', async () => {
		apsisOne.lostKeys.add('person1@example.com');
		const run = await requestChecked(rowsOf(9), {
			subscriptions: {},
			options: { ...options, missingThatFail: 12 },
		});
		expect(run.error).toBeUndefined();
		expect(jsonOf(run)[0]).toMatchObject({ check: { missing: 1 } });
		expect(jsonOf(run)[0]).not.toHaveProperty('checkFailed');
	});
});

describe('parked', () => {
	/** Runs Request where n8n can park: gives what it parks instead of the CLI, which runs the watcher. */
	async function park(rows: readonly object[], options: INodeParameters) {
		let parked: INodeExecutionData[] = [];
		await requestChecked(
			rows,
			{ options },
			{
				executeWorkflow: async (_workflow, _data, { inputData }) => {
					parked = inputData ?? [];
					return { executionId: '2', data: [parked] };
				},
			},
		);
		return parked;
	}

	/** One wake-up of the watcher, with what n8n's database gives back of the parked item. */
	async function wake(parked: readonly INodeExecutionData[]) {
		const watcher = {
			id: 'w',
			name: 'Watch',
			type: WATCHER_TYPE,
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: {},
			credentials: { apsisOneApi: { id: '1', name: 'APSIS One' } },
		};
		const setup = setupFor(apsisOne);
		const run = await runWorkflow({
			...setup,
			nodeTypes: { ...setup.nodeTypes, [WATCHER_TYPE]: new ApsisOneImportWatcher() },
			workflow: { nodes: [watcher], connections: {} },
			startNode: 'Watch',
			input: JSON.parse(JSON.stringify(parked)) as INodeExecutionData[],
		});
		return { pending: run.outputs('Watch', 0), done: run.outputs('Watch', 1), run };
	}

	it('goes on looking until the profiles are there', async () => {
		apsisOne.profileDelayMs = 10 * MINUTE_MS;
		const parked = await park(rowsOf(12), {});
		expect(parked).toHaveLength(1);
		expect(parked[0]?.json.message).toBe(
			'The wait was interrupted after the import had ended, while its profiles were being checked.',
		);
		const early = await wake(parked);
		expect(early.done).toEqual([]);
		expect(early.run.status).toBe('waiting');
		for (const profile of apsisOne.profiles()) profile.visibleAt = 0;
		// A crash in mid-check: n8n wakes it again with what it had parked before.
		const due = early.pending.map((item) => structuredClone(item));
		const { imports } = due[0]?.json.watch as { imports: Array<{ check: { nextAtMs: number } }> };
		for (const { check } of imports) check.nextAtMs = 0;
		for (const { done } of [await wake(due), await wake(due)]) {
			expect(figuresOf(done.map(({ json }) => json))).toEqual({ ...NONE, rows: 12, asSent: 12 });
			expect(done[0]?.json).toMatchObject({ status: 'completed', waitedHow: 'parked' });
			expect(JSON.stringify(done)).not.toContain('Person');
		}
	});

	it('ends without items when the check fails and is to stop the workflow', async () => {
		apsisOne.lostKeys.add('person1@example.com');
		const parked = await park(rowsOf(12), { onFailedCheck: 'stop' });
		const { imports } = parked[0]?.json.watch as {
			imports: Array<{ check: { startedAtMs: number; nextAtMs: number } }>;
		};
		for (const { check } of imports) Object.assign(check, { startedAtMs: 0, nextAtMs: 0 });
		const { pending, done } = await wake(parked);
		expect([pending, done]).toEqual([[], []]);
	});

	it('keeps no more than keys and values of the sample', async () => {
		apsisOne.profileDelayMs = 10 * MINUTE_MS;
		const parked = await park(rowsOf(200), { checkProfiles: 20 });
		const text = JSON.stringify(parked);
		const keys = new Set(text.match(/Person\d+@example\.com/g));
		expect(keys.size).toBe(20);
		expect(text).not.toContain(apsisOne.clientSecret);
	});
});

it('SMS consents and topics with a channel of their own are read back as well', async () => {
	const outputs = jsonOf(
		await requestChecked(rowsOf(9), {
			subscriptions: {
				values: [
					subscription({ subscription: TOPICS.drops, channel: CHANNELS.sms }),
					subscription({ subscription: TOPICS.clubNews }),
				],
			},
		}),
	);
	expect(outputs.map(({ section }) => section)).toEqual([SECTIONS.shop, SECTIONS.shop]);
	expect(figuresOf(outputs)).toEqual({ ...NONE, rows: 9, asSent: 9 });
});
