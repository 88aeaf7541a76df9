/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs under jest, never in n8n */
/**
 * What must never happen, each with a test that fails without its guard. Guards of one operation stand with the operation:
 * consent that cannot be read (singleProfile), lost answers (transport, singleProfile), rows not sent (partial), once for
 * each import (unit/onceEach).
 */
import type { INodeParameters } from 'n8n-workflow';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import { ApsisOneApi } from '../../credentials/ApsisOneApi.credentials';
import { resolveBaseUrl } from '../../nodes/ApsisOne/transport/baseUrl';
import {
	ApsisOne,
	ATTRIBUTES,
	CHANNELS,
	defaultAccount,
	EVENTS,
	EXISTING,
	type Fault,
	KEYSPACES,
	SECTIONS,
	TAGS,
	TOPICS,
} from '../apsisOne';
import { listen, type ListeningTrigger, storeBinary } from '../engine';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	importRows,
	itemsOf,
	jsonOf,
	locator,
	mapped,
	requestParameters,
	runNode,
	setupFor,
	TRIGGER_NODE,
} from '../support/workflows';

const apsisOne = useLocalApsisOne();
const ROWS = [{ email: 'anna@example.com' }];

describe('a notification', () => {
	const BODY = JSON.stringify({ importId: 'i-1', section: SECTIONS.shop });
	const all: ListeningTrigger[] = [];
	let trigger: ListeningTrigger;

	async function listening(triggerName = 'imports'): Promise<ListeningTrigger> {
		const parameters = { ...TRIGGER_NODE.parameters, triggerName };
		const one = await listen(setupFor(apsisOne), { ...TRIGGER_NODE, parameters });
		all.push(one);
		return one;
	}

	beforeAll(async () => {
		trigger = await listening();
	});
	afterAll(async () => {
		for (const one of all) await one.close();
	});

	/** Signed as the README tells other systems to do it. */
	function signed(
		body: string,
		{ secret = apsisOne.clientSecret, secondsAgo = 0, nonce = randomUUID() as string } = {},
	): Record<string, string> {
		const key = createHmac('sha256', secret).update('n8n-nodes-apsis-one notification v1').digest();
		const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
		const signature = createHmac('sha256', key).update(`${timestamp}.${nonce}.${body}`);
		return {
			'X-Apsis-One-Timestamp': timestamp,
			'X-Apsis-One-Nonce': nonce,
			'X-Apsis-One-Signature': `v1=${signature.digest('hex')}`,
		};
	}

	async function post(
		body: string,
		headers: Record<string, string>,
		url = trigger.url,
	): Promise<[number, string]> {
		const answer = await fetch(url, { method: 'POST', body, headers });
		const text = await answer.text();
		return [answer.status, text && (JSON.parse(text) as { message: string }).message];
	}

	it('is taken when it is signed as the README says', async () => {
		expect(await post(BODY, signed(BODY))).toEqual([202, '']);
		expect(await trigger.next()).toMatchObject([{ json: { imports: [{ importId: 'i-1' }] } }]);
	});

	it.each<[string, (headers: Record<string, string>) => Record<string, string>, RegExp]>([
		['has no signature', () => ({}), /not signed/],
		['has no nonce', (headers) => ({ ...headers, 'X-Apsis-One-Nonce': '' }), /not signed/],
		[
			'is signed with another secret',
			() => signed(BODY, { secret: 'another' }),
			/signature is wrong/,
		],
		['was signed for another body', () => signed(`${BODY} `), /signature is wrong/],
		[
			'has got another timestamp',
			(headers) => ({
				...headers,
				'X-Apsis-One-Timestamp': String(Math.floor(Date.now() / 1000) - 9),
			}),
			/signature is wrong/,
		],
		[
			'has got another nonce',
			(headers) => ({ ...headers, 'X-Apsis-One-Nonce': randomUUID() }),
			/signature is wrong/,
		],
		[
			'has half a signature',
			(headers) => ({
				...headers,
				'X-Apsis-One-Signature': (headers['X-Apsis-One-Signature'] ?? '').slice(0, 35),
			}),
			/signature is wrong/,
		],
	])('is refused when it %s', async (_, change, message) => {
		expect(await post(BODY, change(signed(BODY)))).toEqual([401, expect.stringMatching(message)]);
	});

	it.each([310, 3_600, -310])('is refused when it is %s seconds old', async (secondsAgo) => {
		expect(await post(BODY, signed(BODY, { secondsAgo }))).toEqual([
			401,
			expect.stringContaining('older than five minutes, or a clock is wrong'),
		]);
	});

	it.each([290, -290])('is taken when it is %s seconds old', async (secondsAgo) => {
		expect((await post(BODY, signed(BODY, { secondsAgo })))[0]).toBe(202);
	});

	it('is taken once', async () => {
		const headers = signed(BODY);
		expect((await post(BODY, headers))[0]).toBe(202);
		expect(await post(BODY, headers)).toEqual([409, 'This notification has been received before.']);
	});

	it('is taken once, though its signature lives for ten minutes where the clocks differ', async () => {
		const now = Date.now();
		const headers = signed(BODY, { secondsAgo: -290 });
		expect((await post(BODY, headers))[0]).toBe(202);
		const clock = jest.spyOn(Date, 'now');
		clock.mockReturnValue(now + 580_000);
		const [status] = await post(BODY, headers);
		clock.mockRestore();
		expect(status).toBe(409);
	});

	it('has at most 10,000 bytes', async () => {
		const ofBytes = (bytes: number) => {
			const body = JSON.stringify({ importId: 'i-1', section: SECTIONS.shop, more: 'ö' });
			return body.replace('ö', `ö${'x'.repeat(bytes - Buffer.byteLength(body))}`);
		};
		expect((await post(ofBytes(10_000), signed(ofBytes(10_000))))[0]).toBe(202);
		expect(await post(ofBytes(10_001), signed(ofBytes(10_001)))).toEqual([
			413,
			'A notification has at most 10000 bytes.',
		]);
	});

	it('that is refused calls nobody and starts nothing', async () => {
		const own = await listening('own');
		await post(BODY, signed(BODY, { secondsAgo: 400 }), own.url);
		await post(BODY, {}, own.url);
		expect(apsisOne.calls).toEqual([]);
		const next = JSON.stringify({ importId: 'i-2', section: SECTIONS.shop });
		await post(next, signed(next), own.url);
		expect(await own.next()).toMatchObject([{ json: { imports: [{ importId: 'i-2' }] } }]);
	});
});

