import type { INode } from 'n8n-workflow';

import {
	getEvents as eventOptions,
	getSubscriptions,
	getTags as tagOptions,
} from '../../nodes/ApsisOne/methods/loadOptions';
import { searchKeyspaces, searchSections } from '../../nodes/ApsisOne/methods/listSearch';
import { getAttributeFields } from '../../nodes/ApsisOne/methods/resourceMapping';
import {
	type AnswerShape,
	ATTRIBUTES,
	bodyAs,
	CHANNELS,
	itemsAs,
	KEYSPACES,
	listAs,
	pagesOf,
	permissionsAs,
	SECTIONS,
	TAGS,
	TOPICS,
} from '../apsisOne';
import { type EngineRun, loadOptions, logLines, runWorkflow } from '../engine';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	locator,
	mapped,
	NODE_NAME,
	requestParameters,
	setupFor,
	subscription,
	workflowWith,
} from '../support/workflows';

const apsisOne = useLocalApsisOne();

const input = [{ json: { email: 'anna@example.com', City: 'Oslo' } }];

async function request(changes = {}): Promise<EngineRun> {
	return await runWorkflow({
		...setupFor(apsisOne),
		workflow: workflowWith(requestParameters(changes)),
		input,
	});
}

const node = (): INode => {
	const found = workflowWith(requestParameters()).nodes.find(({ name }) => name === NODE_NAME);
	if (!found) throw new Error('The workflow lacks the node.');
	return found;
};

const countOf = (call: string) => apsisOne.calls.filter((one) => one.call === call).length;

/** How the attributes come out of the mapper of the editor, by ID. */
async function fieldsById() {
	const { fields } = await loadOptions(setupFor(apsisOne), node(), getAttributeFields);
	return new Map(fields.map((field) => [field.id, field]));
}

const NOT_UNDERSTOOD =
	'APSIS One was asked to list the attributes of the section, but its answer could not be read';
const PARTLY_READ =
	'APSIS One was asked to list the attributes of the section, but only part of the list could be read';
const REPORT =
	'If this keeps happening, report it to the maintainers of this node together with this message.';

describe('a list in another place', () => {
	it.each<[shape: string, wrap: (items: unknown[]) => unknown]>([
		['bare', (items) => items],
		['in data', (data) => ({ data })],
		['in attributes', (attributes) => ({ attributes })],
		['in result.items', (items) => ({ result: { items } })],
		['in data.attributes', (attributes) => ({ status: 200, data: { attributes } })],
		['in a member of its own', (allOfThem) => ({ allOfThem, errors: [] })],
		['beside an empty one', (attributes) => ({ items: [], attributes })],
	])('is found %s', async (_, wrap) => {
		apsisOne.shapes.set('attributes', listAs(wrap));
		const run = await request();
		expect(run.error).toBeUndefined();
		expect(apsisOne.imports[0]?.mapping.attributes.map(({ field }) => field)).toEqual([
			'email',
			'City',
		]);
	});

	it.each<[shape: string, description: string, wrap: (items: unknown[]) => unknown]>([
		['an empty body', 'it is empty.', () => undefined],
		['null', 'it is null.', () => null],
		['an empty object', 'it is an empty object.', () => ({})],
		[
			'an error object',
			'it is an object of status, title, detail. It says: No such thing.',
			() => ({ status: 500, title: 'Error', detail: 'No such thing.' }),
		],
		['a list of errors', 'it is an object of errors.', () => ({ errors: [{ code: 7 }] })],
		['null for the list', 'it is an object of items.', () => ({ items: null })],
		['two lists', 'it is an object of a, b.', (items) => ({ a: items, b: items })],
		[
			'an error beside an empty list',
			'it is an object of items, errors. It says: No such thing.',
			() => ({ items: [], errors: [{ message: 'No such thing.' }] }),
		],
		['an empty list of another name', 'it is an object of missing.', () => ({ missing: [] })],
	])('is not taken for empty where there is %s', async (_, description, wrap) => {
		apsisOne.shapes.set('attributes', listAs(wrap));
		const run = await request();
		expect(run.error).toMatchObject({
			message: NOT_UNDERSTOOD,
			description: `The answer contains no list: ${description} Check Region or Base URL in the credential, and try again. ${REPORT}`,
		});
		expect(countOf('importRequest')).toBe(0);
	});

	it.each(['sections', 'keyspaces', 'tags', 'topics', 'events'] as const)(
		'of %s is not taken for empty in the editor',
		async (call) => {
			apsisOne.shapes.set(call, () => ({ status: 200, body: { ok: true } }));
			const load = {
				sections: async () => await loadOptions(setupFor(apsisOne), node(), searchSections),
				keyspaces: async () => await loadOptions(setupFor(apsisOne), node(), searchKeyspaces),
				tags: async () => await loadOptions(setupFor(apsisOne), node(), tagOptions),
				topics: async () => await loadOptions(setupFor(apsisOne), node(), getSubscriptions),
				events: async () => await loadOptions(setupFor(apsisOne), node(), eventOptions),
			}[call];
			await expect(load()).rejects.toMatchObject({
				message: expect.stringMatching(
					/^APSIS One was asked to list the .*, but its answer could not be read$/,
				) as string,
				description: expect.stringContaining('it is an object of ok.') as string,
			});
		},
	);

	it('that is empty is empty', async () => {
		apsisOne.shapes.set(
			'tags',
			listAs(() => ({ items: [] })),
		);
		expect(await loadOptions(setupFor(apsisOne), node(), tagOptions)).toEqual([]);
	});
});

