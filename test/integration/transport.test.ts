/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { type Fault, SECTIONS, startApsisOne } from '../apsisOne';
import { type EngineSetup, runWorkflow } from '../engine';
import {
	credentialFor,
	importRows,
	locator,
	NODE_NAME,
	requestParameters,
	setupFor,
	subscription,
	workflowWith,
} from '../support/workflows';
import { startFastClock, useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';

useFastClock(50);
const apsisOne = useLocalApsisOne();

const ROWS = [{ email: 'anna@example.com' }];
const input = ROWS.map((json) => ({ json }));

async function importWith(...faults: Fault[]) {
	for (const fault of faults) apsisOne.faults.add(fault);
	return await importRows(apsisOne, ROWS);
}

const countOf = (call: string) => apsisOne.calls.filter((one) => one.call === call).length;

describe('the token', () => {
	it('is kept from one execution to the next', async () => {
		const setup = setupFor(apsisOne);
		const again = async () => await importRows(apsisOne, ROWS, {}, { setup });
		await again();
		await again();
		expect(countOf('token')).toBe(1);
	});

	it('is replaced before use when its exp claim has come', async () => {
		const past = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 30 })).toString(
			'base64url',
		);
		const credentials = credentialFor(apsisOne, { accessToken: `e30.${past}.x` });
		const run = await importRows(
			apsisOne,
			ROWS,
			{},
			{ setup: { ...setupFor(apsisOne), credentials } },
		);
		expect(run.status).toBe('success');
		expect(apsisOne.calls.map(({ call, status }) => [call, status])[0]).toEqual(['token', 200]);
		expect(apsisOne.calls.some(({ status }) => status === 403)).toBe(false);
	});

	it('is renewed once when APSIS One refuses it with 403, and the call is repeated', async () => {
		const setup = setupFor(apsisOne);
		const again = async () => await importRows(apsisOne, ROWS, {}, { setup });
		await again();
		apsisOne.expireTokens();
		const run = await again();
		expect(run.status).toBe('success');
		expect(countOf('token')).toBe(2);
		expect(apsisOne.calls.filter(({ status }) => status === 403)).toHaveLength(1);
	});

	it('is renewed though it is new, since it may live for seconds or have been revoked', async () => {
		const run = await importWith({ call: 'attributes', kind: 'status', status: 403 });
		expect(run.status).toBe('success');
		expect(countOf('token')).toBe(2);
	});

	it('is not fetched for each call where tokens live shorter than a minute', async () => {
		const shortLived = await startApsisOne({ timing: { tokenLifeSeconds: 20 } });
		const run = await runWorkflow({
			...setupFor(shortLived),
			workflow: workflowWith(requestParameters()),
			input,
		});
		await shortLived.close();
		expect(run.status).toBe('success');
		expect(shortLived.calls.filter(({ call }) => call === 'token')).toHaveLength(1);
	});

	it('is renewed a few times a minute only, however many calls are forbidden', async () => {
		const forbidding = await startApsisOne();
		forbidding.faults.add({ call: 'keyspaces', kind: 'status', status: 403, times: 99 });
		const setup = setupFor(forbidding);
		const run = async () =>
			await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		for (let count = 0; count < 8; count++) expect((await run()).status).toBe('error');
		expect(forbidding.calls.filter(({ call }) => call === 'token')).toHaveLength(6);
		const later = await run();
		await forbidding.close();
		expect(later.error?.message).toBe('APSIS One refused to list the keyspaces');
		expect(forbidding.refusals.token).toBeUndefined();
	});

	it('is fetched once for all executions that start together on a new credential', async () => {
		const setup = setupFor(apsisOne);
		const start = async () =>
			await runWorkflow({
				...setup,
				workflow: workflowWith(requestParameters({ operation: 'preview' })),
				input,
			});
		const runs = await Promise.all(Array.from({ length: 12 }, start));
		expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'success'));
		expect(countOf('token')).toBe(1);
	});

	it('is asked for once where those that start together get none', async () => {
		const setup = setupFor(apsisOne, { clientSecret: 'wrong' });
		const start = async () =>
			await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		const runs = await Promise.all(Array.from({ length: 6 }, start));
		for (const run of runs) {
			expect(run.error?.message).toMatch(/does not know this Client ID and Client Secret$/);
		}
		expect(countOf('token')).toBe(1);
		await start();
		expect(countOf('token')).toBe(2);
	});

	it('of one secret does not speak for another', async () => {
		const start = async (setup: EngineSetup) =>
			await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		const runs = await Promise.all([
			start(setupFor(apsisOne, { clientSecret: 'wrong' })),
			start(setupFor(apsisOne)),
		]);
		expect(runs.map(({ status }) => status)).toEqual(['error', 'success']);
	});

	it('is renewed once and no more when the permission is missing', async () => {
		const setup = setupFor(apsisOne);
		await importRows(apsisOne, ROWS, {}, { setup });
		apsisOne.faults.add({
			call: 'keyspaces',
			kind: 'status',
			status: 403,
			times: 9,
			body: { Message: 'User is not authorized' },
		});
		const run = await importRows(apsisOne, ROWS, {}, { setup });
		expect(run.error).toMatchObject({
			message: 'APSIS One refused to list the keyspaces',
			description:
				'The API key of the credential lacks the permission. Ask your APSIS One admin, or use another key (Account settings → API management). APSIS One says: User is not authorized',
		});
		expect(countOf('token')).toBe(2);
		expect(countOf('keyspaces')).toBe(3);
	});
});

