/**
 * The node as a tool of an AI agent. n8n makes the type `apsisOneTool` of it by itself, in both versions without any
 * environment variable: N8N_COMMUNITY_PACKAGES_ALLOW_TOOL_USAGE, which older n8n wanted, is gone.
 */
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

import {
	type ApsisOne,
	ATTRIBUTES,
	CHANNELS,
	EXISTING,
	KEYSPACES,
	SECTIONS,
	startApsisOne,
	TOPICS,
} from '../apsisOne';
import { FakeChatModel, startFakeChatModel } from '../support/fakeChatModel';
import { locator, mapped, requestParameters, subscription } from '../support/workflows';
import {
	type CredentialReference,
	editFields,
	type Execution,
	jsonOf,
	manualTrigger,
	type N8n,
	type N8nVersion,
	node,
	packPackage,
	removeFolder,
	startN8n,
	temporaryFolder,
} from './lab';

const VERSIONS: N8nVersion[] = ['oldest', 'newest'];
/**
 * Versions of n8n's agent. 3 asks the engine to run the tool as a node of its own; 2, still in many workflows, calls it
 * in its own process.
 */
const ENGINE_AGENT = 3.1;
const AGENTS = [ENGINE_AGENT, 2.2];

const NODE = 'Customers in APSIS One';
const OPENAI_KEY = 'sk-of-no-value';
const WRONG_SECRET = 'wrong-phrase-of-no-value';
/** Longer than the first minute, after which an execution would be parked if this were no tool. */
const SLOW_IMPORT_MS = 65_000;
const EXECUTION_TIMEOUT_MS = 180_000;

const EMAIL = "={{ $fromAI('email', 'Email address of the customer', 'string') }}";
const FIRST_NAME = "={{ $fromAI('firstname', 'First name of the customer', 'string') }}";
const ABOUT: INodeParameters = {
	section: locator(SECTIONS.shop),
	keyspace: locator(KEYSPACES.email),
	profileKey: EMAIL,
	options: {},
};
const UPSERT: INodeParameters = {
	resource: 'profile',
	operation: 'upsert',
	...ABOUT,
	attributes: mapped({ [ATTRIBUTES.firstName]: FIRST_NAME }),
};
const GET: INodeParameters = { resource: 'profile', operation: 'get', ...ABOUT };
const REQUEST = requestParameters({
	profileKeyField: EMAIL,
	waitForCompletion: true,
	attributes: mapped({ [ATTRIBUTES.email]: EMAIL, [ATTRIBUTES.firstName]: FIRST_NAME }),
});

/** Attributes of which one comes from the item that the agent works on. */
const FROM_INPUT: INodeParameters = {
	attributes: mapped({ [ATTRIBUTES.email]: EMAIL, [ATTRIBUTES.city]: '={{ $json.city }}' }),
};
const OF_INPUT = { [ATTRIBUTES.email]: 'zoe@example.com', [ATTRIBUTES.city]: 'Bergen' };

const ZOE = { email: 'zoe@example.com', firstname: 'Zoe' };
const NO_ADDRESS = { email: 'no address', firstname: 'Zoe' };
const NO_ADDRESS_SENTENCE = 'Profile Key: invalid email address (no address)';
const NO_ADDRESS_CURE = 'Write it like name@example.com, with a public domain.';