/** IDs of the versions of the attributes in the last import. */
function versionsSent() {
	const { attribute_mappings: mappings } = apsisOne.imports.at(-1)?.request as {
		attribute_mappings: Array<{ attribute_version_id: string }>;
	};
	return mappings.map(({ attribute_version_id: id }) => id);
}

describe('entries of a list', () => {
	it('none of which can be read are not taken for none', async () => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ name }) => ({ name })),
		);
		const run = await request();
		expect(run.error).toMatchObject({
			message: NOT_UNDERSTOOD,
			description: `None of the 15 entries of the list could be read; the first is an object of name. Check Region or Base URL in the credential. ${REPORT}`,
		});
		expect(countOf('importRequest')).toBe(0);
	});

	it('that cannot be read are left out with a word in the log', async () => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs((item) => (item.discriminator === ATTRIBUTES.city ? 'city' : item)),
		);
		logLines.length = 0;
		expect([...(await fieldsById()).keys()]).not.toContain(ATTRIBUTES.city);
		expect(logLines.join('\n')).toContain(
			'APSIS One: 1 of 15 entries could not be read and were left out when the node asked to list the attributes of the section',
		);
	});

	it.each<[string, object]>([
		['some day', { deprecated_at: '2999-01-01T00:00:00Z' }],
		['by the zero of a language that has no null', { deprecated_at: '0001-01-01T00:00:00Z' }],
		['by false', { deprecated_at: false, deprecated: false, status: 'active' }],
	])('that are deprecated %s are there', async (_, members) => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ versions, ...item }) => ({
				...item,
				versions: (versions as Array<{ deprecated_at: unknown }>).map((version) =>
					version.deprecated_at ? version : { ...version, ...members },
				),
			})),
		);
		const ids = [...(await fieldsById()).keys()];
		expect(ids).toContain(ATTRIBUTES.city);
		expect(ids).not.toContain(ATTRIBUTES.fax);
	});

	it.each<[string, object]>([
		['deprecated', { deprecated: true }],
		['is_deprecated', { is_deprecated: true }],
		['a status', { status: 'Deprecated' }],
	])('whose versions are deprecated by %s are not sent by them', async (_, members) => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ versions, ...item }) => ({
				...item,
				versions: [{ id: '1', ...members }, ...(versions as object[])],
			})),
		);
		const run = await request();
		expect(run.error).toBeUndefined();
	});

	it.each<[string, (isOld: boolean) => object]>([
		['deprecated as text', (isOld) => ({ deprecated: String(isOld) })],
		['deprecatedAt', (isOld) => ({ deprecatedAt: isOld ? '2024-01-01T00:00:00Z' : null })],
		['Unix seconds', (isOld) => ({ deprecated_at: isOld ? 1_700_000_000 : 0 })],
		['a deprecation', (isOld) => ({ deprecation: isOld ? { at: '2024-01-01' } : null })],
		['is_current', (isOld) => ({ is_current: !isOld })],
		['active', (isOld) => ({ active: !isOld })],
		['a state', (isOld) => ({ state: isOld ? 'ARCHIVED' : 'ACTIVE' })],
	])('whose versions have ended by %s are not sent by them', async (_, members) => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ versions, ...item }) => ({
				...item,
				versions: (versions as Array<{ deprecated_at: unknown }>).map(
					({ deprecated_at: at, ...version }) => ({ ...version, ...members(Boolean(at)) }),
				),
			})),
		);
		const ids = [...(await fieldsById()).keys()];
		expect(ids).not.toContain(ATTRIBUTES.fax);
		await request({ attributes: mapped({ [ATTRIBUTES.points]: '7' }) });
		expect(versionsSent()).toContain('9911013');
	});

	it('nothing says which version of is the current one are sent by the newest', async () => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ versions, ...item }) => ({
				...item,
				versions: (versions as Array<{ id: string }>).map(({ id }) => ({ id })),
			})),
		);
		await request({ attributes: mapped({ [ATTRIBUTES.points]: '7' }) });
		expect(versionsSent()).toContain('9911013');
	});

	it('without a type that can be read are sent as they are, and the run says so', async () => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ versions, ...item }) => ({
				...item,
				versions: (versions as object[]).map((version) => ({ ...version, type: 7 })),
			})),
		);
		const run = await request();
		expect(run.outputs(NODE_NAME)[0]?.json.warnings).toEqual([
			'The node could not read the type of City, so it sends their values as they are. Write dates like 2026-11-25, times as Unix seconds, numbers like 12.5, and true or false.',
		]);
	});

	it.each([{ manage_subscriptions: 'false' }, { manage_subscriptions: 0 }])(
		'of keyspaces that do not manage subscriptions (%j) are not offered',
		async (members) => {
			apsisOne.shapes.set(
				'keyspaces',
				itemsAs((item) => (item.manage_subscriptions ? item : { ...item, ...members })),
			);
			const { results } = await loadOptions(setupFor(apsisOne), node(), searchKeyspaces);
			expect(results.map(({ value }) => value)).not.toContain(KEYSPACES.loyalty);
		},
	);

	it('that are deprecated are left out in silence', async () => {
		logLines.length = 0;
		expect([...(await fieldsById()).keys()]).not.toContain(ATTRIBUTES.fax);
		expect(logLines.join('\n')).not.toContain('left out');
	});
});

