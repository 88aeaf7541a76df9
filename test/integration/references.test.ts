import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ATTRIBUTES, CHANNELS, EXISTING, KEYSPACES, SECTIONS, TAGS, TOPICS } from '../apsisOne';
import type { EngineRun } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { importCsv, importRows, jsonOf, locator, mapped, subscription } from '../support/workflows';

const apsisOne = useLocalApsisOne();

const consentOf = (key: string) =>
	apsisOne.profile(KEYSPACES.email, key)?.consents[`${TOPICS.news}|com.apsis1.channels.email`];
const attributesOf = (key: string) => apsisOne.profile(KEYSPACES.email, key)?.attributes;
const warningsOf = (run: EngineRun) => jsonOf(run)[0]?.warnings as string[];

/** Whatever stops, stops before the first call with an effect. */
function expectStopped(run: EngineRun, message: string, description?: string): void {
	expect(run.error?.message).toBe(message);
	if (description !== undefined) expect(run.error?.description).toContain(description);
	expect(apsisOne.calls.filter(({ call }) => call === 'importRequest')).toEqual([]);
}

const NEWS = { subscriptions: { values: [subscription()] } };
const OPT_OUT = {
	subscriptions: {
		values: [subscription({ consent: 'optOutWhere', consentField: 'unsubscribed' })],
	},
};

describe('a column that the file does not have', () => {
	it.each<[string, string, INodeParameters, string, string]>([
		[
			'for the profile key',
			'mail,First name\na@example.com,Anna\n',
			{ profileKeyField: 'email' },
			'[in.csv] Profile Key Field: the file has no column "email"',
			'Did you mean "mail"? Its columns are: mail, First name.',
		],
		[
			'for a consent, renamed since',
			'email,opted_out\na@example.com,yes\n',
			OPT_OUT,
			'[in.csv] Consent Field 1: the file has no column "unsubscribed"',
			'Its columns are: email, opted_out.',
		],
		[
			'for a consent, misspelt',
			'email,newsleter\na@example.com,yes\n',
			NEWS,
			'[in.csv] Consent Field 1: the file has no column "newsletter"',
			'Did you mean "newsleter"?',
		],
		[
			'for a tag',
			'email,City\na@example.com,Oslo\n',
			{ tags: { values: [{ tag: TAGS.vip, applyTo: 'field', tagField: 'vip' }] } },
			'[in.csv] Tag Field 1: the file has no column "vip"',
			'Its columns are: email, City.',
		],
		[
			'for a mapped attribute',
			'email,Given-name\na@example.com,Anna\n',
			{ attributes: mapped({ [ATTRIBUTES.firstName]: 'Given name' }) },
			'[in.csv] First name: the file has no column "Given name"',
			'Did you mean "Given-name"?',
		],
		[
			'for a mapped attribute, as an expression',
			'email,Given\na@example.com,Anna\n',
			{ attributes: mapped({ [ATTRIBUTES.firstName]: '={{ $json["Given name"] }}' }) },
			'[in.csv] First name: the file has no column "Given name"',
			'Nothing was sent.',
		],
	])('stops %s', async (_, csv, changes, message, description) => {
		expectStopped(await importCsv(apsisOne, [csv], changes), message, description);
	});

	it('is named with its file when another file has it', async () => {
		const run = await importCsv(
			apsisOne,
			['email,newsletter\na@example.com,1\n', 'email,news\nb@example.com,0\n'],
			NEWS,
		);
		expectStopped(run, '[in-2.csv] Consent Field 1: the file has no column "newsletter"');
	});
});

describe('a name that differs in case or spaces only', () => {
	it.each([
		['email,Newsletter\nc@example.com,no\n'],
		['email, NEWSLETTER \nc@example.com,no\n'],
		['email,newsletter\u00a0\nc@example.com,no\n'],
	])('finds the column of a file, and says so: %j', async (csv) => {
		const run = await importCsv(apsisOne, [csv], NEWS);
		expect(consentOf('c@example.com')).toBe('opt-out');
		if (!csv.startsWith('email,newsletter')) {
			expect(warningsOf(run)[0]).toMatch(
				/^Consent Field 1: "newsletter" is read from "newsletter", which/i,
			);
		}
	});

	it.each<IDataObject>([
		{ 'newsletter ': 'no' },
		{ Newsletter: 'no' },
		{ 'news\u00adletter': 'no' },
	])('finds the field of items: %j', async (fields) => {
		const run = await importRows(apsisOne, [{ email: 'c@example.com', ...fields }], NEWS);
		expect(consentOf('c@example.com')).toBe('opt-out');
		expect(warningsOf(run)[0]).toContain('which differs only in case or spaces');
	});

	it('finds both spellings where items differ', async () => {
		await importRows(
			apsisOne,
			[
				{ email: 'a@example.com', newsletter: 'no' },
				{ email: 'b@example.com', Newsletter: 'no' },
			],
			NEWS,
		);
		expect([consentOf('a@example.com'), consentOf('b@example.com')]).toEqual([
			'opt-out',
			'opt-out',
		]);
	});

	it('finds the field of a tag', async () => {
		await importRows(apsisOne, [{ email: 'c@example.com', VIP: 'yes' }], {
			tags: { values: [{ tag: TAGS.vip, applyTo: 'field', tagField: 'vip' }] },
		});
		expect(apsisOne.profile(KEYSPACES.email, 'c@example.com')?.tags).toEqual([TAGS.vip]);
	});

	it('finds the column of a mapped attribute, and erases nothing', async () => {
		const attributes = mapped({ [ATTRIBUTES.firstName]: 'Given Name' });
		await importCsv(apsisOne, ['email,Given name\na@example.com,Anna\n'], {
			attributes,
			options: { clearExistingAttributes: true },
		});
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.firstName]: 'Anna' });
	});
});

