import {
	type CheckedConsent,
	type CheckedField,
	compareProfile,
	shapeOf,
} from '../../nodes/ApsisOne/importing/checking/compareProfile';
import { hasSameBeginning, isSameValue } from '../../nodes/ApsisOne/values/sameValue';

type Rule = CheckedField['rule'];

it.each<[Rule, string, string | number | boolean]>([
	['number', '12.50', 12.5],
	['number', '12.5', '12.50'],
	['number', '100', '1e2'],
	['number', '-3', -3],
	['boolean', 'true', true],
	['boolean', 'true', 'True'],
	['boolean', 'false', 0],
	['boolean', 'true', '1'],
	['date', '2013-02-08', '2013-02-08T00:00:00Z'],
	['date', '2013-02-08', '2013-02-07T23:00:00.000Z'],
	['date', '2013-02-08', '2013-02-08T00:00:00+01:00'],
	['date', '2013-02-08', 1_360_281_600],
	['date', '2013-02-08', 1_360_281_600_000],
	['date', '2013-02-08', '20130208'],
	['date', '1950-01-02', -631_065_600],
	['timestamp', '1360281600', 1_360_281_600],
	['timestamp', '1360281600', '1360281600000'],
	['timestamp', '1360281600', '2013-02-08T00:00:00Z'],
	['timestamp', '1360281600', '2013-02-08 00:00:00'],
	['mobile', '46793699558', 46_793_699_558],
	['mobile', '46793699558', '+46 79-369 95 58'],
	['mobile', '46793699558', '0046793699558'],
	['email', 'Anna@Example.com', 'anna@example.com'],
	['country', 'SE', 'se'],
	['text', 'Åsa', 'Åsa'.normalize('NFD')],
	['text', 'one\r\ntwo', 'one\ntwo'],
	['text', '007', 7],
	['key', '1234', 1234],
	['unknown', '12.0', 12],
	['unknown', 'true', true],
	['unknown', '2013-02-08', '2013-02-08T00:00:00Z'],
])('%s: %j sent is %j found', (rule, sent, found) => {
	expect(isSameValue(rule, sent, found)).toBe(true);
});

it.each<[Rule, string, string | number | boolean]>([
	['number', '12.5', 12.4],
	['number', '12', 'twelve'],
	['boolean', 'true', false],
	['boolean', 'false', ''],
	['date', '2013-02-08', '2013-02-09'],
	['date', '2013-02-08', '2013-02-07'],
	['date', '2013-02-08', '2013-02-09T00:00:00Z'],
	['date', '2013-02-08', 20_130_209],
	['date', '2013-02-08', 'soon'],
	['timestamp', '1360281600', 1_360_281_601],
	['mobile', '46793699558', 46_793_699_559],
	['email', 'anna@example.com', 'anne@example.com'],
	['text', 'Anna', 'anna'],
	['text', '007', '7'],
	['unknown', 'a', 'b'],
])('%s: %j sent is not %j found', (rule, sent, found) => {
	expect(isSameValue(rule, sent, found)).toBe(false);
});

it('a long value is compared by its beginning and length', () => {
	expect(hasSameBeginning('abc', 5, 'abcde')).toBe(true);
	expect(hasSameBeginning('abc', 5, 'abcd')).toBe(false);
	expect(hasSameBeginning('abc', 5, 'abxde')).toBe(false);
	expect(hasSameBeginning('a\r\nb', 7, 'a\nb\nc')).toBe(true);
});

const FIELDS: CheckedField[] = [
	{ name: 'First name', ids: ['com.apsis1.attributes.firstname', '9820536'], rule: 'text' },
	{ name: 'Points', ids: ['usercreated.attributes.points-q1w2e3r4t5', '9911013'], rule: 'number' },
];
const CONSENTS: CheckedConsent[] = [
	{
		name: 'News',
		topic: 't.topics.news',
		channel: 'c.channels.email',
		type: 'opt-in',
		resubscribe: false,
	},
	{
		name: 'Out',
		topic: 't.topics.out',
		channel: 'c.channels.email',
		type: 'opt-out',
		resubscribe: false,
	},
	{
		name: 'Again',
		topic: 't.topics.again',
		channel: 'c.channels.email',
		type: 'opt-in',
		resubscribe: true,
	},
];
const SENT = {
	values: [
		[0, 'Anna'],
		[1, '7'],
	] as Array<[number, string]>,
	consents: [],
};

const answered = (attributes: unknown, sent = SENT) =>
	compareProfile(sent, FIELDS, CONSENTS, { attributes });

