/* Options that decide how the values and consents of a row are read. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ATTRIBUTES, CHANNELS, EXISTING, KEYSPACES, TOPICS } from '../apsisOne';
import type { EngineRun } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { importCsv, importRows, jsonOf, locator, mapped, subscription } from '../support/workflows';

const apsisOne = useLocalApsisOne();

const consentsOf = (key: string, keyspace: string = KEYSPACES.email) =>
	apsisOne.profile(keyspace, key)?.consents;
const mobileOf = (key: string) =>
	apsisOne.profile(KEYSPACES.email, key)?.attributes[ATTRIBUTES.mobile];
const NEWS = `${TOPICS.news}|${CHANNELS.email}`;
const OFFERS = `${TOPICS.offers}|${CHANNELS.email}`;

describe('Consent Address', () => {
	const BY_CRM_ID: INodeParameters = {
		keyspace: locator(KEYSPACES.crmId),
		profileKeyField: 'customer',
		subscriptions: {
			values: [subscription({ consent: 'optOutWhere', consentField: 'left' })],
		},
	};
	const ROWS = [{ customer: 'c-1', left: 'yes' }];

	it('is not needed on an account with Consent 2.0: opt-outs by CRM ID alone', async () => {
		apsisOne.consentModel = '2.0';
		const run = await importRows(apsisOne, ROWS, BY_CRM_ID);
		expect(consentsOf('c-1', KEYSPACES.crmId)).toEqual({ [NEWS]: 'opt-out' });
		expect(apsisOne.imports[0]?.request).toMatchObject({
			consent_mappings: [
				expect.not.objectContaining({ address_field_selector: expect.anything() as unknown }),
			],
		});
		expect(jsonOf(run)[0]?.warnings).toContain(
			'The consent for Newsletter (Shop news) is sent without an address. Only accounts with Consent 2.0 accept this. With Consent 1.0, map the email address or mobile number to the attribute Email or Mobile.',
		);
	});

	it('is needed with Consent 1.0, and the refusal says how to map one', async () => {
		const run = await importRows(apsisOne, ROWS, BY_CRM_ID);
		expect(run.error?.message).toBe('APSIS One refused the import: a consent has no address');
		expect(run.error?.description).toMatch(
			/^In an account with Consent 1\.0, .* to the attribute Email/,
		);
	});

	it('is no key column that is not mapped to Email', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', newsletter: 'yes' }], {
			attributes: mapped({ [ATTRIBUTES.city]: 'Oslo' }),
			subscriptions: { values: [subscription()] },
		});
		expect(run.error?.message).toContain('a consent has no address');
	});

	it('that a row lacks is not needed where Consent Address is None, as the reason says', async () => {
		apsisOne.consentModel = '2.0';
		const rows = [{ customer: 'c-1', email: '', left: 'yes' }];
		const mapping = {
			...BY_CRM_ID,
			attributes: mapped({ [ATTRIBUTES.email]: '={{ $json.email }}' }),
		};
		const rejected = await importRows(apsisOne, rows, mapping);
		expect(jsonOf(rejected, 1)).toMatchObject([
			{ reasons: [{ cure: expect.stringContaining('set Consent Address to None') as string }] },
		]);
		await importRows(apsisOne, rows, {
			...mapping,
			subscriptions: {
				values: [
					subscription({ consent: 'optOutWhere', consentField: 'left', consentAddress: 'none' }),
				],
			},
		});
		expect(consentsOf('c-1', KEYSPACES.crmId)).toEqual({ [NEWS]: 'opt-out' });
	});

	it('set to None leaves it out although Email is mapped', async () => {
		apsisOne.consentModel = '2.0';
		const run = await importRows(apsisOne, [{ email: 'a@example.com', newsletter: 'yes' }], {
			subscriptions: { values: [subscription({ consentAddress: 'none' })] },
		});
		expect(jsonOf(run)[0]?.warnings).toEqual([]);
		expect(JSON.stringify(apsisOne.imports[0]?.request)).not.toContain('address_field_selector');
		expect(consentsOf('a@example.com')).toEqual({ [NEWS]: 'opt-in' });
	});
});

describe('As a List Says', () => {
	const lists = (notListed: string): INodeParameters => ({
		subscriptions: {
			values: [TOPICS.news, TOPICS.offers].map((topic) =>
				subscription({
					subscription: topic,
					consent: 'asListSays',
					consentField: 'lists',
					notListed,
				}),
			),
		},
	});
	const importLists = async (notListed: string, rows: IDataObject[]): Promise<EngineRun> =>
		await importRows(apsisOne, rows, lists(notListed));

	it.each<[string, unknown]>([
		['a list', ['Newsletter (Shop news)', 'Weekly offers']],
		['text separated by commas', 'newsletter (shop news), weekly offers'],
		['text separated by semicolons', 'Newsletter (Shop news); Weekly offers'],
		['text separated by pipes', 'Newsletter (Shop news)|Weekly offers'],
		['IDs', [TOPICS.news, TOPICS.offers]],
	])('opts in to what %s names', async (_, value) => {
		await importLists('nothing', [{ email: 'a@example.com', lists: value as string }]);
		expect(consentsOf('a@example.com')).toEqual({ [NEWS]: 'opt-in', [OFFERS]: 'opt-in' });
	});

	it('changes nothing about what is not listed, or opts out of it, but never by an empty list', async () => {
		const rows = [
			{ email: 'a@example.com', lists: 'Weekly offers' },
			{ email: 'b@example.com', lists: '' },
		];
		await importLists('nothing', rows);
		expect(consentsOf('a@example.com')).toEqual({ [OFFERS]: 'opt-in' });
		apsisOne.reset();
		await importLists('optOut', rows);
		expect(consentsOf('a@example.com')).toEqual({ [OFFERS]: 'opt-in', [NEWS]: 'opt-out' });
		expect(consentsOf('b@example.com')).toEqual({});
	});

	it('rejects a name that fits none, with the nearest, and one that fits two', async () => {
		const run = await importLists('nothing', [
			{ email: 'a@example.com', lists: 'Weekly ofers' },
			{ email: 'b@example.com', lists: 'Newsletter' },
		]);
		expect(jsonOf(run, 1).map(({ why }) => why)).toEqual([
			expect.stringContaining('Did you mean "Weekly offers"?'),
			expect.stringContaining('contains a name that several subscriptions have: "Newsletter"'),
		]);
		expect(apsisOne.imports).toEqual([]);
	});
});

describe('Duplicate Keys', () => {
	const two = [
		subscription(),
		subscription({ subscription: TOPICS.offers, consentField: 'offers' }),
	];
	const TOO_LONG = 'x'.repeat(1_001);

	it.each<[string, IDataObject[], IDataObject]>([
		[
			'that is unclear elsewhere',
			[{ newsletter: 'yes' }, { newsletter: 'no', offers: 'maybe' }],
			{ [NEWS]: 'opt-out' },
		],
		[
			'that has a wrong value',
			[{ newsletter: 'yes' }, { newsletter: 'no', City: TOO_LONG }],
			{ [NEWS]: 'opt-out' },
		],
		[
			'before it',
			[{ newsletter: 'no', City: TOO_LONG }, { newsletter: 'yes' }],
			{ [NEWS]: 'opt-out' },
		],
		[
			'that says nothing against it',
			[{ newsletter: 'no', City: TOO_LONG }, { offers: 'yes' }],
			{ [NEWS]: 'opt-out', [OFFERS]: 'opt-in' },
		],
	])('lose no opt-out to a row %s', async (_, rows, expected) => {
		for (const duplicates of ['keepFirst', 'keepLast', 'rejectAll']) {
			apsisOne.reset();
			const run = await importRows(
				apsisOne,
				rows.map((row) => ({ email: 'a@example.com', ...row })),
				{ subscriptions: { values: two }, options: { duplicates, onInvalidValue: 'rejectRow' } },
			);
			expect(consentsOf('a@example.com')).toEqual(expected);
			expect(jsonOf(run)[0]).toMatchObject({ rowsRead: 2, rowsSent: 1, rowsRejected: 1 });
		}
	});

	it.each<[string, IDataObject[], IDataObject]>([
		[
			'an earlier opt-out counts where the last row says nothing',
			[{ newsletter: 'no' }, { City: 'Oslo' }],
			{ [NEWS]: 'opt-out' },
		],
		['the last word counts', [{ newsletter: 'no' }, { newsletter: 'yes' }], { [NEWS]: 'opt-in' }],
		[
			'the last word counts if it is an opt-out',
			[{ newsletter: 'yes' }, { newsletter: 'no' }],
			{ [NEWS]: 'opt-out' },
		],
		[
			'a later opt-out counts though its row is rejected',
			[{ newsletter: 'yes' }, { newsletter: 'no', City: TOO_LONG }],
			{ [NEWS]: 'opt-out' },
		],
	])('with Keep Last, %s', async (_, rows, expected) => {
		await importRows(
			apsisOne,
			rows.map((row) => ({ email: 'a@example.com', ...row })),
			{
				subscriptions: { values: [subscription()] },
				options: { duplicates: 'keepLast', onInvalidValue: 'rejectRow' },
			},
		);
		expect(consentsOf('a@example.com')).toEqual(expected);
	});

	it('a row that asks for both takes no opt-in from another, but its opt-out counts', async () => {
		await importRows(
			apsisOne,
			[
				{ email: 'a@example.com', in: 'yes', out: '' },
				{ email: 'a@example.com', in: 'yes', out: 'yes' },
			],
			{
				subscriptions: {
					values: [
						subscription({ consent: 'optInWhere', consentField: 'in' }),
						subscription({ consent: 'optOutWhere', consentField: 'out' }),
					],
				},
			},
		);
		expect(consentsOf('a@example.com')).toEqual({ [NEWS]: 'opt-out' });
	});

	it('a row without an address takes no opt-out from another, and is not sent without it', async () => {
		const run = await importRows(
			apsisOne,
			[
				{ customer: 'c-1', email: 'nobody', newsletter: '' },
				{ customer: 'c-1', email: 'a@example.com', newsletter: 'no' },
			],
			{
				keyspace: locator(KEYSPACES.crmId),
				profileKeyField: 'customer',
				subscriptions: { values: [subscription()] },
			},
		);
		expect(jsonOf(run)[0]).toMatchObject({ rowsSent: 0, rowsRejected: 2 });
		expect(jsonOf(run, 1)[0]?.why).toContain('asks for a consent but has no address (opt-out)');
	});

	it('a row that cannot be read says nothing about another', async () => {
		const run = await importCsv(
			apsisOne,
			[
				'email,City,newsletter\na@example.com,Oslo,no\nb@example.com,Oslo,yes\nb@example.com,Os,lo,no\n',
			],
			{ subscriptions: { values: [subscription()] } },
		);
		expect(consentsOf('b@example.com')).toEqual({ [NEWS]: 'opt-in' });
		expect(jsonOf(run, 1)).toHaveLength(1);
	});
});

describe('Resubscribe', () => {
	const BY_CRM_ID = {
		keyspace: locator(KEYSPACES.crmId),
		profileKeyField: 'customer',
		subscriptions: { values: [subscription({ resubscribe: true })] },
	};
	const row = (customer: string, email: string, newsletter: string) => ({
		customer,
		email,
		newsletter,
	});

	it.each([
		[[row('c-1', 'a@example.com', 'no'), row('c-2', 'A@example.com', 'yes')]],
		[[row('c-2', 'A@example.com', 'yes'), row('c-1', 'a@example.com', 'no')]],
		[[row('c-1', 'a@xn--smrgs-pra0j.se', 'no'), row('c-2', 'a@Smörgås.se', 'yes')]],
	])('brings back no address that another row opts out', async (rows) => {
		const run = await importRows(
			apsisOne,
			[...rows, row('c-3', 'c@example.com', 'yes')],
			BY_CRM_ID,
		);
		expect(consentsOf('c-1', KEYSPACES.crmId)).toEqual({ [NEWS]: 'opt-out' });
		expect(consentsOf('c-3', KEYSPACES.crmId)).toEqual({ [NEWS]: 'opt-in' });
		expect(jsonOf(run, 1)).toMatchObject([
			{
				customer: 'c-2',
				reasons: [{ rule: 'asks to resubscribe an address that another row opts out' }],
			},
		]);
	});
});

describe('Update Existing Profiles off', () => {
	it('sends no opt-out that would not be carried out', async () => {
		const run = await importRows(
			apsisOne,
			[
				{ email: EXISTING.optedIn, newsletter: 'no' },
				{ email: 'new@example.com', newsletter: 'yes' },
			],
			{ subscriptions: { values: [subscription()] }, options: { updateExistingProfiles: false } },
		);
		expect(jsonOf(run, 1)).toMatchObject([
			{
				email: EXISTING.optedIn,
				reasons: [{ rule: 'asks for an opt-out while existing profiles are not updated' }],
			},
		]);
		expect(consentsOf('new@example.com')).toEqual({ [NEWS]: 'opt-in' });
	});
});

describe('Country Field', () => {
	const COUNTRY = { options: { countryField: 'land', defaultCountry: 'SE' } };

	it('gives each number its own country; a plus wins, empty takes Default Country', async () => {
		const run = await importRows(
			apsisOne,
			[
				{ email: 'no@example.com', Mobile: '912 34 567', land: 'Norge' },
				{ email: 'at@example.com', Mobile: '0664 1234567', land: 'AUT' },
				{ email: 'plus@example.com', Mobile: '+46 70 123 45 67', land: 'DE' },
				{ email: 'se@example.com', Mobile: '070-123 45 67', land: '' },
			],
			COUNTRY,
		);
		expect(['no', 'at', 'plus', 'se'].map((key) => mobileOf(`${key}@example.com`))).toEqual([
			'4791234567',
			'436641234567',
			'46701234567',
			'46701234567',
		]);
		expect(jsonOf(run)[0]).toMatchObject({ warnings: [] });
	});

	it.each<[unknown]>([['Utopia'], ['Norge\uFFFD'], [{ code: 'NO' }], [['NO']], [true], ['46']])(
		'that is not known (%j) leaves the number out, with the cure',
		async (land) => {
			const run = await importRows(
				apsisOne,
				[{ email: 'a@example.com', Mobile: '070-123 45 67', land }],
				COUNTRY,
			);
			expect(jsonOf(run)[0]).toMatchObject({
				leftOut: [{ field: 'Mobile', rule: 'has an unknown country' }],
			});
		},
	);
});

describe('settings that cannot be meant', () => {
	it.each<[INodeParameters, RegExp]>([
		[{ dateFormat: 'dd.mm.yyyy' }, /Date Format/],
		[{ dateFormat: 'MM/yyyy' }, /Date Format/],
		[
			{ consentValues: { words: { optIn: 'A, x', optOut: 'I, X' } } },
			/^Consent Value Mapping has the word "x" in Opt-In Words and in Opt-Out Words/,
		],
	])('are refused before anything is read: %j', async (options, message) => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com' }], { options });
		expect(run.error?.message).toMatch(message);
		expect(apsisOne.calls).toEqual([]);
	});
});

describe('own words for consent', () => {
	const words = { optIn: '0', optOut: '1', ignore: 'asked' };
	it.each([
		['optInWhere', '1', {}],
		['optInWhere', '0', { [NEWS]: 'opt-in' }],
		['asFieldSays', '1', { [NEWS]: 'opt-out' }],
		['asFieldSays', 'asked', {}],
		['asFieldSays', 'pending', {}],
	])('come first under %s: %s', async (consent, newsletter, expected) => {
		await importRows(apsisOne, [{ email: 'a@example.com', newsletter }], {
			subscriptions: { values: [subscription({ consent })] },
			options: { consentValues: { words } },
		});
		expect(consentsOf('a@example.com') ?? {}).toEqual(expected);
	});
});
