import { request } from 'undici';

import { requestToken } from '../support/requestToken';
import { ApsisOne } from './server';
import { ATTRIBUTES, CHANNELS, EVENTS, EXISTING, KEYSPACES, SECTIONS, TAGS, TOPICS } from './seed';

const apsisOne = new ApsisOne();
let token = '';

beforeAll(async () => {
	await apsisOne.start();
	const { baseUrl, clientId, clientSecret } = apsisOne;
	const answer = await requestToken(baseUrl, clientId, clientSecret);
	token = ((await answer.json()) as { access_token: string }).access_token;
});
beforeEach(() => apsisOne.reset());
afterAll(async () => await apsisOne.close());

const JSON_TYPE = 'application/json';
const PATCH_TYPE = 'application/merge-patch+json';

async function call(
	method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
	path: string,
	body?: unknown,
	type = JSON_TYPE,
) {
	const answer = await request(apsisOne.baseUrl + path, {
		method,
		headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': type } : {}) },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const text = await answer.body.text();
	return { status: answer.statusCode, body: text ? (JSON.parse(text) as unknown) : undefined };
}

const create = (keyspace: string, key: unknown) =>
	call('POST', `/audience/keyspaces/${keyspace}/sections/${SECTIONS.shop}/profiles`, {
		profile_key: key,
	});
const path = (rest: string, key: string = EXISTING.optedIn, section: string = SECTIONS.shop) =>
	`/audience/keyspaces/${KEYSPACES.email}/profiles/${encodeURIComponent(key)}/sections/${section}/${rest}`;
/** Of the calls that have a second version. */
const path2 = (rest: string, key?: string) => `/v2${path(rest, key)}`;
const stored = (key: string, keyspace: string = KEYSPACES.email) => apsisOne.profile(keyspace, key);
const consent = (changes = {}) => ({
	topic_discriminator: TOPICS.news,
	channel_discriminator: CHANNELS.email,
	type: 'opt-out',
	reason: 'Asked us to',
	...changes,
});
const event = (changes = {}) => ({
	items: [
		{
			event_time: '2026-11-24T10:00:00Z',
			version_id: '7700001',
			data: { order_id: 'A1' },
			...changes,
		},
	],
});

it('creates a profile once, whatever its key holds', async () => {
	const key = 'a+b/c%d@example.com';
	expect((await create(KEYSPACES.crmId, key)).status).toBe(201);
	expect((await create(KEYSPACES.crmId, key)).status).toBe(409);
	expect(apsisOne.profile(KEYSPACES.crmId, key)).toBeDefined();
	const encoded = encodeURIComponent(key);
	expect(
		(await call('DELETE', `/audience/keyspaces/${KEYSPACES.crmId}/profiles/${encoded}`)).status,
	).toBe(204);
	expect(
		(await call('DELETE', `/audience/keyspaces/${KEYSPACES.crmId}/profiles/${encoded}`)).status,
	).toBe(404);
});

it.each<[string, string, unknown, number]>([
	['an address that is none', KEYSPACES.email, 'nobody', 400],
	['a number with a plus', KEYSPACES.mobile, '+46701234567', 400],
	['no key', KEYSPACES.email, '', 400],
	['a keyspace for reading', KEYSPACES.export, 'x', 403],
	['an unknown keyspace', 'com.apsis1.keyspaces.nothing', 'x', 404],
])('refuses to create a profile with %s', async (_, keyspace, key, status) => {
	expect((await create(keyspace, key)).status).toBe(status);
});

it('sets and erases attributes, and gives them back by version ID', async () => {
	const patch = {
		[ATTRIBUTES.city]: 'Bergen',
		[ATTRIBUTES.firstName]: null,
		[ATTRIBUTES.mobile]: 46_701_234_567,
		[ATTRIBUTES.member]: true,
	};
	expect((await call('PATCH', path2('attributes'), patch, PATCH_TYPE)).status).toBe(204);
	const { body } = await call('GET', path('attributes'));
	expect(body).toEqual({
		'9820534': EXISTING.optedIn,
		'9820535': 46_701_234_567,
		'9911002': 'Bergen',
		'9911004': true,
	});
});

it.each<[string, string, unknown, string, number]>([
	['another type of body', path2('attributes'), { [ATTRIBUTES.city]: 'x' }, JSON_TYPE, 415],
	['an unknown attribute', path2('attributes'), { nothing: 'x' }, PATCH_TYPE, 400],
	['a value that does not fit', path2('attributes'), { [ATTRIBUTES.mobile]: 46 }, PATCH_TYPE, 400],
	[
		'a mobile as text',
		path2('attributes'),
		{ [ATTRIBUTES.mobile]: '46701234567' },
		PATCH_TYPE,
		400,
	],
	['a number as text', path2('attributes'), { [ATTRIBUTES.points]: '7' }, PATCH_TYPE, 400],
	['a switch as text', path2('attributes'), { [ATTRIBUTES.member]: 'true' }, PATCH_TYPE, 400],
	['a text as number', path2('attributes'), { [ATTRIBUTES.city]: 7 }, PATCH_TYPE, 400],
	['an object', path2('attributes'), { [ATTRIBUTES.city]: {} }, PATCH_TYPE, 400],
	[
		'a profile that is not there',
		path2('attributes', 'no@example.com'),
		{ [ATTRIBUTES.city]: 'x' },
		PATCH_TYPE,
		404,
	],
	['an unknown tag', path('tags'), { nothing: true }, PATCH_TYPE, 400],
	['a tag that may not be written', path('tags'), { [TAGS.staff]: true }, PATCH_TYPE, 403],
	[
		'a body beyond 100 kB',
		path2('attributes'),
		{ [ATTRIBUTES.city]: 'x'.repeat(100_001) },
		PATCH_TYPE,
		413,
	],
])('refuses %s', async (_, target, body, type, status) => {
	expect((await call('PATCH', target, body, type)).status).toBe(status);
});

it('sets a consent, and says when it is already so', async () => {
	expect((await call('POST', path2('consents'), consent())).status).toBe(201);
	expect((await call('POST', path2('consents'), consent())).status).toBe(409);
	expect((await call('GET', path2('consents?consent_types=opt-out'))).body).toEqual({
		items: [
			{
				topic_discriminator: TOPICS.news,
				channel_discriminator: CHANNELS.email,
				type: 'opt-out',
				source: 'API',
				reason: 'Asked us to',
				modified_at: '2026-11-01T12:00:00Z',
			},
		],
	});
	expect((await call('GET', path2('consents?consent_types=opt-in'))).body).toEqual({ items: [] });
	expect((await call('GET', path2('consents?consent_types=maybe'))).status).toBe(400);
});

it.each<[string, object]>([
	['an unknown topic', consent({ topic_discriminator: 'x' })],
	['no channel', consent({ channel_discriminator: undefined })],
	['the channel of another', consent({ topic_discriminator: TOPICS.drops })],
	['a type that cannot be set', consent({ type: 'confirmed-opt-in' })],
	['no reason', consent({ reason: undefined })],
])('refuses a consent with %s', async (_, body) => {
	expect((await call('POST', path2('consents'), body)).status).toBe(400);
});

it('adds and removes tags', async () => {
	await call('PATCH', path('tags'), { [TAGS.vip]: true, [TAGS.winter]: true }, PATCH_TYPE);
	await call('PATCH', path('tags'), { [TAGS.vip]: null }, PATCH_TYPE);
	expect((await call('GET', path('tags'))).body).toEqual({
		items: [{ discriminator: TAGS.winter }],
	});
});

it('adds events', async () => {
	expect((await call('POST', path('events'), event())).status).toBe(201);
	expect(apsisOne.profile(KEYSPACES.email, EXISTING.optedIn)?.events).toHaveLength(1);
	expect(EVENTS.purchase).toMatch(/^com\.apsis1\.events\.transaction\.custom-/);
});

it.each<[string, object]>([
	['no time', event({ event_time: 'yesterday' })],
	['an unknown version', event({ version_id: '1' })],
	['an unknown field', event({ data: { order_id: 'A', colour: 'red' } })],
	['a required field missing', event({ data: {} })],
	['a value that does not fit', event({ data: { order_id: 'A', total: 'much' } })],
	['a number as text', event({ data: { order_id: 'A', total: '12.5' } })],
	['a text as number', event({ data: { order_id: 1 } })],
	['no events', { items: [] }],
])('refuses an event with %s', async (_, body) => {
	expect((await call('POST', path('events'), body)).status).toBe(400);
});

it('allows ten operations a second on one profile', async () => {
	const answers = await Promise.all(Array.from({ length: 11 }, () => call('GET', path('tags'))));
	expect(answers.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1);
});

it('refuses an event that cannot be written through the keyspace', async () => {
	const refund = event({ version_id: '7700002' });
	expect((await call('POST', path('events'), refund)).status).toBe(403);
});

it('changes the key of a profile with its Email, Mobile or CRM ID', async () => {
	const patch = { [ATTRIBUTES.email]: 'new@example.com', [ATTRIBUTES.mobile]: 46_701_234_567 };
	expect((await call('PATCH', path2('attributes'), patch, PATCH_TYPE)).status).toBe(204);
	expect(stored(EXISTING.optedIn)).toBeUndefined();
	const profile = stored('new@example.com');
	expect(profile?.attributes[ATTRIBUTES.firstName]).toBe('Lars');
	expect(stored('46701234567', KEYSPACES.mobile)).toBe(profile);
	const encoded = encodeURIComponent('new@example.com');
	await call('DELETE', `/audience/keyspaces/${KEYSPACES.email}/profiles/${encoded}`);
	expect(stored('46701234567', KEYSPACES.mobile)).toBeUndefined();
});

it.each([409, 400] as const)(
	'refuses the key of another profile with %i, and changes nothing',
	async (status) => {
		apsisOne.answers.keyConflictStatus = status;
		const patch = { [ATTRIBUTES.city]: 'Bergen', [ATTRIBUTES.email]: EXISTING.optedOut };
		const answer = await call('PATCH', path2('attributes'), patch, PATCH_TYPE);
		expect(answer).toMatchObject({
			status,
			body: { detail: 'A profile with this profile key already exists.' },
		});
		expect(stored(EXISTING.optedIn)?.attributes).not.toHaveProperty([ATTRIBUTES.city]);
	},
);

it('locks a profile', async () => {
	const locks = `/audience/keyspaces/${KEYSPACES.email}/profiles/${EXISTING.optedIn}/locks`;
	expect((await call('PUT', locks)).status).toBe(204);
	expect(stored(EXISTING.optedIn)?.isLocked).toBe(true);
});

it.each<[Parameters<typeof call>[0], string]>([
	['POST', path2('events')],
	['PATCH', path2('tags')],
	['GET', path2('tags')],
	['GET', path2('attributes')],
	['PATCH', path('attributes')],
	['POST', path('consents')],
	['GET', path('consents')],
	['POST', `/v2/audience/keyspaces/${KEYSPACES.email}/sections/${SECTIONS.shop}/profiles`],
	['DELETE', `/v2/audience/keyspaces/${KEYSPACES.email}/profiles/${EXISTING.optedIn}`],
	['GET', '/v2/audience/sections'],
	['GET', '/%E0%A4%A'],
])('answers %s %s as the gateway answers what does not exist', async (method, wrong) => {
	expect(await call(method, wrong, method === 'GET' ? undefined : {})).toEqual({
		status: 403,
		body: { Message: 'User is not authorized to access this resource' },
	});
});

it('tells of a suppression in one of several shapes', async () => {
	const profile = stored(EXISTING.optedIn);
	if (profile) profile.isSuppressed = true;
	const bodies = [];
	for (const shape of ['object', 'flag', 'list', 'item'] as const) {
		apsisOne.answers.suppression = shape;
		bodies.push((await call('GET', path2('consents?consent_types=opt-out'))).body);
	}
	expect(bodies).toMatchObject([
		{ items: [], suppression: { reason: 'hard-bounce' } },
		{ items: [], suppressed: true },
		{ items: [], suppressions: [{ reason: 'hard-bounce' }] },
		{ items: [{ type: 'suppressed' }] },
	]);
});