describe('further pages', () => {
	it.each<[announced: string, shape: AnswerShape]>([
		['by next', pagesOf(4, (_, __, url) => ({ next: url.href }))],
		['by a path', pagesOf(4, (_, __, url) => ({ next: url.pathname + url.search }))],
		['by a query', pagesOf(4, (_, __, url) => ({ next: url.search }))],
		['by _links.next', pagesOf(4, (_, __, url) => ({ _links: { next: { href: url.href } } }))],
		['by links.next', pagesOf(4, (_, __, url) => ({ links: { next: url.href } }))],
		[
			'by a list of links',
			pagesOf(4, (_, __, url) => ({ links: [{ rel: 'self' }, { rel: 'next', href: url.href }] })),
		],
		['by next_page', pagesOf(4, (next) => ({ next_page: next }))],
		[
			'by page and total_pages',
			pagesOf(4, (next, pages) => ({ page: next - 1, total_pages: pages })),
		],
		[
			'by pages in meta',
			pagesOf(4, (next, pages) => ({ meta: { current_page: next - 1, last_page: pages } })),
		],
		['by page and has_more', pagesOf(4, (next) => ({ page: next - 1, has_more: true }))],
		['by the header Link', pagesOf(4, (_, __, url) => ({ link: `<${url.href}>; rel="next"` }))],
		[
			'by a header Link of several',
			pagesOf(4, (_, __, url) => ({
				link: `</x>; rel="self", <${url.href}>; title="a, b"; rel="next"`,
			})),
		],
		['by page and last', pagesOf(4, (next) => ({ page: next - 1, last: false }))],
	])('announced %s are fetched', async (_, shape) => {
		apsisOne.shapes.set('attributes', shape);
		const all = await fieldsById();
		expect(countOf('attributes')).toBe(4);
		expect(all.size).toBe(13);
		expect([...all.keys()]).toContain(ATTRIBUTES.favourite);
	});

	it.each<[announced: string, members: object]>([
		['null', { next: null, next_page: null, next_cursor: null }],
		['no address', { next: '', links: { self: '/x', next: null }, _links: { next: {} } }],
		[
			'links without addresses',
			{ links: [{ rel: 'next', href: null }], paging: { next: { href: '' } } },
		],
		['the last page', { page: 1, total_pages: 1, total: 15, has_more: false }],
		['the last page, counted from 0', { page: { number: 0, totalPages: 1, totalElements: 15 } }],
		['a page of 0', { next_page: 0 }],
	])('are not announced by %s', async (_, members) => {
		apsisOne.shapes.set(
			'attributes',
			listAs((items) => ({ items, ...members })),
		);
		expect((await fieldsById()).size).toBe(13);
		expect(countOf('attributes')).toBe(1);
	});

	it.each<[announced: string, why: string, shape: AnswerShape]>([
		[
			'a cursor',
			'it is unknown how to get the rest (the answer says "next_cursor")',
			pagesOf(4, () => ({ next_cursor: 'abc' })),
		],
		[
			'a bare token',
			'it is unknown how to get the rest (the answer says "next")',
			pagesOf(4, () => ({ next: 'abc' })),
		],
		[
			'more',
			'it is unknown how to get the rest (the answer says "has_more")',
			pagesOf(4, () => ({ has_more: true })),
		],
		[
			'a total',
			'it is unknown how to get the rest (the answer says "15 in all")',
			pagesOf(4, () => ({ total: 15 })),
		],
		[
			'an offset',
			'it is unknown how to get the rest (the answer says "next_offset")',
			pagesOf(4, (next) => ({ next_offset: 4 * (next - 1) })),
		],
		[
			'a mark that it is cut',
			'it is unknown how to get the rest (the answer says "is_truncated")',
			pagesOf(4, () => ({ is_truncated: true })),
		],
		[
			'a total of results',
			'it is unknown how to get the rest (the answer says "15 in all")',
			pagesOf(4, () => ({ meta: { totalResults: 15 } })),
		],
		[
			'what remains',
			'it is unknown how to get the rest (the answer says "11 remaining")',
			pagesOf(4, () => ({ remaining: 11 })),
		],
		[
			'another host',
			'the next page is on another host (evil.example.com), to which the access token must not be sent',
			pagesOf(4, () => ({ next: 'https://evil.example.com/audience/sections' })),
		],
		[
			'a circle',
			'its pages link to each other in a circle',
			pagesOf(4, (_, __, url) => ({ next: url.pathname })),
		],
		[
			'pages without end',
			'every page is the same',
			(answer, url) => ({
				...answer,
				body: { ...(answer.body as object), next: `${url.pathname}?n=${apsisOne.calls.length}` },
			}),
		],
	])('by %s are refused in a sentence', async (_, why, shape) => {
		apsisOne.shapes.set('attributes', shape);
		const run = await request();
		expect(run.error).toMatchObject({
			message: PARTLY_READ,
			description: `The list continues after this page, but ${why}. The node does not work with incomplete lists. ${REPORT}`,
		});
		expect(countOf('importRequest')).toBe(0);
	});
});