describe('the base URL', () => {
	it.each([
		'http://api.example.com',
		'http://10.0.0.1',
		'http://0.0.0.0',
		'http://127.0.0.1.example.com',
		'http://localhost.example.com',
		'http://localhost@example.com',
		'ftp://127.0.0.1',
		'https://user:secret@api.example.com',
		'https://api.example.com/?to=https://127.0.0.1',
		'https://api.example.com/#top',
	])('may not be %s', (address) => {
		expect(() => resolveBaseUrl('custom', address)).toThrow(
			'The Base URL of the APSIS One credential cannot be used',
		);
	});

	it.each([
		'https://api.example.com',
		'http://localhost:5678',
		'http://127.0.0.1:5678',
		'http://[::1]:5678',
	])('may be %s', (address) => {
		expect(resolveBaseUrl('custom', address)).toBe(address);
	});

	it('is looked at before the secret is sent', async () => {
		const run = await importRows(
			apsisOne,
			ROWS,
			{},
			{ credential: { baseUrl: 'http://0.0.0.0:9' } },
		);
		expect(run.error?.message).toBe('The Base URL of the APSIS One credential cannot be used');
	});
});

describe('a redirect', () => {
	useFastClock(50);
	/** Where redirects lead to, and what arrived there. */
	const arrived: string[] = [];
	const elsewhere = createServer((request, response) => {
		arrived.push(`${request.method} ${request.headers.authorization ?? ''}`);
		request.resume();
		response.setHeader('content-type', 'application/json').end('{"access_token":"x","items":[]}');
	});
	let location: string;

	beforeAll(async () => {
		await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
		location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
	});
	beforeEach(() => {
		arrived.length = 0;
	});
	afterAll(() => {
		elsewhere.closeAllConnections();
		elsewhere.close();
	});

	const STATUSES = [301, 302, 307, 308];

	async function expectNotFollowed(call: Fault['call'], status: number): Promise<void> {
		apsisOne.faults.add({
			call,
			kind: 'status',
			status,
			headers: { Location: location },
			times: 9,
		});
		const run = await importRows(apsisOne, ROWS);
		expect(arrived).toEqual([]);
		expect(run.error?.message).toBeTruthy();
	}

	it.each(
		(['keyspaces', 'importRequest', 'upload'] as const).flatMap((call) =>
			STATUSES.map((status) => ({ call, status })),
		),
	)('of the call $call (status $status) is not followed', async ({ call, status }) => {
		await expectNotFollowed(call, status);
	});

	it.each(STATUSES)('of the call token (status %s) is not followed', async (status) => {
		await expectNotFollowed('token', status);
	});

	it('of a notification is not followed', async () => {
		const redirecting = createServer((request, response) => {
			request.resume();
			response.writeHead(307, { location }).end();
		});
		await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
		const notifyUrl = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
		const run = await importRows(apsisOne, ROWS, { options: { notifyUrl } });
		redirecting.closeAllConnections();
		redirecting.close();
		expect(arrived).toEqual([]);
		expect(jsonOf(run)[0]).toMatchObject({ triggersStarted: [] });
	});

	it("of the credential's test is not followed", () => {
		expect(new ApsisOneApi().test.request.disableFollowRedirect).toBe(true);
	});
});

