import type { INode, INodeParameters } from 'n8n-workflow';

import { ImportPacer } from '../../nodes/ApsisOne/importing/sending/importPacer';
import { EXISTING, SECTIONS } from '../apsisOne';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { CONSENT, profileRunner } from '../support/singleProfile';
import {
	importCsv,
	importRows,
	itemsOf,
	jsonOf,
	locator,
	NODE_NAME,
	requestParameters,
	runNode,
	subscription,
} from '../support/workflows';

const apsisOne = useLocalApsisOne({ timing: { queuedMs: 0, inProgressMs: 0 } });

const RETRY: Partial<INode> = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const ROWS = [{ email: 'a@example.com' }, { email: 'nobody' }];
const WAIT: INodeParameters = {
	resource: 'profileImport',
	operation: 'wait',
	section: locator(SECTIONS.shop),
	importId: '={{ $json.importId }}',
	options: {},
};
const CITIES = 'email,City\na@example.com,Oslo\nb@example.com,Bergen\n';
const requests = () => apsisOne.calls.filter(({ call }) => call === 'importRequest').length;

describe('Retry On Fail', () => {
	it('sends nothing again because a row has a field "error", which n8n takes for a failure', async () => {
		const rows = [{ email: 'a@example.com', error: 'late' }, { email: 'b@example.com' }];
		const options = { returnData: 'rows' };
		const run = await importRows(apsisOne, rows, { options }, { node: RETRY });
		expect(requests()).toBe(1);
		expect(jsonOf(run)).toMatchObject(rows);
	});

	it.each([{}, { onError: 'continueRegularOutput' } as const])(
		'after an import that failed sends another one, and says so: %j',
		async (more) => {
			apsisOne.failNextImport();
			const run = await importRows(
				apsisOne,
				ROWS,
				{ waitForCompletion: true },
				{ node: { ...RETRY, ...more } },
			);
			const [first, second] = apsisOne.imports;
			expect(jsonOf(run)).toMatchObject([{ importId: second?.id, status: 'completed' }]);
			expect(jsonOf(run)[0]?.warnings).toEqual([
				`Retry On Fail ran this node again, since it had failed: An import did not complete: ${first?.id} ended as error. APSIS One could not process the import. Its report is under Audience → Profiles → Import history. To continue anyway, set On Failure to Continue. It had sent ${first?.id}, and the rows have been sent once more.`,
			]);
		},
	);

	it('names what an earlier try may have left in APSIS One', async () => {
		apsisOne.faults.add({ call: 'importRequest', kind: 'reset', effect: 'after' });
		const run = await importRows(apsisOne, ROWS, {}, { node: RETRY });
		const [warning] = jsonOf(run)[0]?.warnings as string[];
		expect(warning).toMatch(/^Retry On Fail ran this node again.+answer was lost/);
		expect(warning).not.toContain('once more');
	});
});

it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'rejected rows come out though the import that was waited for failed: %s',
	async (onError) => {
		apsisOne.failNextImport();
		const run = await importRows(
			apsisOne,
			ROWS,
			{ waitForCompletion: true },
			{ node: { onError } },
		);
		const errors = run.outputs(NODE_NAME, onError === 'continueErrorOutput' ? 2 : 0);
		expect(errors).toMatchObject([
			{ json: { error: expect.stringMatching(/^An import did not complete/) as string } },
		]);
		expect(jsonOf(run, 1)).toMatchObject([{ email: 'nobody' }]);
	},
);

it('a parked wait has the number of all rejected rows, though it lists the first 1,000', async () => {
	const restoreClock = startFastClock();
	let parked: unknown;
	try {
		apsisOne.stickNextImport();
		const file = Buffer.from(`email\na@example.com\n${'nobody\n'.repeat(1_500)}`);
		const data = { data: file.toString('base64'), mimeType: 'text/csv' };
		await runNode(
			apsisOne,
			requestParameters({ inputSource: 'file', waitForCompletion: true }),
			[{ json: {}, binary: { data } }],
			{
				executeWorkflow: async (_workflow, _data, { inputData }) => {
					parked = inputData?.[0]?.json.watch;
					return { executionId: '2', data: [inputData ?? []] };
				},
			},
		);
	} finally {
		restoreClock();
	}
	const { imports } = parked as { imports: Array<{ output: { rejected: unknown[] } }> };
	expect(imports[0]?.output).toMatchObject({ rowsRejected: 1_500, rejectedCount: 1_500 });
	expect(imports[0]?.output.rejected).toHaveLength(1_000);
});

