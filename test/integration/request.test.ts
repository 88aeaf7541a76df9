import type { INodeParameters } from 'n8n-workflow';

import { ATTRIBUTES, CHANNELS, EXISTING, KEYSPACES, SECTIONS, TAGS, TOPICS } from '../apsisOne';
import { logLines } from '../engine';
import { importRows, jsonOf, mapped, NODE_NAME, subscription } from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

const apsisOne = useLocalApsisOne();

const NEWS_BY_EMAIL = `${TOPICS.news}|${CHANNELS.email}`;

const importItems = async (...[rows, changes]: [object[], INodeParameters?]) =>
	await importRows(apsisOne, rows, changes);
const contents = () => apsisOne.imports.map(({ file }) => file?.content?.toString('utf8'));

describe('one import for all items', () => {
	it('stores what the items say, and tells about it in one item paired to all inputs', async () => {
		const run = await importItems([
			{ email: 'anna@example.com', 'First name': 'Anna' },
			{ email: 'bo@example.com', 'First name': 'Bo, "the" Öst' },
		]);

		expect(run.status).toBe('success');
		expect(run.outputs(NODE_NAME)).toEqual([
			{
				json: {
					importId: apsisOne.imports[0]?.id,
					section: SECTIONS.shop,
					keyspace: KEYSPACES.email,
					status: 'uploaded',
					rows: 2,
					bytes: Buffer.byteLength(contents()[0] ?? ''),
					part: 1,
					parts: 1,
					optIns: 0,
					optOuts: 0,
					resubscribes: 0,
					requestedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
					summary: '2 profiles sent in 1 import',
					triggersStarted: [],
					rowsRead: 2,
					rowsSent: 2,
					rowsRejected: 0,
					valuesLeftOut: 0,
					reasons: {},
					warnings: [],
					uploadExpiresAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
				},
				pairedItem: [{ item: 0 }, { item: 1 }],
			},
		]);
		expect(run.hints(NODE_NAME)[0]?.message).toBe('2 profiles sent in 1 import');
		expect(contents()).toEqual([
			'email,First name\nanna@example.com,Anna\nbo@example.com,"Bo, ""the"" Öst"\n',
		]);
		expect(apsisOne.profile(KEYSPACES.email, 'bo@example.com')?.attributes).toEqual({
			[ATTRIBUTES.email]: 'bo@example.com',
			[ATTRIBUTES.firstName]: 'Bo, "the" Öst',
		});
	});

	it('asks for one token, and for each list of definitions once', async () => {
		await importItems([{ email: 'anna@example.com', newsletter: 'yes' }], {
			subscriptions: { values: [subscription()] },
			tags: { values: [{ tag: TAGS.vip, applyTo: 'all' }] },
		});
		expect(apsisOne.calls.map(({ call }) => call)).toEqual([
			'token',
			'keyspaces',
			'attributes',
			'topics',
			'tags',
			'importRequest',
			'upload',
		]);
	});

	it('sends the request the contract describes, with both options stated', async () => {
		await importItems([{ mail: 'anna@example.com', given: 'Anna', newsletter: 'yes' }], {
			profileKeyField: 'mail',
			attributes: mapped({
				[ATTRIBUTES.email]: '={{ $json.mail }}',
				[ATTRIBUTES.firstName]: "={{ $json['given'].toUpperCase() }}",
				[ATTRIBUTES.city]: 'Oslo',
			}),
			subscriptions: { values: [subscription({ consent: 'optInWhere', resubscribe: true })] },
			options: { updateExistingProfiles: false, clearExistingAttributes: true },
		});
		expect(apsisOne.imports[0]?.request).toEqual({
			keyspace_mapping: { keyspace_discriminator: KEYSPACES.email, field_selector: 'mail' },
			options: { update_existing_profiles: false, clear_existing_attributes: true },
			attribute_mappings: [
				{ field_selector: 'mail', attribute_version_id: '9820534' },
				{ field_selector: 'First name', attribute_version_id: '9820536' },
				{ field_selector: 'City', attribute_version_id: '9911002' },
			],
			consent_mappings: [
				{
					address_field_selector: 'mail',
					consents: [
						{
							field_selector: 'Newsletter email opt-in',
							type: 'opt-in',
							channel_discriminator: CHANNELS.email,
							topic_discriminator: TOPICS.news,
							resubscribe_if_opted_out: true,
						},
					],
				},
			],
		});
		expect(contents()).toEqual([
			'mail,First name,City,Newsletter email opt-in\nanna@example.com,ANNA,Oslo,1\n',
		]);
	});

	it('sends tags, and members the user adds by hand', async () => {
		await importItems(
			[
				{ email: 'anna@example.com', vip: 'ja' },
				{ email: 'bo@example.com', vip: '' },
			],
			{
				tags: {
					values: [
						{ tag: TAGS.vip, applyTo: 'field', tagField: 'vip' },
						{ tag: TAGS.winter, applyTo: 'all' },
					],
				},
				options: { additionalFields: '{ "x_source": "n8n", "options": { "x_dry": true } }' },
			},
		);
		expect(apsisOne.imports[0]?.request).toMatchObject({
			x_source: 'n8n',
			options: { update_existing_profiles: true, x_dry: true },
		});
		expect(apsisOne.profile(KEYSPACES.email, 'anna@example.com')?.tags).toEqual([
			TAGS.vip,
			TAGS.winter,
		]);
		expect(apsisOne.profile(KEYSPACES.email, 'bo@example.com')?.tags).toEqual([TAGS.winter]);
	});

	it('never hands out the upload form, the token or the secret', async () => {
		const run = await importItems([{ email: 'anna@example.com' }]);
		const told = JSON.stringify(run.run) + logLines.join('\n');
		const record = apsisOne.imports[0];
		expect(record).toBeDefined();
		for (const secret of [
			apsisOne.clientSecret,
			...Object.values(record?.uploadFields ?? {}),
			'Bearer ',
		]) {
			expect(told).not.toContain(secret);
		}
	});
});

