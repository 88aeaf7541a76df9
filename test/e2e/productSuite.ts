/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
import type { IConnections, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import {
	type ApsisOne,
	ATTRIBUTES,
	CHANNELS,
	EVENTS,
	KEYSPACES,
	SECTIONS,
	startApsisOne,
	TAGS,
	TOPICS,
} from '../apsisOne';
import { signatureHeaders } from '../../nodes/ApsisOne/waiting/signature';
import { type Example, readExample, withCredentials } from '../support/examples';
import { smtpCredential, startSmtpSink } from '../support/smtpSink';
import { locator, requestParameters, subscription } from '../support/workflows';
import {
	type CredentialReference,
	type ExecutionSummary,
	jsonOf,
	type N8n,
	type N8nRest,
	type N8nVersion,
	node,
	type PackedPackage,
	packPackage,
	removeFolder,
	startN8n,
	startQueueMode,
	temporaryFolder,
	waitFor,
	type WorkflowDraft,
} from './lab';

const PREFIX = 'n8n-nodes-apsis-one.';
const NODE = 'APSIS One';
/** `queue`: one version as main process, two workers and a webhook process over Redis and PostgreSQL. */
export type Setting = N8nVersion | 'queue';
/** CI takes the oldest. */
const QUEUE_VERSION = (process.env.APSIS_QUEUE_N8N ?? 'oldest') as N8nVersion;
/** Long enough that the wait is parked, which it is after a minute in process. */
const SLOW_IMPORT_MS = 180_000;
const WAIT_TIMEOUT_MS = 420_000;

const UPSERT: INodeParameters = {
	resource: 'profile',
	operation: 'upsert',
	attributes: { mappingMode: 'autoMapInputData', value: null },
};
const SET_CONSENT: INodeParameters = {
	resource: 'consent',
	operation: 'set',
	subscription: TOPICS.news,
	channel: CHANNELS.email,
	consent: 'opt-in',
	reason: 'Signed up',
};
const ADD_EVENT: INodeParameters = {
	resource: 'event',
	operation: 'add',
	event: EVENTS.purchase,
	eventFields: { mappingMode: 'autoMapInputData', value: null },
};

const CUSTOMERS: INodeExecutionData[] = [
	{ json: { email: 'anna@example.com', mobile: '+46 70 123 45 67', newsletter: 'yes' } },
	{ json: { email: 'bo.example.com', mobile: '12', newsletter: 'no' } },
];

/** All that the product does, in one setting of n8n; files of their own let settings run beside each other. */
export function describeProduct(setting: Setting): void {
	describe(`in n8n, ${setting}`, () => describeIn(setting));
}

function describeIn(setting: Setting): void {
	let apsisOne: ApsisOne;
	let slowApsisOne: ApsisOne;
	let n8n: Pick<N8n, 'rest'>;
	let lab: Lab;
	let credential: CredentialReference;
	let slowCredential: CredentialReference;

	const credentialData = (server: ApsisOne, changes = {}) => ({
		region: 'custom',
		baseUrl: server.baseUrl,
		clientId: server.clientId,
		clientSecret: server.clientSecret,
		...changes,
	});

	beforeAll(async () => {
		apsisOne = await startApsisOne();
		slowApsisOne = await startApsisOne({ timing: { inProgressMs: SLOW_IMPORT_MS } });
		lab = await startLab(setting);
		n8n = lab;
		credential = await n8n.rest.createCredential(
			'APSIS One',
			'apsisOneApi',
			credentialData(apsisOne),
		);
		slowCredential = await n8n.rest.createCredential(
			'Slow',
			'apsisOneApi',
			credentialData(slowApsisOne),
		);
	});

	beforeEach(() => {
		apsisOne.reset();
		slowApsisOne.reset();
	});

	afterAll(async () => {
		await lab?.stop();
		await apsisOne?.close();
		await slowApsisOne?.close();
	});

	function apsisNode(parameters: INodeParameters, reference = credential): INode {
		return node(NODE, `${PREFIX}apsisOne`, parameters, { credentials: { apsisOneApi: reference } });
	}

	function triggerNode(triggerName: string, reference = credential): INode {
		const more = { webhookId: randomUUID(), credentials: { apsisOneApi: reference } };
		const parameters = { triggerName, fireOn: 'completed', startOnce: 'request', options: {} };
		return node('Trigger', `${PREFIX}apsisOneTrigger`, parameters, more);
	}

	const triggerUrl = (triggerName: string) => lab.webhookUrl(`apsis-one/${triggerName}`);

	/** Nodes in a row, the first one's output pinned. */
	function chain(name: string, nodes: INode[], pinned?: INodeExecutionData[]): WorkflowDraft {
		const connections: IConnections = {};
		nodes.slice(1).forEach((to, index) => {
			const from = nodes[index];
			if (from) connections[from.name] = { main: [[{ node: to.name, type: 'main', index: 0 }]] };
		});
		const [first] = nodes;
		return {
			name,
			nodes,
			connections,
			...(pinned && first ? { pinData: { [first.name]: pinned } } : {}),
		};
	}

	const manual = () => node('Start', 'n8n-nodes-base.manualTrigger', {});

	async function runByHand(
		parameters: INodeParameters,
		reference = credential,
		timeoutMs = 60_000,
	) {
		const workflow = await n8n.rest.createWorkflow(
			chain(
				'By hand',
				[manual(), apsisNode(parameters, reference), node('After', 'n8n-nodes-base.noOp', {})],
				CUSTOMERS,
			),
		);
		return await n8n.rest.runToEnd(workflow, 'Start', { timeoutMs });
	}

	/** A published workflow that requests an import and waits, started by a webhook as nobody watches it. */
	async function startByWebhook(
		webhook: string,
		reference: CredentialReference,
		parameters: INodeParameters,
	): Promise<{ id: string }> {
		const workflow = await n8n.rest.createWorkflow(
			chain('Requesting', [
				node(
					'Hook',
					'n8n-nodes-base.webhook',
					{ httpMethod: 'POST', path: webhook, responseMode: 'onReceived', options: {} },
					{ typeVersion: 2, webhookId: randomUUID() },
				),
				node('Split', 'n8n-nodes-base.splitOut', {
					fieldToSplitOut: 'body.customers',
					options: {},
				}),
				apsisNode(requestParameters({ waitForCompletion: true, ...parameters }), reference),
				node('After', 'n8n-nodes-base.noOp', {}),
			]),
		);
		await n8n.rest.activate(workflow);
		const customers = CUSTOMERS.map(({ json }) => json);
		const answer = await postWhenRegistered(lab.webhookUrl(webhook), JSON.stringify({ customers }));
		expect(await answer.text()).toContain('Workflow was started');
		return workflow;
	}

	/** A published workflow that starts with the trigger of this name. */
	async function publishTrigger(name: string, reference: CredentialReference) {
		const workflow = await n8n.rest.createWorkflow(
			chain('Triggered', [triggerNode(name, reference), node('After', 'n8n-nodes-base.noOp', {})]),
		);
		await n8n.rest.activate(workflow);
		return workflow;
	}

	/** The one a webhook has started; the watcher's own run under the same workflow, as `integrated`. */
	async function webhookExecution(workflowId: string): Promise<ExecutionSummary> {
		return await waitFor(
			async () => (await n8n.rest.executions(workflowId)).find(({ mode }) => mode === 'webhook'),
			{ what: `A webhook execution of workflow ${workflowId}`, timeoutMs: 60_000 },
		);
	}

	it('is loaded with its three nodes, the watcher hidden', async () => {
		const types = await n8n.rest.nodeTypes(PREFIX);
		const names = types.map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining([
				`${PREFIX}apsisOne`,
				`${PREFIX}apsisOneTrigger`,
				`${PREFIX}apsisOneImportWatcher`,
			]),
		);
		expect(types.find(({ name }) => name.endsWith('ImportWatcher'))?.hidden).toBe(true);
	});

	it('tests the credential, and says what is wrong with it', async () => {
		const test = async (changes = {}) =>
			await n8n.rest.testCredential(credential, 'apsisOneApi', credentialData(apsisOne, changes));
		expect(await test()).toMatchObject({ status: 'OK' });
		expect(await test({ clientSecret: 'wrong' })).toEqual({
			status: 'Error',
			message: `APSIS One at ${new URL(apsisOne.baseUrl).host} does not know this Client ID and Client Secret. Check both, and that Region is where your account is hosted.`,
		});
		expect(await test({ baseUrl: 'http://127.0.0.1:9' })).toEqual({
			status: 'Error',
			message:
				'APSIS One could not be reached at 127.0.0.1:9: the host refused the connection. Check the network, and Region or Base URL in the credential.',
		});
	});

	it('fills the drop-downs and the mapper', async () => {
		const request = {
			nodeType: `${PREFIX}apsisOne`,
			credentials: { apsisOneApi: credential },
			parameters: requestParameters(),
		};
		const sections = await n8n.rest.listSearch({
			...request,
			methodName: 'searchSections',
			path: 'parameters.section',
		});
		const topics = await n8n.rest.loadOptions({ ...request, methodName: 'getSubscriptions' });
		const { fields } = await n8n.rest.resourceMapperFields({
			...request,
			methodName: 'getAttributeFields',
		});
		expect(sections.results).toEqual(
			expect.arrayContaining([{ name: 'Fjäll shop', value: SECTIONS.shop }]),
		);
		expect(topics.map(({ name }) => name)).toContain('Newsletter (Shop news)');
		expect(fields.map(({ displayName }) => displayName)).toContain('Club points');
	});

	it('imports, with the bad row on the second output', async () => {
		const execution = await runByHand(
			requestParameters({ subscriptions: { values: [subscription()] } }),
		);
		expect(execution.status).toBe('success');
		expect(jsonOf(execution, NODE)).toMatchObject([{ status: 'uploaded', rows: 1 }]);
		expect(jsonOf(execution, NODE, 1)).toMatchObject([
			{ email: 'bo.example.com', reasons: [{ rule: 'invalid email address' }] },
		]);
		await apsisOne.settled();
		expect(apsisOne.profile(KEYSPACES.email, 'anna@example.com')?.consents).toEqual({
			[`${TOPICS.news}|${CHANNELS.email}`]: 'opt-in',
		});
	});

	it('runs the examples: one requests, the other is started once when its imports have completed', async () => {
		const [following, requesting] = ['on-import-completed.json', 'items-to-import.json'].map(
			(file) => withCredentials(readExample(file), { apsisOneApi: credential }),
		) as [Example, Example];
		const started = await n8n.rest.createWorkflow(following);
		await n8n.rest.activate(started);
		await postWhenRegistered(triggerUrl('imports'), '{}');
		const requested = await n8n.rest.createWorkflow(requesting);
		const trigger = requesting.nodes[0]?.name ?? '';
		const execution = await n8n.rest.runToEnd(requested, trigger, { timeoutMs: 60_000 });

		expect(execution.status).toBe('success');
		expect(jsonOf(execution, 'Request profile import')).toMatchObject([
			{ optOuts: 1, triggersStarted: ['imports'] },
			{ optIns: 1, triggersStarted: ['imports'] },
		]);
		expect(jsonOf(execution, 'Request profile import', 1)).toMatchObject([
			{ email: 'bo.lund@example' },
		]);
		const fired = await waitFor(
			async () => {
				const all = await n8n.rest.executions(started.id);
				const ended = all.filter(({ mode, status }) => mode === 'webhook' && status === 'success');
				return ended.length > 0 ? ended : undefined;
			},
			{ what: 'An execution of the following workflow', timeoutMs: 180_000 },
		);
		const [first, ...more] = fired;
		expect(more).toEqual([]);
		expect(jsonOf(await n8n.rest.execution(first?.id ?? ''), 'Go on from here')).toMatchObject([
			{ status: 'completed', part: 1, rowsRejected: 1, workflowName: requesting.name },
			{ status: 'completed', part: 2 },
		]);
		await n8n.rest.deactivate(started);
	});

	it.each([
		['csv-file-to-import.json', { rows: 2, optIns: 1 }, ['bo.lund@example']],
		['opt-outs-from-crm.json', { rows: 2, optOuts: 2 }, []],
	])('runs the example %s', async (file, sent, rejected) => {
		const { execution } = await runExample(file);
		expect(jsonOf(execution, 'Request profile import')).toMatchObject([sent]);
		expect(jsonOf(execution, 'Request profile import', 1).map(({ email }) => email)).toEqual(
			rejected,
		);
	});

	it('runs the example nightly-sync.json: one mail with the figures, one with the rejected rows', async () => {
		const mailServer = await startSmtpSink();
		const smtp = await n8n.rest.createCredential('SMTP', 'smtp', smtpCredential(mailServer));
		const { execution } = await runExample('nightly-sync.json', { smtp });
		await mailServer.close();
		const [sent] = jsonOf(execution, 'Request profile import');
		expect(sent).toMatchObject({ rows: 1, optIns: 1, rowsRejected: 1 });
		const [figures = '', ...more] = mailServer.mails.filter(
			(mail) => !mail.includes('filename=rejected.csv'),
		);
		expect([mailServer.mails.length, more]).toEqual([2, []]);
		expect(figures.replace(/=\r?\n/g, '')).toContain(String(sent?.summary));
		const [file] = jsonOf(execution, 'Without the list of reasons');
		expect(file).toMatchObject({ email: 'bo.lund@example' });
		expect(file).toHaveProperty('why', expect.stringContaining('invalid email address'));
		expect(file).not.toHaveProperty('reasons');
	});

	it('runs the example write-back.json: each row of a data table is sent once', async () => {
		await n8n.rest.createDataTable(
			'Customers',
			['email', 'firstname', 'importId'],
			[
				{ email: 'anna@example.com', firstname: 'Anna' },
				{ email: 'bo.lund@example', firstname: 'Bo' },
			],
		);
		const { execution, workflow, trigger } = await runExample('write-back.json');
		const [sent] = jsonOf(execution, 'Request profile import');
		expect(jsonOf(execution, 'Note the import')).toMatchObject([
			{ email: 'anna@example.com', importId: sent?.importId },
		]);
		const again = await n8n.rest.runToEnd(workflow, trigger, { timeoutMs: 60_000 });
		// The row that was rejected is there to be mended, and nothing is sent twice.
		expect(jsonOf(again, 'Customers not sent yet')).toMatchObject([{ email: 'bo.lund@example' }]);
		expect(jsonOf(again, 'Request profile import', 1)).toMatchObject([
			{ email: 'bo.lund@example' },
		]);
	});

	/** Runs an example by hand to its end. */
	async function runExample(file: string, credentials = {}) {
		const example = withCredentials(readExample(file), { apsisOneApi: credential, ...credentials });
		const workflow = await n8n.rest.createWorkflow(example);
		const trigger = example.nodes[0]?.name ?? '';
		const execution = await n8n.rest.runToEnd(workflow, trigger, { timeoutMs: 60_000 });
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		return { execution, workflow, trigger };
	}

	/** Publishes an example that starts with a webhook, and posts to it. */
	async function postToExample(file: string, webhook: string, body: object): Promise<unknown> {
		const example = withCredentials(readExample(file), { apsisOneApi: credential });
		const path = randomUUID();
		const nodes = example.nodes.map((one) =>
			one.name === webhook
				? { ...one, webhookId: path, parameters: { ...one.parameters, path } }
				: one,
		);
		await n8n.rest.activate(await n8n.rest.createWorkflow({ ...example, nodes }));
		const answer = await postWhenRegistered(lab.webhookUrl(path), JSON.stringify(body));
		return await answer.json();
	}

	it('runs the example signup-to-consent.json', async () => {
		const signup = { email: 'zoe@example.com', firstname: 'Zoe' };
		const answer = await postToExample('signup-to-consent.json', 'Signup', signup);
		expect(answer).toMatchObject({ profileKey: 'zoe@example.com', changed: true });
		expect(apsisOne.profile(KEYSPACES.email, 'zoe@example.com')).toMatchObject({
			attributes: { [ATTRIBUTES.firstName]: 'Zoe' },
			consents: { [`${TOPICS.news}|${CHANNELS.email}`]: 'opt-in' },
		});
	});

	it('runs the example flow-to-profile.json', async () => {
		const body = { email: 'zoe@example.com', firstname: 'Zoe' };
		await postToExample('signup-to-consent.json', 'Signup', body);
		const answer = await postToExample('flow-to-profile.json', 'Webhook of the flow', body);
		expect(answer).toMatchObject({
			profileKey: 'zoe@example.com',
			attributes: { 'First name': 'Zoe' },
			consents: [{ type: 'opt-in' }],
		});
	});

	it('runs the example purchase-to-event.json', async () => {
		const answer = await postToExample('purchase-to-event.json', 'Order', {
			email: 'zoe@example.com',
			order_id: 'A1',
			total: '499,50',
			ordered_at: '2026-11-24T10:00:00+01:00',
		});
		expect(answer).toMatchObject({ profileKey: 'zoe@example.com', added: [TAGS.winter] });
		expect(apsisOne.profile(KEYSPACES.email, 'zoe@example.com')).toMatchObject({
			tags: [TAGS.winter],
			consents: {},
			events: [{ eventTime: '2026-11-24T09:00:00.000Z', data: { order_id: 'A1', total: 499.5 } }],
		});
	});

	/** One call about one profile, by hand. */
	async function change(parameters: INodeParameters, items: INodeExecutionData[], more = {}) {
		const about = {
			section: locator(SECTIONS.shop),
			keyspace: locator(KEYSPACES.email),
			profileKey: '={{ $json.email }}',
			options: {},
		};
		const nodes = [manual(), { ...apsisNode({ ...about, ...parameters }), ...more }];
		const workflow = await n8n.rest.createWorkflow(chain('One profile', nodes, items));
		return await n8n.rest.runToEnd(workflow, 'Start', { timeoutMs: 120_000 });
	}

	/** The rows of README's comparison with APSIS One for Zapier. */
	it.each<[string, INodeParameters, object]>([
		['creates or updates a profile', UPSERT, { created: true }],
		['gets a profile', { resource: 'profile', operation: 'get' }, { tags: [], consents: [] }],
		['sets a consent', SET_CONSENT, { changed: true, keptOptedOut: false }],
		['gets consents', { resource: 'consent', operation: 'getMany' }, { type: 'opt-in' }],
		['adds an event', ADD_EVENT, { data: { order_id: 'A1' } }],
		[
			'adds tags',
			{ resource: 'tag', operation: 'add', tagNames: [TAGS.vip] },
			{ added: [TAGS.vip] },
		],
		[
			'removes tags',
			{ resource: 'tag', operation: 'remove', tagNames: [TAGS.vip] },
			{ removed: [TAGS.vip] },
		],
		[
			'deletes a profile',
			{ resource: 'profile', operation: 'delete', confirmDeletion: true },
			{ deleted: true, existed: true },
		],
	])('%s', async (_, parameters, expected) => {
		const items = [{ json: { email: 'zoe+1@example.com', firstname: 'Zoe', order_id: 'A1' } }];
		// Every test starts with a fresh account.
		if (parameters !== UPSERT) await change(UPSERT, items);
		if (parameters.operation === 'getMany') await change(SET_CONSENT, items);
		const execution = await change(parameters, items);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(jsonOf(execution, NODE)).toMatchObject([expected]);
	});

	it('of 200 rows of a CRM, five of them bad, does 195 and explains five', async () => {
		const items = Array.from({ length: 200 }, (_, index) => ({
			json: { email: index % 40 === 7 ? `broken ${index}` : `person.${index}@example.com` },
		}));
		await change(UPSERT, items.slice(50, 60));
		const execution = await change(UPSERT, items, { onError: 'continueRegularOutput' });
		const output = jsonOf(execution, NODE);
		expect(output.filter(({ error }) => error === undefined)).toHaveLength(195);
		expect(output.filter(({ created }) => created === false)).toHaveLength(10);
		const explained = output.flatMap(({ error }) => (error ? [String(error)] : []));
		expect(explained).toHaveLength(5);
		for (const sentence of explained) expect(sentence).toContain('Profile Key: invalid email');
	});

	it('sends nothing when a column has been renamed between two runs, and says why', async () => {
		const OPT_OUTS = { consent: 'optOutWhere', consentField: 'unsubscribed' };
		const parameters = requestParameters({
			inputSource: 'file',
			subscriptions: { values: [subscription(OPT_OUTS)] },
		});
		const run = async (column: string) => {
			const text = `email,${column}\nanna@example.com,yes\n`;
			const data = Buffer.from(text).toString('base64');
			const file = { data, mimeType: 'text/csv', fileName: 'crm.csv' };
			const items = [{ json: {}, binary: { data: file } }] as INodeExecutionData[];
			const nodes = [manual(), apsisNode(parameters)];
			return await n8n.rest.runToEnd(
				await n8n.rest.createWorkflow(chain('Nightly', nodes, items)),
				'Start',
				{ timeoutMs: 60_000 },
			);
		};
		expect(jsonOf(await run('unsubscribed'), NODE)).toMatchObject([{ optOuts: 1 }]);
		const { status, data } = await run('opted_out');
		expect(status).toBe('error');
		expect(data.resultData.error).toMatchObject({
			message: '[crm.csv] Consent Field 1: the file has no column "unsubscribed"',
			description: 'Its columns are: email, opted_out. Nothing was sent.',
		});
		expect(apsisOne.imports).toHaveLength(1);
	});

	it('has three outputs with an error output: what was sent, what was rejected, and why nothing was', async () => {
		const run = async (parameters: INodeParameters) => {
			const onError = { onError: 'continueErrorOutput' } as const;
			const nodes = [manual(), { ...apsisNode(parameters), ...onError }];
			return await n8n.rest.runToEnd(
				await n8n.rest.createWorkflow(chain('Error output', nodes, CUSTOMERS)),
				'Start',
				{ timeoutMs: 60_000 },
			);
		};
		const good = await run(requestParameters());
		const outputs = [0, 1, 2].map((output) => jsonOf(good, NODE, output).length);
		expect(outputs).toEqual([1, 1, 0]);
		const bad = await run(requestParameters({ profileKeyField: 'mejl' }));
		expect(jsonOf(bad, NODE, 0)).toEqual([]);
		expect(jsonOf(bad, NODE, 1)).toEqual([]);
		expect(jsonOf(bad, NODE, 2)).toMatchObject([
			{ error: 'Profile Key Field: no item has the field "mejl"' },
		]);
		// Preview has an output more.
		const preview = await run(requestParameters({ operation: 'preview', profileKeyField: 'mejl' }));
		expect([0, 1, 2, 3].map((output) => jsonOf(preview, NODE, output).length)).toEqual([
			0, 0, 0, 1,
		]);
		expect(apsisOne.imports).toHaveLength(1);
	});

	it('sends refused calls about one profile to the error output, the others to the first', async () => {
		const items = [{ json: { email: 'no address' } }, { json: { email: 'zoe@example.com' } }];
		const execution = await change(UPSERT, items, { onError: 'continueErrorOutput' });
		expect(jsonOf(execution, NODE, 0)).toMatchObject([{ profileKey: 'zoe@example.com' }]);
		expect(jsonOf(execution, NODE, 1)).toMatchObject([
			{ error: expect.stringContaining('Profile Key: invalid email address (no address)') },
		]);
	});

	it('goes on after its token has expired between two runs', async () => {
		await runByHand(requestParameters());
		apsisOne.expireTokens();
		const execution = await runByHand(requestParameters());
		expect(execution.status).toBe('success');
		expect(apsisOne.calls.filter(({ call }) => call === 'token')).toHaveLength(1);
	});

	it('previews without an effect', async () => {
		const execution = await runByHand(requestParameters({ operation: 'preview' }));
		expect(jsonOf(execution, NODE)).toMatchObject([{ rowsToSend: 1, rowsRejected: 1 }]);
		expect(apsisOne.imports).toEqual([]);
	});

	it('waits in process for an import that is soon through', async () => {
		const execution = await runByHand(requestParameters({ waitForCompletion: true }));
		expect(jsonOf(execution, NODE)).toMatchObject([
			{ status: 'completed', waitedHow: 'inProcess', rows: 1 },
		]);
		expect(jsonOf(execution, NODE, 1)).toHaveLength(1);
	});

	it('parks a long wait, a check of profiles and the trigger, all over a crash of n8n, each once', async () => {
		const [name, lastName] = [randomUUID(), randomUUID()];
		const [triggered, lastTriggered] = [
			await publishTrigger(name, slowCredential),
			await publishTrigger(lastName, slowCredential),
		];
		const requesting = await startByWebhook(name, slowCredential, {
			options: { startTriggers: name, maxWait: 1 },
		});
		// Completed at once; the profile that is missing is looked for over the crash.
		apsisOne.lostKeys.add('anna@example.com');
		const checking = await startByWebhook(randomUUID(), credential, {
			options: { startTriggers: '', checkProfiles: 10, maxCheckTime: 2 },
		});

		const check = await webhookExecution(checking.id);
		const request = await webhookExecution(requesting.id);
		const fired = await webhookExecution(triggered.id);
		await n8n.rest.waitForExecution(fired.id, {
			statuses: ['waiting'],
			timeoutMs: WAIT_TIMEOUT_MS,
		});
		await n8n.rest.waitForExecution(request.id, {
			statuses: ['waiting'],
			timeoutMs: WAIT_TIMEOUT_MS,
		});
		await n8n.rest.waitForExecution(check.id, {
			statuses: ['waiting'],
			timeoutMs: WAIT_TIMEOUT_MS,
		});
		const looksBefore = apsisOne.calls.filter(({ call }) => call === 'profile').length;
		expect(looksBefore).toBeGreaterThan(0);
		// Whoever hears 202 may rely on it: n8n dies the moment after.
		const importId = slowApsisOne.imports[0]?.id;
		const body = JSON.stringify({ importId, section: SECTIONS.shop });
		const headers = signatureHeaders(body, slowApsisOne.clientSecret, Date.now());
		const answer = await postWhenRegistered(triggerUrl(lastName), body, headers);
		const crashed = lab.crash();
		expect(answer.status).toBe(202);
		await crashed;

		const checkEnd = await n8n.rest.waitForExecution(check.id, { timeoutMs: WAIT_TIMEOUT_MS });
		expect(checkEnd.status).toBe('success');
		expect(jsonOf(checkEnd, 'After')).toMatchObject([
			{
				status: 'completed',
				waitedHow: 'parked',
				check: { rows: 1, asSent: 0, missing: 1, different: 0, keptOptedOut: 0, unreadable: 0 },
				notAsSent: [{ profileKey: 'anna@example.com' }],
			},
		]);
		expect(apsisOne.imports).toHaveLength(1);
		const requestEnd = await n8n.rest.waitForExecution(request.id, { timeoutMs: WAIT_TIMEOUT_MS });
		const firedEnd = await n8n.rest.waitForExecution(fired.id, { timeoutMs: WAIT_TIMEOUT_MS });
		const last = await webhookExecution(lastTriggered.id);
		const lastEnd = await n8n.rest.waitForExecution(last.id, { timeoutMs: WAIT_TIMEOUT_MS });
		expect(lastEnd.status).toBe('success');
		expect(jsonOf(lastEnd, 'After')).toMatchObject([{ importId, status: 'completed' }]);
		expect(requestEnd.status).toBe('success');
		expect(jsonOf(requestEnd, 'After')).toMatchObject([
			{
				importId,
				status: 'completed',
				waitedHow: 'parked',
				rows: 1,
				triggersStarted: [name],
				rejectedCount: 1,
			},
		]);
		expect(firedEnd.status).toBe('success');
		expect(jsonOf(firedEnd, 'After')).toMatchObject([
			{
				importId,
				section: SECTIONS.shop,
				keyspace: KEYSPACES.email,
				status: 'completed',
				rows: 1,
				requestedBy: request.id,
			},
		]);
		expect(slowApsisOne.imports).toHaveLength(1);
		expect(
			(await n8n.rest.executions(triggered.id)).filter(({ mode }) => mode === 'webhook'),
		).toHaveLength(1);
	});

	it('emits for a test event of the editor', async () => {
		const sent = await runByHand(requestParameters());
		const importId = jsonOf(sent, NODE)[0]?.importId;
		const name = randomUUID();
		const workflow = await n8n.rest.createWorkflow(
			chain('Listening', [triggerNode(name), node('After', 'n8n-nodes-base.noOp', {})]),
		);
		const push = await n8n.rest.openPush();
		expect(await n8n.rest.run(workflow, 'Trigger')).toMatchObject({ waitingForWebhook: true });
		const body = JSON.stringify({ importId, section: SECTIONS.shop });
		const url = n8n.rest.testWebhookUrl(`apsis-one/${name}`);
		const headers = signatureHeaders(body, apsisOne.clientSecret, Date.now());
		expect((await postWhenRegistered(url, body, headers)).status).toBe(202);
		const { id } = await n8n.rest.waitForNewExecution(workflow.id);
		const execution = await n8n.rest.waitForExecution(id);
		push.close();
		expect(jsonOf(execution, 'After')).toMatchObject([{ importId, status: 'completed' }]);
	});

	it('refuses notifications that are not signed as they should be, and none reaches APSIS One', async () => {
		const name = randomUUID();
		const workflow = await n8n.rest.createWorkflow(chain('Refusing', [triggerNode(name)]));
		await n8n.rest.activate(workflow);
		const body = JSON.stringify({ importId: 'i-1', section: SECTIONS.shop });
		const secret = apsisOne.clientSecret;
		const post = async (text: string, headers: Record<string, string>) => {
			const url = triggerUrl(name);
			const answer = await postWhenRegistered(url, text, headers);
			return [answer.status, ((await answer.json()) as { message: string }).message];
		};
		const signed = (text: string, key = secret, at = Date.now()) => signatureHeaders(text, key, at);
		const once = signed(JSON.stringify({ section: 'incomplete' }));

		expect(await post(body, {})).toEqual([401, expect.stringContaining('not signed')]);
		expect(await post(body, signed(body, 'another secret'))).toEqual([
			401,
			expect.stringContaining('signature is wrong'),
		]);
		expect(await post(`${body} `, signed(body))).toEqual([
			401,
			expect.stringContaining('signature is wrong'),
		]);
		expect(await post(body, signed(body, secret, Date.now() - 360_000))).toEqual([
			401,
			expect.stringContaining('older than five minutes'),
		]);
		expect(await post(JSON.stringify({ section: 'incomplete' }), once)).toEqual([
			400,
			expect.stringContaining('importId'),
		]);
		expect(await post(JSON.stringify({ section: 'incomplete' }), once)).toEqual([
			409,
			expect.stringContaining('received before'),
		]);
		const large = JSON.stringify({ importId: 'x'.repeat(10_000), section: 's' });
		expect(await post(large, signed(large))).toEqual([413, expect.stringContaining('10000 bytes')]);
		const [status] = await post('{ not json', signed('{ not json'));
		expect([400, 422]).toContain(status);
		expect(await n8n.rest.executions(workflow.id)).toEqual([]);
		expect(apsisOne.calls).toEqual([]);
	});

	it('waits for every import of which it is notified at one moment', async () => {
		const name = randomUUID();
		const trigger = triggerNode(name);
		const workflow = await n8n.rest.createWorkflow(chain('At once', [trigger]));
		await n8n.rest.activate(workflow);
		const url = triggerUrl(name);
		await postWhenRegistered(url, '{}');
		const bodies = Array.from({ length: 6 }, (_, index) =>
			JSON.stringify({ importId: `at-once-${index}`, section: SECTIONS.shop }),
		);
		await Promise.all(
			bodies.map(async (body) => {
				const headers = signatureHeaders(body, apsisOne.clientSecret, Date.now());
				expect((await postWhenRegistered(url, body, { ...headers })).status).toBe(202);
			}),
		);
		const begun = await waitFor(
			async () => {
				const all = await n8n.rest.executions(workflow.id);
				const own = all.filter(({ mode, status }) => mode === 'webhook' && status !== 'running');
				return own.length === bodies.length ? own : undefined;
			},
			{ what: 'Six executions that wait', timeoutMs: 60_000 },
		);
		expect(begun.map(({ status }) => status)).toEqual(bodies.map(() => 'waiting'));
	});

	it('leaves no secret in the log or the database', async () => {
		const record = [...apsisOne.imports, ...slowApsisOne.imports];
		const told = await lab.everythingWritten();
		for (const secret of [
			apsisOne.clientSecret,
			...record.flatMap(({ uploadFields }) => Object.values(uploadFields)),
		]) {
			expect(told).not.toContain(secret);
		}
	});
}