describe('permissions', () => {
	it.each<[shape: string, change: Parameters<typeof permissionsAs>[0]]>([
		[
			'a map of words',
			(all) => ({
				permissions: Object.fromEntries(
					all.map(([keyspace, may]) => [keyspace, may ? 'READ_WRITE' : 'NO_WRITE']),
				),
			}),
		],
		[
			'a map of flags',
			(all) => ({
				keyspace_permissions: Object.fromEntries(
					all.map(([keyspace, may]) => [keyspace, { read: true, write: may }]),
				),
			}),
		],
		[
			'a list of flags',
			(all) => ({ keyspaces: all.map(([keyspace, can_write]) => ({ keyspace, can_write })) }),
		],
		[
			'what may be written',
			(all) => ({
				permissions: {
					read: all.map(([keyspace]) => keyspace),
					write: all.flatMap(([keyspace, may]) => (may ? [keyspace] : [])),
				},
			}),
		],
	])('as %s decide what is offered', async (_, change) => {
		apsisOne.shapes.set('attributes', permissionsAs(change));
		apsisOne.shapes.set('tags', permissionsAs(change));
		const fields = await fieldsById();
		expect(fields.size).toBe(13);
		expect([...fields.keys()]).not.toContain(ATTRIBUTES.creditLimit);
		const tags = await loadOptions(setupFor(apsisOne), node(), tagOptions);
		expect(tags.map(({ value }) => value)).toEqual([TAGS.vip, TAGS.winter]);
	});

	it('inside the versions decide as well', async () => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ keyspace_permissions, versions, ...item }) => ({
				...item,
				versions: (versions as object[]).map((version) => ({ ...version, keyspace_permissions })),
			})),
		);
		expect([...(await fieldsById()).keys()]).not.toContain(ATTRIBUTES.creditLimit);
	});

	it('that cannot be read leave all to be offered, and APSIS One to name what it refuses', async () => {
		apsisOne.shapes.set(
			'attributes',
			permissionsAs((all) => ({
				keyspace_permissions: Object.fromEntries(all.map(([keyspace]) => [keyspace, { f: 7 }])),
			})),
		);
		expect([...(await fieldsById()).keys()]).toContain(ATTRIBUTES.creditLimit);
		apsisOne.faults.add({
			call: 'importRequest',
			kind: 'status',
			status: 403,
			times: 2,
			body: { title: 'Forbidden', detail: 'Version 9911008 is not writable.' },
		});
		const run = await request({
			attributes: mapped({ [ATTRIBUTES.creditLimit]: '7', [ATTRIBUTES.city]: 'Oslo' }),
		});
		expect(run.error).toMatchObject({
			message:
				'APSIS One refused the import: the API key is not allowed to write "Credit limit" through the keyspace "Email"',
			description:
				'Leave it out, choose another Keyspace, or ask your APSIS One admin to let the keyspace write it. APSIS One says: Version 9911008 is not writable.',
		});
	});
});

