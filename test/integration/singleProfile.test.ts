import type { IDataObject } from 'n8n-workflow';

import { ATTRIBUTES, EXISTING, KEYSPACES, type Fault, SECTIONS, TAGS, TOPICS } from '../apsisOne';
import { waitFor } from '../e2e/lab/waitFor';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { json, profileRunner, UPSERT } from '../support/singleProfile';
import { locator, mapped, NODE_NAME, setupFor } from '../support/workflows';

const apsisOne = useLocalApsisOne();
const { run, stored } = profileRunner(apsisOne);

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

	it('names fields that found no attribute, but not those that a parameter uses', async () => {
		const parameters = { ...UPSERT, options: { defaultCountry: '={{ $json.land }}' } };
		const result = await run(parameters, [
			{ email: 'a@example.com', land: 'SE', 'Frist name': 'Anna', empty: '' },
			{ email: 'b@example.com', land: 'SE', 'Credit limit': 7, firstname: 'Bo', 'First name': 'B' },
		]);
		expect(result.error).toBeUndefined();
		expect(result.hints(NODE_NAME).map(({ message }) => message)).toEqual([
			'Not sent, because no attribute that can be written through this keyspace takes them: Frist name, Credit limit, First name. Rename the fields before this node, or map them in Attributes.',
		]);
		const fine = await run(UPSERT, [{ row_number: 2, email: 'a@example.com', firstname: 'Anna' }]);
		expect(fine.hints(NODE_NAME)).toEqual([]);
	});

	it('takes attributes mapped by hand, with expressions for each item', async () => {
		await run({ ...UPSERT, attributes: mapped({ [ATTRIBUTES.city]: '={{ $json.town }}' }) }, [
			{ email: 'a@example.com', town: 'Oslo' },
			{ email: 'b@example.com', town: 'Lund' },
		]);
		expect(stored('a@example.com')?.attributes[ATTRIBUTES.city]).toBe('Oslo');
		expect(stored('b@example.com')?.attributes[ATTRIBUTES.city]).toBe('Lund');
	});

	it.each<[string, IDataObject, RegExp]>([
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
				/fault\. Items completed before that: \d[\d–, ]*\.$/,
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

	it.each([
		'={{ "Hi " + $json.name }}',
		'=Hi {{ $json.name }}',
		'={{ `Hi ${$json.name}` }}',
		'={{ Number($json.name) }}',
	])('sends nothing that an expression makes of a missing field: %s', async (expression) => {
		const attributes = mapped({ [ATTRIBUTES.firstName]: expression });
		const result = await run({ ...UPSERT, attributes }, [{ email: 'a@example.com', name: null }]);
		expect(result.error?.message).toBe(
			'[Item 0] First name: comes from an expression that reads a missing or unusable field',
		);
		expect(stored('a@example.com')).toBeUndefined();
	});

	it.each(['=shop-{{ $json.id }}', '={{ "shop-" + $json.id }}', '={{ Number($json.id) }}'])(
		'takes no key that an expression makes of a missing field: %s',
		async (profileKey) => {
			const keyspace = locator(KEYSPACES.crmId);
			const result = await run({ ...UPSERT, keyspace, profileKey }, [{ id: null }]);
			expect(result.error?.message).toBe(
				'[Item 0] Profile Key: comes from an expression that reads a missing or unusable field',
			);
			expect(stored('shop-')).toBeUndefined();
			expect(apsisOne.calls).toEqual([]);
		},
	);

	it.each(['={{ $json.town }}', '={{ $json.town?.trim() }}', '={{ $json.zip }} {{ $json.town }}'])(
		'erases nothing for a field that is missing: %s',
		async (expression) => {
			const attributes = mapped({ [ATTRIBUTES.city]: expression });
			const parameters = { ...UPSERT, attributes, options: { clearExistingAttributes: true } };
			const result = await run(parameters, [{ email: EXISTING.optedOut }]);
			expect(result.error?.message).toBe('[Item 0] City: is missing, which would erase it');
			expect(stored(EXISTING.optedOut)?.attributes).toMatchObject({ [ATTRIBUTES.city]: 'Bergen' });
		},
	);

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
				{ email: 'c@example.com', country: 'EN' },
				{ email: 'd@example.com', country: 'uk', mobile: '07400 123456' },
			],
			{ onError: 'continueRegularOutput' },
		);
		expect(json(result)).toMatchObject([
			{ error: '[Item 0] Default Country "Sweden" is not a two-letter code' },
			{ profileKey: 'b@example.com' },
			{ error: '[Item 2] Default Country "EN" is not the code of a country' },
			{ profileKey: 'd@example.com', attributes: { [ATTRIBUTES.mobile]: 447400123456 } },
		]);
	});

	it('refuses a number whose last digits would be lost', async () => {
		const result = await run(UPSERT, [
			{ email: 'a@example.com', 'Club points': '12345678901234567' },
		]);
		expect(result.error?.message).toBe(
			'[Item 0] Club points: is too large a number to be exact (12345678901234567)',
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
		expect(result.hints(NODE_NAME)[0]?.message).toContain('Request profile import');
	}, 60_000);
});