describe('a field that no item has', () => {
	it('stops for the profile key', async () => {
		const run = await importRows(apsisOne, [{ mail: 'a@example.com' }, { mail: 'b@example.com' }]);
		expectStopped(run, 'Profile Key Field: no item has the field "email"', 'Did you mean "mail"?');
	});

	it('is a warning for a consent, since some apps leave empty fields out', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', City: 'Oslo' }], NEWS);
		expect(warningsOf(run)).toContain(
			'Consent Field 1: no item has the field "newsletter". The fields are: email, City.',
		);
		expect(run.hints('APSIS One')[0]?.message).toContain('no item has the field "newsletter"');
	});

	it('stops where the user wants that', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com' }], {
			...NEWS,
			options: { missingFields: 'stop' },
		});
		expectStopped(run, 'Consent Field 1: no item has the field "newsletter"');
	});

	it('stops where it would erase what is stored', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', Given: 'Anna' }], {
			attributes: mapped({ [ATTRIBUTES.firstName]: '={{ $json.Given_name }}' }),
			options: { clearExistingAttributes: true },
		});
		expectStopped(run, 'First name: no item has the field "Given_name"');
	});

	it('stops its row where it would erase what is stored, while an empty one erases', async () => {
		const run = await importRows(
			apsisOne,
			[
				{ email: 'a@example.com', City: 'Oslo', 'First name': 'A' },
				{ email: EXISTING.optedOut, 'First name': 'Inga' },
				{ email: EXISTING.optedIn, 'First name': '', City: null },
			],
			{ options: { clearExistingAttributes: true } },
		);
		expect(jsonOf(run, 1)).toMatchObject([
			{
				email: EXISTING.optedOut,
				reasons: [{ field: 'City', rule: 'is missing, which would erase it' }],
			},
		]);
		expect(attributesOf(EXISTING.optedOut)).toMatchObject({ [ATTRIBUTES.city]: 'Bergen' });
		expect(attributesOf(EXISTING.optedIn)).not.toHaveProperty(ATTRIBUTES.firstName);
	});

	it.each([
		'={{ $json.City?.trim() }}',
		'={{ $json.address.city }}',
		'={{ $json.zip }} {{ $json.City }}',
		'={{ $json.city && $json.city.name }}',
		'={{ $json.rank > 5 ? "Oslo" : undefined }}',
		'={{ $json.rank.trim() }}',
		'={{ $("Start").item.json.City }}',
	])('erases nothing through an expression either: %s', async (expression) => {
		const run = await importRows(apsisOne, [{ email: EXISTING.optedOut, rank: 1 }], {
			attributes: mapped({ [ATTRIBUTES.city]: expression }),
			options: { clearExistingAttributes: true, missingFields: 'warn' },
		});
		const rejected = jsonOf(run, 1)[0]?.why;
		if (!run.error) expect(rejected).toContain('City: is missing, which would erase it');
		expect(attributesOf(EXISTING.optedOut)).toMatchObject({ [ATTRIBUTES.city]: 'Bergen' });
	});

	it.each([
		['={{ $json.City ?? "" }}', {}],
		['={{ $json.City ?? null }}', {}],
		['={{ $json.rank > 5 ? "Oslo" : "" }}', { rank: 1 }],
		['={{ $json.City.trim() }}', { City: ' ' }],
		['={{ $json.tags.join(", ") }}', { tags: [] }],
	])('erases where an expression says that it counts as empty: %s', async (expression, item) => {
		await importRows(apsisOne, [{ email: EXISTING.optedOut, ...item }], {
			attributes: mapped({ [ATTRIBUTES.city]: expression }),
			options: { clearExistingAttributes: true },
		});
		expect(attributesOf(EXISTING.optedOut)).not.toHaveProperty(ATTRIBUTES.city);
	});

	it('is found in the last item, nested, or with dots in its name', async () => {
		const run = await importRows(
			apsisOne,
			[
				{ email: 'a@example.com' },
				{ email: 'b@example.com', consent: { news: 'yes' }, 'is.vip': 'yes' },
			],
			{
				subscriptions: { values: [subscription({ consentField: 'consent.news' })] },
				tags: { values: [{ tag: TAGS.vip, applyTo: 'field', tagField: 'is.vip' }] },
			},
		);
		expect(consentOf('b@example.com')).toBe('opt-in');
		expect(apsisOne.profile(KEYSPACES.email, 'b@example.com')?.tags).toEqual([TAGS.vip]);
		expect(warningsOf(run).filter((warning) => warning.includes('no item has'))).toEqual([]);
	});
});