it('an import is paired to the items of all its files', async () => {
	const run = await importCsv(apsisOne, ['email\na@example.com\n', 'email\nb@example.com\n']);
	expect(run.outputs(NODE_NAME)[0]?.pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
});

describe('a number or switch that an expression does not give', () => {
	it.each<[INodeParameters, string]>([
		[{ options: { maxWait: '={{ $json.nope }}' } }, 'Maximum Wait (Hours) is empty'],
		[{ options: { maxWait: 'two' } }, 'Maximum Wait (Hours) is not a number from 0 on: two'],
		[
			{ options: { maxWaitForPlace: '={{ $json.nope }}' } },
			'Maximum Wait for a Place (Minutes) is empty',
		],
		[{ options: { checkProfiles: '={{ $json.nope }}' } }, 'Check Profiles Afterwards is empty'],
		[
			{ options: { maxCheckTime: 'soon' } },
			'Maximum Check Time (Minutes) is not a number from 0 on: soon',
		],
		[
			{ options: { missingThatFail: '={{ null }}' } },
			'Missing Rows That Fail the Check (%) is empty',
		],
		[
			{ waitForCompletion: '={{ $json.nope }}' },
			'Wait for Completion is neither true nor false: its expression gives empty',
		],
	])('is refused before anything is sent: %j', async (changes, message) => {
		const run = await importRows(apsisOne, ROWS, { waitForCompletion: true, ...changes });
		expect(run.error?.message).toBe(message);
		expect(requests()).toBe(0);
	});

	it('is read where it is a text', async () => {
		const run = await importRows(apsisOne, ROWS, { waitForCompletion: '={{ "true" }}' });
		expect(jsonOf(run)).toMatchObject([{ status: 'completed' }]);
	});
});

it('Execute Once says how many items it leaves out', async () => {
	const rows = ['a', 'b', 'c'].map((name) => ({ email: `${name}@example.com` }));
	const run = await importRows(apsisOne, rows, {}, { node: { executeOnce: true } });
	const sentence =
		'Execute Once is on in the settings of this node, so only the first of 3 items is used.';
	expect(jsonOf(run)).toMatchObject([{ rowsRead: 1, warnings: [sentence] }]);

	const { run: runProfile } = profileRunner(apsisOne);
	const consent = await runProfile(
		CONSENT,
		[{ email: EXISTING.optedIn }, { email: 'b@example.com' }],
		{
			executeOnce: true,
		},
	);
	expect(consent.hints(NODE_NAME)[0]?.message).toContain('only the first of 2 items is used');
	const single = await importRows(apsisOne, rows.slice(1), {}, { node: { executeOnce: false } });
	expect(jsonOf(single)[0]?.warnings).toEqual([]);
});

it('opt-outs without any opt-in are named, where the field may say both', async () => {
	const rows = Array.from({ length: 10 }, (_, index) => ({
		email: `p${index}@example.com`,
		newsletter: 'no',
	}));
	const importWith = async (items: object[], changes: INodeParameters = {}) => {
		const values = [subscription(changes)];
		const run = await importRows(apsisOne, items, { subscriptions: { values } });
		return jsonOf(run)[0]?.warnings;
	};
	expect(await importWith(rows)).toEqual([
		'10 rows opt out, and none opts in. Check that the source is right. The safety limit Maximum Opt-Outs can stop such an import.',
	]);
	expect(await importWith(rows.slice(1))).toEqual([]);
	expect(await importWith([...rows, { email: 'in@example.com', newsletter: 'yes' }])).toEqual([]);
	expect(
		await importWith(
			rows.map(({ email }) => ({ email })),
			{ consent: 'optOutAll' },
		),
	).toEqual([]);
});

describe('a file among others', () => {
	it.each(['email,City\n', 'email,City', '', '\n\n', 'mail\n'])(
		'that has no rows is named: %j',
		async (empty) => {
			for (const files of [
				[CITIES, empty],
				[empty, CITIES],
			]) {
				const run = await importCsv(apsisOne, files);
				const name = files[0] === empty ? 'in.csv' : 'in-2.csv';
				expect(jsonOf(run)[0]).toMatchObject({
					rowsSent: 2,
					warnings: [`${name} has no rows. Check whether that is right.`],
				});
			}
		},
	);
});

describe('a file that may be cut off', () => {
	it.each(['c@example.com', 'c@exam', 'c@example.com,"Os', 'c'])(
		'is named where it ends within a row: %s',
		async (end) => {
			const run = await importCsv(apsisOne, [CITIES + end]);
			expect(jsonOf(run)[0]?.warnings).toEqual([
				'in.csv may be cut off: its last row, row 4, is incomplete and has no line break after it. Check that the file is complete.',
			]);
		},
	);

	it.each([
		'c@example.com\n',
		'c@example.com,Oslo',
		'c@example.com,',
		'c@example.com\nd@example.com',
	])('is not suspected where the end is as usual in it: %j', async (end) => {
		const run = await importCsv(apsisOne, [CITIES + end]);
		expect(jsonOf(run)[0]?.warnings).toEqual([]);
	});
});

describe('Wait', () => {
	it.each([
		[{ maxWait: '={{ $json.hours }}' }, 'Options differs between items: {{ $json.hours }}'],
		[{ onFailure: '={{ $json.then }}' }, 'Options differs between items: {{ $json.then }}'],
	])('refuses an option that differs between items: %j', async (options, start) => {
		const items = [
			{ importId: 'a', hours: 1, then: 'stop' },
			{ importId: 'b', hours: 2, then: 'continue' },
		];
		const run = await runNode(apsisOne, { ...WAIT, options }, itemsOf(items));
		expect(run.error?.message).toContain(start);
		expect(apsisOne.calls).toEqual([]);
	});

	it('looks once at an import that many items name', async () => {
		const rows = Array.from({ length: 50 }, (_, index) => ({ email: `p${index}@example.com` }));
		const sent = await importRows(apsisOne, rows, { options: { returnData: 'rows' } });
		const run = await runNode(apsisOne, WAIT, itemsOf(jsonOf(sent)));
		expect(jsonOf(run)).toHaveLength(50);
		expect(apsisOne.calls.filter(({ call }) => call === 'importStatus')).toHaveLength(1);
	});
});

describe('a clock that is set back', () => {
	const trueNow = Date.now;
	afterEach(() => {
		Date.now = trueNow;
	});
	const setBack = () => {
		Date.now = () => trueNow() - 3_600_000;
	};

	it('holds up no call about a profile', async () => {
		const { run } = profileRunner(apsisOne);
		await run(CONSENT, [{ email: EXISTING.optedIn }]);
		setBack();
		const result = await run(CONSENT, [{ email: EXISTING.optedIn }]);
		expect(result.error).toBeUndefined();
	});

	it('holds up no import', async () => {
		const NEWS = { subscriptions: { values: [subscription()] } };
		const both = [
			{ email: 'a@example.com', newsletter: 'yes' },
			{ email: 'b@example.com', newsletter: 'no' },
		];
		await importRows(apsisOne, both, NEWS);
		setBack();
		const run = await importRows(apsisOne, both, NEWS);
		expect(jsonOf(run)).toHaveLength(2);
	});

	it('makes the next request wait no longer than a minute', () => {
		const pacer = new ImportPacer();
		const before = Date.now();
		for (let index = 0; index < 10; index++) pacer.noteRequest(before);
		const setBackTo = before - 3_600_000;
		expect(pacer.msUntilRequest(setBackTo)).toBeLessThanOrEqual(60_500);
		expect(pacer.msUntilRequest(setBackTo + 60_500)).toBe(0);
	});
});