describe('passing faults', () => {
	it.each<Fault['kind']>(['reset', 'truncatedJson', 'html'])(
		'of definitions (%s) are overcome',
		async (kind) => {
			const run = await importWith({ call: 'attributes', kind });
			expect(run.status).toBe('success');
			expect(apsisOne.imports).toHaveLength(1);
		},
	);

	it.each([408, 429, 500, 502, 503, 504])(
		'of definitions (status %s) are overcome',
		async (status) => {
			const run = await importWith({ call: 'keyspaces', kind: 'status', status });
			expect(run.status).toBe('success');
		},
	);

	it('honour Retry-After', async () => {
		await importWith({
			call: 'keyspaces',
			kind: 'status',
			status: 429,
			headers: { 'Retry-After': '1' },
		});
		const [first, second] = apsisOne.calls.filter(({ call }) => call === 'keyspaces');
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
	});

	it.each([503, 500])(
		'of the upload (status %s) are overcome with a rebuilt form',
		async (status) => {
			const run = await importWith({ call: 'upload', kind: 'status', status });
			expect(run.status).toBe('success');
			await apsisOne.settled();
			expect(countOf('upload')).toBe(2);
			expect(apsisOne.imports).toHaveLength(1);
			expect(apsisOne.imports[0]?.counts).toMatchObject({ created: 1, failed: 0 });
		},
	);

	it('of the import request that had no effect (500) are overcome', async () => {
		const run = await importWith({ call: 'importRequest', kind: 'status', status: 500 });
		expect(run.status).toBe('success');
		expect(apsisOne.imports).toHaveLength(1);
	});
});

const ASKED =
	'The node asked APSIS One to request the import and cannot know whether that was done, so it did not ask again.';
const STRANDED =
	"An import may have been made, though: it holds one of the account's three places until its upload address expires; nothing was changed by it.";
const LOOK = 'Look in APSIS One before you run the workflow again.';