describe('a field that may be meant by another name', () => {
	it('stops where a letter is wrong, unless it is read by an expression', async () => {
		const items = [{ email: 'a@example.com', newsletter: 'no' }];
		const of = (consentField: string) => ({
			subscriptions: { values: [subscription({ consentField })] },
		});
		expectStopped(
			await importRows(apsisOne, items, of('newsleter')),
			'Consent Field 1: no item has the field "newsleter", but "newsletter"',
			'{{ $json["newsleter"] ?? "" }}',
		);
		const run = await importRows(apsisOne, items, of('={{ $json["newsleter"] ?? "" }}'));
		expect(run.error).toBeUndefined();
		const other = await importRows(
			apsisOne,
			[{ email: 'a@example.com', 'list 2': 'no' }],
			of('list 1'),
		);
		expect(other.error).toBeUndefined();
	});

	it.each(['yes', '=nej', '={{ $input.first().json.newsletter }}'])(
		'stops where it is yes or no, which is no name: %s',
		async (consentField) => {
			const run = await importRows(apsisOne, [{ email: 'a@example.com', newsletter: 'no' }], {
				subscriptions: { values: [subscription({ consentField })] },
			});
			expect(run.error?.message).toMatch(/^Consent Field 1: no item has the field "(yes|nej|no)"$/);
			expect(apsisOne.imports).toEqual([]);
		},
	);

	it('is found within objects', async () => {
		for (const consentField of ['fields.newsletter', '={{ $json.fields.newsletter }}']) {
			apsisOne.reset();
			const items = [{ email: 'a@example.com', Fields: { Newsletter: false } }];
			const run = await importRows(apsisOne, items, {
				subscriptions: { values: [subscription({ consentField })] },
			});
			expect(consentOf('a@example.com')).toBe('opt-out');
			expect(warningsOf(run)[0]).toContain('is read from "Fields.Newsletter"');
		}
	});

	it('stops where an item has two of them', async () => {
		expectStopped(
			await importRows(
				apsisOne,
				[{ email: 'a@example.com', newsletter: 'yes', Newsletter: 'no' }],
				NEWS,
			),
			'Consent Field 1: an item has both the fields "newsletter" and "Newsletter"',
		);
	});
});

