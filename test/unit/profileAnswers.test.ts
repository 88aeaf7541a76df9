import {
	isOptedOut,
	parseAttributeValues,
	parseConsents,
} from '../../nodes/ApsisOne/api/parseProfile';
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
		// Not the list of consents, and an empty one at that.
		{ result: { consents: [optOut] }, warnings: [] },
	])('cannot be read from %j', (body) => {
		expect(parseConsents(body)).toBeUndefined();
	});

	it.each<[string, boolean]>([
		['opt-in', false],
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

it.each<[string, unknown]>([
	['by discriminator', { [ATTRIBUTES.city]: 'Oslo' }],
	['below a member', { attributes: { [ATTRIBUTES.city]: 'Oslo' } }],
	['as a list', { items: [{ discriminator: ATTRIBUTES.city, value: 'Oslo' }] }],
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
])('tags are read from %s', (_, body) => {
	expect(parseTagIds(body)).toEqual([TAGS.vip]);
});
