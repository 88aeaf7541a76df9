import {
	hasSurelyOptedIn,
	hasSurelyOptedOut,
	isOptedOut,
	isSuppressed,
} from '../../nodes/ApsisOne/api/consentVerdicts';
import { parseConsents } from '../../nodes/ApsisOne/api/parseConsents';
import { parseAttributeValues } from '../../nodes/ApsisOne/api/parseProfile';
import { parseTagIds } from '../../nodes/ApsisOne/api/profileTags';
import { ATTRIBUTES, CHANNELS, TAGS, TOPICS } from '../apsisOne';

const optOut = { topic_discriminator: TOPICS.news, channel_discriminator: CHANNELS.email };

describe('consents', () => {
	it.each<[string, unknown]>([
		['{ items: […] }', { items: [{ ...optOut, type: 'opt-out' }] }],
		['[…]', [{ ...optOut, type: 'opt-out' }]],
		['{ consents: […] }', { consents: [{ ...optOut, consent_type: 'opt-out' }] }],
		[
			'nested objects',
			{
				items: [
					{
						topic: { discriminator: TOPICS.news, name: 'Newsletter' },
						channel: { discriminator: CHANNELS.email },
						type: 'opt-out',
					},
				],
			},
		],
		['{ result: { items: […] } }', { result: { items: [{ ...optOut, type: 'opt-out' }] } }],
		['{ data: […], meta: {…} }', { data: [{ ...optOut, type: 'opt-out' }], meta: { count: 1 } }],
		['a type that has a name', { items: [{ ...optOut, type: { name: 'opt-out' } }] }],
		['a consent in the entry', { items: [{ ...optOut, consent: { type: 'opt-out' } }] }],
		['a status', { items: [{ ...optOut, status: 'opt-out' }] }],
		[
			'entries of topics and channels',
			{
				items: [
					{
						section_discriminator: 'usercreated.sections.shop-a1a1a1a1a1',
						topics: [
							{
								discriminator: TOPICS.news,
								channels: [{ discriminator: CHANNELS.email, type: 'opt-out' }],
							},
						],
					},
				],
			},
		],
	])('are read from %s', (_, body) => {
		const consents = parseConsents(body);
		expect(consents).toMatchObject([
			{ topic: TOPICS.news, channel: CHANNELS.email, type: 'opt-out' },
		]);
		expect(isOptedOut(consents ?? [], TOPICS.news, CHANNELS.email)).toBe(true);
		expect(isOptedOut(consents ?? [], TOPICS.offers, CHANNELS.email)).toBe(false);
		expect(isOptedOut(consents ?? [], TOPICS.news, CHANNELS.sms)).toBe(false);
	});

	it.each([
		undefined,
		'',
		'none',
		7,
		{},
		{ result: {} },
		{ one: [], other: [] },
		['opt-out'],
		null,
		{ errors: [] },
		{ items: null },
		{ suppressions: [{ reason: 'bounce' }] },
		{ suppressed: true },
		{ data: [], consents: [] },
		{ items: [], next: '/page/2' },
		{ items: [], _links: { next: { href: '/page/2' } } },
		{ items: [], meta: { has_more: true } },
		{ items: [], hasMore: 1 },
		{ items: [], pager: { next: '/page/2' } },
		// One page of several, however that is said.
		{ items: [], total: 3 },
		{ items: [], page: 1, total_pages: 2 },
		{ items: [], cursor: 'x' },
		{ items: [], '@odata.nextLink': '/x' },
		{ items: [], links: [{ rel: 'next', href: '/x' }] },
		{ items: [], is_truncated: true },
		{ items: [], pageInfo: { hasNextPage: true } },
		{ items: [], last: false },
		{ items: [], remaining: 2 },
		{ page: { items: [] }, next: { link: '/x' } },
		// Opt-outs elsewhere than in the list, and lists that came with a word.
		{ items: [], opt_outs: [optOut] },
		{ items: [], folder_consents: [{ folder: 'News', type: 'opt-out' }] },
		{ items: [], global: { type: 'opt-out' } },
		{ items: [], opted_out: true },
		{ items: [], errors: [{ code: 503 }] },
		{ items: [], warning: 'Partial result' },
		// Not the list of consents, and an empty one at that.
		{ result: { consents: [optOut] }, warnings: [] },
	])('cannot be read from %j', (body) => {
		expect(parseConsents(body)).toBeUndefined();
	});

	it.each<[string, unknown]>([
		['without more', { items: [], total: 0, page: 1, total_pages: 1, has_more: false, next: null }],
		['with empty members', { items: [], errors: [], opt_outs: [], opted_out: false, warning: '' }],
		['and say so in objects', { items: [], next: {}, _links: { next: { href: null } } }],
		['with what was asked for', { items: [], consent_types: ['opt-out'], self: '?type=opt-out' }],
		['in a section without topics', { items: [{ section_discriminator: 'x', topics: [] }] }],
		['with links about itself', { items: [], _links: { opt_out: { href: '/unsubscribe' } } }],
	])('are none %s', (_, body) => {
		expect(parseConsents(body)).toEqual([]);
	});

	it.each<[string, object]>([
		['several topics', { topics: [TOPICS.offers, TOPICS.news], channel: 'email' }],
		[
			'several topics and channels',
			{
				topic_discriminators: [TOPICS.offers, TOPICS.news],
				channels: [{ discriminator: CHANNELS.sms }, { discriminator: CHANNELS.email }],
			},
		],
		['several channels by name', { topic_discriminator: TOPICS.news, channels: ['sms', 'Email'] }],
		['a topic in other letters', { topic_discriminator: TOPICS.news.toUpperCase() }],
		['a channel by name', { topic_discriminator: TOPICS.news, channel_discriminator: 'email' }],
		[
			'a topic, and another one in texts that people write',
			{
				topic: { discriminator: TOPICS.news, reason: TOPICS.offers },
				reason: `moved from ${CHANNELS.sms}`,
				source: CHANNELS.sms,
			},
		],
		[
			'a topic, and a link that looks like a channel',
			{ topic_discriminator: TOPICS.news, form: 'https://shop.channels.example' },
		],
	])('of an entry with %s are all there', (_, entry) => {
		const consents = parseConsents([{ type: 'opt-out', ...entry }]) ?? [];
		expect(isOptedOut(consents, TOPICS.news, CHANNELS.email)).toBe(true);
		expect(hasSurelyOptedOut(consents, TOPICS.news, CHANNELS.email)).toBe(true);
		expect(isOptedOut(consents, TOPICS.drops, CHANNELS.email)).toBe(false);
	});

	it.each<[string, object]>([
		[
			'a folder in place of a topic',
			{ topic_discriminator: 'usercreated.targets.news-cbyntm8qnw' },
		],
		['a word in place of a topic', { topic_discriminator: 'all' }],
		['topics of which one is a name', { topics: [TOPICS.offers, 'Newsletter'] }],
		[
			'channels of which one is unknown',
			{ topic_discriminator: TOPICS.news, channels: ['push', CHANNELS.sms] },
		],
		['a word in place of a channel', { ...optOut, channel_discriminator: '*' }],
	])('of an entry with %s may be an opt-out, but not surely', (_, entry) => {
		const consents = parseConsents([{ ...entry, type: 'opt-out' }]) ?? [];
		expect(isOptedOut(consents, TOPICS.news, CHANNELS.email)).toBe(true);
		expect(hasSurelyOptedOut(consents, TOPICS.news, CHANNELS.email)).toBe(false);
	});

	it.each<[object, boolean]>([
		[{ status: 'withdrawn' }, true],
		[{ subscribed: false }, true],
		[{ unsubscribed_at: '2026-01-01' }, true],
		[{ optedOut: true }, true],
		[{ expires_at: '2026-01-01' }, true],
		[{ validUntil: 1_767_225_600 }, true],
		[{ expires_at: '2099-01-01', valid_until: 4_070_908_800 }, false],
		[{ deleted_at: '0001-01-01T00:00:00Z', revoked: '0', ended_at: '' }, false],
		[{ active: 1, status: 'opted-in', state: '' }, false],
		[{ status: 'subscribed', opt_out: false, unsubscribed_at: null }, false],
		[{ amended_at: '2026-01-01', extended: true, unsubscribe_url: 'https://example.com' }, false],
		[{ state: 'INACTIVE' }, true],
		[{ active: false }, true],
		[{ revoked_at: '2026-01-01' }, true],
		[{ withdrawn: true }, true],
		[{ status: 'active', valid: true, revoked_at: null, deleted: false }, false],
		[{ status: 'opt-in' }, false],
	])('to be in that have ended (%j) count as an opt-out: %s', (members, expected) => {
		const consents = parseConsents([{ ...optOut, type: 'opt-in', ...members }]) ?? [];
		expect(isOptedOut(consents, TOPICS.news, CHANNELS.email)).toBe(expected);
		expect(hasSurelyOptedIn(consents, TOPICS.news, CHANNELS.email)).toBe(!expected);
	});

	it.each<[string, boolean]>([
		['opt-in', false],
		['opted-in', false],
		['double-opt-in', false],
		['opt-in-confirmed', false],
		['pending-opt-in', false],
		['opt-in-revoked', true],
		['no-opt-in', true],
		['not-opted-in', true],
		['opt-in withdrawn', true],
		['suppressed-opt-out', true],
		['suppressed', false],
		['confirmed-opt-in', false],
		['pending', false],
		['opt-out', true],
		['unsubscribed', true],
		['', true],
	])('of type "%s" count as an opt-out: %s', (type, expected) => {
		const consents = parseConsents([{ ...optOut, type }]) ?? [];
		expect(isOptedOut(consents, TOPICS.news, CHANNELS.email)).toBe(expected);
	});
});

