import { parseEvent } from '../../nodes/ApsisOne/api/parseEvents';
import { EVENTS, KEYSPACES } from '../apsisOne';

function parse(version: object, more: object = {}) {
	return parseEvent({
		discriminator: EVENTS.purchase,
		name: 'Purchase',
		description: 'Somebody bought something',
		type: 'transaction',
		versions: [{ id: 7700001, deprecated_at: null, ...version }],
		...more,
	});
}

const ORDER_AND_TOTAL = [
	{ id: 'order_id', name: 'order_id', type: 'text', isRequired: true },
	{ id: 'total', name: 'total', type: 'number', isRequired: false },
];
const LIST = [
	{ name: 'order_id', type: 'text', required: true },
	{ name: 'total', type: 'number' },
];
const SCHEMA = {
	type: 'object',
	properties: { order_id: { type: 'string' }, total: { type: 'number' } },
	required: ['order_id'],
};

describe('the fields of an event', () => {
	it.each<[string, ...Parameters<typeof parse>]>([
		['a list', { fields: LIST }],
		['a list under another name', { columns: LIST }],
		['a list beside the versions', {}, { attributes: LIST }],
		['a list below a schema', { schema: { fields: LIST } }],
		[
			'a list with names in keys',
			{
				fields: [
					{ key: 'order_id', value_type: 'string', is_required: true },
					{ field_name: 'total', data_type: 'number' },
				],
			},
		],
		[
			'a list with UUIDs',
			{
				fields: [
					{ ...LIST[0], id: 'b0c1d2e3-f4a5-4b6c-8d7e-9f0a1b2c3d4e' },
					{ ...LIST[1], id: 17 },
				],
			},
		],
		[
			'a list whose fields have permissions',
			{
				fields: LIST.map((field) => ({ ...field, permissions: { [KEYSPACES.email]: 'WRITE' } })),
			},
		],
		[
			'a map of objects',
			{
				data: { order_id: { type: 'text', required: true }, total: { type: 'number' } },
			},
		],
		['JSON Schema', { schema: SCHEMA }],
		['JSON Schema under another name', { shape: SCHEMA }],
		['JSON Schema as text', { json_schema: JSON.stringify(SCHEMA) }],
		['JSON Schema without a name of its own', SCHEMA],
		[
			'JSON Schema beside keyspaces',
			{
				keyspaces: [{ discriminator: KEYSPACES.email, name: 'Email', type: 'WRITE' }],
				schema: SCHEMA,
			},
		],
		['JSON Schema of the item', {}, { data_schema: SCHEMA }],
	])('are read from %s', (_, ...definition) => {
		expect(parse(...definition)?.fields).toEqual(ORDER_AND_TOTAL);
	});

	it('are read from a map of types and a list of names', () => {
		expect(parse({ fields: { order_id: 'string', total: 'number' } })?.fields).toMatchObject([
			{ id: 'order_id', type: 'text', isRequired: false },
			{ id: 'total', type: 'number' },
		]);
		expect(parse({ fields: ['order_id', 'total'] })?.fields).toMatchObject([
			{ id: 'order_id', type: 'unknown' },
			{ id: 'total', type: 'unknown' },
		]);
	});

	it('carry the name that people see', () => {
		const fields = [{ id: 'order_id', name: 'Order ID', type: 'text' }];
		expect(parse({ fields })?.fields).toMatchObject([{ id: 'order_id', name: 'Order ID' }]);
		const properties = { order_id: { type: 'string', title: 'Order ID' } };
		expect(parse({ schema: { properties } })?.fields).toMatchObject([
			{ id: 'order_id', name: 'Order ID' },
		]);
	});

	it.each<[string, object]>([
		['an empty list', { fields: [] }],
		['a schema without properties', { schema: { type: 'object', properties: {} } }],
	])('are none in %s', (_, version) => {
		expect(parse(version)?.fields).toEqual([]);
	});

	it.each<[string, ...Parameters<typeof parse>]>([
		['nothing', {}],
		['keyspaces', { fields: [{ discriminator: KEYSPACES.email, permission: 'WRITE' }] }],
		[
			'keyspaces under another name',
			{
				access: [{ keyspace: KEYSPACES.email, type: 'WRITE' }],
			},
		],
		['a map of keyspaces', { data_access: { [KEYSPACES.email]: { type: 'WRITE' } } }],
		['names of keyspaces', { attributes: [KEYSPACES.email] }],
		['permissions', {}, { keyspace_permissions: [{ name: KEYSPACES.email, type: 'WRITE' }] }],
		['the description of a schema alone', { schema: { type: 'object', title: 'Purchase' } }],
		['text', { schema: 'see the manual' }],
		['broken JSON', { schema: '{ "properties": ' }],
		['a list of nothing', { fields: [{}] }],
		[
			'channels and tags',
			{ channels: [{ name: 'Email', type: 'x' }], tags: [{ name: 'VIP', type: 'x' }] },
		],
	])('cannot be read from %s', (_, ...definition) => {
		const event = parse(...definition);
		expect(event).toMatchObject({ name: 'Purchase', versionId: '7700001' });
		expect(event).not.toHaveProperty('fields');
	});

	it.each<[object, string]>([
		[{ type: 'string' }, 'text'],
		[{ type: 'string', format: 'date-time' }, 'moment'],
		[{ type: 'string', format: 'date' }, 'date'],
		[{ type: 'string', format: 'time' }, 'text'],
		[{ type: 'string', format: 'email' }, 'email'],
		[{ type: 'string', format: 'int64' }, 'text'],
		[{ type: ['null', 'string'] }, 'text'],
		[{ type: ['string', 'number'] }, 'unknown'],
		[{ type: 'integer' }, 'number'],
		[{ type: 'integer', format: 'unix-time' }, 'timestamp'],
		[{ type: 'number', render_hint: 'date_YYYY-MM-DD' }, 'timestamp'],
		[{ type: 'text', render_hint: 'date_YYYY-MM-DD' }, 'date'],
		[{ type: 'boolean' }, 'boolean'],
		[{ type: 'timestamp' }, 'timestamp'],
		[{ type: 'mobile' }, 'mobile'],
		[{ schema: { type: 'number' } }, 'number'],
		[{ schema: { type: 'string', format: 'date-time' } }, 'moment'],
		[{ type: 'enum' }, 'unknown'],
		[{ type: 'interval' }, 'unknown'],
		[{ type: 'mailing list' }, 'unknown'],
		[{ type: 'holiday' }, 'unknown'],
		[{ type: 'int32' }, 'number'],
		[{ type: 'bigint' }, 'number'],
		[{ type: 'uint' }, 'number'],
		[{ type: 'tinyint' }, 'number'],
		[{ type: 'long' }, 'number'],
		[{ type: 'Long text' }, 'text'],
		[{ type: 'longtext' }, 'text'],
		[{ type: 'birthday' }, 'date'],
		[{ type: 'text', render_hint: 'YYYY-MM-DD' }, 'date'],
		[{ type: 'array' }, 'unknown'],
		[{ type: 'object' }, 'unknown'],
		[{}, 'unknown'],
	])('described as %j are of the type %s', (field, type) => {
		expect(parse({ fields: [{ name: 'x', ...field }] })?.fields).toMatchObject([{ type }]);
	});
});

it('events of which permissions cannot be read may be written through every keyspace', () => {
	expect(parse({})).not.toHaveProperty('writableThrough');
	expect(parse({}, { keyspace_permissions: 'yes' })).not.toHaveProperty('writableThrough');
	const permissions = [{ keyspace: KEYSPACES.email, permission: 'READ' }];
	expect(parse({}, { keyspace_permissions: permissions })?.writableThrough).toEqual([]);
});