describe('consent', () => {
	it('goes as separate imports for opt-ins and opt-outs, out of one column', async () => {
		const run = await importItems(
			[
				{ email: 'in@example.com', newsletter: 'Subscribed' },
				{ email: 'out@example.com', newsletter: 'nej' },
				{ email: 'none@example.com', newsletter: '' },
			],
			{ subscriptions: { values: [subscription()] } },
		);
		expect(jsonOf(run)).toMatchObject([
			{ rows: 1, part: 1, parts: 2, optIns: 0, optOuts: 1 },
			{ rows: 2, part: 2, parts: 2, optIns: 1, optOuts: 0 },
		]);
		const consentOf = (key: string) =>
			apsisOne.profile(KEYSPACES.email, key)?.consents[NEWS_BY_EMAIL];
		expect(consentOf('in@example.com')).toBe('opt-in');
		expect(consentOf('out@example.com')).toBe('opt-out');
		expect(consentOf('none@example.com')).toBeUndefined();
	});

	it('does not re-subscribe who has opted out, unless the user turned that on', async () => {
		const items = [{ email: EXISTING.optedOut, newsletter: 'yes' }];
		await importItems(items, { subscriptions: { values: [subscription()] } });
		const consentOf = () =>
			apsisOne.profile(KEYSPACES.email, EXISTING.optedOut)?.consents[NEWS_BY_EMAIL];
		expect(consentOf()).toBe('opt-out');

		const run = await importItems(items, {
			subscriptions: { values: [subscription({ resubscribe: true })] },
		});
		expect(consentOf()).toBe('opt-in');
		expect(jsonOf(run)[0]).toMatchObject({ resubscribes: 1 });
		expect(run.hints(NODE_NAME)[0]?.message).toContain(
			'1 row asked to resubscribe profiles that had opted out',
		);
	});

	it('takes the channel from a subscription that has its own', async () => {
		await importItems([{ email: 'anna@example.com', mobile: '+46701234567', sms: '1' }], {
			subscriptions: {
				values: [subscription({ subscription: TOPICS.drops, channel: '', consentField: 'sms' })],
			},
		});
		expect(apsisOne.profile(KEYSPACES.email, 'anna@example.com')?.consents).toEqual({
			[`${TOPICS.drops}|${CHANNELS.sms}`]: 'opt-in',
		});
	});
});

