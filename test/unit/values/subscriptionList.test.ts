import { InvalidValue } from '../../../nodes/ApsisOne/values/invalidValue';
import { editDistance, nearestName } from '../../../nodes/ApsisOne/values/nearest';
import { readSubscriptionList } from '../../../nodes/ApsisOne/values/subscriptionList';

const NAMES = [
	{
		id: 'news',
		names: ['Newsletter', 'Newsletter (Marketing)', 'usercreated.topics.news-0123456789'],
	},
	{ id: 'offers', names: ['Offers, weekly', 'Offers, weekly (Marketing)'] },
	{ id: 'club', names: ['Klubb', 'Klubb (A)'] },
	{ id: 'club2', names: ['Klubb', 'Klubb (B)'] },
	{ id: 'shoes', names: ['Shoes'] },
	{ id: 'hats', names: ['Hats'] },
	{ id: 'both', names: ['Shoes, Hats'] },
	{ id: 'ö', names: ['Öl & Vin'] },
];

function read(value: unknown): string[] | string {
	const list = readSubscriptionList(value, NAMES);
	return list instanceof InvalidValue ? `${list.rule} · ${list.cure}` : [...list.listed];
}

it.each<[value: unknown, listed: string[]]>([
	[null, []],
	['', []],
	[[], []],
	[[''], []],
	[' ; , ', []],
	['Newsletter', ['news']],
	[' newsletter ;SHOES', ['news', 'shoes']],
	['Newsletter|Shoes', ['news', 'shoes']],
	['Newsletter\nShoes', ['news', 'shoes']],
	['Offers, weekly', ['offers']],
	['Offers, weekly, Newsletter', ['offers', 'news']],
	['Newsletter; Offers,  weekly', ['news', 'offers']],
	['Newsletter, newsletter,', ['news']],
	[
		['Newsletter', 'Offers, weekly'],
		['news', 'offers'],
	],
	[
		[{ name: 'Newsletter' }, { name: 'Shoes', id: 7 }],
		['news', 'shoes'],
	],
	[{ name: 'Newsletter' }, ['news']],
	[[{ name: 'Newsletter', folder: 'Marketing', created_at: '2020-01-01', status: null }], ['news']],
	[
		[
			{ name: 'Newsletter', subscription_id: 7, subscriptionUrl: '/7', subscriber_count: 120 },
			{ name: 'Shoes', subscribers: 9, status_url: '/9', checksum: 'x', recommended_by: 'Bo' },
		],
		['news', 'shoes'],
	],
	['["Newsletter","Shoes"]', ['news', 'shoes']],
	['usercreated.topics.news-0123456789', ['news']],
	['Klubb (A)', ['club']],
	['Öl & Vin'.normalize('NFD'), ['ö']],
	['News\u200Bletter', ['news']],
])('%j lists %j', (value, listed) => {
	expect(read(value)).toEqual(listed);
});

it.each<[value: unknown, problem: string]>([
	['Newslettr', 'contains an unknown subscription: "Newslettr" · Did you mean "Newsletter"?'],
	['Newsletter, Hast', 'contains an unknown subscription: "Hast" · Did you mean "Hats"?'],
	['Quarterly', 'contains an unknown subscription: "Quarterly" · Write the name'],
	['Klubb', 'contains a name that several subscriptions have: "Klubb" · Add the folder'],
	['Shoes, Hats', 'can be read as one subscription or as several: "Shoes, Hats"'],
	[['Newsletter', 3], 'contains an unknown subscription: "3"'],
	[true, 'contains an unknown subscription: "true"'],
	[[['Newsletter']], 'is an object or a list'],
	[{ id: 1 }, 'is an object or a list'],
	['Newslette\uFFFD', 'lost before this node'],
	// A list of what somebody has left is no list of what they take.
	[[{ name: 'Newsletter', subscribed: false }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', status: 'unsubscribed' }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', opted_out_at: '2020-01-01' }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', optIn: 0 }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', type: 'opt-out' }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', action: 'Unsubscribe' }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', profileState: 'gone' }], 'lists objects that say more than a name'],
	[[{ name: 'Newsletter', last: 'Opted out' }], 'lists objects that say more than a name'],
	[{ name: 'Newsletter', isMember: true }, 'lists objects that say more than a name'],
	[[{ name: 'Newsletter' }, { name: '' }], 'lists an object whose name is empty'],
	[[{ name: null, id: 7 }], 'lists an object whose name is empty'],
])('%j is refused: %s', (value, problem) => {
	expect(read(value)).toContain(problem);
});

it.each([
	['', '', 0],
	['abc', '', 3],
	['kitten', 'sitting', 3],
	['email', 'emial', 1],
	['email', 'mail', 1],
	['Åsa', 'Asa', 1],
])('%j and %j are %i letters apart', (one, other, distance) => {
	expect(editDistance(one, other)).toBe(distance);
	expect(editDistance(other, one)).toBe(distance);
});

it.each([
	['e-mail', ['name', 'Email'], 'Email'],
	['emial', ['name', 'email'], 'email'],
	['First Name', ['Last name', 'first_name'], 'first_name'],
	['Fist name', ['Last name', 'First name'], 'First name'],
	['city', ['Country', 'Zip'], undefined],
	['a', ['b'], undefined],
	['email', [], undefined],
])('the nearest to %j in %j is %s', (name, candidates, nearest) => {
	expect(nearestName(name, candidates)).toBe(nearest);
});