describe('the key of a profile', () => {
	const item = { email: EXISTING.optedIn };

	it('changes with a new Email, and the output says so', async () => {
		const attributes = mapped({ [ATTRIBUTES.email]: '={{ $json.new }}' });
		const result = await run({ ...UPSERT, attributes }, [{ ...item, new: 'new@example.com' }]);
		expect(json(result)).toMatchObject([
			{ profileKey: EXISTING.optedIn, newProfileKey: 'new@example.com', created: false },
		]);
		expect(stored(EXISTING.optedIn)).toBeUndefined();
		expect(stored('new@example.com')?.attributes[ATTRIBUTES.firstName]).toBe('Lars');
	});

	it('does not count as new for another case of the address', async () => {
		const [result] = json(await run(UPSERT, [{ email: EXISTING.optedIn.toUpperCase() }]));
		expect(result).not.toHaveProperty('newProfileKey');
	});

	it.each([
		[409, false],
		[409, true],
		[400, false],
		[400, true],
	] as const)('of another profile is refused with %i (new profile: %s)', async (status, isNew) => {
		apsisOne.answers.keyConflictStatus = status;
		const attributes = mapped({ [ATTRIBUTES.email]: EXISTING.optedOut });
		const email = isNew ? 'a@example.com' : EXISTING.optedIn;
		const { error } = await run({ ...UPSERT, attributes }, [{ email }]);
		const state = isNew ? 'The profile was created' : 'The profile exists';
		expect(error).toMatchObject({
			message: '[Item 0] Another profile has this Email',
			description: `A new Email becomes the profile key, which must be unique. Remove it from Attributes, or find out in APSIS One which profile has it. APSIS One says: A profile with this profile key already exists. ${state}, but its attributes were not set.`,
		});
	});

	it('names all that may be the reason', async () => {
		const first = { email: 'a@example.com', mobile: '+46701234567' };
		await run(UPSERT, [first]);
		const { error } = await run(UPSERT, [{ ...first, email: 'b@example.com', crmid: '7' }]);
		expect(error?.message).toBe('[Item 0] Another profile has this Mobile or CRM ID');
	});

	it('cannot be cleared', async () => {
		const attributes = mapped({ [ATTRIBUTES.email]: '={{ $json.other }}' });
		const parameters = { ...UPSERT, attributes, options: { clearExistingAttributes: true } };
		const { error } = await run(parameters, [{ ...item, other: '' }]);
		expect(error?.message).toBe(
			'[Item 0] Email is empty, but it is the profile key and cannot be cleared',
		);
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
	});
});