describe.each(VERSIONS)('as a tool of an AI agent in n8n, %s', (version) => {
	let apsisOne: ApsisOne;
	let slowApsisOne: ApsisOne;
	let model: FakeChatModel;
	let n8n: N8n;
	let folder: string;
	let credential: CredentialReference;
	let slowCredential: CredentialReference;
	let wrongCredential: CredentialReference;
	let modelCredential: CredentialReference;
	/** Of the upload forms of all imports, which `reset` forgets. */
	const uploadFields = new Set<string>();

	beforeAll(async () => {
		apsisOne = await startApsisOne();
		slowApsisOne = await startApsisOne({ timing: { inProgressMs: SLOW_IMPORT_MS } });
		model = await startFakeChatModel();
		folder = await temporaryFolder(`ai-tool-${version}`);
		n8n = await startN8n({ version, userFolder: folder, packages: [await packPackage()] });
		const create = async (server: ApsisOne, changes = {}) =>
			await n8n.rest.createCredential('APSIS One', 'apsisOneApi', {
				region: 'custom',
				baseUrl: server.baseUrl,
				clientId: server.clientId,
				clientSecret: server.clientSecret,
				...changes,
			});
		credential = await create(apsisOne);
		slowCredential = await create(slowApsisOne);
		wrongCredential = await create(apsisOne, { clientSecret: WRONG_SECRET });
		modelCredential = await n8n.rest.createCredential('Model', 'openAiApi', {
			apiKey: OPENAI_KEY,
			url: model.baseUrl,
		});
	});

	beforeEach(() => {
		apsisOne.reset();
		slowApsisOne.reset();
	});

	afterEach(() => {
		for (const { uploadFields: fields } of [...apsisOne.imports, ...slowApsisOne.imports]) {
			for (const value of Object.values(fields)) uploadFields.add(value);
		}
	});

	afterAll(async () => {
		await n8n?.stop();
		await model?.close();
		await apsisOne?.close();
		await slowApsisOne?.close();
		if (folder) await removeFolder(folder);
	});

	/** What an agent is given, and what its model does with it. */
	interface Conversation {
		agent: number;
		parameters: INodeParameters;
		/** What the model calls the tool with. */
		call: object;
		/** Further settings of the tool, e.g. On Error. */
		more?: Partial<INode>;
		credentials?: CredentialReference;
	}

	/** An agent whose input has a city, which nobody maps unless a test does. */
	async function converse(conversation: Conversation): Promise<Execution> {
		const { agent, parameters, call, more, credentials = credential } = conversation;
		model.expectCall(call);
		const nodes = [
			manualTrigger('Start'),
			editFields('Input', '={{ { "city": "Bergen" } }}'),
			node(
				'Agent',
				'@n8n/n8n-nodes-langchain.agent',
				{ promptType: 'define', text: 'Do what has to be done', options: {} },
				{ typeVersion: agent },
			),
			node(
				'Model',
				'@n8n/n8n-nodes-langchain.lmChatOpenAi',
				{ model: locator('fake'), responsesApiEnabled: false, options: {} },
				{ typeVersion: 1.3, credentials: { openAiApi: modelCredential } },
			),
			node(NODE, 'n8n-nodes-apsis-one.apsisOneTool', parameters, {
				credentials: { apsisOneApi: credentials },
				...more,
			}),
		];
		const to = (target: string, type: 'main' | 'ai_languageModel' | 'ai_tool') => ({
			[type]: [[{ node: target, type, index: 0 }]],
		});
		const connections: IConnections = {
			Start: to('Input', 'main'),
			Input: to('Agent', 'main'),
			Model: to('Agent', 'ai_languageModel'),
			[NODE]: to('Agent', 'ai_tool'),
		};
		const workflow = await n8n.rest.createWorkflow({ name: 'Ask', nodes, connections });
		return await n8n.rest.runToEnd(workflow, 'Start', { timeoutMs: EXECUTION_TIMEOUT_MS });
	}

	/** Runs a conversation to its proper end: the model heard of its call, and had the last word. */
	async function resultOf(conversation: Conversation): Promise<unknown> {
		const execution = await converse(conversation);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(jsonOf(execution, 'Agent')).toEqual([{ output: FakeChatModel.FINAL_TEXT }]);
		return JSON.parse(model.toolResult ?? '""');
	}

	it('is the one tool of the package that the editor shows', async () => {
		const types = await n8n.rest.nodeTypes('n8n-nodes-apsis-one.');
		const shown = types.filter(({ name, hidden }) => name.endsWith('Tool') && !hidden);
		expect(shown.map(({ name }) => name)).toEqual(['n8n-nodes-apsis-one.apsisOneTool']);
	});

	describe.each(AGENTS)('agent %s', (agent) => {
		it('tells the model what it does and what it needs', async () => {
			await converse({ agent, parameters: UPSERT, call: ZOE });
			expect(model.tool).toMatchObject({
				name: 'Customers_in_APSIS_One',
				description: 'Create or update profile in APSIS One',
				parameters: {
					type: 'object',
					properties: {
						email: { type: 'string', description: 'Email address of the customer' },
						firstname: { type: 'string', description: 'First name of the customer' },
					},
					required: ['email', 'firstname'],
				},
			});
			expect(Object.keys(model.tool.parameters.properties)).toEqual(['email', 'firstname']);
		});

		it('tells the model the description the user wrote', async () => {
			const description = 'Looks a customer up';
			const own = { descriptionType: 'manual', toolDescription: description };
			await converse({ agent, parameters: { ...GET, ...own }, call: ZOE });
			expect(model.tool.description).toBe(description);
		});

		it('creates a profile with what the model says, and with nothing else', async () => {
			const call = { ...ZOE, lastname: 'invented by the model' };
			expect(await resultOf({ agent, parameters: UPSERT, call })).toEqual([
				{
					section: SECTIONS.shop,
					keyspace: KEYSPACES.email,
					profileKey: ZOE.email,
					created: true,
					attributes: { [ATTRIBUTES.firstName]: 'Zoe' },
				},
			]);
			expect(apsisOne.profile(KEYSPACES.email, ZOE.email)?.attributes).toEqual({
				[ATTRIBUTES.firstName]: 'Zoe',
			});
		});

		it("fills an attribute from the agent's own input", async () => {
			await resultOf({ agent, parameters: { ...UPSERT, ...FROM_INPUT }, call: ZOE });
			expect(apsisOne.profile(KEYSPACES.email, ZOE.email)?.attributes).toEqual(OF_INPUT);
		});

		it("fills an attribute of an import from the agent's own input", async () => {
			await resultOf({ agent, parameters: { ...REQUEST, ...FROM_INPUT }, call: ZOE });
			expect(apsisOne.profile(KEYSPACES.email, ZOE.email)?.attributes).toEqual(OF_INPUT);
		});

		it('opts a profile out', async () => {
			const parameters = {
				resource: 'consent',
				operation: 'set',
				...ABOUT,
				subscription: TOPICS.news,
				channel: CHANNELS.email,
				consent: 'opt-out',
				reason: 'Asked the assistant for it',
			};
			const call = { email: EXISTING.optedIn };
			expect(await resultOf({ agent, parameters, call })).toMatchObject([
				{ profileKey: EXISTING.optedIn, type: 'opt-out', changed: true },
			]);
			expect(apsisOne.profile(KEYSPACES.email, EXISTING.optedIn)?.consents).toEqual({
				[`${TOPICS.news}|${CHANNELS.email}`]: 'opt-out',
			});
		});

		it('lets the model read a profile', async () => {
			const call = { email: EXISTING.optedIn };
			expect(await resultOf({ agent, parameters: GET, call })).toMatchObject([
				{
					attributes: { 'First name': 'Lars' },
					tags: [],
					consents: [{ subscription: 'Newsletter', type: 'opt-in' }],
				},
			]);
		});

		it('imports a profile and waits for it', async () => {
			expect(await resultOf({ agent, parameters: REQUEST, call: ZOE })).toMatchObject([
				{ status: 'completed', waitedHow: 'inProcess', rows: 1 },
			]);
			expect(apsisOne.profile(KEYSPACES.email, ZOE.email)?.attributes).toEqual({
				[ATTRIBUTES.email]: ZOE.email,
				[ATTRIBUTES.firstName]: 'Zoe',
			});
		});

		it('tells the model why a row was rejected', async () => {
			const result = await resultOf({ agent, parameters: REQUEST, call: NO_ADDRESS });
			expect(JSON.stringify(result)).toContain('invalid email address');
		});

		it('tells the model what was wrong and what to write instead', async () => {
			// With On Error as it is from the start.
			const result = await resultOf({ agent, parameters: UPSERT, call: NO_ADDRESS });
			expect(JSON.stringify(result)).toContain(NO_ADDRESS_SENTENCE);
			expect(JSON.stringify(result)).toContain(NO_ADDRESS_CURE);
		});

		it.each([
			['a bad value', UPSERT, NO_ADDRESS, NO_ADDRESS_SENTENCE, NO_ADDRESS_CURE],
			['a profile that is not there', GET, ZOE, `no profile "${ZOE.email}"`, 'Create it first'],
		])(
			'with On Error: Continue, says in words what is wrong with %s',
			async (_, parameters, call, sentence, cure) => {
				const more: Partial<INode> = { onError: 'continueRegularOutput' };
				expect(await resultOf({ agent, parameters, call, more })).toEqual([
					{ error: expect.stringContaining(sentence), message: expect.stringContaining(cure) },
				]);
				// No stack trace.
				expect(model.toolResult).not.toMatch(/\bat .*[:(]\d+|node_modules|\.[jt]s:\d/);
				expect(apsisOne.profile(KEYSPACES.email, call.email)).toBeUndefined();
			},
		);

		it('says that the API key is wrong without repeating it', async () => {
			const more: Partial<INode> = { onError: 'continueRegularOutput' };
			const asked = { agent, parameters: GET, call: ZOE, more, credentials: wrongCredential };
			expect(await resultOf(asked)).toMatchObject([
				{ error: expect.stringContaining('does not know this Client ID and Client Secret') },
			]);
			expect(model.toolResult).not.toContain(WRONG_SECRET);
		});
	});

	it.each<[string, INodeParameters, string]>([
		[
			'attributes that would be mapped automatically',
			{ ...UPSERT, attributes: { mappingMode: 'autoMapInputData', value: null } },
			'Attributes cannot be mapped automatically',
		],
		[
			'a consent that would go by the name of a field',
			{ ...REQUEST, subscriptions: { values: [subscription()] } },
			'Consent Field 1 contains the name of a field (newsletter)',
		],
	])('refuses %s: the model could write what it likes', async (_, parameters, sentence) => {
		const call = { ...ZOE, lastname: 'invented by the model', newsletter: 'yes' };
		const result = await resultOf({ agent: ENGINE_AGENT, parameters, call });
		expect(result).toMatchObject([{ error: expect.stringContaining(sentence) }]);
		expect(apsisOne.profile(KEYSPACES.email, ZOE.email)).toBeUndefined();
	});

	it('with On Error: Stop Workflow, stops with the same sentence', async () => {
		const execution = await converse({
			agent: ENGINE_AGENT,
			parameters: UPSERT,
			call: NO_ADDRESS,
			more: { onError: 'stopWorkflow' },
		});
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toContain(NO_ADDRESS_SENTENCE);
	});

	// On one version, since it takes its time and nothing in it is n8n's.
	const itOnNewest = version === 'newest' ? it : it.skip;
	itOnNewest('waits in process beyond the minute after which a node would be parked', async () => {
		const asked = { agent: ENGINE_AGENT, parameters: REQUEST, call: ZOE };
		const [result] = (await resultOf({ ...asked, credentials: slowCredential })) as Array<{
			waitedSeconds: number;
		}>;
		expect(result).toMatchObject({ status: 'completed', waitedHow: 'inProcess', rows: 1 });
		expect(result?.waitedSeconds).toBeGreaterThan(SLOW_IMPORT_MS / 1000);
		expect(slowApsisOne.imports).toHaveLength(1);
		// No watcher was started.
		expect((await n8n.rest.executions()).filter(({ mode }) => mode === 'integrated')).toEqual([]);
	});

	it('tells the model when the wait is over and the import is not', async () => {
		apsisOne.stickNextImport();
		const sendingOptions = { maxWait: 0.004, onFailure: 'continue' };
		const asked = { agent: ENGINE_AGENT, parameters: { ...REQUEST, sendingOptions }, call: ZOE };
		expect(await resultOf(asked)).toMatchObject([
			{ status: 'timedOut', message: expect.stringContaining('The import may still complete') },
		]);
	});

	it('has told the model no secret in any of this', () => {
		const told = model.everythingTold.join('\n');
		expect(told).toContain(ZOE.email);
		expect(uploadFields.size).toBeGreaterThan(0);
		for (const secret of [
			apsisOne.clientId,
			apsisOne.clientSecret,
			WRONG_SECRET,
			OPENAI_KEY,
			apsisOne.uploadBaseUrl,
			slowApsisOne.uploadBaseUrl,
			...uploadFields,
		]) {
			expect(told).not.toContain(secret);
		}
		// Access tokens are JSON Web Tokens.
		expect(told).not.toMatch(/eyJ[\w-]{10,}\.eyJ/);
	});
});