it.each<[string, object]>([
	['meta', { items: [], meta: { suppressed: true } }],
	['the profile', { items: [], profile: { is_suppressed: true } }],
	['a word', { items: [], address_status: 'Suppressed' }],
	['result', { result: { items: [], suppression: { reason: 'bounce' } } }],
])('a suppression is seen in %s', (_, body) => {
	expect(isSuppressed(parseConsents(body) ?? [])).toBe(true);
});

it.each([
	{ items: [], meta: { suppressed: false } },
	{ items: [], address_status: 'ok' },
])('no suppression is seen in %j', (body) => {
	expect(parseConsents(body)).toEqual([]);
});

describe('a consent that is to be proved', () => {
	const prove = (raw: object) => {
		const consents = parseConsents([raw]) ?? [];
		return [hasSurelyOptedOut, hasSurelyOptedIn].map((isSure) =>
			isSure(consents, TOPICS.news, CHANNELS.email),
		);
	};

	it.each<[object, boolean, boolean]>([
		[{ ...optOut, type: 'opt-out' }, true, false],
		[{ ...optOut, type: 'OPT_OUT' }, true, false],
		[{ ...optOut, type: 'Opted Out' }, true, false],
		[{ ...optOut, type: 'opt-out', status: 'opted_out', unsubscribed_at: '2026' }, true, false],
		[{ ...optOut, type: 'opt-out', deleted_at: '2026-01-01' }, false, false],
		[{ ...optOut, type: 'OPT_IN' }, false, true],
		[{ ...optOut, type: 'opt-in' }, false, true],
		[{ ...optOut, type: 'confirmed-opt-in' }, false, true],
		[{ ...optOut, type: 'pending-opt-in' }, false, false],
		[{ ...optOut, type: 'hard-bounce' }, false, false],
		[{ ...optOut, type: 'suppressed' }, false, false],
		[{ ...optOut, type: '' }, false, false],
		[{ type: 'opt-out' }, true, false],
		[{ topic_discriminator: TOPICS.news, channel: 'email', type: 'opt-out' }, true, false],
		[{ topic_discriminator: TOPICS.news, channel: 'sms', type: 'opt-out' }, false, false],
		[{ topic_discriminator: TOPICS.news, channel: 'push', type: 'opt-out' }, false, false],
		[{ channel_discriminator: CHANNELS.email, folder: 'News', type: 'opt-out' }, false, false],
		[{ subscription_id: 17, type: 'opt-out' }, false, false],
	])('%j is an opt-out: %s, an opt-in: %s', (raw, isOut, isIn) => {
		expect(prove(raw)).toEqual([isOut, isIn]);
	});

	it('is the later one of two that contradict each other, if that can be told', () => {
		const at = (modified_at?: string) => ({ modified_at });
		const isOut = (one: object, other: object) =>
			hasSurelyOptedOut(
				parseConsents([
					{ ...optOut, type: 'opt-out', ...one },
					{ ...optOut, type: 'opt-in', ...other },
				]) ?? [],
				TOPICS.news,
				CHANNELS.email,
			);
		expect(isOut(at('2026-02-01'), at('2026-01-01'))).toBe(true);
		expect(isOut(at('2026-01-01'), at('2026-02-01'))).toBe(false);
		expect(isOut(at(), at())).toBe(false);
		const atSeconds = (modified_at: number) => ({ modified_at });
		expect(isOut(atSeconds(1_769_904_000), atSeconds(1_767_225_600))).toBe(true);
		expect(isOut(atSeconds(1_767_225_600), atSeconds(1_769_904_000))).toBe(false);
		const later = at('2026-02-01');
		const earlier = at('2026-01-01');
		expect(isOut(earlier, { ...later, expires_at: '2099-01-01' })).toBe(false);
		expect(isOut(earlier, { ...later, topic_discriminator: TOPICS.news.toUpperCase() })).toBe(
			false,
		);
		expect(isOut(earlier, { ...later, type: 'double-opt-in' })).toBe(false);
		expect(isOut(earlier, { ...later, type: 'pending-opt-in' })).toBe(true);
		// An opt-out of all holds, whatever is said below it.
		expect(isOut({ topic_discriminator: undefined }, at('2026-02-01'))).toBe(true);
	});
});