describe('names that would change the address of a call', () => {
	const SECTION = 'usercreated.sections.a/b?c=d&e#f%2Fg ä-0000000000';
	const KEYSPACE = 'com.apsis1.integrations.keyspaces.0badcafe.a/b?c#d%2F';
	const KEY = 'k/1?x=y&z#%2F ä/../2';
	const account = defaultAccount();
	const [shop] = account.sections;
	const odd = new ApsisOne({
		account: {
			...account,
			keyspaces: [
				...account.keyspaces,
				{ discriminator: KEYSPACE, name: 'Odd', manageSubscriptions: true },
			],
			sections: shop ? [{ ...shop, discriminator: SECTION }] : [],
			profiles: [],
		},
	});
	const PROFILE = {
		section: locator(SECTION),
		keyspace: locator(KEYSPACE),
		profileKey: KEY,
		options: {},
	};
	const stored = () => odd.profile(KEYSPACE, KEY, SECTION);

	async function run(parameters: INodeParameters) {
		const result = await runNode(odd, { ...PROFILE, ...parameters }, itemsOf([{}]));
		expect(result.error).toBeUndefined();
		return jsonOf(result);
	}

	beforeAll(async () => await odd.start());
	beforeEach(async () => {
		odd.reset();
		const attributes = mapped({ [ATTRIBUTES.city]: 'Oslo' });
		await run({ resource: 'profile', operation: 'upsert', attributes });
	});
	afterEach(() => expect(odd.calls.filter(({ call }) => call === 'other')).toEqual([]));
	afterAll(async () => await odd.close());

	it('are encoded when a profile is written, read and deleted', async () => {
		expect(stored()?.attributes).toEqual({ [ATTRIBUTES.city]: 'Oslo' });
		expect(await run({ resource: 'profile', operation: 'get' })).toMatchObject([
			{ profileKey: KEY, attributes: { City: 'Oslo' } },
		]);
		await run({ resource: 'profile', operation: 'delete', confirmDeletion: true });
		expect(odd.calls.at(-1)).toMatchObject({ method: 'DELETE', status: 204 });
		expect(stored()).toBeUndefined();
	});

	it('are encoded when a profile gets a consent, a tag and an event', async () => {
		const consent = { subscription: TOPICS.news, channel: CHANNELS.email, consent: 'opt-in' };
		await run({ resource: 'consent', operation: 'set', ...consent, reason: 'Signed up' });
		await run({ resource: 'tag', operation: 'add', tagNames: [TAGS.vip] });
		await run({
			resource: 'event',
			operation: 'add',
			event: EVENTS.purchase,
			eventTime: '2026-11-24T10:00:00Z',
			eventFields: mapped({ order_id: 'A1' }),
		});
		expect(stored()).toMatchObject({
			consents: { [`${TOPICS.news}|${CHANNELS.email}`]: 'opt-in' },
			tags: [TAGS.vip],
			events: [{ data: { order_id: 'A1' } }],
		});
		expect(await run({ resource: 'consent', operation: 'getMany' })).toMatchObject([
			{ type: 'opt-in' },
		]);
	});

	it('are encoded when an import is requested and looked at', async () => {
		const sent = await importRows(odd, ROWS, { section: locator(SECTION) });
		expect(sent.error).toBeUndefined();
		const { importId } = jsonOf(sent)[0] ?? {};
		const look = { resource: 'profileImport', operation: 'getStatus' };
		expect(await run({ ...look, importId: String(importId) })).toMatchObject([{ importId }]);
		const strange = '../attributes?x=1#';
		await runNode(odd, { ...PROFILE, ...look, importId: strange }, itemsOf([{}]));
		expect(odd.calls.at(-1)).toMatchObject({
			call: 'importStatus',
			status: 404,
			path: `/audience/sections/${encodeURIComponent(SECTION)}/imports/${encodeURIComponent(strange)}`,
		});
	});
});

