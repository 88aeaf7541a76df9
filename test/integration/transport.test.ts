/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { type Fault, startApsisOne } from '../apsisOne';
import { runWorkflow } from '../engine';
import {
	credentialFor,
	NODE_NAME,
	requestParameters,
	setupFor,
	workflowWith,
} from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

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

describe('the token', () => {
	it('is kept from one execution to the next', async () => {
		const setup = setupFor(apsisOne);
		const options = { ...setup, workflow: workflowWith(requestParameters()), input };
		await runWorkflow(options);
		await runWorkflow(options);
		expect(countOf('token')).toBe(1);
	});

	it('is replaced before use when its exp claim has come', async () => {
		const past = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 30 })).toString(
			'base64url',
		);
		const credentials = credentialFor(apsisOne, { accessToken: `e30.${past}.x` });
		const run = await runWorkflow({
			...setupFor(apsisOne),
			credentials,
			workflow: workflowWith(requestParameters()),
			input,
		});
		expect(run.status).toBe('success');
		expect(apsisOne.calls.map(({ call, status }) => [call, status])[0]).toEqual(['token', 200]);
		expect(apsisOne.calls.some(({ status }) => status === 403)).toBe(false);
	});

	it('is renewed once when APSIS One refuses it with 403, and the call is repeated', async () => {
		const setup = setupFor(apsisOne);
		const options = { ...setup, workflow: workflowWith(requestParameters()), input };
		await runWorkflow(options);
		apsisOne.expireTokens();
		const run = await runWorkflow(options);
		expect(run.status).toBe('success');
		expect(countOf('token')).toBe(2);
		expect(apsisOne.calls.filter(({ status }) => status === 403)).toHaveLength(1);
	});

	it('is renewed once and no more when the permission is missing', async () => {
		const setup = setupFor(apsisOne);
		await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		apsisOne.faults.add({
			call: 'keyspaces',
			kind: 'status',
			status: 403,
			times: 9,
			body: { Message: 'User is not authorized' },
		});
		const run = await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
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

describe('an import request whose answer was lost', () => {
	it.each<Fault>([
		{ call: 'importRequest', kind: 'reset', effect: 'after' },
		{ call: 'importRequest', kind: 'truncatedJson', effect: 'after' },
		{ call: 'importRequest', kind: 'html', effect: 'after' },
	])('is not repeated, and the message says so ($kind)', async (fault) => {
		const run = await importWith(fault);
		expect(run.error?.message).toMatch(/^APSIS One's answer was lost: /);
		expect(run.error?.description).toBe(
			"The node asked APSIS One to request the import and cannot know whether that was done, so it did not ask again. An import may have been made, though: it holds one of the account's three places until its upload address expires; nothing was changed by it. Look in APSIS One before you run the workflow again.",
		);
		expect(countOf('importRequest')).toBe(1);
	});
});

describe('when the account has no place for another import', () => {
	it('the node waits for one, and goes on', async () => {
		const run = await importWith({ call: 'importRequest', kind: 'status', status: 429 });
		expect(run.status).toBe('success');
		expect(countOf('importRequest')).toBe(2);
		expect(apsisOne.imports).toHaveLength(1);
		const [first, second] = apsisOne.calls.filter(({ call }) => call === 'importRequest');
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(9_900);
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
		const run = await runWorkflow({
			...setupFor(shortLived),
			workflow: workflowWith(requestParameters()),
			input,
		});
		expect(run.error?.message).toBe(
			'The upload address expired each time before the file had arrived',
		);
		expect(shortLived.imports).toHaveLength(3);
		await shortLived.close();
	});
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
	const running = runWorkflow({
		...setupFor(apsisOne),
		workflow: workflowWith(requestParameters()),
		input,
		abort: abort.signal,
	});
	setTimeout(() => abort.abort(), 200);
	const run = await running;
	expect(run.error?.message).toBe('The execution was cancelled');
	expect(run.outputs(NODE_NAME)).toEqual([]);
});