describe('types', () => {
	it.each<[shape: string, members: object, type: string]>([
		['a text with a date hint', { type: 'text', render_hint: 'date_YYYY-MM-DD' }, 'dateTime'],
		['a number with a Unix time hint', { type: 'number', render_hint: 'unix_time' }, 'dateTime'],
		['an integer with a date format', { type: 'integer', format: 'date-time' }, 'dateTime'],
		[
			'an integer in a schema',
			{ schema: { type: 'integer', format: 'unix-timestamp' } },
			'dateTime',
		],
		['a number in a schema', { schema: { type: ['number', 'null'] } }, 'number'],
		['an attribute_type', { attribute_type: 'Number with decimals' }, 'number'],
		['a schema as text', { schema: '{"type":"integer","format":"unix-time"}' }, 'dateTime'],
		['a value schema', { value_schema: { type: 'string', format: 'date' } }, 'dateTime'],
		['properties', { properties: { type: 'text', render_hint: 'date_YYYY-MM-DD' } }, 'dateTime'],
		['a type of two', { type: { type: 'number', render_hint: 'unix_time' } }, 'dateTime'],
		['a list of hints', { type: 'text', render_hints: ['date_YYYY-MM-DD'] }, 'dateTime'],
		['a meaning', { primitive_type: 'number', semantic_type: 'unix_timestamp' }, 'dateTime'],
		['a value_type', { value_type: 'DATE' }, 'dateTime'],
		['a data_type', { data_type: { name: 'integer' } }, 'number'],
		['a type in words', { type: 'Timestamp (Unix)' }, 'dateTime'],
		['a text with a hint nobody knows', { type: 'text', render_hint: 'sparkling' }, 'string'],
		['a text in an ISO format with a time', { type: 'text', format: 'datetime' }, 'string'],
	])('of %s are read from the version and from the attribute', async (_, members, type) => {
		const withoutType = (version: object) =>
			Object.fromEntries(Object.entries(version).filter(([name]) => name !== 'type'));
		const change = (isInVersion: boolean) =>
			itemsAs(({ versions, ...item }) => ({
				...item,
				...(isInVersion ? {} : members),
				versions: (versions as object[]).map((version) => ({
					...withoutType(version),
					...(isInVersion ? members : {}),
				})),
			}));
		for (const isInVersion of [true, false]) {
			apsisOne.shapes.set('attributes', change(isInVersion));
			expect((await fieldsById()).get(ATTRIBUTES.favourite)?.type).toBe(type);
		}
	});

	it('of whole numbers that are times take dates', async () => {
		apsisOne.shapes.set(
			'attributes',
			itemsAs(({ versions, ...item }) => ({
				...item,
				versions: (versions as object[]).map((version) => ({
					...version,
					...(item.discriminator === ATTRIBUTES.lastOrder
						? { type: 'integer', render_hint: 'unix_timestamp' }
						: {}),
				})),
			})),
		);
		const run = await request({
			attributes: mapped({ [ATTRIBUTES.lastOrder]: '2026-01-01T12:00:00Z' }),
		});
		expect(run.error).toBeUndefined();
		await apsisOne.settled();
		expect(
			apsisOne.profile(KEYSPACES.email, 'anna@example.com')?.attributes[ATTRIBUTES.lastOrder],
		).toBe('1767268800');
	});
});