describe('whoever has opted out stays so where Resubscribe is not plainly on', () => {
	const choice = { subscription: TOPICS.news, channel: CHANNELS.email };
	afterEach(() => {
		expect(apsisOne.profile(KEYSPACES.email, EXISTING.optedOut)?.consents).toEqual({
			[`${TOPICS.news}|${CHANNELS.email}`]: 'opt-out',
		});
	});

	it.each(['optInAll', 'asFieldSays'])('by an import with consent %s', async (consent) => {
		const values = [{ ...choice, consent, consentField: 'newsletter' }];
		const rows = [{ email: EXISTING.optedOut, newsletter: 'yes' }];
		const run = await importRows(apsisOne, rows, { subscriptions: { values } });
		expect(jsonOf(run)).toMatchObject([{ optIns: 1, resubscribes: 0 }]);
		expect(JSON.stringify(apsisOne.imports[0]?.request)).toContain(
			'"resubscribe_if_opted_out":false',
		);
	});

	// An expression may give anything.
	it.each(['={{ "" }}', '={{ "no" }}', '={{ 1 }}'])('by an import with %s', async (resubscribe) => {
		const values = [{ ...choice, consent: 'optInAll', resubscribe }];
		const run = await importRows(apsisOne, [{ email: EXISTING.optedOut }], {
			subscriptions: { values },
		});
		expect(jsonOf(run)).toMatchObject([{ optIns: 1, resubscribes: 0 }]);
	});

	it.each([{}, { resubscribe: '={{ "no" }}' }])('by Consent: Set with %j', async (untouched) => {
		const set = {
			resource: 'consent',
			operation: 'set',
			section: locator(SECTIONS.shop),
			keyspace: locator(KEYSPACES.email),
			profileKey: EXISTING.optedOut,
			...choice,
			...untouched,
			consent: 'opt-in',
			reason: 'Signed up',
		};
		expect(jsonOf(await runNode(apsisOne, set, itemsOf([{}])))).toMatchObject([
			{ changed: false, keptOptedOut: true },
		]);
	});
});

it('a file is filled up to the 50,000,000 bytes that APSIS One takes, and no further', async () => {
	const large = await new ApsisOne({ processing: 'hashOnly', keepFiles: false }).start();
	const cells = Array.from({ length: 3 }, () => 'x'.repeat(990)).join(',');
	const lines = Array.from({ length: 17_000 }, (_, row) => `person.${row}@example.com,${cells}\n`);
	const data = await storeBinary(
		Readable.from(['email,First name,Last name,City\n', ...lines]),
		'rows.csv',
	);
	const parameters = { inputSource: 'file', binaryPropertyName: 'data' };
	const run = await runNode(large, requestParameters(parameters), [{ json: {}, binary: { data } }]);
	await large.close();
	expect(run.error).toBeUndefined();
	const [first, ...others] = large.imports.map(({ file }) => file?.bytes ?? 0);
	expect(others).toHaveLength(1);
	expect(first).toBeLessThanOrEqual(50_000_000);
	expect(first).toBeGreaterThan(50_000_000 - 3_100);
});