describe('what is not read as it was meant', () => {
	const ITEMS = [{ email: 'a@example.com', City: 'Oslo', newsletter: 'no' }];
	const CODE = 'contains an expression that n8n reads as text: ';

	it.each([
		'{{ $json.City }}',
		'$json.City',
		'=$json.City',
		'=={{ $json.City }}',
		'={ $json.City }',
		'=${$json.City}',
		'{{ $("Start").item.json.City }}',
	])('stops: %s', async (expression) => {
		const changes: INodeParameters[] = [
			{ attributes: mapped({ [ATTRIBUTES.city]: expression }) },
			{ profileKeyField: expression },
			{ subscriptions: { values: [subscription({ consentField: expression })] } },
			{ tags: { values: [{ tag: TAGS.vip, applyTo: 'field', tagField: expression }] } },
		];
		for (const change of changes) {
			const run = await importRows(apsisOne, ITEMS, change);
			expect(run.error?.message).toContain(CODE);
			expect(run.error?.description).toContain('Set the field to Expression');
			expect(apsisOne.imports).toEqual([]);
			const ofFile = await importCsv(
				apsisOne,
				['email,City,newsletter\na@example.com,Oslo,no\n'],
				change,
			);
			expect(ofFile.error?.message).toContain(CODE);
		}
	});

	it('stops where the name of a field would be sent as a value', async () => {
		expectStopped(
			await importRows(apsisOne, ITEMS, { attributes: mapped({ [ATTRIBUTES.firstName]: 'City' }) }),
			'First name is set to the text "City", which is the name of a field',
			'{{ $json["City"] }}',
		);
		expectStopped(
			await importCsv(apsisOne, ['email,City\na@example.com,Oslo\n'], {
				attributes: mapped({ [ATTRIBUTES.firstName]: '=City' }),
			}),
			'First name is set to the text "City", which is the name of a column',
		);
		const meant = await importRows(apsisOne, ITEMS, {
			attributes: mapped({ [ATTRIBUTES.firstName]: '={{ "City" }}' }),
		});
		expect(meant.error).toBeUndefined();
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.firstName]: 'City' });
	});

	it.each([
		'={{ $json.City + " " + $json.zip }}',
		'={{ `${$json.City} ${$json.none}` }}',
		'={{ "x" + Number($json.City) }}',
		'=In {{ $json.nested }}',
		'={{ $json.City + " " + $json.nothing }}',
		'={{ DateTime.fromISO($json.City).toFormat("yyyy") }}',
	])('leaves out what an expression makes of nothing: %s', async (expression) => {
		const items = [{ email: 'a@example.com', City: 'Oslo', nested: { a: 1 }, nothing: null }];
		const run = await importRows(apsisOne, items, {
			attributes: mapped({ [ATTRIBUTES.city]: expression }),
		});
		expect(jsonOf(run)[0]).toMatchObject({
			leftOut: [
				{ value: '', rule: 'comes from an expression that reads a missing or unusable field' },
			],
		});
		expect(attributesOf('a@example.com')).not.toHaveProperty(ATTRIBUTES.city);
	});

	it.each<[string, string, IDataObject, string]>([
		[ATTRIBUTES.points, '={{ $json.points || "0.00" }}', { points: '' }, '0.00'],
		[ATTRIBUTES.points, '={{ $json.amounts.sum() }}', { amounts: [5, -5] }, '0'],
		[ATTRIBUTES.city, '=Hi {{ $json.name || "there" }}', { name: '' }, 'Hi there'],
		[ATTRIBUTES.city, '=Tags: {{ $json.tags.join(", ") }}', { tags: ['a', 'b'] }, 'Tags: a, b'],
	])('sends what an expression means: %s %s', async (attribute, expression, item, sent) => {
		await importRows(apsisOne, [{ email: 'a@example.com', ...item }], {
			attributes: mapped({ [attribute]: expression }),
		});
		expect(attributesOf('a@example.com')).toMatchObject({ [attribute]: sent });
	});

	it.each<[string, string, IDataObject]>([
		[ATTRIBUTES.points, '={{ Number($json.points) }}', { points: '' }],
		[ATTRIBUTES.points, '={{ Math.round($json.points) }}', { points: null }],
		[ATTRIBUTES.points, '={{ $json.points * 1 }}', { points: ' ' }],
		[ATTRIBUTES.points, '={{ (+$json.points).toFixed(2) }}', { points: '' }],
		[ATTRIBUTES.birthDate, '={{ new Date($json.born) }}', { born: null }],
		[ATTRIBUTES.birthDate, '={{ new Date($json.born).toISOString() }}', { born: null }],
		[ATTRIBUTES.city, '=Dear {{ $json.name }}', { name: '' }],
		[ATTRIBUTES.city, '=https://example.com/{{ $json.id }}', {}],
	])('leaves out the zero, first day or empty phrase that it makes: %s %s', async (...trial) => {
		const [attribute, expression, item] = trial;
		const run = await importRows(apsisOne, [{ email: 'a@example.com', ...item }], {
			attributes: mapped({ [attribute]: expression }),
		});
		expect(jsonOf(run)[0]).toMatchObject({
			leftOut: [{ rule: 'comes from an expression that reads a missing or unusable field' }],
		});
		expect(attributesOf('a@example.com')).not.toHaveProperty([attribute]);
	});

	it.each<[string, string, IDataObject, string]>([
		[ATTRIBUTES.points, '={{ Number($json.points) }}', { points: '0' }, '0'],
		[ATTRIBUTES.points, '={{ Number($json.points || 0) }}', {}, '0'],
		[ATTRIBUTES.points, '={{ $json.orders?.length ?? 0 }}', {}, '0'],
		[ATTRIBUTES.birthDate, '={{ new Date($json.born) }}', { born: '1970-01-01' }, '1970-01-01'],
		[ATTRIBUTES.city, '=Dear {{ $json.name }}', { name: 'Bo' }, 'Dear Bo'],
		[ATTRIBUTES.city, '=Dear {{ $json.name ?? "" }}', {}, 'Dear'],
		[ATTRIBUTES.city, '={{ $json.first }} {{ $json.last }}', { first: 'Bo' }, 'Bo'],
	])('but keeps those that are meant: %s %s', async (attribute, expression, item, right) => {
		await importRows(apsisOne, [{ email: 'a@example.com', ...item }], {
			attributes: mapped({ [attribute]: expression }),
		});
		expect(attributesOf('a@example.com')).toMatchObject({ [attribute]: right });
	});

	it.each(['={{ Boolean($json.member) }}', '={{ $json.member ? true : false }}'])(
		'is not true because its text is no: %s',
		async (expression) => {
			const run = await importRows(apsisOne, [{ email: 'a@example.com', member: 'no' }], {
				attributes: mapped({ [ATTRIBUTES.member]: expression }),
			});
			expectStopped(
				run,
				`Club member: the expression says yes, but the field "member" says "no": ${expression.slice(1)}`,
			);
		},
	);

	it('is true for another reason, where it compares the text', async () => {
		await importRows(apsisOne, [{ email: 'a@example.com', member: 'Nej', spent: 900 }], {
			attributes: mapped({
				[ATTRIBUTES.member]: '={{ $json.spent > 500 || $json.member === "Ja" }}',
			}),
		});
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.member]: 'true' });
	});

	it('is no opt-out where the field of the consent is empty', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', news: '' }], {
			subscriptions: { values: [subscription({ consentField: '={{ Number($json.news) }}' })] },
		});
		expect(jsonOf(run, 1)).toHaveLength(1);
		expect(consentOf('a@example.com')).toBeUndefined();
	});

	it('is no key', async () => {
		const run = await importRows(apsisOne, [{ id: 7 }, { no: 1 }, { id: '-' }], {
			keyspace: locator(KEYSPACES.crmId),
			profileKeyField: '={{ $json.id === "-" ? "-" : "shop-" + $json.id }}',
			attributes: mapped({}),
		});
		expect(jsonOf(run, 1).map(({ why }) => why)).toEqual([
			expect.stringContaining('It gives "shop-undefined"'),
			expect.stringContaining('is a profile key without any letter or digit'),
		]);
		expect(apsisOne.profile(KEYSPACES.crmId, 'shop-7')).toBeDefined();
	});

	it('is not one key for all rows of a file', async () => {
		const items = () => ({ email: 'sender@example.com' });
		const import_ = (profileKeyField: string) =>
			importCsv(apsisOne, ['mail\na@example.com\nb@example.com\n'], { profileKeyField }, items);
		expectStopped(
			await import_('={{ $json.email }}'),
			'[in.csv] Profile Key Field: the file has no column "email"',
		);
		expect((await import_('={{ $json.email.trim() }}')).error?.message).toContain(
			'Profile Key Field contains an expression that reads a row of the CSV file',
		);
		expect((await import_('={{ $itemIndex }}')).error?.message).toContain('reads a row');
	});
});