const withoutFolder = (topic: object) => ({ ...topic, folder_discriminator: undefined });

describe('subscriptions', () => {
	const FOLDERS: Record<string, unknown> = {
		[TOPICS.news]: 'Shop news',
		[TOPICS.clubNews]: 'usercreated.targets.fjall-club-v6b7n8m9q1',
	};

	it.each<[shape: string, toFolder: (folder: unknown) => object, club: string]>([
		['as text', (folder) => ({ folder }), 'Fjall club'],
		['as an object', (folder) => ({ folder: { discriminator: 'x', name: folder } }), 'Fjall club'],
		['as a list', (folder) => ({ folders: [folder] }), 'Fjall club'],
		[
			'nested',
			(folder) => ({ folder: { name: folder, parent: { name: 'All', parent: null } } }),
			'All / Fjall club',
		],
	])('have their folder %s', async (_, toFolder, club) => {
		apsisOne.shapes.set(
			'topics',
			itemsAs((item) => ({
				...item,
				folder_discriminator: undefined,
				...toFolder(FOLDERS[String(item.discriminator)] ?? 'Rest'),
			})),
		);
		const options = await loadOptions(setupFor(apsisOne), node(), getSubscriptions);
		const names = options.map(({ name }) => name);
		expect(names).toContain(`Newsletter (${club})`);
		expect(names).toContain(`Newsletter (${club.startsWith('All') ? 'All / ' : ''}Shop news)`);
	});

	it('are found in the folders that hold them', async () => {
		apsisOne.shapes.set(
			'topics',
			listAs((items) => ({
				items: [
					{ discriminator: 'usercreated.targets.none-a1a1a1a1a1', name: 'None', topics: [] },
					{
						discriminator: 'usercreated.targets.all-b2b2b2b2b2',
						name: 'All',
						topics: items.slice(0, 1).map(withoutFolder),
						folders: [{ name: 'Club', topics: items.slice(1).map(withoutFolder) }],
					},
				],
			})),
		);
		const options = await loadOptions(setupFor(apsisOne), node(), getSubscriptions);
		expect(options.map(({ name, description }) => [name, description])).toEqual([
			['Newsletter (All / Club)', 'Folder All / Club, Email only'],
			['Newsletter (All)', 'Folder All, any channel'],
			['Product drops', 'Folder All / Club, SMS only'],
			['Weekly offers', 'Folder All / Club, any channel'],
		]);
	});

	it.each([
		{ archived: true },
		{ archived_at: '2025-01-01T00:00:00Z' },
		{ status: 'ARCHIVED' },
		{ active: false },
	])('that have ended (%j) are not offered, but still known', async (members) => {
		apsisOne.shapes.set(
			'topics',
			itemsAs((item) => (item.discriminator === TOPICS.news ? { ...item, ...members } : item)),
		);
		const options = await loadOptions(setupFor(apsisOne), node(), getSubscriptions);
		expect(options).toHaveLength(3);
		expect(options.map(({ value }) => value)).not.toContain(TOPICS.news);
		const run = await request({
			subscriptions: { values: [subscription({ consent: 'optOutAll' })] },
		});
		expect(run.error).toBeUndefined();
	});

	it('of one name in one folder are told apart by the end of their ID', async () => {
		apsisOne.shapes.set(
			'topics',
			itemsAs((item) => ({ ...item, folder_discriminator: undefined, folder: 'Shop' })),
		);
		const options = await loadOptions(setupFor(apsisOne), node(), getSubscriptions);
		expect(options.map(({ name }) => name)).toEqual([
			'Newsletter (Shop, cbyntm8qnw)',
			'Newsletter (Shop, p5o4i3u2y1)',
			'Product drops',
			'Weekly offers',
		]);
	});

	it.each<[shape: string, channel: (own: unknown) => object]>([
		['an object', (own) => ({ channel: { discriminator: own } })],
		['a list', (own) => ({ channels: [own] })],
		['a list of objects', (own) => ({ channels: [{ discriminator: own, name: 'x' }] })],
		['a list of IDs', (own) => ({ channel_discriminator: [own] })],
	])('have their channel as %s', async (_, channel) => {
		const both = [CHANNELS.email, CHANNELS.sms];
		apsisOne.shapes.set(
			'topics',
			itemsAs(({ channel_discriminator: own, ...item }) => ({
				...item,
				...(own ? channel(own) : { channels: both }),
			})),
		);
		const options = await loadOptions(setupFor(apsisOne), node(), getSubscriptions);
		expect(options.map(({ value }) => value)).toEqual([
			`${TOPICS.clubNews}|${CHANNELS.email}`,
			TOPICS.news,
			`${TOPICS.drops}|${CHANNELS.sms}`,
			TOPICS.offers,
		]);
	});
});