describe('rows that APSIS One would refuse', () => {
	const bad = [
		{ email: 'anna@example.com', mobile: '12' },
		{ email: 'bo@example.com', mobile: '+46 70-123 45 67' },
		{ email: 'BO@example.com' },
		{ email: '' },
	];

	it('come out of the second output with their reasons, and the good ones are sent', async () => {
		const run = await importItems(bad, { options: { onInvalidValue: 'rejectRow' } });
		expect(jsonOf(run)).toMatchObject([{ rows: 1 }]);
		expect(run.outputs(NODE_NAME, 1)).toEqual([
			{
				json: {
					...bad[0],
					why: 'Mobile: invalid phone number (12). Write it with the country code, like +46 70 123 45 67, or set the option Default Country.',
					reasons: [
						{
							field: 'Mobile',
							value: '12',
							rule: 'invalid phone number',
							cure: 'Write it with the country code, like +46 70 123 45 67, or set the option Default Country.',
						},
					],
				},
				pairedItem: { item: 0 },
			},
			{
				json: {
					...bad[2],
					why: 'Profile Key: duplicate (bo@example.com). Item 1 has the same key and is sent. Duplicate Keys decides which one.',
					reasons: [
						{
							field: 'Profile Key',
							value: 'bo@example.com',
							rule: 'duplicate',
							cure: 'Item 1 has the same key and is sent. Duplicate Keys decides which one.',
						},
					],
				},
				pairedItem: { item: 2 },
			},
			{
				json: {
					...bad[3],
					why: 'Profile Key: has no profile key. Every row needs one. Fill in the field, or choose another Profile Key Field.',
					reasons: [
						{
							field: 'Profile Key',
							value: '',
							rule: 'has no profile key',
							cure: 'Every row needs one. Fill in the field, or choose another Profile Key Field.',
						},
					],
				},
				pairedItem: { item: 3 },
			},
		]);
		expect(run.hints(NODE_NAME)[0]?.message).toBe(
			'1 profile sent in 1 import; 3 rows rejected: 1 invalid phone number, 1 duplicate, 1 has no profile key',
		);
	});

	it('stop everything when the user wants that, before the first call with an effect', async () => {
		const run = await importItems(bad, {
			options: { onInvalidRow: 'stop', onInvalidValue: 'rejectRow' },
		});
		expect(run.error?.message).toBe('[Item 0] Mobile: invalid phone number (12)');
		expect(apsisOne.imports).toEqual([]);
	});

	it('are sent all the same when the user wants that', async () => {
		const run = await importItems(bad, {
			options: { onInvalidRow: 'sendAnyway', onInvalidValue: 'rejectRow' },
		});
		expect(jsonOf(run)).toMatchObject([{ rows: 4 }]);
		expect(apsisOne.imports[0]?.counts).toMatchObject({ created: 1, failed: 3 });
	});
});

describe('Return set to Rows', () => {
	it('gives each sent item as it came in, with its import, for writing back to a table', async () => {
		const run = await importItems(
			[
				{ id: 7, email: 'in@example.com', newsletter: 'yes', offers: 'no' },
				{ id: 8, email: 'nobody', newsletter: 'yes' },
				{ id: 9, email: 'out@example.com', newsletter: 'no' },
			],
			{
				subscriptions: {
					values: [
						subscription(),
						subscription({ subscription: TOPICS.offers, consentField: 'offers' }),
					],
				},
				options: { returnData: 'rows' },
			},
		);
		const [optOuts, optIns] = apsisOne.imports.map(({ id }) => id);
		expect(run.outputs(NODE_NAME)).toEqual([
			{
				json: {
					id: 7,
					email: 'in@example.com',
					newsletter: 'yes',
					offers: 'no',
					importId: optOuts,
					part: 1,
					importIds: [optOuts, optIns],
				},
				pairedItem: { item: 0 },
			},
			{
				json: {
					id: 9,
					email: 'out@example.com',
					newsletter: 'no',
					importId: optOuts,
					part: 1,
				},
				pairedItem: { item: 2 },
			},
		]);
		expect(jsonOf(run, 1)).toMatchObject([{ id: 8 }]);
	});
});