describe('an import request whose answer was lost', () => {
	it.each<Fault>([
		{ call: 'importRequest', kind: 'reset', effect: 'after' },
		{ call: 'importRequest', kind: 'truncatedJson', effect: 'after' },
		{ call: 'importRequest', kind: 'html', effect: 'after' },
	])('is not repeated, and the message says so ($kind)', async (fault) => {
		const run = await importWith(fault);
		expect(run.error?.message).toMatch(/^APSIS One's answer was lost: /);
		expect(run.error?.description).toBe(`${ASKED} ${STRANDED} ${LOOK}`);
		expect(countOf('importRequest')).toBe(1);
	});

	it.each([502, 504])('by a gateway (status %i) is not repeated either', async (status) => {
		const run = await importWith({ call: 'importRequest', kind: 'status', status, times: 9 });
		expect(run.error).toMatchObject({
			message: `APSIS One's answer was lost: a gateway answered in its place, with status ${status}`,
			description: `${ASKED} ${STRANDED} ${LOOK} APSIS One says: Scripted fault`,
		});
		expect(countOf('importRequest')).toBe(1);
	});

	it('each time by an error inside APSIS One may have left an import each time', async () => {
		const run = await importWith({ call: 'importRequest', kind: 'status', status: 500, times: 9 });
		expect(run.error).toMatchObject({
			message: 'APSIS One failed to request the import',
			description: `It answered with status 500 each time (5 tries). ${STRANDED} ${LOOK} APSIS One says: Scripted fault`,
		});
		expect(countOf('importRequest')).toBe(5);
	});

	it('by a 503 has left none', async () => {
		const run = await importWith({ call: 'importRequest', kind: 'status', status: 503, times: 9 });
		expect(run.error?.description).toBe(
			'It answered with status 503 each time (5 tries). Try again later. APSIS One says: Scripted fault',
		);
	});
});

describe('when the account has no place for another import', () => {
	let restoreClock = () => {};
	beforeEach(() => {
		restoreClock = startFastClock();
	});
	afterEach(() => restoreClock());

	/** Seconds from each import request to the next. */
	const gaps = () => {
		const at = apsisOne.calls.filter(({ call }) => call === 'importRequest').map((one) => one.at);
		return at.slice(1).map((time, index) => (time - (at[index] ?? 0)) / 1000);
	};

	/** One import of opt-ins and one of opt-outs; the second finds no place. */
	const importBoth = async (maxWaitForPlace: number) =>
		await runWorkflow({
			...setupFor(apsisOne),
			workflow: workflowWith(
				requestParameters({
					subscriptions: { values: [subscription()] },
					options: { maxWaitForPlace },
				}),
			),
			input: [
				{ json: { email: 'in@example.com', newsletter: 'yes' } },
				{ json: { email: 'out@example.com', newsletter: 'no' } },
			],
		});

	it('the node waits for one, and goes on', async () => {
		const run = await importWith({ call: 'importRequest', kind: 'status', status: 429 });
		expect(run.status).toBe('success');
		expect(countOf('importRequest')).toBe(2);
		expect(apsisOne.imports).toHaveLength(1);
		expect(gaps()[0]).toBeGreaterThanOrEqual(9.9);
	});

	it('the node waits as long as Retry-After says', async () => {
		const run = await importWith({
			call: 'importRequest',
			kind: 'status',
			status: 429,
			times: 2,
			headers: { 'Retry-After': '45' },
		});
		expect(run.status).toBe('success');
		expect(gaps()).toHaveLength(2);
		for (const gap of gaps()) expect(gap).toBeGreaterThanOrEqual(44.9);
	});

	it('the node asks no sooner than every ten seconds, and not for hours', async () => {
		await importWith(
			...['0', '86400'].map((seconds): Fault => ({
				call: 'importRequest',
				kind: 'status',
				status: 429,
				headers: { 'Retry-After': seconds },
			})),
		);
		const [first = 0, second = 0] = gaps();
		expect(first).toBeGreaterThanOrEqual(9.9);
		expect(second).toBeGreaterThanOrEqual(599);
		expect(second).toBeLessThan(1_000);
	});

	it('looks that fail meanwhile do not end the wait', async () => {
		const times = 99;
		apsisOne.faults.add({ call: 'importRequest', kind: 'status', status: 429, skip: 1, times: 8 });
		apsisOne.faults.add({ call: 'importStatus', kind: 'status', status: 503, times });
		const run = await importBoth(60);
		expect(run.error).toBeUndefined();
		expect(run.outputs(NODE_NAME)).toHaveLength(2);
		expect(run.outputs(NODE_NAME, 1)).toEqual([]);
		expect(countOf('importStatus')).toBe(8);
	});

	it('the reason says how the last look failed, when the wait ends in vain', async () => {
		const times = 99;
		apsisOne.faults.add({ call: 'importRequest', kind: 'status', status: 429, skip: 1, times });
		apsisOne.faults.add({ call: 'importStatus', kind: 'status', status: 503, times });
		const run = await importBoth(2);
		expect(run.outputs(NODE_NAME, 1)[0]?.json.reasons).toMatchObject([
			{
				cure: 'An account may have three unfinished imports at a time and request ten a minute, other integrations included. Wait until some have finished (Audience → Profiles → Import history), or raise Maximum Wait for a Place. The last look at an import failed: APSIS One failed to get the status of the import.',
			},
		]);
	});
});

describe('a web page in place of an answer', () => {
	const PROXY =
		'APSIS One never answers with a page: a proxy or firewall between this n8n and APSIS One did, when the node asked to list the keyspaces. Check that this n8n may reach APSIS One through it, and Region, or Base URL, in the credential.';

	it.each([403, 404, 407])('with status %i came from a proxy', async (status) => {
		const run = await importWith({ call: 'keyspaces', kind: 'html', status, times: 9 });
		expect(run.error).toMatchObject({
			message: `A web page answered in place of APSIS One, with status ${status}`,
			description: PROXY,
		});
		expect(countOf('keyspaces')).toBe(1);
		expect(countOf('token')).toBe(1);
	});

	it('does not mean that there is no such import', async () => {
		apsisOne.faults.add({ call: 'importStatus', kind: 'html', status: 404, times: 9 });
		const run = await runWorkflow({
			...setupFor(apsisOne),
			workflow: workflowWith({
				resource: 'profileImport',
				operation: 'getStatus',
				section: locator(SECTIONS.shop),
				importId: 'i-7',
			}),
			input,
		});
		expect(run.error?.message).toMatch(
			/^(\[Item \d\] )?A web page answered in place of APSIS One, with status 404$/,
		);
	});

	it('in place of a token does not mean that the key is wrong', async () => {
		const run = await importWith({ call: 'token', kind: 'html', status: 403 });
		const host = new URL(apsisOne.baseUrl).host;
		expect(run.error).toMatchObject({
			message: `A web page answered in place of APSIS One at ${host}, with status 403`,
			description:
				'A proxy or firewall between this n8n and APSIS One did: check that this n8n may reach APSIS One through it, and Region, or Base URL, in the credential.',
		});
	});
});

describe('the upload host', () => {
	it('is understood when it says that a file is too large', async () => {
		const xml = '<Error><Code>EntityTooLarge</Code></Error>';
		const run = await importWith({ call: 'upload', kind: 'status', status: 400, body: xml });
		expect(run.error?.message).toBe(
			'The upload host refused the file: the file is larger than the 50 MB it allows',
		);
		expect(run.error?.description).toContain('EntityTooLarge');
	});

	it('gets a new import when the form expired on the way', async () => {
		const shortLived = await startApsisOne({ timing: { uploadUrlLifeMs: 0 } });
		const run = await importRows(shortLived, ROWS);
		expect(run.error?.message).toBe(
			'The upload address expired each time before the file had arrived',
		);
		expect(shortLived.imports).toHaveLength(3);
		await shortLived.close();
	});
});

it('a storm of 429, a failing upload and an expired address loses and doubles no row', async () => {
	// Just below the time after which the node gives an upload up; test/integration/millionRows.scale.ts has large files.
	const stormy = await startApsisOne({ timing: { uploadUrlLifeMs: 590_000 } });
	for (const call of ['attributes', 'importRequest', 'importStatus'] as const) {
		stormy.faults.add({ call, kind: 'status', status: 429, times: 4 });
	}
	stormy.faults.add({ call: 'upload', kind: 'status', status: 503 });
	stormy.faults.add({ call: 'upload', kind: 'reset' });
	// Nobody answers until the upload is given up; by then its address has expired.
	stormy.faults.add({ call: 'upload', kind: 'timeout', skip: 1 });
	const rows = Array.from({ length: 40 }, (_, index) => ({
		email: `person.${index}@example.com`,
		newsletter: index % 2 === 0 ? 'yes' : 'no',
	}));
	const run = await importRows(stormy, rows, { subscriptions: { values: [subscription()] } });
	await stormy.close();
	expect(run.error).toBeUndefined();
	expect(run.outputs(NODE_NAME, 1)).toEqual([]);
	const arrived = stormy.imports.flatMap(({ file }) =>
		file?.content ? [String(file.content)] : [],
	);
	expect(arrived).toHaveLength(2);
	expect(arrived.flatMap((text) => text.match(/^[^,]+@example.com/gm)).sort()).toEqual(
		rows.map(({ email }) => email).sort(),
	);
	expect(stormy.imports.filter(({ file }) => file === undefined)).toHaveLength(1);
});

it('ends when the user cancels the execution', async () => {
	const abort = new AbortController();
	apsisOne.faults.add({
		call: 'keyspaces',
		kind: 'status',
		status: 503,
		times: 9,
		headers: { 'Retry-After': '60' },
	});
	const running = importRows(apsisOne, ROWS, {}, { abort: abort.signal });
	setTimeout(() => abort.abort(), 20_000);
	const run = await running;
	expect(run.error?.message).toBe('The execution was cancelled');
	expect(run.outputs(NODE_NAME)).toEqual([]);
});
