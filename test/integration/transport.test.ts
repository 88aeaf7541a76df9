/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { type Fault, startApsisOne } from '../apsisOne';
import { credentialFor, importRows, NODE_NAME, subscription, setupFor } from '../support/workflows';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';

useFastClock(50);
const apsisOne = useLocalApsisOne();

const ROWS = [{ email: 'anna@example.com' }];

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

describe('an import request whose answer was lost', () => {
	it.each<Fault>([
		{ call: 'importRequest', kind: 'reset', effect: 'after' },
		{ call: 'importRequest', kind: 'truncatedJson', effect: 'after' },
		{ call: 'importRequest', kind: 'html', effect: 'after' },
	])('is not repeated, and the message says so ($kind)', async (fault) => {
		const run = await importWith(fault);
		expect(run.error?.message).toMatch(/^APSIS One's answer was lost: /);
		expect(run.error?.description).toBe(
			"The node asked APSIS One to request the import and does not know whether that was done, so it did not ask again. An import may have been created anyway. If so, it counts as one of the account's three unfinished imports until its upload URL expires, but changes no profiles. Check in APSIS One before you run the workflow again.",
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
		const run = await importRows(shortLived, ROWS);
		expect(run.error?.message).toBe(
			'Each time, the upload URL expired before the file had been uploaded',
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