it.each<[string, unknown]>([
	['by discriminator', { [ATTRIBUTES.city]: 'Oslo' }],
	['below a member', { attributes: { [ATTRIBUTES.city]: 'Oslo' } }],
	['as a list', { items: [{ discriminator: ATTRIBUTES.city, value: 'Oslo' }] }],
	['in data', { data: { [ATTRIBUTES.city]: 'Oslo' } }],
	[
		'in a list in result',
		{ result: { items: [{ version: { id: ATTRIBUTES.city }, value: 'Oslo' }] } },
	],
	['as objects', { [ATTRIBUTES.city]: { value: 'Oslo', version_id: '9911002' } }],
	['as a list with other names', [{ attribute_discriminator: ATTRIBUTES.city, value: 'Oslo' }]],
])('attributes are read %s', (_, body) => {
	expect(parseAttributeValues(body)).toEqual([[ATTRIBUTES.city, 'Oslo']]);
});

it.each<[string, unknown]>([
	['an attribute whose value is a list', { [ATTRIBUTES.favourite]: ['ski', 'sail'] }],
	['several, one of them a list', { [ATTRIBUTES.city]: 'Oslo', [ATTRIBUTES.favourite]: ['ski'] }],
])('attributes are read with %s', (_, body) => {
	expect(parseAttributeValues(body)).toEqual(Object.entries(body as object));
});