describe('an empty Profile Key Field', () => {
	it('takes the field mapped to the attribute of the keyspace', async () => {
		await importRows(apsisOne, [{ 'E-post': 'a@example.com', City: 'Oslo' }], {
			profileKeyField: '',
		});
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.city]: 'Oslo' });
	});

	it('stops when no field or two of them match', async () => {
		expectStopped(
			await importRows(apsisOne, [{ kontakt: 'a@example.com' }], { profileKeyField: '' }),
			'Profile Key Field is empty',
			'no field matches the attribute Email',
		);
		expectStopped(
			await importRows(apsisOne, [{ email: 'a@example.com', 'e-post': 'b@example.com' }], {
				profileKeyField: '',
			}),
			'Profile Key Field is empty, and several fields match the attribute Email: email, e-post',
		);
	});
});

describe('automatic mapping', () => {
	it('of several files takes the column of each', async () => {
		await importCsv(apsisOne, [
			'email,First name\na@example.com,Anna\n',
			'',
			'email,Förnamn,City\nb@example.com,Bo,Oslo\n',
		]);
		expect(attributesOf('b@example.com')).toMatchObject({
			[ATTRIBUTES.firstName]: 'Bo',
			[ATTRIBUTES.city]: 'Oslo',
		});
	});

	it('erases nothing for a column that a file lacks', async () => {
		const run = await importCsv(
			apsisOne,
			[
				'email,First name,City\na@example.com,Anna,Oslo\n',
				`email,Förnamn\n${EXISTING.optedIn},Inga\n`,
			],
			{ options: { clearExistingAttributes: true } },
		);
		expectStopped(
			run,
			'[in-2.csv] The file has no column for the attribute City, which another file has',
		);
	});

	it('erases nothing for cells that a row of a file lacks', async () => {
		const run = await importCsv(
			apsisOne,
			[`email,First name,City\na@example.com,Anna,\n${EXISTING.optedOut},Inga\n`],
			{ options: { clearExistingAttributes: true } },
		);
		expect(jsonOf(run, 1)).toMatchObject([
			{ row: 3, reasons: [{ rule: 'has fewer cells than the header' }] },
		]);
		expect(attributesOf(EXISTING.optedOut)).toMatchObject({ [ATTRIBUTES.city]: 'Bergen' });
	});

	it('warns when it maps nothing but the key', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', shoe: 42, hat: 7 }], {
			attributes: { mappingMode: 'autoMapInputData', value: null },
		});
		expect(warningsOf(run)).toEqual([
			'Automatic mapping found no attribute for any field except the profile key, so only profile keys are sent. Not sent: shoe, hat.',
		]);
	});

	it('does not speak of row_number, which the Google Sheets node adds', async () => {
		const run = await importRows(apsisOne, [
			{ row_number: 2, email: 'a@example.com', City: 'Oslo' },
		]);
		expect(warningsOf(run)).toEqual([]);
	});

	it('takes no field that says yes or no to a consent for an address', async () => {
		const row = { 'E-post': 'a@example.com', mail: 'ja', sms: 'nej', Mobil: '+46701234567' };
		const run = await importRows(apsisOne, [row], {
			profileKeyField: '',
			subscriptions: {
				values: [
					subscription({ consentField: 'mail' }),
					subscription({
						subscription: TOPICS.drops,
						channel: CHANNELS.sms,
						consentField: 'sms',
					}),
				],
			},
		});
		expect(warningsOf(run)).toEqual([]);
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.mobile]: '46701234567' });
	});

	it('names attributes that are read-only', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', 'Credit limit': '5' }]);
		expect(warningsOf(run)).toContain(
			'The field "Credit limit" is not sent: the attribute Credit limit cannot be written through this keyspace.',
		);
	});

	it('stops when a required attribute finds no field', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', town: 'Oslo' }], {
			options: { requiredAttributes: [ATTRIBUTES.city] },
		});
		expectStopped(
			run,
			'Required Attributes: no field matches the attribute City',
			'The fields are: email, town.',
		);
	});
});