/** Newer n8n registers webhooks a moment after a workflow was activated; until then it answers 404. */
async function postWhenRegistered(url: string, body: string, headers = {}): Promise<Response> {
	return await waitFor(
		async () => {
			const response = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', ...headers },
				body,
			});
			return response.status === 404 ? undefined : response;
		},
		{ what: `A webhook at ${url}`, timeoutMs: 30_000 },
	);
}

/** A running n8n of one setting, and what the suite does to it. */
interface Lab {
	rest: N8nRest;
	/** Production address of a webhook. */
	webhookUrl(path: string): string;
	/** Kills what carries the executions, and starts it again. */
	crash(): Promise<void>;
	/** Log and database as text. */
	everythingWritten(): Promise<string>;
	stop(): Promise<void>;
}

async function startLab(setting: Setting): Promise<Lab> {
	const packages = [await packPackage()];
	return setting === 'queue' ? await startQueue(packages) : await startRegular(setting, packages);
}

async function startRegular(version: N8nVersion, packages: PackedPackage[]): Promise<Lab> {
	const folder = await temporaryFolder(`product-${version}`);
	const n8n = await startN8n({ version, userFolder: folder, packages });
	return {
		rest: n8n.rest,
		webhookUrl: (path) => n8n.rest.webhookUrl(path),
		crash: async () => {
			await n8n.kill();
			await n8n.restart();
		},
		everythingWritten: async () =>
			(await readFile(n8n.logPath, 'utf8')) +
			(await readFile(`${folder}/.n8n/database.sqlite`, 'latin1')),
		stop: async () => {
			await n8n.stop();
			await removeFolder(folder);
		},
	};
}

async function startQueue(packages: PackedPackage[]): Promise<Lab> {
	const queue = await startQueueMode({ version: QUEUE_VERSION, workers: 2, packages });
	return {
		rest: queue.main.rest,
		webhookUrl: (path) => queue.webhookUrl(path),
		crash: async () => {
			for (const worker of queue.workers) {
				await worker.kill();
				await worker.restart();
			}
		},
		everythingWritten: async () => {
			const processes = [queue.main, queue.webhook, ...queue.workers];
			const logs = processes.map(async ({ logPath }) => await readFile(logPath, 'utf8'));
			return (await Promise.all(logs)).join('\n') + (await queue.dumpDatabase());
		},
		stop: async () => await queue.stop(),
	};
}