describe('attributes that are refused', () => {
	const refuse = (fault: object) =>
		apsisOne.faults.add({
			call: 'profile',
			route: 'setAttributes',
			kind: 'status',
			times: 9,
			...fault,
		});
	const attributes = mapped({ [ATTRIBUTES.city]: 'Oslo' });

	it.each<[string, object, string, string]>([
		[
			'as bad',
			{ status: 400, body: { title: 'Bad Request', detail: 'No such city.' } },
			'APSIS One refused to set the attributes of the profile',
			'APSIS One says: No such city. The profile was created, but its attributes were not set.',
		],
		[
			'without a word',
			{ status: 409, body: {} },
			'APSIS One refused to set the attributes of the profile',
			'It answered with status 409. The profile was created, but its attributes were not set.',
		],
		[
			'for want of a permission',
			{ status: 403, body: { Message: 'no' } },
			'APSIS One refused to set the attributes of the profile',
			'The API key of the credential lacks the permission. Ask your APSIS One admin, or use another key (Account settings → API management). APSIS One says: no. The profile was created, but its attributes were not set.',
		],
	])(
		'%s leave a profile of which the error says that it exists',
		async (_, fault, message, description) => {
			refuse(fault);
			const { error } = await run({ ...UPSERT, attributes }, [{ email: 'a@example.com' }]);
			expect(error).toMatchObject({ message: `[Item 0] ${message}`, description });
			expect(stored('a@example.com')).toBeDefined();
		},
	);

	it.each([1, 3])('are set though the new profile is found a moment late (%i)', async (times) => {
		apsisOne.faults.add({
			call: 'profile',
			route: 'setAttributes',
			kind: 'status',
			status: 404,
			times,
		});
		const result = await run(UPSERT, [{ email: 'new@example.com', City: 'Oslo' }]);
		expect(result.error).toBeUndefined();
		expect(stored('new@example.com')?.attributes[ATTRIBUTES.city]).toBe('Oslo');
	});

	it('of a profile that is never found are not said to need it created', async () => {
		apsisOne.faults.add({
			call: 'profile',
			route: 'setAttributes',
			kind: 'status',
			status: 404,
			times: 9,
		});
		const { error } = await run(UPSERT, [{ email: 'new@example.com', City: 'Oslo' }]);
		expect(error).toMatchObject({
			message:
				'[Item 0] APSIS One does not find the profile "new@example.com", although it has just said that it is there',
			description: expect.stringMatching(
				/^A new profile may take a while to be found\. Run the workflow again later\..* The profile was created, but its attributes were not set\.$/,
			) as string,
		});
	});

	it('by a lost answer may have been set all the same', async () => {
		const setBack = startFastClock();
		try {
			refuse({ kind: 'reset', effect: 'after' });
			const { error } = await run({ ...UPSERT, attributes }, [{ email: EXISTING.optedIn }]);
			expect((error as { description?: string }).description).toMatch(
				/The profile exists, but its attributes may not have been set\.$/,
			);
		} finally {
			setBack();
		}
	});

	it.each<[string, IDataObject, string]>([
		[
			'a text that is too long',
			{ City: 'x'.repeat(1_001) },
			'City: is longer than 1,000 characters',
		],
		['a number that is none', { 'Club points': 'many' }, 'Club points: is not a number'],
		['a switch that is none', { 'Club member': 'perhaps' }, 'Club member: is neither yes nor no'],
	])('are found before the profile is created: %s', async (_, values, message) => {
		const { error } = await run(UPSERT, [{ email: 'a@example.com', ...values }]);
		expect(error?.message).toContain(`[Item 0] ${message}`);
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
	});

	it('are found before the profile is created when there are too many of them', async () => {
		const items = Array.from({ length: 110 }, (_, index) => ({
			discriminator: `usercreated.attributes.text-${index}`,
			name: `Text ${index}`,
			versions: [{ id: String(index), deprecated_at: null, type: 'text' }],
		}));
		apsisOne.faults.add({ call: 'attributes', kind: 'status', status: 200, body: { items } });
		const values = Object.fromEntries(items.map(({ name }) => [name, 'x'.repeat(950)]));
		const { error } = await run(UPSERT, [{ email: 'a@example.com', ...values }]);
		expect(error?.message).toBe(
			'[Item 0] The attributes are larger than the 100 kB that APSIS One accepts',
		);
		expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
	});
});