describe('an expression for a CSV file', () => {
	const FILE = 'email,First name,Last name\na@example.com,Anna,Berg\n';

	it.each([
		'={{ $json["First name"] + " " + $json["Last name"] }}',
		'={{ $json["First name"] || "Customer" }}',
		'={{ $json["First name"]?.trim() }}',
		'={{ $json["First name"].toUpperCase() }}',
		'=Dear {{ $json["First name"] }}',
		'={{ Object.values($json)[1] }}',
		'={{ $input.item.json["First name"] + "!" }}',
		'={{ $json.unknown || "x" }}',
	])('is refused when it reads a row: %s', async (expression) => {
		const run = await importCsv(apsisOne, [FILE], {
			attributes: mapped({ [ATTRIBUTES.firstName]: expression }),
		});
		expect(run.error?.message).toMatch(
			/^First name contains an expression that reads a row of the CSV file: /,
		);
		expect(run.error?.description).toContain('Extract from File');
		expect(apsisOne.imports).toEqual([]);
	});

	it('is worked out once for each file when it reads the item that holds the file, or no item', async () => {
		await importCsv(
			apsisOne,
			[FILE, 'email,First name,Last name\nb@example.com,Bo,Ek\n'],
			{
				attributes: mapped({
					[ATTRIBUTES.city]: '={{ $json.batch }}',
					[ATTRIBUTES.firstName]: '={{ $json.batch + "!" }}',
					[ATTRIBUTES.lastName]: '={{ "Ny" + "man" }}',
				}),
			},
			(index) => ({ batch: `batch ${index}` }),
		);
		expect(attributesOf('a@example.com')).toMatchObject({
			[ATTRIBUTES.city]: 'batch 0',
			[ATTRIBUTES.firstName]: 'batch 0!',
			[ATTRIBUTES.lastName]: 'Nyman',
		});
		expect(attributesOf('b@example.com')).toMatchObject({ [ATTRIBUTES.city]: 'batch 1' });
	});
});

describe('an expression for items', () => {
	it('gives the consent item by item', async () => {
		await importRows(
			apsisOne,
			[
				{ email: 'a@example.com', consent: 'ja tack' },
				{ email: 'b@example.com', consent: 'nej tack' },
			],
			{
				subscriptions: {
					values: [
						subscription({ consentField: '={{ $json.consent === "ja tack" ? "yes" : "no" }}' }),
					],
				},
			},
		);
		expect([consentOf('a@example.com'), consentOf('b@example.com')]).toEqual(['opt-in', 'opt-out']);
	});

	it('gives the key and the tag item by item', async () => {
		await importRows(
			apsisOne,
			[
				{ email: 'A@example.com', total: 600 },
				{ email: 'B@example.com', total: 6 },
			],
			{
				profileKeyField: '={{ $json.email.toLowerCase() }}',
				tags: {
					values: [
						{
							tag: TAGS.vip,
							applyTo: 'field',
							tagField: '={{ $json.total > 500 ? "yes" : "no" }}',
						},
					],
				},
			},
		);
		expect(apsisOne.profile(KEYSPACES.email, 'a@example.com')?.tags).toEqual([TAGS.vip]);
		expect(apsisOne.profile(KEYSPACES.email, 'b@example.com')?.tags).toEqual([]);
	});

	it.each<[string, unknown]>([
		['={{ $json.news ? "yes" : "no" }}', 'no'],
		['={{ $json.news ? "yes" : "no" }}', 'Nej tack'],
		['={{ !!$json.news }}', 'false'],
		['={{ Boolean($json.news) }}', '0'],
		['={{ $json.news || "yes" }}', false],
		['={{ $json.news || "yes" }}', 0],
		['={{ $json.news.includes("subscribed") }}', 'unsubscribed'],
		['={{ $json.news === "unsubscribed" ? "no" : "yes" }}', 'Unsubscribed'],
		['={{ $json.news !== "unsubscribed" }}', 'Opted out'],
		['={{ $json.email.toLowerCase() !== "" && $json.news !== "unsubscribed" }}', 'Unsubscribed'],
	])(
		'that says yes where its field says no opts nobody in, and sets no tag: %s, %j',
		async (field, news) => {
			const items = [{ email: 'a@example.com', news }];
			const of = (more: INodeParameters) => ({
				subscriptions: { values: [subscription({ consentField: field, ...more })] },
			});
			for (const consent of ['asFieldSays', 'optInWhere']) {
				apsisOne.reset();
				expectStopped(
					await importRows(apsisOne, items, of({ consent })),
					`Newsletter (Shop news): the expression says yes, but the field "news" says "${String(news)}": ${field.slice(1)}`,
					'Compare the value',
				);
			}
			const tag = { tags: { values: [{ tag: TAGS.vip, applyTo: 'field', tagField: field }] } };
			const tagged = await importRows(apsisOne, items, tag);
			expect(tagged.error?.message).toContain('VIP: the expression says yes');
			expect(tagged.error?.description).toContain('Edit Fields node before this one');
			await importRows(apsisOne, items, of({ confirmConsent: true }));
			expect(consentOf('a@example.com')).toBe('opt-in');
		},
	);

	it.each<[string, IDataObject]>([
		['={{ $json.country === "NO" ? "yes" : "no" }}', { country: 'NO' }],
		['={{ !$json.spam }}', { spam: false }],
		['={{ $json.spam !== "yes" }}', { spam: 'no' }],
		['={{ $json.news === "yes" || $json.partner === "yes" }}', { news: 'yes', partner: 'no' }],
		['={{ $json.news || "yes" }}', {}],
		['={{ $json.news ? "yes" : "no" }}', { news: 'gladly' }],
		['={{ $json.unsubscribed === "no" }}', { unsubscribed: 'no' }],
		['={{ $json.spam.toLowerCase() === "no" ? "yes" : "no" }}', { spam: 'No' }],
		['={{ $json.spam.toUpperCase() === "NEJ" }}', { spam: 'Nej' }],
	])('that means yes opts in: %s, %j', async (consentField, item) => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', ...item }], {
			subscriptions: { values: [subscription({ consentField })] },
		});
		expect(run.error?.message).toBeUndefined();
		expect(consentOf('a@example.com')).toBe('opt-in');
	});

	it('gives a name where it does not depend on the item', async () => {
		await importRows(apsisOne, [{ email: 'a@example.com', City: 'Oslo' }], {
			profileKeyField: '={{ "em" + "ail" }}',
		});
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.city]: 'Oslo' });
	});

	it('that gives the name of a field for each item is not sent as a key', async () => {
		const run = await importRows(apsisOne, [{ crm: 'c-1', other: 'o-1' }], {
			keyspace: locator(KEYSPACES.crmId),
			profileKeyField: '={{ $json.crm ? "crm" : "other" }}',
		});
		expect(jsonOf(run, 1)).toMatchObject([
			{ reasons: [{ rule: 'is the name of a field, not its value' }] },
		]);
		expect(apsisOne.imports).toEqual([]);
	});

	it('reads members of values as n8n works them out', async () => {
		await importRows(apsisOne, [{ email: 'a@example.com', code: 'abcd', list: [1, 2, 3] }], {
			attributes: mapped({
				[ATTRIBUTES.points]: '={{ $json.code.length }}',
				[ATTRIBUTES.city]: '={{ $json.list.length }}',
			}),
		});
		expect(attributesOf('a@example.com')).toMatchObject({
			[ATTRIBUTES.points]: '4',
			[ATTRIBUTES.city]: '3',
		});
	});
});

