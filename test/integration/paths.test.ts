import type { INodeParameters, INodePropertyOptions } from 'n8n-workflow';

import { ApsisOne as ApsisOneNode } from '../../nodes/ApsisOne/ApsisOne.node';
import {
	ATTRIBUTES,
	CHANNELS,
	EVENTS,
	EXISTING,
	KEYSPACES,
	ROUTES,
	SECTIONS,
	TAGS,
	TOPICS,
} from '../apsisOne';
import { type EngineRun, type EngineSetup, loadOptions, runWorkflow } from '../engine';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	locator,
	mapped,
	requestParameters,
	setupFor,
	subscription,
	workflowWith,
} from '../support/workflows';

const apsisOne = useLocalApsisOne({ timing: { queuedMs: 0, inProgressMs: 0 } });
let setClockBack: () => void;
beforeAll(() => {
	setClockBack = startFastClock();
});
afterAll(() => setClockBack());

const PROFILE = {
	section: locator(SECTIONS.shop),
	keyspace: locator(KEYSPACES.email),
	profileKey: EXISTING.optedIn,
	options: {},
};
const IMPORT = requestParameters({
	subscriptions: { values: [subscription()] },
	tags: { values: [{ tag: TAGS.vip, applyTo: 'all' }] },
});

/** Parameters that make every operation do all it can do. */
const OPERATIONS: Readonly<Record<string, INodeParameters>> = {
	'consent: getMany': PROFILE,
	'consent: set': {
		...PROFILE,
		subscription: TOPICS.news,
		channel: CHANNELS.email,
		consent: 'opt-in',
		reason: 'Signed up',
	},
	'event: add': {
		...PROFILE,
		event: EVENTS.purchase,
		eventTime: '2026-11-24T10:00:00Z',
		eventFields: mapped({ order_id: 'A1' }),
	},
	'profile: delete': { ...PROFILE, confirmDeletion: true },
	'profile: get': PROFILE,
	'profile: upsert': { ...PROFILE, attributes: mapped({ [ATTRIBUTES.city]: 'Oslo' }) },
	'profileImport: getStatus': {
		section: locator(SECTIONS.shop),
		importId: '={{ $json.importId }}',
	},
	'profileImport: preview': IMPORT,
	'profileImport: request': IMPORT,
	'profileImport: wait': { section: locator(SECTIONS.shop), importId: '={{ $json.importId }}' },
	'tag: add': { ...PROFILE, tagNames: [TAGS.vip] },
	'tag: remove': { ...PROFILE, tagNames: [TAGS.vip] },
};

/** Calls that APSIS One has and the nodes have no use for; profiles are not locked on purpose. */
const UNUSED = ['channels', 'lockProfile'];

const { description, methods } = new ApsisOneNode();
const operations = description.properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ displayOptions, options }) => {
		const [resource] = displayOptions?.show?.resource ?? [];
		return ((options ?? []) as INodePropertyOptions[]).map(
			({ value }) => `${String(resource)}: ${String(value)}`,
		);
	});

async function run(setup: EngineSetup, name: string): Promise<EngineRun> {
	const [resource = '', operation = ''] = name.split(': ');
	return await runWorkflow({
		...setup,
		workflow: workflowWith({ resource, operation, ...OPERATIONS[name] }),
		input: [
			{
				json: {
					email: 'anna@example.com',
					newsletter: 'yes',
					importId: apsisOne.imports[0]?.id ?? '',
				},
			},
		],
	});
}

/** The calls made, the path of each as the contract writes it; one that is not in its tables stays as it is. */
function callsMade(): string[] {
	const calls = apsisOne.calls.filter(({ call }) => call !== 'upload');
	return [...new Set(calls.map(({ method, path }) => `${method} ${asInTable(method, path)}`))];
}

function asInTable(method: string, path: string): string {
	const row = Object.values(ROUTES).find((route) => {
		const [wanted, given] = [route.path.split('/'), path.split('/')];
		return (
			route.method === method &&
			wanted.length === given.length &&
			wanted.every((part, index) => part.startsWith('{') || part === given[index])
		);
	});
	return row?.path ?? path;
}

const table: string[] = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);

it('the table of calls is the one of the contract', () => {
	expect(table).toEqual([
		'POST /oauth/token',
		'GET /audience/keyspaces',
		'GET /audience/channels',
		'GET /audience/sections',
		'GET /audience/sections/{s}/attributes',
		'GET /audience/sections/{s}/tags',
		'GET /v2/audience/sections/{s}/topics',
		'GET /audience/sections/{s}/events',
		'POST /v2/audience/sections/{s}/imports',
		'GET /audience/sections/{s}/imports/{i}',
		'POST /audience/keyspaces/{k}/sections/{s}/profiles',
		'PATCH /v2/audience/keyspaces/{k}/profiles/{p}/sections/{s}/attributes',
		'GET /audience/keyspaces/{k}/profiles/{p}/sections/{s}/attributes',
		'PATCH /audience/keyspaces/{k}/profiles/{p}/sections/{s}/tags',
		'GET /audience/keyspaces/{k}/profiles/{p}/sections/{s}/tags',
		'POST /audience/keyspaces/{k}/profiles/{p}/sections/{s}/events',
		'POST /v2/audience/keyspaces/{k}/profiles/{p}/sections/{s}/consents',
		'GET /v2/audience/keyspaces/{k}/profiles/{p}/sections/{s}/consents',
		'DELETE /audience/keyspaces/{k}/profiles/{p}',
		'PUT /audience/keyspaces/{k}/profiles/{p}/locks',
	]);
});

it('every operation and every drop-down calls what the contract has, and all of it', async () => {
	expect(Object.keys(OPERATIONS).sort()).toEqual([...operations].sort());
	const made = new Set<string>();
	// One, so that all share a token.
	const setup = setupFor(apsisOne);
	// The import has to be there before its status is asked for, and the profile until it is deleted.
	const inOrder = [...operations].sort(
		(one, other) => rank(one) - rank(other) || one.localeCompare(other),
	);
	for (const name of inOrder) {
		apsisOne.calls.length = 0;
		const result = await run(setup, name);
		expect({ name, error: result.error?.message }).toEqual({ name, error: undefined });
		expect({ name, strange: callsMade().filter((call) => !table.includes(call)) }).toEqual({
			name,
			strange: [],
		});
		expect(apsisOne.calls.filter(({ route, call }) => !route && call !== 'upload')).toEqual([]);
		for (const call of callsMade()) made.add(call);
	}

	apsisOne.calls.length = 0;
	const [node] = workflowWith({
		...IMPORT,
		event: EVENTS.purchase,
	}).nodes.slice(-1);
	const fillers = Object.values(methods).flatMap((kind) => Object.values(kind));
	for (const fill of fillers) {
		if (node) expect(await loadOptions<unknown>(setup, node, fill)).toBeDefined();
	}
	expect(fillers.length).toBeGreaterThan(5);
	for (const call of callsMade()) made.add(call);

	const unused = Object.entries(ROUTES)
		.filter(([, { method, path }]) => !made.has(`${method} ${path}`))
		.map(([name]) => name);
	expect([...made].filter((call) => !table.includes(call))).toEqual([]);
	expect(unused).toEqual(UNUSED);
}, 60_000);

function rank(name: string): number {
	if (name === 'profileImport: request') return 0;
	return name === 'profile: delete' ? 2 : 1;
}
