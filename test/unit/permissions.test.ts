import { findMentioned, readWritableKeyspaces } from '../../nodes/ApsisOne/api/parsePermissions';

const EMAIL = 'com.apsis1.keyspaces.email';
const SHOP = 'com.apsis1.integrations.keyspaces.7a1c90de.webshop';

describe('the keyspaces that something may be written through', () => {
	it.each<[shape: string, permissions: unknown]>([
		[
			'a list of words',
			[
				{ keyspace_discriminator: EMAIL, permission: 'WRITE' },
				{ keyspace_discriminator: SHOP, permission: 'READ' },
			],
		],
		[
			'a list that says a type as well',
			[
				{ keyspace: EMAIL, type: 'email', permission: 'READ_WRITE' },
				{ keyspace: SHOP, type: 'custom', permission: 'READ' },
			],
		],
		[
			'a list of lists',
			[
				{ keyspace: EMAIL, permissions: ['READ', 'WRITE'] },
				{ keyspace: SHOP, permissions: ['READ'] },
			],
		],
		[
			'a list of flags',
			[
				{ keyspace: EMAIL, can_read: true, can_write: true },
				{ keyspace: SHOP, can_read: true, can_write: false },
			],
		],
		[
			'a list with the keyspace as an object',
			[
				{ keyspace: { discriminator: EMAIL, name: 'Email' }, access: 'rw' },
				{ keyspace: { discriminator: SHOP }, access: 'r' },
			],
		],
		['a map of words', { [EMAIL]: 'READ_WRITE', [SHOP]: 'NO_WRITE' }],
		['a map of words in lower case', { [EMAIL]: 'rw', [SHOP]: 'read-only' }],
		['a map with none', { [EMAIL]: 'write', [SHOP]: 'none' }],
		[
			'a map of flags',
			{ [EMAIL]: { read: true, write: true }, [SHOP]: { read: true, write: false } },
		],
		['a map of flags as words', { [EMAIL]: { canWrite: 'yes' }, [SHOP]: { canWrite: 'no' } }],
		['a map of read-only flags', { [EMAIL]: { read_only: false }, [SHOP]: { read_only: true } }],
		['a map of lists', { [EMAIL]: ['read', 'write'], [SHOP]: ['read'] }],
		[
			'a map of nested lists',
			{ [EMAIL]: { allowed: [['READ'], ['WRITE']] }, [SHOP]: { allowed: [['READ']] } },
		],
		['a map below another member', { keyspaces: { [EMAIL]: 'WRITE', [SHOP]: 'READ' } }],
		[
			'a map by name',
			{
				email: { discriminator: EMAIL, keyspace: EMAIL, permission: 'WRITE' },
				shop: { keyspace: SHOP, permission: 'READ' },
			},
		],
		['keyspaces by what is allowed', { read: [EMAIL, SHOP], write: [EMAIL] }],
		[
			'groups of keyspaces',
			[
				{ permission: 'WRITE', keyspaces: [EMAIL] },
				{ permission: 'READ', keyspaces: [SHOP] },
			],
		],
		[
			'groups of keyspaces with lists',
			[
				{ permissions: ['READ', 'WRITE'], keyspaces: [EMAIL] },
				{ permissions: ['READ'], keyspaces: [SHOP] },
			],
		],
		[
			'pairs',
			[
				[EMAIL, 'WRITE'],
				[SHOP, 'READ'],
			],
		],
		['a map of yes and no below write', { write: { [EMAIL]: true, [SHOP]: false } }],
		['one word nobody knows', { [EMAIL]: 'FROBNICATE', [SHOP]: 'READ' }],
	])('are read from %s', (_, keyspace_permissions) => {
		expect(readWritableKeyspaces({ keyspace_permissions })).toEqual([EMAIL]);
	});

	it('are read from the version as well', () => {
		expect(
			readWritableKeyspaces(
				{ name: 'City' },
				{ permissions: { [EMAIL]: 'WRITE', [SHOP]: 'READ' } },
			),
		).toEqual([EMAIL]);
	});

	it('are none where all are read-only', () => {
		expect(
			readWritableKeyspaces({ keyspace_permissions: { [EMAIL]: 'READ', [SHOP]: 'none' } }),
		).toEqual([]);
	});

	it.each<[shape: string, permissions: unknown]>([
		['nothing', undefined],
		['an empty list', []],
		['words nobody knows', { [EMAIL]: 'FROBNICATE', [SHOP]: 'GRUMBLE' }],
		['flags nobody knows', { [EMAIL]: { f1: true }, [SHOP]: { f1: false } }],
		['numbers', { [EMAIL]: 3, [SHOP]: 1 }],
		['a list of keyspaces', [EMAIL, SHOP]],
		['yes and no to nothing', { [EMAIL]: true, [SHOP]: false }],
		['no keyspace', { read: true, write: false }],
	])('are unknown, so that all are offered, where there is %s', (_, keyspace_permissions) => {
		expect(readWritableKeyspaces({ keyspace_permissions })).toBeUndefined();
	});
});

describe('what an answer names', () => {
	const city = {
		name: 'City',
		discriminator: 'usercreated.attributes.city-0p9o8i7u6y',
		versionId: '991',
	};
	const cityTwo = {
		name: 'City 2',
		discriminator: 'usercreated.attributes.city-0p9o8i7u6y.b',
		versionId: '9911',
	};

	it.each<[answer: unknown, names: string[]]>([
		[{ detail: 'Attribute version 991 is not writable.' }, ['City']],
		[{ errors: [{ attribute_version_id: 9911 }] }, ['City 2']],
		['No access to usercreated.attributes.city-0p9o8i7u6y.', ['City']],
		['No access to usercreated.attributes.city-0p9o8i7u6y.b', ['City 2']],
		[{ detail: 'Both 991 and 9911.' }, ['City', 'City 2']],
		[{ message: 'Forbidden' }, []],
		[undefined, []],
	])('is found in %j', (answer, names) => {
		expect(findMentioned([city, cityTwo], answer).map(({ name }) => name)).toEqual(names);
	});
});