describe('an expression in a setting of the whole import', () => {
	const TWO = [
		{
			email: 'a@example.com',
			Mobile: '070 123 45 67',
			s: SECTIONS.shop,
			land: 'SE',
			f: 'dd/MM/yyyy',
			again: true,
		},
		{
			email: 'b@example.com',
			Mobile: '91 23 45 67',
			s: SECTIONS.b2b,
			land: 'NO',
			f: 'MM/dd/yyyy',
			again: false,
		},
	];

	it.each<[string, INodeParameters]>([
		['Section', { section: locator('={{ $json.s }}') }],
		['Reading and Checking', { options: { defaultCountry: '={{ $json.land }}' } }],
		['Reading and Checking', { options: { dateFormat: '={{ $json.f }}' } }],
		[
			'Subscriptions and Consent',
			{
				subscriptions: {
					values: [subscription({ consent: 'optInAll', resubscribe: '={{ $json.again }}' })],
				},
			},
		],
		['Sending and Waiting', { options: { fileName: '={{ $itemIndex }}.csv' } }],
		[
			'Sending and Waiting',
			{ options: { updateExistingProfiles: '={{ $json.again ? true : false }}' } },
		],
	])('stops when items differ: %s', async (name, changes) => {
		const run = await importRows(apsisOne, TWO, changes);
		expect(run.error?.message).toMatch(new RegExp(`^\\[Item 1\\] ${name} differs between items: `));
		expect(run.error?.description).toContain('Split the items before this node');
		expect(apsisOne.imports).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		[
			'Consent is none of its choices: optOut',
			{ subscriptions: { values: [subscription({ consent: '={{ "optOut" }}' })] } },
		],
		['Duplicate Keys is none of its choices: last', { options: { duplicates: '={{ "last" }}' } }],
		['On Invalid Row is none of its choices: halt', { options: { onInvalidRow: 'halt' } }],
		[
			'Apply To is none of its choices: Field',
			{ tags: { values: [{ tag: TAGS.vip, applyTo: '={{ "Field" }}', tagField: 'again' }] } },
		],
		[
			'APSIS One has no channel "email"',
			{ subscriptions: { values: [subscription({ consent: 'optInAll', channel: 'email' })] } },
		],
	])('never counts as the default where it gives no choice: %s', async (message, changes) => {
		expectStopped(await importRows(apsisOne, TWO, changes), message);
	});

	it('turns nothing on or off by a text that JavaScript takes for true', async () => {
		await importRows(apsisOne, [{ email: EXISTING.optedOut, City: 'Oslo' }], {
			options: { updateExistingProfiles: '={{ "false" }}' },
		});
		expect(attributesOf(EXISTING.optedOut)).toMatchObject({ [ATTRIBUTES.city]: 'Bergen' });
		apsisOne.reset();
		for (const [name, displayName] of [
			['updateExistingProfiles', 'Update Existing Profiles'],
			['clearExistingAttributes', 'Clear Existing Attributes'],
			['checkRows', 'Check Rows'],
		] as const) {
			expectStopped(
				await importRows(apsisOne, TWO, { options: { [name]: '={{ $json.nothing }}' } }),
				`${displayName} is neither true nor false: its expression gives empty`,
			);
		}
	});

	it('is fine when all items agree', async () => {
		const same = TWO.map((row) => ({ ...row, land: 'SE' }));
		const run = await importRows(apsisOne, same, {
			options: { defaultCountry: '={{ $json.land }}', fileName: '={{ $now.toISO() }}.csv' },
		});
		expect(run.error).toBeUndefined();
		expect(attributesOf('a@example.com')).toMatchObject({ [ATTRIBUTES.mobile]: '46701234567' });
	});
});

