import type { INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import {
	ATTRIBUTES,
	CHANNELS,
	EVENTS,
	EXISTING,
	KEYSPACES,
	SECTIONS,
	TAGS,
	TOPICS,
} from '../apsisOne';
import { waitFor } from '../e2e/lab/waitFor';
import { type EngineRun, type EngineSetup, runWorkflow } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { locator, mapped, NODE_NAME, setupFor, workflowWith } from '../support/workflows';

const apsisOne = useLocalApsisOne();

async function run(
	parameters: INodeParameters,
	items: INodeExecutionData['json'][],
	more: Partial<INode> = {},
	setup: EngineSetup = setupFor(apsisOne),
): Promise<EngineRun> {
	const profile = {
		section: locator(SECTIONS.shop),
		keyspace: locator(KEYSPACES.email),
		profileKey: '={{ $json.email }}',
		options: {},
	};
	return await runWorkflow({
		...setup,
		workflow: workflowWith({ ...profile, ...parameters }, more),
		input: items.map((json) => ({ json })),
	});
}

const UPSERT = {
	resource: 'profile',
	operation: 'upsert',
	attributes: { mappingMode: 'autoMapInputData', value: null },
};
const CONSENT = {
	resource: 'consent',
	operation: 'set',
	subscription: TOPICS.news,
	channel: CHANNELS.email,
	consent: 'opt-in',
	reason: 'Signed up',
};
const NEWS = `${TOPICS.news}|${CHANNELS.email}`;
const stored = (key: string) => apsisOne.profile(KEYSPACES.email, key);
const json = (result: EngineRun) => result.outputs(NODE_NAME).map((item) => item.json);

describe('Profile: Create or Update', () => {
	it('creates a new profile and updates one that is there, with values as APSIS One wants them', async () => {
		const result = await run(UPSERT, [
			{
				email: 'Anna+1@example.com',
				firstname: 'Anna',
				mobile: '+46 70 123 45 67',
				'Club points': '12',
			},
			{ email: EXISTING.optedIn, City: 'Bergen', lastname: '' },
		]);
		expect(result.error).toBeUndefined();
		expect(json(result)).toMatchObject([
			{ profileKey: 'Anna+1@example.com', created: true },
			{ profileKey: EXISTING.optedIn, created: false },
		]);
		expect(stored('Anna+1@example.com')?.attributes).toMatchObject({
			[ATTRIBUTES.firstName]: 'Anna',
			[ATTRIBUTES.mobile]: '46701234567',
			[ATTRIBUTES.points]: '12',
		});
		expect(stored(EXISTING.optedIn)?.attributes).toMatchObject({
			[ATTRIBUTES.firstName]: 'Lars',
			[ATTRIBUTES.city]: 'Bergen',
		});
		expect(result.outputs(NODE_NAME).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
	});

	it('takes attributes mapped by hand, with expressions for each item', async () => {
		await run({ ...UPSERT, attributes: mapped({ [ATTRIBUTES.city]: '={{ $json.town }}' }) }, [
			{ email: 'a@example.com', town: 'Oslo' },
			{ email: 'b@example.com', town: 'Lund' },
		]);
		expect(stored('a@example.com')?.attributes[ATTRIBUTES.city]).toBe('Oslo');
		expect(stored('b@example.com')?.attributes[ATTRIBUTES.city]).toBe('Lund');
	});

	it.each<[string, INodeExecutionData['json'], RegExp]>([
		['no key', { email: '' }, /^\[Item 0\] Profile Key is empty/],
		['a key that is no address', { email: 'nobody' }, /^\[Item 0\] Profile Key: invalid email/],
		[
			'a phone number that is none',
			{ email: 'a@example.com', mobile: '12' },
			/^\[Item 0\] Mobile: invalid phone number/,
		],
	])('refuses %s with a sentence, before any effect', async (_, item, message) => {
		const result = await run(UPSERT, [item]);
		expect(result.error?.message).toMatch(message);
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
	});

	it('checks all items before it sends one', async () => {
		const result = await run(UPSERT, [{ email: 'a@example.com' }, { email: 'b@example' }]);
		expect(result.error).toMatchObject({
			message: '[Item 1] Profile Key: invalid email address (b@example)',
			description: expect.stringMatching(/Nothing was sent\.$/) as string,
		});
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
	});

	it('says how many items had been done when APSIS One fails', async () => {
		apsisOne.faults.add({ call: 'profile', kind: 'status', status: 400, skip: 20, times: 99 });
		const items = Array.from({ length: 20 }, (_, index) => ({ email: `p${index}@example.com` }));
		const result = await run(UPSERT, items);
		expect(result.error).toMatchObject({
			message: expect.stringMatching(
				/^\[Item \d+\] APSIS One refused to create the profile$/,
			) as string,
			description: expect.stringMatching(
				/fault\. Items that had been done: \d[\d–, ]*\.$/,
			) as string,
			context: { itemIndex: expect.any(Number) as number },
		});
	});

	it('reads values as imports do, whatever type the mapper has for them', async () => {
		const mapper = mapped({
			[ATTRIBUTES.points]: '={{ $json.points }}',
			[ATTRIBUTES.joined]: '={{ $json.joined }}',
		});
		const field = (id: string, type: string) => ({ id, displayName: id, type, required: false });
		const schema = [field(ATTRIBUTES.points, 'number'), field(ATTRIBUTES.joined, 'dateTime')];
		const result = await run(
			{ ...UPSERT, attributes: { ...mapper, schema }, options: { dateFormat: 'd.M.yyyy' } },
			[{ email: 'a@example.com', points: '12,5', joined: '8.2.2013' }],
		);
		expect(result.error).toBeUndefined();
		expect(stored('a@example.com')?.attributes).toEqual({
			[ATTRIBUTES.points]: '12.5',
			[ATTRIBUTES.joined]: '2013-02-08',
		});
	});

	it('erases what is stored where a mapped value is empty, if the user turned that on', async () => {
		const item = [{ email: EXISTING.optedOut, town: '' }];
		const attributes = mapped({
			[ATTRIBUTES.city]: '={{ $json.town }}',
			[ATTRIBUTES.firstName]: '',
		});
		await run({ ...UPSERT, attributes }, item);
		expect(stored(EXISTING.optedOut)?.attributes).toMatchObject({ [ATTRIBUTES.city]: 'Bergen' });
		await run({ ...UPSERT, attributes, options: { clearExistingAttributes: true } }, item);
		expect(stored(EXISTING.optedOut)?.attributes).toMatchObject({
			[ATTRIBUTES.firstName]: 'Ingrid',
		});
		expect(stored(EXISTING.optedOut)?.attributes).not.toHaveProperty([ATTRIBUTES.city]);
	});

	it('reads every item by its own options', async () => {
		const result = await run(
			{
				...UPSERT,
				options: {
					defaultCountry: '={{ $json.country }}',
					clearExistingAttributes: '={{ $json.clears }}',
				},
			},
			[
				{ email: 'a@example.com', mobile: '070 123 45 67', country: 'SE', clears: true },
				{ email: 'b@example.com', mobile: '040 123 4567', country: 'FI', clears: false },
				{ email: EXISTING.optedOut, firstname: '', country: 'NO', clears: false },
			],
		);
		expect(result.error).toBeUndefined();
		expect(stored('a@example.com')?.attributes[ATTRIBUTES.mobile]).toBe('46701234567');
		expect(stored('b@example.com')?.attributes[ATTRIBUTES.mobile]).toBe('358401234567');
		expect(stored(EXISTING.optedOut)?.attributes[ATTRIBUTES.firstName]).toBe('Ingrid');
	});

	it('with Continue, tells one bad option of its own item only', async () => {
		const options = { defaultCountry: '={{ $json.country }}' };
		const result = await run(
			{ ...UPSERT, options },
			[
				{ email: 'a@example.com', country: 'Sweden' },
				{ email: 'b@example.com', country: 'SE' },
			],
			{ onError: 'continueRegularOutput' },
		);
		expect(json(result)).toMatchObject([
			{ error: '[Item 0] Default Country "Sweden" is not a two-letter code' },
			{ profileKey: 'b@example.com' },
		]);
	});

	it('refuses a number whose last digits would be lost', async () => {
		const result = await run(UPSERT, [
			{ email: 'a@example.com', 'Club points': '12345678901234567' },
		]);
		expect(result.error?.message).toBe(
			'[Item 0] Club points: is a number too large to be exact (12345678901234567)',
		);
	});

	it.each(['.', '..'])('refuses the key "%s", which would change the call', async (key) => {
		const parameters = { ...UPSERT, keyspace: locator(KEYSPACES.crmId), profileKey: key };
		const result = await run(parameters, [{ email: 'a@example.com' }]);
		expect(result.error?.message).toBe(`[Item 0] Profile Key cannot be "${key}"`);
	});

	it.each([
		['continueRegularOutput', 0],
		['continueErrorOutput', 1],
	] as const)('with %s, hands on what is wrong by output %i', async (onError, output) => {
		const parameters = { ...UPSERT, profileKey: '={{ $json.email.toDateTime() }}' };
		const result = await run(parameters, [{ email: 'yesterday' }], { onError });
		expect(result.outputs(NODE_NAME, output)).toMatchObject([
			{ json: { error: expect.stringMatching(/^\[Item 0\] /) as string } },
		]);
		expect(result.outputs(NODE_NAME, 1 - output)).toEqual([]);
	});

	it.each([
		[KEYSPACES.export, 'Profiles cannot be written through the keyspace "Export"'],
		['com.apsis1.keyspaces.nothing', 'APSIS One has no keyspace "com.apsis1.keyspaces.nothing"'],
	])('makes no profile in the keyspace %s', async (keyspace, message) => {
		const result = await run({ ...UPSERT, keyspace: locator(keyspace) }, [{ email: 'x' }]);
		expect(result.error?.message).toBe(`[Item 0] ${message}`);
	});

	it('tells a faulty expression in the words of n8n', async () => {
		const parameters = { ...UPSERT, profileKey: '={{ $json.email.nothing.here }}' };
		const result = await run(parameters, [{ email: null }]);
		expect(result.error?.message).not.toContain('fault of the node');
		expect(String((result.error as { description?: unknown }).description)).not.toContain(
			'fault of the node',
		);
	});

	it('of 200 rows of a CRM, new and existing, ends with 195 done and 5 explained', async () => {
		const rows = Array.from({ length: 200 }, (_, index) => ({
			email: index % 40 === 7 ? `broken ${index}` : `person.${index}@example.com`,
			firstname: `P${index}`,
		}));
		const existing = rows.slice(0, 100).filter(({ email }) => email.includes('@'));
		const before = await run(
			UPSERT,
			existing.map(({ email }) => ({ email, firstname: 'Before' })),
		);
		expect(before.error).toBeUndefined();
		// One run alone stays below 100 calls a second.
		expect(apsisOne.refusals).toEqual({});
		apsisOne.calls.length = 0;
		const result = await run(UPSERT, rows, { onError: 'continueRegularOutput' });
		const output = json(result);
		const done = output.filter(({ error }) => error === undefined);
		expect(output).toHaveLength(200);
		expect(done).toHaveLength(195);
		expect(output.filter(({ error }) => error !== undefined)).toHaveLength(5);
		for (const { error } of output) if (error) expect(error).toMatch(/Profile Key: invalid email/);
		expect(done.filter(({ created }) => created === false).length).toBeGreaterThan(90);
		expect(apsisOne.calls.filter(({ call }) => call === 'attributes')).toHaveLength(1);
		expect(stored('person.199@example.com')?.attributes[ATTRIBUTES.firstName]).toBe('P199');
		expect(result.hints(NODE_NAME)[0]?.message).toContain('Request Profile Import');
	}, 60_000);
});

describe('Profile: Get', () => {
	const GET = { resource: 'profile', operation: 'get' };
	const item = [{ email: EXISTING.optedOut }];

	it('gives attributes, tags and consents by name', async () => {
		await run({ resource: 'tag', operation: 'add', tagNames: [TAGS.vip] }, item);
		expect(json(await run(GET, item))).toEqual([
			{
				section: SECTIONS.shop,
				keyspace: KEYSPACES.email,
				profileKey: EXISTING.optedOut,
				attributes: { Email: EXISTING.optedOut, 'First name': 'Ingrid', City: 'Bergen' },
				tags: ['VIP'],
				consents: [
					{ subscription: 'Newsletter', folder: 'Shop news', channel: 'Email', type: 'opt-out' },
				],
			},
		]);
	});

	it('gives what APSIS One says as it is, with Simplify off, and asks for no definitions', async () => {
		expect(json(await run({ ...GET, simplify: false }, item))).toMatchObject([
			{
				attributes: { '9820534': EXISTING.optedOut, '9820536': 'Ingrid', '9911002': 'Bergen' },
				tags: { items: [] },
				consents: { items: [{ topic_discriminator: TOPICS.news, type: 'opt-out' }] },
			},
		]);
		expect(apsisOne.calls.map(({ call }) => call)).not.toContain('attributes');
	});

	it('says that there is no such profile', async () => {
		const missing = await run(GET, [{ email: 'no@example.com' }]);
		expect(missing.error?.message).toContain('has no profile "no@example.com"');
	});
});

it('Profile: Delete wants to be confirmed, and counts a missing profile as deleted', async () => {
	// It is about the profile in all sections, so there is no Section to choose.
	const remove = { resource: 'profile', operation: 'delete', section: '' };
	const refused = await run({ ...remove, confirmDeletion: false }, [{ email: EXISTING.optedIn }]);
	expect(refused.error?.message).toBe('[Item 0] Confirm Deletion is off');
	expect(stored(EXISTING.optedIn)).toBeDefined();
	const result = await run({ ...remove, confirmDeletion: true }, [
		{ email: EXISTING.optedIn },
		{ email: EXISTING.optedIn },
	]);
	expect(json(result)).toMatchObject([{ existed: true }, { existed: false }]);
	expect(stored(EXISTING.optedIn)).toBeUndefined();
});

describe('Consent', () => {
	it('Set opts in and out; what is already so is a success', async () => {
		await run(UPSERT, [{ email: 'a@example.com' }]);
		const item = [{ email: 'a@example.com' }];
		expect(json(await run(CONSENT, item))).toMatchObject([{ changed: true }]);
		expect(json(await run(CONSENT, item))).toMatchObject([{ changed: false }]);
		expect(stored('a@example.com')?.consents).toEqual({ [NEWS]: 'opt-in' });
		await run({ ...CONSENT, consent: 'opt-out' }, item);
		expect(stored('a@example.com')?.consents).toEqual({ [NEWS]: 'opt-out' });
	});

	it('Set leaves out who has opted out, unless the user turned that on', async () => {
		const item = [{ email: EXISTING.optedOut }];
		expect(json(await run(CONSENT, item))).toMatchObject([{ changed: false, keptOptedOut: true }]);
		expect(stored(EXISTING.optedOut)?.consents).toEqual({ [NEWS]: 'opt-out' });
		expect(json(await run({ ...CONSENT, resubscribe: true }, item))).toMatchObject([
			{ changed: true, keptOptedOut: false },
		]);
		expect(stored(EXISTING.optedOut)?.consents).toEqual({ [NEWS]: 'opt-in' });
	});

	it.each<[string, unknown, object]>([
		[
			'that says the opt-out for all subscriptions of the channel',
			{ items: [{ channel_discriminator: CHANNELS.email, type: 'opt-out' }] },
			{ changed: false, keptOptedOut: true },
		],
		[
			'that says the opt-out for all channels',
			[{ topic_discriminator: TOPICS.news, type: 'opt-out' }],
			{ changed: false, keptOptedOut: true },
		],
		[
			'of an opt-out of another kind',
			{ consents: [{ topic: { discriminator: TOPICS.news }, type: 'hard-bounce' }] },
			{ changed: false, keptOptedOut: true },
		],
		[
			'of opt-outs from something else',
			{
				items: [
					{ topic_discriminator: TOPICS.offers, type: 'opt-out' },
					{
						topic_discriminator: TOPICS.news,
						channel_discriminator: CHANNELS.sms,
						type: 'opt-out',
					},
					{ topic_discriminator: TOPICS.news, type: 'pending' },
				],
			},
			{ changed: true, keptOptedOut: false },
		],
	])('Set understands an answer %s', async (_, body, expected) => {
		await run(UPSERT, [{ email: 'a@example.com' }]);
		apsisOne.faults.add({ call: 'profile', kind: 'status', status: 200, body });
		expect(json(await run(CONSENT, [{ email: 'a@example.com' }]))).toMatchObject([expected]);
		expect(stored('a@example.com')?.consents[NEWS] === 'opt-in').toBe(
			'changed' in expected && expected.changed,
		);
	});

	it('Set lets the last item about an address have the last word, whatever its case', async () => {
		await run(UPSERT, [{ email: 'a@example.com' }]);
		const items = Array.from({ length: 4 }, () => [
			{ email: 'A@example.com', consent: 'opt-in' },
			{ email: 'a@example.com', consent: 'opt-out' },
		]).flat();
		const parameters = { ...CONSENT, consent: '={{ $json.consent }}', resubscribe: true };
		expect((await run(parameters, items)).error).toBeUndefined();
		expect(stored('a@example.com')?.consents).toEqual({ [NEWS]: 'opt-out' });
	});

	it('Set refuses the channel of another subscription', async () => {
		const parameters = { ...CONSENT, subscription: TOPICS.clubNews, channel: CHANNELS.sms };
		const result = await run(parameters, [{ email: EXISTING.optedIn }]);
		expect(result.error?.message).toBe(
			'[Item 0] The subscription "Newsletter" belongs to the channel email, not to SMS',
		);
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
	});

	it('Set opts in nobody of whom it cannot know whether they have opted out', async () => {
		await run(UPSERT, [{ email: 'a@example.com' }]);
		apsisOne.faults.add({ call: 'profile', kind: 'status', status: 200, body: { answer: 42 } });
		const result = await run(CONSENT, [{ email: 'a@example.com' }]);
		expect(result.error?.message).toBe(
			'[Item 0] It is not known whether "a@example.com" has opted out: APSIS One\'s answer could not be read',
		);
		expect(stored('a@example.com')?.consents).toEqual({});
	});

	it.each<[string, INodeParameters, string]>([
		['no subscription', { subscription: '={{ "" }}' }, '[Item 0] Subscription is not chosen'],
		[
			'no channel where one is needed',
			{ channel: '' },
			'[Item 0] The subscription "Newsletter" has no Channel',
		],
		[
			'a consent that is none',
			{ consent: 'maybe' },
			'[Item 0] Consent is neither opt-in nor opt-out (maybe)',
		],
		['no reason', { reason: ' ' }, '[Item 0] Reason is empty'],
	])('Set refuses %s', async (_, changes, message) => {
		const result = await run({ ...CONSENT, ...changes }, [{ email: EXISTING.optedIn }]);
		expect(result.error?.message).toBe(message);
		expect(stored(EXISTING.optedIn)?.consents).toEqual({ [NEWS]: 'opt-in' });
	});

	it('Get Many gives one item for each consent', async () => {
		const parameters = { resource: 'consent', operation: 'getMany', consentTypes: ['opt-out'] };
		const result = await run(parameters, [
			{ email: EXISTING.optedOut },
			{ email: EXISTING.optedIn },
		]);
		expect(result.outputs(NODE_NAME)).toMatchObject([
			{ json: { subscription: 'Newsletter', type: 'opt-out' }, pairedItem: { item: 0 } },
		]);
		const raw = await run({ ...parameters, simplify: false }, [{ email: EXISTING.optedOut }]);
		expect(json(raw)).toMatchObject([
			{ profileKey: EXISTING.optedOut, topic_discriminator: TOPICS.news, type: 'opt-out' },
		]);
	});
});

describe('Event: Add', () => {
	const EVENT = {
		resource: 'event',
		operation: 'add',
		event: EVENTS.purchase,
		eventTime: '={{ $json.at }}',
		eventFields: { mappingMode: 'autoMapInputData', value: null },
	};

	it('sends events of one profile in one call, in order', async () => {
		const at = '2026-11-24T10:00:00+01:00';
		const result = await run(EVENT, [
			{ email: EXISTING.optedIn, at, order_id: 'A1', total: '12,50' },
			{ email: EXISTING.optedOut, at, order_id: 'B1' },
			{ email: EXISTING.optedIn, at, order_id: 'A2', total: 7 },
		]);
		expect(result.error).toBeUndefined();
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toHaveLength(2);
		expect(stored(EXISTING.optedIn)?.events).toEqual([
			{
				versionId: '7700001',
				eventTime: '2026-11-24T09:00:00.000Z',
				data: { order_id: 'A1', total: 12.5 },
			},
			{
				versionId: '7700001',
				eventTime: '2026-11-24T09:00:00.000Z',
				data: { order_id: 'A2', total: 7 },
			},
		]);
		expect(result.outputs(NODE_NAME).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});

	it('reads a time without offset in the zone of the workflow', async () => {
		await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-07-01T12:00:00', order_id: 'A1' }]);
		expect(stored(EXISTING.optedIn)?.events).toMatchObject([
			{ eventTime: '2026-07-01T10:00:00.000Z' },
		]);
	});

	it('parts events whose body would be larger than APSIS One takes', async () => {
		const items = Array.from({ length: 3 }, (_, index) => ({
			email: EXISTING.optedIn,
			at: '2026-11-24',
			order_id: 'x'.repeat(1_000),
			total: index,
		}));
		const many = Array.from({ length: 60 }, () => items).flat();
		const result = await run(EVENT, many);
		expect(result.error).toBeUndefined();
		expect(apsisOne.calls.filter(({ call }) => call === 'profile').length).toBeGreaterThan(1);
		expect(stored(EXISTING.optedIn)?.events).toHaveLength(180);
		expect(stored(EXISTING.optedIn)?.events.map(({ data }) => data.total)).toEqual(
			many.map(({ total }) => total),
		);
	});

	it('is not sent again when the answer was lost', async () => {
		apsisOne.faults.add({ call: 'profile', kind: 'reset', effect: 'after' });
		const result = await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-11-24', order_id: 'A' }]);
		expect(result.error?.message).toMatch(/^\[Item 0\] APSIS One's answer was lost/);
		expect(stored(EXISTING.optedIn)?.events).toHaveLength(1);
	});

	it('refuses what the event cannot take, before anything is sent', async () => {
		const result = await run(EVENT, [
			{ email: EXISTING.optedIn, at: '2026-11-24', order_id: 'A1' },
			{ email: EXISTING.optedIn, at: 'yesterday', order_id: 'A2' },
		]);
		expect(result.error?.message).toBe('[Item 1] Event Time: is not a point in time (yesterday)');
		expect(stored(EXISTING.optedIn)?.events).toEqual([]);
		const empty = await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-11-24', order_id: ' ' }]);
		expect(empty.error?.message).toBe('[Item 0] order_id is empty');
	});
});

describe('many items at once', () => {
	const people = (count: number) =>
		Array.from({ length: count }, (_, index) => ({ email: `person.${index}@example.com` }));
	const GET = { resource: 'profile', operation: 'get', simplify: false };
	const callsOf = (call: string) => apsisOne.calls.filter((one) => one.call === call);

	it('keep the order of the items of one profile, and the limit of calls about it', async () => {
		const items = Array.from({ length: 7 }, (_, index) => ({
			email: 'one@example.com',
			City: `City ${index}`,
		}));
		const result = await run(UPSERT, [...items, ...people(10)]);
		expect(result.error).toBeUndefined();
		expect(stored('one@example.com')?.attributes[ATTRIBUTES.city]).toBe('City 6');
		expect(apsisOne.refusals).toEqual({});
		expect(json(result).map(({ profileKey }) => profileKey)).toEqual(
			[...items, ...people(10)].map(({ email }) => email),
		);
	});

	it('share the limits of the account between executions', async () => {
		const runs = await Promise.all([run(UPSERT, people(60)), run(UPSERT, people(60))]);
		expect(runs.map(({ error }) => error)).toEqual([undefined, undefined]);
		expect(apsisOne.refusals).toEqual({});
		expect(callsOf('profile')).toHaveLength(240);
	});

	it('fetch one token, and one more when it expires under way', async () => {
		const setup = setupFor(apsisOne);
		await run(UPSERT, people(30), {}, setup);
		expect(callsOf('token')).toHaveLength(1);
		const running = run(GET, people(30), {}, setup);
		await waitFor(async () => callsOf('profile').length > 80 || undefined, {
			what: 'A run that is under way',
			timeoutMs: 10_000,
			intervalMs: 5,
		});
		apsisOne.expireTokens();
		const result = await running;
		expect(result.error).toBeUndefined();
		expect(json(result)).toHaveLength(30);
		expect(callsOf('profile').some(({ status }) => status === 403)).toBe(true);
		expect(callsOf('token')).toHaveLength(2);
	});

	it('all say why there is no token, when the one there is was refused', async () => {
		const setup = setupFor(apsisOne);
		await run(UPSERT, people(1), {}, setup);
		apsisOne.expireTokens();
		const { data } = setup.credentials['1'] ?? {};
		if (data) data.clientSecret = 'wrong';
		const result = await run(GET, people(20), { onError: 'continueRegularOutput' }, setup);
		expect(json(result)).toHaveLength(20);
		for (const { error } of json(result)) expect(error).toMatch(/does not know this Client ID/);
	});

	it('ask for a token once, when there is none to be had', async () => {
		const result = await run(
			GET,
			people(30),
			{ onError: 'continueRegularOutput' },
			setupFor(apsisOne, { clientSecret: 'wrong' }),
		);
		expect(json(result)).toHaveLength(30);
		for (const { error } of json(result)) expect(error).toMatch(/does not know this Client ID/);
		expect(callsOf('token')).toHaveLength(1);
	});
});

it('Tag: Add and Remove set and take away tags', async () => {
	const tags = { resource: 'tag', tagNames: [TAGS.vip, TAGS.winter] };
	const item = [{ email: EXISTING.optedIn }];
	await run({ ...tags, operation: 'add' }, item);
	expect(stored(EXISTING.optedIn)?.tags).toEqual([TAGS.vip, TAGS.winter]);
	await run({ ...tags, operation: 'remove', tagNames: [TAGS.vip] }, item);
	expect(stored(EXISTING.optedIn)?.tags).toEqual([TAGS.winter]);
	await run({ ...tags, operation: 'add', tagNames: `={{ "${TAGS.vip}, ${TAGS.winter}" }}` }, item);
	expect(stored(EXISTING.optedIn)?.tags.sort()).toEqual([TAGS.vip, TAGS.winter].sort());
});

it.each([
	['={{ [] }}', 'No tag is chosen'],
	['={{ null }}', 'No tag is chosen'],
	['={{ { "a": 1 } }}', 'Tag Names or IDs: is no list of IDs ({"a":1})'],
	['={{ ["no-such-tag"] }}', 'The section has no tag "no-such-tag"'],
])('Tag: Add refuses the tags %s before any effect', async (tagNames, message) => {
	const items = [{ email: EXISTING.optedIn }];
	const result = await run({ resource: 'tag', operation: 'add', tagNames }, items);
	expect(result.error?.message).toBe(`[Item 0] ${message}`);
	expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
});