describe('attributes', () => {
	it.each<[string, unknown]>([
		['by version ID', { 9820536: 'Anna', 9911013: 7, 9911001: 'SE' }],
		[
			'by discriminator',
			{
				'com.apsis1.attributes.firstname': 'Anna',
				'usercreated.attributes.points-q1w2e3r4t5': '7',
			},
		],
		['below a member', { attributes: { 9820536: 'Anna', 9911013: 7 } }],
		[
			'as a list of version IDs',
			{
				items: [
					{ version_id: '9820536', value: 'Anna' },
					{ version_id: 9911013, value: 7 },
				],
			},
		],
		[
			'as a bare list',
			[
				{ discriminator: 'com.apsis1.attributes.firstname', value: 'Anna' },
				{ id: '9911013', value: 7 },
			],
		],
		['with values below', { 9820536: { value: 'Anna' }, 9911013: { value: 7, updated_at: 'x' } }],
	])('are read %s', (_, body) => {
		expect(answered(body)).toEqual({ differences: [] });
	});

	it('that are absent or different are told apart from those as sent', () => {
		expect(answered({ 9820536: 'Anne' })).toEqual({
			differences: [
				{ field: 'First name', sent: 'Anna', found: 'Anne' },
				{ field: 'Points', sent: '7', found: '' },
			],
		});
		expect(answered({})).toMatchObject({ differences: [{ found: '' }, { found: '' }] });
	});

	it('that were erased are gone', () => {
		const sent = { values: [[0, '']] as Array<[number, string]>, consents: [] };
		expect(answered({ 9911013: 7 }, sent)).toEqual({ differences: [] });
		expect(answered({ 9820536: 'Anna' }, sent)).toEqual({
			differences: [{ field: 'First name', sent: '', found: 'Anna' }],
		});
	});

	it.each<[string, unknown, string]>([
		['nothing', undefined, 'attributes: undefined'],
		['a text', 'OK', 'attributes: string'],
		['other members', { profile: { name: 'Anna' } }, 'attributes: { profile: { name: string } }'],
		[
			'a list without values',
			[{ discriminator: 'com.apsis1.attributes.firstname' }],
			'attributes: [{ discriminator: string }]',
		],
		[
			'values in a shape of their own',
			{ 9820536: { text: 'Anna' } },
			'attributes: { 9820536: { text: string } }',
		],
	])('in %s are unreadable, and the log gets no value', (_, body, unreadable) => {
		expect(answered(body)).toEqual({ unreadable });
	});
});

describe('consents', () => {
	const compared = (consents: number[], items: unknown) =>
		compareProfile({ values: [], consents }, FIELDS, CONSENTS, { consents: items });
	const consent = (topic: string, type: string) => ({
		topic_discriminator: `t.topics.${topic}`,
		channel_discriminator: 'c.channels.email',
		type,
	});

	it('that are there are as sent', () => {
		const items = [
			consent('news', 'confirmed-opt-in'),
			consent('out', 'opt-out'),
			consent('again', 'opt-in'),
		];
		expect(compared([0, 1, 2], { items })).toEqual({ differences: [] });
	});

	it('are kept opted out where the opt-in does not override, and different where it does', () => {
		const items = [consent('news', 'opt-out'), consent('again', 'opt-out')];
		expect(compared([0, 2], { items })).toEqual({
			differences: [
				{ field: 'News', sent: 'opt-in', found: 'opt-out', isKeptOptOut: true },
				{ field: 'Again', sent: 'opt-in', found: 'opt-out' },
			],
		});
	});

	it('that are not there are different', () => {
		expect(compared([0, 1], { items: [consent('out', 'opt-in')] })).toEqual({
			differences: [
				{ field: 'News', sent: 'opt-in', found: 'none' },
				{ field: 'Out', sent: 'opt-out', found: 'opt-in' },
			],
		});
	});

	it('may stand on the level above', () => {
		expect(compared([0], { items: [{ type: 'opt-out' }] })).toMatchObject({
			differences: [{ isKeptOptOut: true }],
		});
	});

	it('in a shape that is not known are unreadable', () => {
		expect(compared([0], { errors: [] })).toEqual({ unreadable: 'consents: { errors: [] }' });
		expect(compared([0], { items: [{ type: 'opt-in', folder: 'x' }] })).toEqual({
			unreadable: 'consents: { items: [{ type: string, folder: string }] }',
		});
	});
});

it('the shape of an answer holds no key that a member is named by', () => {
	expect(shapeOf({ 'anna@example.com': 1, '46793699558': [true], items: null })).toBe(
		'{ ?: number, ?: [boolean], items: null }',
	);
});
