import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { EVENTS, EXISTING, KEYSPACES } from '../apsisOne';
import { useLocalApsisOne } from '../support/localApsisOne';
import { json, profileRunner } from '../support/singleProfile';
import { locator, mapped, NODE_NAME } from '../support/workflows';

const apsisOne = useLocalApsisOne();
const { run, stored } = profileRunner(apsisOne);

const EVENT = {
	resource: 'event',
	operation: 'add',
	event: EVENTS.purchase,
	eventTime: '={{ $json.at }}',
	eventFields: { mappingMode: 'autoMapInputData', value: null },
};

it('sends events of one profile in one call, in order', async () => {
	const at = '2026-11-24T10:00:00+01:00';
	const result = await run(EVENT, [
		{ email: EXISTING.optedIn, at, order_id: 'A1', total: '12,50' },
		{ email: EXISTING.optedOut, at, order_id: 'B1' },
		{ email: EXISTING.optedIn, at, order_id: 'A2', total: 7 },
	]);
	expect(result.error).toBeUndefined();
	expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toHaveLength(2);
	expect(stored(EXISTING.optedIn)?.events).toEqual([
		{
			versionId: '7700001',
			eventTime: '2026-11-24T09:00:00.000Z',
			data: { order_id: 'A1', total: 12.5 },
		},
		{
			versionId: '7700001',
			eventTime: '2026-11-24T09:00:00.000Z',
			data: { order_id: 'A2', total: 7 },
		},
	]);
	expect(result.outputs(NODE_NAME).map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
});

it('reads a time without offset in the zone of the workflow', async () => {
	await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-07-01T12:00:00', order_id: 'A1' }]);
	expect(stored(EXISTING.optedIn)?.events).toMatchObject([
		{ eventTime: '2026-07-01T10:00:00.000Z' },
	]);
});

it('splits events whose body would be larger than APSIS One takes', async () => {
	const items = Array.from({ length: 3 }, (_, index) => ({
		email: EXISTING.optedIn,
		at: '2026-11-24',
		order_id: 'x'.repeat(1_000),
		total: index,
	}));
	const many = Array.from({ length: 60 }, () => items).flat();
	const result = await run(EVENT, many);
	expect(result.error).toBeUndefined();
	expect(apsisOne.calls.filter(({ call }) => call === 'profile').length).toBeGreaterThan(1);
	expect(stored(EXISTING.optedIn)?.events).toHaveLength(180);
	expect(stored(EXISTING.optedIn)?.events.map(({ data }) => data.total)).toEqual(
		many.map(({ total }) => total),
	);
});

it('is not sent again when the answer was lost', async () => {
	apsisOne.faults.add({ call: 'profile', kind: 'reset', effect: 'after' });
	const result = await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-11-24', order_id: 'A' }]);
	expect(result.error?.message).toMatch(/^\[Item 0\] APSIS One's answer was lost/);
	expect(stored(EXISTING.optedIn)?.events).toHaveLength(1);
});

it('is not sent again after an error inside APSIS One, which may have come after it was added', async () => {
	apsisOne.faults.add({ call: 'profile', kind: 'status', status: 500, effect: 'after' });
	const result = await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-11-24', order_id: 'A' }]);
	expect(result.error).toMatchObject({
		message: '[Item 0] APSIS One failed to add events to the profile',
		description: expect.stringContaining(
			'It answered with status 500. The events may have been added all the same. Check in APSIS One before you run the workflow again.',
		) as string,
	});
	expect(stored(EXISTING.optedIn)?.events).toHaveLength(1);
});

it('refuses what the event cannot take, before anything is sent', async () => {
	const result = await run(EVENT, [
		{ email: EXISTING.optedIn, at: '2026-11-24', order_id: 'A1' },
		{ email: EXISTING.optedIn, at: 'yesterday', order_id: 'A2' },
	]);
	expect(result.error?.message).toBe('[Item 1] Event Time: is not a point in time (yesterday)');
	expect(stored(EXISTING.optedIn)?.events).toEqual([]);
	const empty = await run(EVENT, [{ email: EXISTING.optedIn, at: '2026-11-24', order_id: ' ' }]);
	expect(empty.error?.message).toBe('[Item 0] order_id is empty');
});

const AT = '2026-11-24T10:00:00Z';
const hints = (result: Awaited<ReturnType<typeof run>>) =>
	result.hints(NODE_NAME).map(({ message }) => message);
const nothingSent = () =>
	expect(apsisOne.calls.filter(({ call }) => call === 'profile')).toEqual([]);

/** The event as APSIS One would describe it next. */
function defineEvent(version: IDataObject, more: IDataObject = {}): void {
	const definition = {
		discriminator: EVENTS.purchase,
		name: 'Purchase',
		versions: [{ id: '7700001', deprecated_at: null, ...version }],
		...more,
	};
	const body = { items: [definition] };
	apsisOne.faults.add({ call: 'events', kind: 'status', status: 200, body });
}

/** Takes the events whatever their data: the local APSIS One knows its own fields only. */
function takeAnyEvent(): void {
	apsisOne.faults.add({ call: 'profile', route: 'addEvents', kind: 'status', status: 201 });
}

describe('Using JSON', () => {
	const JSON_EVENT: INodeParameters = {
		...EVENT,
		eventTime: AT,
		specifyFields: 'json',
		eventData: '={{ $json.data }}',
	};

	it.each<[string, unknown]>([
		['text', '{ "order_id": "A1", "total": 12.5 }'],
		['an object', { order_id: 'A1', total: 12.5 }],
	])('sends %s as it is', async (_, data) => {
		const result = await run(JSON_EVENT, [{ email: EXISTING.optedIn, data } as IDataObject]);
		expect(result.error).toBeUndefined();
		expect(stored(EXISTING.optedIn)?.events).toMatchObject([
			{ data: { order_id: 'A1', total: 12.5 } },
		]);
		expect(hints(result)).toEqual([]);
	});

	it('sends what the node would not understand, too', async () => {
		defineEvent({ unheard: { of: 1 } });
		takeAnyEvent();
		const data = { lines: [{ sku: 'T1', count: 2 }], gift: false, note: null };
		const result = await run(JSON_EVENT, [{ email: EXISTING.optedIn, data }]);
		expect(json(result)).toMatchObject([{ data }]);
	});

	it('sends an event without data', async () => {
		defineEvent({});
		takeAnyEvent();
		const result = await run(JSON_EVENT, [{ email: EXISTING.optedIn, data: '{}' }]);
		expect(json(result)).toMatchObject([{ version_id: '7700001', data: {} }]);
	});

	it.each<[string, unknown, string]>([
		['nothing', '', 'JSON is not an object'],
		['null', null, 'JSON is not an object'],
		['a list', [1], 'JSON is not an object'],
		['a list as text', '[1]', 'JSON is not an object'],
		['a number', '7', 'JSON is not an object'],
		['broken text', '{ "order_id": }', 'JSON is not valid'],
		[
			'a number whose last digits are lost',
			'{ "order_id": 12345678901234567890 }',
			'JSON.order_id: is too large a number to be exact (12345678901234567000)',
		],
		[
			'one in a list',
			{ lines: [{ id: 7 }, { id: 2 ** 60 }] },
			'JSON.lines[1].id: is too large a number to be exact (1152921504606847000)',
		],
		['what would become null', { total: NaN }, 'JSON.total: is not a number'],
	])('refuses %s before anything is sent', async (_, data, message) => {
		const result = await run(JSON_EVENT, [{ email: EXISTING.optedIn, data } as IDataObject]);
		expect(result.error?.message).toBe(`[Item 0] ${message}`);
		nothingSent();
	});
});

describe('automatic mapping', () => {
	it('stops where no field of the item is one of the event', async () => {
		const result = await run(EVENT, [{ email: EXISTING.optedIn, at: AT, 'Order ID': 'A1' }]);
		expect(result.error).toMatchObject({
			message: '[Item 0] No field of the item matches a field of the event "Purchase"',
			description:
				'The fields of the event are: order_id, total, paid_at. Rename the fields before this node, choose Map Each Column Manually in Fields, or set Specify Fields to Using JSON. Nothing was sent.',
		});
		nothingSent();
	});

	it('names fields that were not sent, but not those that another parameter uses', async () => {
		const result = await run(EVENT, [
			{ email: EXISTING.optedIn, at: AT, order_id: 'A1', colour: 'red', empty: '' },
			{ email: EXISTING.optedIn, at: AT, order_id: 'A2', 'Size (EU)': 44 },
		]);
		expect(result.error).toBeUndefined();
		expect(hints(result)).toEqual([
			'Not sent, because the event has no such field: colour, Size (EU). Map them in Fields, or set Specify Fields to Using JSON.',
		]);
	});

	it('says nothing where all was sent', async () => {
		const result = await run(EVENT, [{ email: EXISTING.optedIn, at: AT, order_id: 'A1' }]);
		expect(hints(result)).toEqual([]);
	});

	it('sends an event that has no fields without data, and names what was not sent', async () => {
		defineEvent({ fields: [] });
		takeAnyEvent();
		const result = await run(EVENT, [{ email: EXISTING.optedIn, at: AT, order_id: 'A1' }]);
		expect(json(result)).toMatchObject([{ data: {} }]);
		expect(hints(result)).toHaveLength(1);
	});
});

it.each<[string, IDataObject]>([
	['nothing about them', {}],
	[
		'keyspaces with permissions',
		{
			fields: [{ discriminator: KEYSPACES.email, name: 'Email', permission: 'WRITE' }],
		},
	],
	['text', { schema: 'see the manual' }],
	['an object of its own making', { schema: { a: { b: 1 } } }],
])('an event whose fields cannot be read (%s) is given as JSON', async (_, version) => {
	for (const eventFields of [EVENT.eventFields, mapped({ order_id: 'A1' })]) {
		defineEvent(version);
		const result = await run({ ...EVENT, eventFields }, [
			{ email: EXISTING.optedIn, at: AT, order_id: 'A1' },
		]);
		expect(result.error).toMatchObject({
			message: '[Item 0] The fields of the event "Purchase" are not known',
			description:
				'The node does not understand how APSIS One describes them. Set Specify Fields to Using JSON and enter them there. Nothing was sent.',
		});
	}
	nothingSent();
});

it('a mapped field that the event no longer has is not dropped', async () => {
	const eventFields = mapped({ order_id: 'A1', colour: 'red' });
	const result = await run({ ...EVENT, eventFields }, [{ email: EXISTING.optedIn, at: AT }]);
	expect(result.error?.message).toBe('[Item 0] The event "Purchase" has no field "colour"');
	nothingSent();
});

it('a mapped field is not sent with what an expression makes of a missing field', async () => {
	const item = [{ email: EXISTING.optedIn, at: AT }];
	for (const expression of ['={{ "A-" + $json.order }}', '=A-{{ $json.order }}']) {
		const eventFields = mapped({ order_id: expression });
		const result = await run({ ...EVENT, eventFields }, item);
		expect(result.error?.message).toBe(
			'[Item 0] order_id: comes from an expression that reads a missing or unusable field',
		);
	}
	nothingSent();
});

it('an event that cannot be written through the keyspace is refused before it is sent', async () => {
	const refund = { ...EVENT, event: EVENTS.refund };
	const item = [{ email: EXISTING.optedIn, at: AT, order_id: 'A1' }];
	const result = await run(refund, item);
	expect(result.error).toMatchObject({
		message: '[Item 0] The event "Refund" cannot be added through this keyspace',
		description: 'Choose another Event or Keyspace. Nothing was sent.',
	});
	const other = { ...refund, keyspace: locator(KEYSPACES.crmId), profileKey: 'C-1' };
	expect((await run(other, item)).error?.message).toContain('APSIS One has no profile "C-1"');
});

it('data travels in native JSON types, and keeps its own where the type is not known', async () => {
	defineEvent({
		schema: {
			type: 'object',
			properties: {
				member: { type: 'boolean' },
				total: { type: 'number' },
				paid: { type: 'string', format: 'date-time' },
				paidUnix: { type: 'integer', format: 'date-time' },
				day: { type: 'string', format: 'date' },
				phone: { type: 'string', format: 'phone' },
				code: { type: ['string', 'null'] },
				lines: { type: 'array' },
				extra: {},
			},
			required: ['total'],
		},
	});
	takeAnyEvent();
	const values = {
		member: 'nej',
		total: '12,5',
		paid: '2026-01-01T01:00:00+01:00',
		paidUnix: '2026-01-01T00:00:00Z',
		day: '2026-01-01',
		phone: '+46 70 123 45 67',
		code: 7,
		lines: [{ sku: 'T1' }],
		extra: 7,
	};
	const result = await run(EVENT, [{ email: EXISTING.optedIn, at: AT, ...values }]);
	expect(result.error).toBeUndefined();
	expect(json(result)[0]?.data).toEqual({
		member: false,
		total: 12.5,
		paid: '2026-01-01T00:00:00.000Z',
		paidUnix: 1_767_225_600,
		day: '2026-01-01',
		phone: '+46 70 123 45 67',
		code: '7',
		lines: [{ sku: 'T1' }],
		extra: 7,
	});
});

describe('Retry On Fail', () => {
	const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const ITEMS = [
		{ email: EXISTING.optedIn, at: AT, order_id: 'A' },
		{ email: EXISTING.optedOut, at: AT, order_id: 'B' },
	];
	const sent = () =>
		[EXISTING.optedIn, EXISTING.optedOut].flatMap((key) =>
			stored(key)?.events.map(({ data }) => data.order_id),
		);
	const refuse = (skip: number) =>
		apsisOne.faults.add({
			call: 'profile',
			route: 'addEvents',
			kind: 'status',
			status: 400,
			skip,
		});

	it.each([
		[0, {}],
		[1, {}],
		[0, { onError: 'continueRegularOutput' }],
	] as const)('sends what has not been sent, and nothing twice: %s, %j', async (skip, more) => {
		refuse(skip);
		const result = await run(EVENT, ITEMS, { ...RETRY, ...more });
		expect(result.error).toBeUndefined();
		expect(sent()).toEqual(['A', 'B']);
		expect(json(result)).toMatchObject([{ data: { order_id: 'A' } }, { data: { order_id: 'B' } }]);
	});

	it('with Continue, sends the others once where one item is invalid', async () => {
		const items = [{ ...ITEMS[0], at: 'soon' }, { ...ITEMS[1] }];
		const result = await run(EVENT, items, { ...RETRY, onError: 'continueRegularOutput' });
		expect(sent()).toEqual(['B']);
		expect(json(result)).toMatchObject([
			{ error: '[Item 0] Event Time: is not a point in time (soon)' },
			{ data: { order_id: 'B' } },
		]);
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'does not repeat a call whose answer was lost: %s',
		async (onError) => {
			const fault = { call: 'profile', route: 'addEvents', effect: 'after' } as const;
			for (const how of [{ kind: 'reset' }, { kind: 'status', status: 504 }] as const) {
				apsisOne.reset();
				apsisOne.faults.add({ ...fault, ...how });
				const result = await run(EVENT, ITEMS, { ...RETRY, onError });
				expect(sent()).toEqual(['A', 'B']);
				const errors = [result.error?.message, ...json(result).map(({ error }) => error)];
				expect(errors.join()).toMatch(/\[Item \d\] APSIS One's answer was lost/);
			}
		},
	);

	it('begins anew in the next run of the node', async () => {
		await run(EVENT, ITEMS, RETRY);
		await run(EVENT, ITEMS, RETRY);
		expect(sent()).toEqual(['A', 'A', 'B', 'B']);
	});
});