describe('entries of drop-downs that look alike', () => {
	it('are told apart in all of them', async () => {
		for (const call of ['sections', 'keyspaces', 'tags', 'attributes'] as const) {
			apsisOne.shapes.set(
				call,
				itemsAs((item) => ({ ...item, name: 'Same' })),
			);
		}
		const sections = await loadOptions(setupFor(apsisOne), node(), searchSections);
		const keyspaces = await loadOptions(setupFor(apsisOne), node(), searchKeyspaces);
		const tags = await loadOptions(setupFor(apsisOne), node(), tagOptions);
		const attributes = [...(await fieldsById()).values()];
		expect(sections.results.map(({ name }) => name)).toEqual([
			'Same (cbyntm8qnw)',
			'Same (k2m8xq41zz)',
		]);
		const lists = [
			keyspaces.results.map(({ name }) => name),
			tags.map(({ name }) => name),
			attributes.map(({ displayName }) => displayName),
		];
		for (const names of lists) {
			expect(names.length).toBeGreaterThan(1);
			expect(new Set(names).size).toBe(names.length);
		}
	});
});

describe('the answer to an import request', () => {
	it.each<[shape: string, shape: AnswerShape]>([
		['inside result', bodyAs((result) => ({ result }))],
		['inside import', bodyAs((own) => ({ import: own }))],
		[
			'with a list of fields',
			bodyAs((body) => ({
				...body,
				file_upload_body: Object.entries(body.file_upload_body as object).map(([name, value]) => ({
					name,
					value: value as string,
				})),
			})),
		],
		[
			'with pairs',
			bodyAs((body) => ({
				...body,
				file_upload_body: Object.entries(body.file_upload_body as object),
			})),
		],
		[
			'with fields as JSON text',
			bodyAs((body) => ({ ...body, file_upload_body: JSON.stringify(body.file_upload_body) })),
		],
		[
			'with a place for the file',
			bodyAs((body) => ({
				...body,
				file_upload_body: { ...(body.file_upload_body as object), file: '' },
			})),
		],
		[
			'with Unix seconds',
			bodyAs((body) => ({
				...body,
				file_upload_url_expires_at: Math.floor(
					Date.parse(String(body.file_upload_url_expires_at)) / 1000,
				),
			})),
		],
	])('is understood %s', async (_, shape) => {
		apsisOne.shapes.set('importRequest', shape);
		const run = await request();
		expect(run.error).toBeUndefined();
		await apsisOne.settled();
		expect(apsisOne.imports[0]?.counts).toMatchObject({ created: 1 });
		expect(run.outputs(NODE_NAME)[0]?.json.uploadExpiresAt).toMatch(
			/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
		);
	});

	it('that lacks the upload form names the import it leaves behind', async () => {
		apsisOne.shapes.set(
			'importRequest',
			bodyAs(({ import_id }) => ({ import_id })),
		);
		const run = await request();
		expect(run.error).toMatchObject({
			message:
				'APSIS One accepted the import, but its answer lacks the upload URL and the fields of the upload form',
			description: `Nothing was uploaded. The import ${apsisOne.imports[0]?.id} has no file. It counts as one of the account's three unfinished imports until its upload URL expires, but changes no profiles. Run the workflow again later. If this keeps happening, report it to the maintainers of this node.`,
		});
		expect(countOf('upload')).toBe(0);
	});

	it('that lacks everything says so', async () => {
		apsisOne.shapes.set('importRequest', () => ({ status: 202 }));
		const run = await request();
		expect(run.error).toMatchObject({
			message:
				"APSIS One accepted the import, but its answer lacks the import's ID, the upload URL and the fields of the upload form",
			description:
				"Nothing was uploaded. An import has no file. It counts as one of the account's three unfinished imports until its upload URL expires, but changes no profiles. Run the workflow again later. If this keeps happening, report it to the maintainers of this node.",
		});
	});
});