describe('a field whose name says opt-out', () => {
	it.each([
		'unsubscribed',
		'Opt-out',
		'HasOptedOutOfEmail',
		'do_not_contact',
		'doNotMail',
		'Avregistrerad',
		'avmeldt',
		'Reserverad',
		'opted out',
		...[
			'donotbulkemail',
			'email_blocklisted',
			'Not subscribed',
			'Marketing suspended',
			'no_email',
			'DNC',
		],
		...[
			'E-postspärr',
			'Avmäld',
			'Reserverat',
			'NIX',
			'Ej utskick',
			'Vill inte ha mejl',
			'Inga utskick',
		],
		...[
			'Ikke send e-post',
			'Trukket samtykke',
			'Reservasjon',
			'Frameldt',
			'Reklamebeskyttet',
			'Nej tak',
		],
		...[
			'Peruutettu',
			'Markkinointikielto',
			'Ei markkinointia',
			'Afskráður',
			'Abbestellt',
			'Keine Werbung',
		],
		...[
			'Werbesperre',
			'Geen nieuwsbrief',
			'Uitschrijving',
			'Ne pas contacter',
			'Désabonné',
			'Fecha de baja',
		],
		...[
			'Não contactar',
			'Disiscritto',
			'Revocato',
			'Sprzeciw',
			'Brak zgody',
			'Wycofana zgoda',
			'Odhlášen',
		],
	])('is not taken for consent: %s', async (field) => {
		for (const consent of ['asFieldSays', 'optInWhere']) {
			apsisOne.reset();
			const run = await importRows(apsisOne, [{ email: 'a@example.com', [field]: '1' }], {
				subscriptions: { values: [subscription({ consent, consentField: field })] },
			});
			expect(run.error?.message).toContain(
				'would opt the profile in, but the name of the field says opt-out',
			);
			expect(run.error?.description).toContain('Opt Out Rows Where a Field Says Yes');
			expect(apsisOne.imports).toEqual([]);
		}
	});

	it('is taken as it stands when the user has confirmed that', async () => {
		await importRows(apsisOne, [{ email: 'a@example.com', unsubscribed: 'yes' }], {
			subscriptions: {
				values: [subscription({ consentField: 'unsubscribed', confirmConsent: true })],
			},
		});
		expect(consentOf('a@example.com')).toBe('opt-in');
	});

	it('opts out under Opt Out Rows Where a Field Says Yes', async () => {
		await importRows(apsisOne, [{ email: 'a@example.com', unsubscribed: 'yes' }], OPT_OUT);
		expect(consentOf('a@example.com')).toBe('opt-out');
	});

	it.each([
		'={{ $json.unsubscribed.trim() }}',
		'={{ $json.unsubscribed || "" }}',
		'={{ $json["unsubscribed"] ? "yes" : "no" }}',
		'={{ $json.unsubscribed === "yes" }}',
		'={{ $json.city === "Oslo" && $json.unsubscribed }}',
	])('is not taken for consent by an expression either: %s', async (consentField) => {
		const run = await importRows(
			apsisOne,
			[{ email: 'a@example.com', unsubscribed: 'yes', city: 'Oslo' }],
			{ subscriptions: { values: [subscription({ consentField })] } },
		);
		expectStopped(
			run,
			run.error?.message ?? 'It was not stopped.',
			'set Consent to Opt Out Rows Where a Field Says Yes',
		);
		expect(run.error?.message).toContain('the expression with the field "unsubscribed" would opt');
	});

	it.each([
		['={{ !$json.unsubscribed }}', 'opt-out', 'opt-in'],
		['={{ $json.unsubscribed ? "no" : "yes" }}', 'opt-out', 'opt-in'],
		['={{ $json.unsubscribed !== "yes" }}', 'opt-out', 'opt-in'],
		['={{ $json.news && !$json.unsubscribed }}', 'opt-out', 'opt-out'],
	])('may be turned round by an expression: %s', async (consentField, left, stays) => {
		await importRows(
			apsisOne,
			[
				{ email: 'a@example.com', unsubscribed: 'yes', news: false },
				{ email: 'b@example.com', news: false },
			],
			{ subscriptions: { values: [subscription({ consentField })] } },
		);
		expect([consentOf('a@example.com'), consentOf('b@example.com')]).toEqual([left, stays]);
	});

	it('says it in any part of a path, and for a list', async () => {
		const nested = await importRows(
			apsisOne,
			[{ email: 'a@example.com', opt_outs: { email: true } }],
			{
				subscriptions: { values: [subscription({ consentField: 'opt_outs.email' })] },
			},
		);
		expect(nested.error?.message).toContain(
			'in the field "opt_outs.email" would opt the profile in',
		);

		const list = (confirmConsent: boolean) =>
			importRows(apsisOne, [{ email: 'a@example.com', unsubscribed_from: 'Weekly offers' }], {
				subscriptions: {
					values: [
						subscription({
							subscription: TOPICS.offers,
							consent: 'asListSays',
							consentField: 'unsubscribed_from',
							confirmConsent,
						}),
					],
				},
			});
		expectStopped(
			await list(false),
			'Weekly offers (Shop news): the list in the field "unsubscribed_from" would opt profiles in, but the name of the field says opt-out',
			'Opt Out Rows Where a Field Says Yes',
		);
		expect((await list(true)).error).toBeUndefined();
	});

	it('may say itself what it means', async () => {
		await importRows(apsisOne, [{ email: 'a@example.com', 'opt-out': 'opted out' }], {
			subscriptions: { values: [subscription({ consentField: 'opt-out' })] },
		});
		expect(consentOf('a@example.com')).toBe('opt-out');
	});
});
