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
import { type EngineRun, runWorkflow } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { locator, mapped, NODE_NAME, setupFor, workflowWith } from '../support/workflows';

const apsisOne = useLocalApsisOne();

async function run(
	parameters: INodeParameters,
	items: INodeExecutionData['json'][],
	more: Partial<INode> = {},
): Promise<EngineRun> {
	const profile = {
		section: locator(SECTIONS.shop),
		keyspace: locator(KEYSPACES.email),
		profileKey: '={{ $json.email }}',
		options: {},
	};
	return await runWorkflow({
		...setupFor(apsisOne),
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
	source: '',
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

it('Profile: Get gives attributes, tags and consents', async () => {
	const result = await run({ resource: 'profile', operation: 'get' }, [
		{ email: EXISTING.optedOut },
	]);
	expect(json(result)).toMatchObject([
		{
			attributes: { [ATTRIBUTES.firstName]: 'Ingrid' },
			tags: [],
			consents: [{ topic_discriminator: TOPICS.news, type: 'opt-out' }],
		},
	]);
	const missing = await run({ resource: 'profile', operation: 'get' }, [
		{ email: 'no@example.com' },
	]);
	expect(missing.error?.message).toContain('has no profile "no@example.com"');
});

it('Profile: Delete wants to be confirmed, and counts a missing profile as deleted', async () => {
	const remove = { resource: 'profile', operation: 'delete' };
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
			{ json: { topic_discriminator: TOPICS.news, type: 'opt-out' }, pairedItem: { item: 0 } },
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

	it('refuses what the event cannot take, before anything is sent', async () => {
		const result = await run(EVENT, [
			{ email: EXISTING.optedIn, at: '2026-11-24', order_id: 'A1' },
			{ email: EXISTING.optedIn, at: 'yesterday', order_id: 'A2' },
		]);
		expect(result.error?.message).toBe('[Item 1] Event Time is no time (yesterday)');
		expect(stored(EXISTING.optedIn)?.events).toEqual([]);
		const empty = await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-11-24' }]);
		expect(empty.error?.message).toBe('[Item 0] order_id is empty');
	});
});

it('Tag: Add and Remove set and take away tags', async () => {
	const tags = { resource: 'tag', tagNames: [TAGS.vip, TAGS.winter] };
	const item = [{ email: EXISTING.optedIn }];
	await run({ ...tags, operation: 'add' }, item);
	expect(stored(EXISTING.optedIn)?.tags).toEqual([TAGS.vip, TAGS.winter]);
	await run({ ...tags, operation: 'remove', tagNames: [TAGS.vip] }, item);
	expect(stored(EXISTING.optedIn)?.tags).toEqual([TAGS.winter]);
	const none = await run({ ...tags, operation: 'add', tagNames: '={{ [] }}' }, item);
	expect(none.error?.message).toBe('[Item 0] No tag is chosen');
});