describe('the status of an import', () => {
	let restoreClock = () => {};
	beforeEach(() => {
		restoreClock = startFastClock();
	});
	afterEach(() => restoreClock());

	const statusAs = (status: string, wrap = (own: object): unknown => ({ result: own })) =>
		bodyAs(() => wrap({ status }));

	it.each<[where: string, wrap: (own: object) => unknown]>([
		['at the top', (own) => own],
		['in import', (own) => ({ import: own })],
		['in data', (own) => ({ data: own })],
	])('is found %s', async (_, wrap) => {
		apsisOne.shapes.set('importStatus', statusAs('Finished', wrap));
		const run = await request({ waitForCompletion: true });
		expect(run.outputs(NODE_NAME)[0]?.json).toMatchObject({
			status: 'completed',
			apsisOneStatus: 'Finished',
		});
	});

	it('that lags behind our upload is not a file that never came', async () => {
		apsisOne.shapes.set(
			'importRequest',
			bodyAs((body) => ({ ...body, file_upload_url_expires_at: '20200101T000000Z' })),
		);
		apsisOne.shapes.set('importStatus', statusAs('waiting_for_file'));
		const run = await request({
			waitForCompletion: true,
			options: { maxWait: 0.01, onFailure: 'continue' },
		});
		expect(run.outputs(NODE_NAME)[0]?.json).toMatchObject({
			status: 'timedOut',
			result: { status: 'waiting_for_file' },
		});
	});

	it('processing after a lost answer of the upload host means that the file is there', async () => {
		apsisOne.faults.add({ call: 'upload', kind: 'reset', effect: 'after', times: 9 });
		apsisOne.shapes.set('importStatus', statusAs('processing'));
		const run = await request();
		expect(run.error).toBeUndefined();
		expect(apsisOne.imports).toHaveLength(1);
		expect(run.outputs(NODE_NAME)).toHaveLength(1);
	});

	it('that cannot be read is not said to be work that goes on', async () => {
		apsisOne.shapes.set('importStatus', statusAs(''));
		const run = await request({ waitForCompletion: true, options: { maxWait: 0.01 } });
		expect(run.error?.description).toBe(
			"Maximum Wait has passed. The import may still complete. The node could not read its status in APSIS One's last answer. To continue anyway, set On Failure to Continue.",
		);
	});

	it('that is an unknown word is told when the wait is over', async () => {
		apsisOne.shapes.set('importStatus', statusAs('closed'));
		const run = await request({ waitForCompletion: true, options: { maxWait: 0.01 } });
		expect(run.error?.description).toBe(
			'Maximum Wait has passed. The import may still complete. APSIS One last said "closed", of which the node does not know what it means. To continue anyway, set On Failure to Continue.',
		);
	});

	it.each(['failed', 'Cancelled', 'validation_failed', 'completed_with_errors', 'EXPIRED', 'done'])(
		'%s is an end, so that the import holds no place any more',
		async (word) => {
			apsisOne.shapes.set('importStatus', statusAs(word));
			const importId = (await request()).outputs(NODE_NAME)[0]?.json.importId;
			const run = await runWorkflow({
				...setupFor(apsisOne),
				workflow: workflowWith({
					resource: 'profileImport',
					operation: 'getStatus',
					section: locator(SECTIONS.shop),
					importId: String(importId),
				}),
				input,
			});
			expect(run.outputs(NODE_NAME)[0]?.json).toMatchObject({
				isFinished: true,
				result: { status: word },
			});
		},
	);
});