it('what is read in part only counts as not read', () => {
	const values = { items: [{ attribute_discriminator: ATTRIBUTES.city, values: ['Oslo'] }] };
	expect(parseAttributeValues(values)).toBeUndefined();
	expect(parseTagIds({ items: [{ tag: TAGS.vip }] })).toBeUndefined();
	expect(parseTagIds({ message: 'Try again later' })).toBeUndefined();
	expect(parseTagIds({ errors: [] })).toBeUndefined();
	expect(parseTagIds(null)).toBeUndefined();
});

it('attributes are read by version ID', () => {
	expect(parseAttributeValues({ '9911002': 'Oslo' })).toEqual([['9911002', 'Oslo']]);
	expect(parseAttributeValues([{ version_id: '9911002', value: 'Oslo' }])).toEqual([
		['9911002', 'Oslo'],
	]);
	expect(parseAttributeValues('Oslo')).toBeUndefined();
});

it.each<[string, unknown]>([
	['a list of texts', [TAGS.vip]],
	['a list of objects', { items: [{ discriminator: TAGS.vip, name: 'VIP' }] }],
	['an object', { [TAGS.vip]: true, [TAGS.winter]: null }],
	['a list below a member', { tags: [{ tag_discriminator: TAGS.vip }] }],
	['the list that is not empty', { items: [], tags: [TAGS.vip] }],
	[
		'a list that says which are set',
		[
			{ discriminator: TAGS.vip, value: true },
			{ discriminator: TAGS.winter, value: false },
			{ discriminator: TAGS.staff, active: 'false' },
		],
	],
	['a list in result', { result: { items: [TAGS.vip] } }],
	['a map of dates', { items: { [TAGS.vip]: '2026-01-01T00:00:00Z' } }],
	[
		'all tags there are',
		{
			[TAGS.vip]: { is_set: true },
			[TAGS.winter]: { is_set: false },
			[TAGS.staff]: { tagged: false },
		},
	],
	['words', { [TAGS.vip]: 'true', [TAGS.winter]: 'false', [TAGS.staff]: { active: false } }],
])('tags are read from %s', (_, body) => {
	expect(parseTagIds(body)).toEqual([TAGS.vip]);
});