it('values travel in native JSON types, and keep their own where the type is not known', async () => {
	const untyped = 'usercreated.attributes.untyped-a1b2c3d4e5';
	const types = ['boolean', 'number', 'timestamp', 'mobile', 'date', 'text'];
	const items = [
		...types.map((type) => ({ discriminator: `x.${type}`, name: type, type })),
		...['a', 'b', 'c'].map((name) => ({ discriminator: `${untyped}${name}`, name })),
	].map(({ discriminator, name, ...more }, index) => ({
		discriminator,
		name,
		versions: [{ id: String(index), deprecated_at: null, ...more }],
	}));
	apsisOne.faults.add({ call: 'attributes', kind: 'status', status: 200, body: { items } });
	// The local APSIS One has no such attributes.
	apsisOne.faults.add({ call: 'profile', route: 'setAttributes', kind: 'status', status: 204 });
	const [result] = json(
		await run(UPSERT, [
			{
				email: 'a@example.com',
				boolean: 'ja',
				number: '12,5',
				timestamp: '2026-01-01T00:00:00Z',
				mobile: '+46 70 123 45 67',
				date: '2026-01-01',
				text: 42,
				a: 7,
				b: false,
				c: ' 007 ',
			},
		]),
	);
	expect(result?.attributes).toEqual({
		'x.boolean': true,
		'x.number': 12.5,
		'x.timestamp': 1_767_225_600,
		'x.mobile': 46_701_234_567,
		'x.date': '2026-01-01',
		'x.text': '42',
		[`${untyped}a`]: 7,
		[`${untyped}b`]: false,
		[`${untyped}c`]: '007',
	});
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

it.each([
	['com.apsis1.keyspaces.e-mail', 'APSIS One has no keyspace "com.apsis1.keyspaces.e-mail"'],
	[KEYSPACES.export, 'Profiles cannot be written through the keyspace "Export"'],
])('Profile: Delete takes the keyspace %s for no deleted profile', async (keyspace, message) => {
	const remove = { resource: 'profile', operation: 'delete', section: '', confirmDeletion: true };
	const { error } = await run({ ...remove, keyspace: locator(keyspace) }, [
		{ email: EXISTING.optedIn },
	]);
	expect(error?.message).toBe(`[Item 0] ${message}`);
	expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
});

describe('an answer with success', () => {
	const answer = (route: Fault['route'], body: unknown) =>
		apsisOne.faults.add({ call: 'profile', route, kind: 'status', status: 200, body });
	const item = [{ email: EXISTING.optedIn }];
	const TAG = { resource: 'tag', operation: 'add', tagNames: [TAGS.vip] };

	it.each<[string, unknown, string]>([
		['success: false', { success: false, message: 'Not now.' }, ' APSIS One says: Not now.'],
		['a problem', { status: 422, detail: 'No such tag.' }, ' APSIS One says: No such tag.'],
		['errors', { errors: [{ message: 'No such tag.' }] }, ' APSIS One says: No such tag.'],
		['an error', { error: 'Try later.' }, ' APSIS One says: Try later.'],
		['errors by field', { errors: { tag: ['is gone'] } }, ' APSIS One says: tag is gone.'],
		['errors in result', { result: { errors: [{ detail: 'No.' }] } }, ' APSIS One says: No.'],
		['a word', { status: 'failed', message: 'Not now.' }, ' APSIS One says: Not now.'],
		['a count', { failed: 1, errors: [] }, ''],
		['ok: false', { ok: false }, ''],
		['a failed entry', { items: [{ status: 201 }, { status: 409 }] }, ''],
	])('that says it failed (%s) is no success', async (_, body, says) => {
		answer('setTags', body);
		const { error } = await run(TAG, item);
		expect(error).toMatchObject({
			message: '[Item 0] APSIS One failed to add tags of the profile',
			description: `It answered with status 200, but its answer says that it failed.${says}`,
		});
	});

	it.each<[Fault['route'], string]>([
		['getAttributes', 'read the attributes of the profile'],
		['getTags', 'read the tags of the profile'],
		['getConsents', 'read the consents of the profile'],
	])('that holds a refusal is no profile that was read (%s)', async (route, purpose) => {
		answer(route, { status: 403, title: 'Forbidden', detail: 'Not for you.' });
		const { error } = await run({ resource: 'profile', operation: 'get' }, item);
		expect(error).toMatchObject({
			message: `[Item 0] APSIS One failed to ${purpose}`,
			description:
				'It answered with status 200, but its answer says that it failed. APSIS One says: Not for you.',
		});
	});

	it.each<[unknown]>([
		['Created'],
		[{ status: 'ok', errors: [] }],
		[{ success: true, error: null }],
		[{ error: {}, errors: {} }],
		[{ error: false, errors: 0 }],
		[{ error: { code: 0, message: '' }, errors: [null], status: 'success' }],
		[{ items: [{ status: 201 }] }],
	])('is one whatever else it holds: %j', async (body) => {
		answer('setTags', body);
		expect((await run(TAG, item)).error).toBeUndefined();
		expect(apsisOne.calls.filter(({ route }) => route === 'setTags')).toHaveLength(1);
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
		// Calls that a busy machine holds up come in a bunch, and a few are asked again; two paces would have dozens refused.
		const refused = apsisOne.refusals.requests ?? 0;
		expect(refused).toBeLessThan(20);
		expect(callsOf('profile')).toHaveLength(240 + refused);
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
	['={{ { "a": 1 } }}', 'Tag Names or IDs: is not a list of IDs ({"a":1})'],
	['={{ ["no-such-tag"] }}', 'The section has no tag "no-such-tag"'],
])('Tag: Add refuses the tags %s before any effect', async (tagNames, message) => {
	const items = [{ email: EXISTING.optedIn }];
	const result = await run({ resource: 'tag', operation: 'add', tagNames }, items);
	expect(result.error?.message).toBe(`[Item 0] ${message}`);
	expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);
});
