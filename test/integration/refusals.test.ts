import { type Fault, SECTIONS } from '../apsisOne';
import { runWorkflow } from '../engine';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	locator,
	NODE_NAME,
	requestParameters,
	setupFor,
	subscription,
	workflowWith,
} from '../support/workflows';

const apsisOne = useLocalApsisOne();

const input = [{ json: { email: 'anna@example.com' } }];

async function importWith(...faults: Fault[]) {
	for (const fault of faults) apsisOne.faults.add(fault);
	return await runWorkflow({
		...setupFor(apsisOne),
		workflow: workflowWith(requestParameters()),
		input,
	});
}

const countOf = (call: string) => apsisOne.calls.filter((one) => one.call === call).length;

const ASKED =
	'The node asked APSIS One to request the import and does not know whether that was done, so it did not ask again.';
const STRANDED =
	"An import may have been created anyway. If so, it counts as one of the account's three unfinished imports until its upload URL expires, but changes no profiles.";
const LOOK = 'Check in APSIS One before you run the workflow again.';

describe('an import request whose answer was lost', () => {
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
				cure: 'An account may have three unfinished imports at a time and request ten a minute, other integrations included. Wait until some have finished (Audience → Profiles → Import history), or raise Maximum Wait for a Place. The last status check of an import failed: APSIS One failed to get the status of the import.',
			},
		]);
	});
});

describe('a web page in place of an answer', () => {
	const PROXY =
		'A proxy or firewall between n8n and APSIS One must have answered when the node asked to list the keyspaces. Check that n8n can reach APSIS One through it, and check Region or Base URL in the credential.';

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
				'A proxy or firewall between n8n and APSIS One must have answered. Check that n8n can reach APSIS One through it, and check Region or Base URL in the credential.',
		});
	});
});
