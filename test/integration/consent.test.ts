import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { CHANNELS, EXISTING, TOPICS } from '../apsisOne';
import { useLocalApsisOne } from '../support/localApsisOne';
import { CONSENT, json, NEWS, profileRunner, UPSERT } from '../support/singleProfile';
import { NODE_NAME } from '../support/workflows';

const apsisOne = useLocalApsisOne();
const { run, stored } = profileRunner(apsisOne);

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
		'[Item 0] APSIS One\'s answer could not be read, so it is unknown whether "a@example.com" has opted out',
	);
	expect(stored('a@example.com')?.consents).toEqual({});
});

it.each<[string, INodeParameters, string]>([
	['no subscription', { subscription: '={{ "" }}' }, '[Item 0] No subscription is chosen'],
	[
		'no channel where one is needed',
		{ channel: '' },
		'[Item 0] No Channel is chosen for the subscription "Newsletter"',
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
	const result = await run(parameters, [{ email: EXISTING.optedOut }, { email: EXISTING.optedIn }]);
	expect(result.outputs(NODE_NAME)).toMatchObject([
		{ json: { subscription: 'Newsletter', type: 'opt-out' }, pairedItem: { item: 0 } },
	]);
	const raw = await run({ ...parameters, simplify: false }, [{ email: EXISTING.optedOut }]);
	expect(json(raw)).toMatchObject([
		{ profileKey: EXISTING.optedOut, topic_discriminator: TOPICS.news, type: 'opt-out' },
	]);
});

/** Consents as APSIS One would answer next. */
function answerConsents(body: unknown, skip = 0): void {
	apsisOne.faults.add({
		call: 'profile',
		route: 'getConsents',
		kind: 'status',
		status: 200,
		body,
		skip,
	});
}

describe('a refusal with 409', () => {
	const item = [{ email: EXISTING.optedIn }];
	const OPT_OUT: INodeParameters = { ...CONSENT, consent: 'opt-out' };
	const consent = (changes: IDataObject = {}): IDataObject => ({
		topic_discriminator: TOPICS.news,
		channel_discriminator: CHANNELS.email,
		type: 'opt-out',
		source: 'API',
		reason: 'Asked us to',
		modified_at: '2026-11-01T12:00:00Z',
		...changes,
	});

	beforeEach(() => {
		const body = { status: 409, title: 'Conflict', detail: 'The transition is not supported.' };
		apsisOne.faults.add({
			call: 'profile',
			route: 'setConsent',
			kind: 'status',
			status: 409,
			body,
		});
	});

	it.each<[string, unknown]>([
		['for it', { items: [consent()] }],
		['for all channels', { items: [consent({ channel_discriminator: undefined })] }],
		['for all subscriptions', [consent({ topic_discriminator: null })]],
		['for everything', { consents: [{ type: 'opt-out', modified_at: '2026-11-01' }] }],
		[
			'for it, after an opt-in',
			{ items: [consent({ type: 'opt-in', modified_at: '2026-01-01' }), consent()] },
		],
	])('of an opt-out is a success where there is one %s', async (_, body) => {
		answerConsents(body);
		expect(json(await run(OPT_OUT, item))).toMatchObject([{ type: 'opt-out', changed: false }]);
	});

	it.each<[string, unknown, string]>([
		[
			'has opted in',
			{ items: [consent({ type: 'opt-in' })] },
			'The consent of the profile for this subscription and channel: opt-in.',
		],
		[
			'has opted out and in since',
			{ items: [consent({ modified_at: '2026-01-01' }), consent({ type: 'opt-in' })] },
			'The consent of the profile for this subscription and channel: opt-out, opt-in.',
		],
		[
			'has opted out of something else',
			{ items: [consent({ topic_discriminator: TOPICS.offers })] },
			'The profile has no consent for this subscription and channel.',
		],
		[
			'has opted out of a folder',
			{ items: [{ type: 'opt-out', consent_list_discriminator: 'usercreated.targets.x' }] },
			'The profile has no consent for this subscription and channel. There is another consent (opt-out), possibly for a whole folder, but the node cannot read what it applies to.',
		],
		[
			'has no consents',
			{ items: [] },
			'The profile has no consent for this subscription and channel.',
		],
		[
			'is suppressed only',
			{ items: [], suppressed: true },
			'The consent of the profile for this subscription and channel: suppressed.',
		],
		[
			'cannot be read',
			{ answer: 42 },
			"The current consent is unknown, since APSIS One's answer could not be read.",
		],
		[
			'cannot be read, the answer being null',
			null,
			"The current consent is unknown, since APSIS One's answer could not be read.",
		],
		[
			'is on one page of several',
			{ items: [], _links: { next: { href: '/more' } } },
			"The current consent is unknown, since APSIS One's answer could not be read.",
		],
	])('of an opt-out fails where the profile %s', async (_, body, state) => {
		answerConsents(body);
		const { error } = await run(OPT_OUT, item);
		expect(error).toMatchObject({
			message: `[Item 0] APSIS One refused to opt "${EXISTING.optedIn}" out of "Newsletter"`,
			description: `${state} Check the profile in APSIS One. APSIS One says: The transition is not supported.`,
		});
	});

	it.each<[string, boolean, unknown, object]>([
		[
			'is in already',
			false,
			{ items: [consent({ type: 'opt-in' })] },
			{ changed: false, keptOptedOut: false },
		],
		['has confirmed', true, { items: [consent({ type: 'confirmed-opt-in' })] }, { changed: false }],
		['opted out meanwhile', false, { items: [consent()] }, { changed: false, keptOptedOut: true }],
	])('of an opt-in says that the profile %s', async (_, resubscribe, body, expected) => {
		answerConsents({ items: [] });
		answerConsents(body);
		expect(json(await run({ ...CONSENT, resubscribe }, item))).toMatchObject([expected]);
	});

	it.each<[string, boolean, unknown, string]>([
		[
			'is waiting for confirmation',
			false,
			{ items: [consent({ type: 'pending-opt-in' })] },
			'The consent of the profile for this subscription and channel: pending-opt-in.',
		],
		[
			'stays out, although the user wanted to override that',
			true,
			{ items: [consent()] },
			'The consent of the profile for this subscription and channel: opt-out.',
		],
		[
			'has no consent',
			false,
			{ items: [] },
			'The profile has no consent for this subscription and channel.',
		],
	])('of an opt-in fails where the profile %s', async (_, resubscribe, body, state) => {
		answerConsents({ items: [] });
		answerConsents(body);
		const { error } = await run({ ...CONSENT, resubscribe }, item);
		expect(error).toMatchObject({
			message: `[Item 0] APSIS One refused to opt "${EXISTING.optedIn}" in to "Newsletter"`,
			description: `${state} Check the profile in APSIS One. APSIS One says: The transition is not supported.`,
		});
	});
});

it.each<[string, unknown]>([
	['nothing', ''],
	['null', null],
	['an error', { errors: [] }],
	['an object', {}],
	['one page of several', { items: [], next: 'page-2' }],
	['lists of two things', { data: [], consents: [] }],
	['an opt-out elsewhere', { items: [], channel_consents: [{ type: 'opt-out' }] }],
	['fewer than there are', { items: [], total: 1 }],
])('Set opts in nobody where APSIS One answers %s', async (_, body) => {
	await run(UPSERT, [{ email: 'a@example.com' }]);
	if (body === '')
		apsisOne.faults.add({ call: 'profile', route: 'getConsents', kind: 'emptyBody' });
	else answerConsents(body);
	const result = await run(CONSENT, [{ email: 'a@example.com' }]);
	expect(result.error?.message).toBe(
		'[Item 0] APSIS One\'s answer could not be read, so it is unknown whether "a@example.com" has opted out',
	);
	expect(stored('a@example.com')?.consents).toEqual({});
});

it('Set opts in nobody where a header says that there are more consents', async () => {
	await run(UPSERT, [{ email: 'a@example.com' }]);
	apsisOne.faults.add({
		call: 'profile',
		route: 'getConsents',
		kind: 'status',
		status: 200,
		body: { items: [] },
		headers: { link: '</v2/audience?page=2>; rel="next"' },
	});
	const result = await run(CONSENT, [{ email: 'a@example.com' }]);
	expect(result.error?.message).toContain('it is unknown whether "a@example.com" has opted out');
	expect(stored('a@example.com')?.consents).toEqual({});
});

describe.each(['flag', 'item', 'list', 'object'] as const)('a suppression given as %s', (shape) => {
	const item = [{ email: EXISTING.optedIn }];
	const NOTE =
		'APSIS One has suppressed this address: nothing is sent to it, whatever its consents.';

	beforeEach(() => {
		apsisOne.answers.suppression = shape;
		const profile = stored(EXISTING.optedIn);
		if (profile) Object.assign(profile, { isSuppressed: true, consents: {} });
	});

	it.each([false, true])(
		'is said when an address is opted in (resubscribe: %s)',
		async (resubscribe) => {
			expect(json(await run({ ...CONSENT, resubscribe }, item))).toMatchObject([
				{ type: 'opt-in', changed: true, keptOptedOut: false, suppressed: true, note: NOTE },
			]);
			expect(stored(EXISTING.optedIn)?.consents).toEqual({ [NEWS]: 'opt-in' });
		},
	);

	it('is shown by Get Many and Profile: Get', async () => {
		const details = shape === 'flag' ? {} : { suppression: { reason: 'hard-bounce' } };
		const entry = { subscription: 'All', channel: 'All', type: 'suppressed', suppressed: true };
		const getMany = { resource: 'consent', operation: 'getMany', consentTypes: ['opt-out'] };
		expect(json(await run(getMany, item))).toMatchObject([{ ...entry, ...details }]);
		const [profile] = json(await run({ resource: 'profile', operation: 'get' }, item));
		expect(profile?.consents).toMatchObject([{ ...entry, ...details }]);
		const raw = json(await run({ ...getMany, simplify: false }, item));
		expect(JSON.stringify(raw)).toContain('suppress');
	});
});

it.each<[string, unknown]>([
	['no', { items: [], suppressed: false }],
	['null', { items: [], suppression: null }],
	['an empty list', { items: [], suppressions: [] }],
	['an empty object', { items: [], suppression: {} }],
	['a status of none', { items: [], suppression: { status: 'none', since: null } }],
])('is nobody said to be suppressed where APSIS One says %s', async (_, body) => {
	answerConsents(body);
	const [result] = json(await run(CONSENT, [{ email: EXISTING.optedIn }]));
	expect(result).not.toHaveProperty('suppressed');
});

it('Get Many takes every type there is, and says when the answer cannot be read', async () => {
	const consentTypes = ['confirmed-opt-in', 'opt-in', 'opt-out', 'pending-opt-in'];
	const getMany = { resource: 'consent', operation: 'getMany', consentTypes };
	expect(json(await run(getMany, [{ email: EXISTING.optedIn }]))).toMatchObject([
		{ type: 'opt-in' },
	]);
	answerConsents({ errors: [] });
	const { error } = await run(getMany, [{ email: EXISTING.optedIn }]);
	expect(error?.message).toBe(
		`[Item 0] APSIS One's answer about the consents of "${EXISTING.optedIn}" could not be read`,
	);
});
