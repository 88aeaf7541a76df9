import { type IDataObject, type INode, type INodeParameters, sleep } from 'n8n-workflow';

import { ApsisOneTrigger } from '../../nodes/ApsisOne/ApsisOneTrigger.node';
import { notificationBodies } from '../../nodes/ApsisOne/waiting/notification';
import { KEYSPACES, SECTIONS, startApsisOne } from '../apsisOne';
import { type EngineRun, listen, type ListeningTrigger, runWorkflow } from '../engine';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	importRows,
	itemsOf,
	jsonOf,
	NODE_NAME,
	requestParameters,
	setupFor,
	subscription,
	TRIGGER_NODE,
	workflowWith,
} from '../support/workflows';

useFastClock();
const apsisOne = useLocalApsisOne();

const listening: ListeningTrigger[] = [];
afterEach(async () => {
	for (const trigger of listening.splice(0)) await trigger.close();
});

function triggerNode(parameters: INodeParameters = {}): INode {
	return { ...TRIGGER_NODE, parameters: { ...TRIGGER_NODE.parameters, ...parameters } };
}

async function startListening(
	parameters: INodeParameters = {},
	endpoint?: 'webhook' | 'webhook-test',
	setup = setupFor(apsisOne),
): Promise<ListeningTrigger> {
	const trigger = await listen(setup, triggerNode(parameters), endpoint);
	listening.push(trigger);
	return trigger;
}

const BOTH = { subscriptions: { values: [subscription()] } };
const ROWS = [
	{ email: 'in@example.com', newsletter: 'yes' },
	{ email: 'out@example.com', newsletter: 'no' },
	{ email: 'nobody', newsletter: 'no' },
];

async function request(options: INodeParameters = {}): Promise<EngineRun> {
	return await importRows(apsisOne, ROWS, { ...BOTH, options });
}

/** Runs the trigger with what its webhook handed over. */
async function fire(trigger: ListeningTrigger, parameters: INodeParameters = {}) {
	return await runWorkflow({
		...setupFor(apsisOne),
		workflow: { nodes: [triggerNode(parameters)], connections: {} },
		mode: 'manual',
		input: await trigger.next(),
	});
}

const jsonsOf = (run: EngineRun) => run.outputs('Trigger').map(({ json }) => json);
const messagesOf = (run: EngineRun) => run.hints(NODE_NAME).map(({ message }) => message);

describe('Request', () => {
	it('starts the trigger of its n8n by itself, once for all its imports, with the figures', async () => {
		const trigger = await startListening();
		const sent = await request();
		expect(jsonOf(sent)).toMatchObject([
			{ triggersStarted: ['imports'], warnings: [] },
			{ triggersStarted: ['imports'] },
		]);
		const fired = jsonsOf(await fire(trigger));
		expect(fired).toEqual([
			expect.objectContaining({
				importId: apsisOne.imports[0]?.id,
				section: SECTIONS.shop,
				keyspace: KEYSPACES.email,
				status: 'completed',
				rows: 1,
				part: 1,
				parts: 2,
				requestedBy: '1',
				workflowName: 'Import customers',
				summary: '2 profiles sent in 2 imports; 1 row rejected: 1 invalid email address',
				rowsRead: 3,
				rowsSent: 2,
				rowsRejected: 1,
			}),
			expect.objectContaining({ importId: apsisOne.imports[1]?.id, part: 2, status: 'completed' }),
		]);
	});

	it('says nothing when no trigger of the default name is there', async () => {
		const sent = await request();
		expect(jsonOf(sent)[0]).toMatchObject({ triggersStarted: [], warnings: [] });
		expect(sent.hints(NODE_NAME)).toHaveLength(1);
	});

	it('warns when a name of the user is not there, and starts the others', async () => {
		await startListening({ triggerName: 'crm' });
		const sent = await request({ startTriggers: 'crm, newsletter' });
		const warning =
			'No trigger named newsletter is listening. Publish the workflow with the APSIS One Trigger, and check its Trigger Name.';
		expect(jsonOf(sent)[0]).toMatchObject({ triggersStarted: ['crm'], warnings: [warning] });
		expect(messagesOf(sent)).toContain(warning);
	});

	it('finds a trigger whatever the case of its name', async () => {
		await startListening({ triggerName: 'CRM-Imports' });
		const sent = await request({ startTriggers: 'crm-IMPORTS' });
		expect(jsonOf(sent)[0]).toMatchObject({ triggersStarted: ['crm-imports'], warnings: [] });
	});

	it('starts none when the option is empty', async () => {
		const trigger = await startListening();
		const sent = await request({ startTriggers: '' });
		expect(jsonOf(sent)[0]).toMatchObject({ triggersStarted: [] });
		expect(trigger.url).toContain('/webhook/apsis-one/imports');
	});

	it.each(['a b', '/lead', 'två'])('refuses what is no name: %s', async (startTriggers) => {
		const sent = await request({ startTriggers });
		expect(sent.error?.message).toBe(
			`Start Triggers: "${startTriggers}" cannot be the name of a trigger`,
		);
		expect(apsisOne.imports).toEqual([]);
	});

	it('starts a trigger that is being tested in the editor, in a manual run', async () => {
		const trigger = await startListening({}, 'webhook-test');
		const setup = setupFor(apsisOne);
		const run = async (mode: 'manual' | 'trigger') =>
			await runWorkflow({
				...setup,
				workflow: workflowWith(requestParameters()),
				input: itemsOf([{ email: 'a@example.com' }]),
				mode,
			});
		expect(jsonOf(await run('trigger'))[0]).toMatchObject({ triggersStarted: [] });
		expect(jsonOf(await run('manual'))[0]).toMatchObject({ triggersStarted: ['imports'] });
		expect(await trigger.next()).toHaveLength(1);
	});

	it('says that a trigger uses another credential: as a hint by default, as a warning for a name of the user', async () => {
		const { clientId, clientSecret } = apsisOne.limitedKey;
		const other = setupFor(apsisOne, { clientId, clientSecret });
		await startListening({}, 'webhook', other);
		const sentence = 'The trigger imports uses another credential and was not started.';
		const byDefault = await request();
		expect(jsonOf(byDefault)[0]).toMatchObject({ warnings: [] });
		expect(byDefault.hints(NODE_NAME)).toContainEqual(
			expect.objectContaining({ message: sentence, type: 'info' }),
		);
		const byName = await request({ startTriggers: 'imports' });
		expect(jsonOf(byName)[0]).toMatchObject({ warnings: [sentence] });
	});

	it('notifies a trigger of another n8n, and leaves the import sent when that fails', async () => {
		const trigger = await startListening({ triggerName: 'elsewhere' });
		const sent = await request({ startTriggers: '', notifyUrl: trigger.url });
		expect(jsonOf(sent)[0]).toMatchObject({ triggersStarted: [trigger.url] });

		const failed = await request({ notifyUrl: 'http://127.0.0.1:9/webhook/x' });
		expect(failed.status).toBe('success');
		expect(jsonOf(failed)[0]).toMatchObject({
			status: 'uploaded',
			warnings: [
				'Notify URL: the trigger was not started: The trigger could not be reached: the host refused the connection.',
			],
		});
	});

	it('starts nothing when nothing was sent', async () => {
		const trigger = await startListening();
		const run = await importRows(apsisOne, [{ email: 'nobody' }]);
		expect(jsonOf(run)).toMatchObject([{ status: 'nothingSent' }]);
		let isStarted = false;
		void trigger.next().then(() => (isStarted = true));
		await sleep(50);
		expect(isStarted).toBe(false);
	});
});

describe('the trigger', () => {
	it('waits after all where n8n failed at the first notification, and never twice', async () => {
		const slow = await startApsisOne({ timing: { queuedMs: 1e9 } });
		const trigger = await startListening({}, 'webhook', setupFor(slow));
		await importRows(slow, ROWS, BOTH);
		const input = await trigger.next();
		let parked = 0;
		const run = async (canPark: boolean) =>
			await runWorkflow({
				...setupFor(slow),
				workflow: { nodes: [triggerNode()], connections: {} },
				mode: 'webhook',
				input,
				executeWorkflow: async (_workflow, _data, { inputData }) => {
					if (!canPark) throw new Error('database is locked');
					parked++;
					return { executionId: '2', data: [inputData ?? []] };
				},
			});
		const failed = await run(false);
		expect(failed.error).toMatchObject({
			message: 'n8n could not store the wait for the imports in its database',
			description: expect.stringContaining('It says: database is locked.') as string,
		});
		expect(parked).toBe(0);
		expect((await run(true)).status).toBe('success');
		expect(parked).toBe(1);
		expect((await run(true)).outputs('Trigger')).toEqual([]);
		expect(parked).toBe(1);
		await slow.close();
	});

	it('fires once for each import where the user wants that', async () => {
		const trigger = await startListening({ startOnce: 'import' });
		const sent = await request();
		expect(jsonOf(sent)[0]).toMatchObject({ triggersStarted: ['imports'] });
		const first = jsonsOf(await fire(trigger, { startOnce: 'import' }));
		const second = jsonsOf(await fire(trigger, { startOnce: 'import' }));
		expect([first, second].map((jsons) => jsons.map(({ importId }) => importId))).toEqual(
			apsisOne.imports.map(({ id }) => [id]),
		);
		expect([...first, ...second]).toMatchObject([
			{ part: 1, parts: 2 },
			{ part: 2, parts: 2 },
		]);
	});

	it.each<[string, string, number]>([
		['completed', 'all complete', 2],
		['completed', 'one fails', 0],
		['failed', 'all complete', 0],
		['failed', 'one fails', 2],
		['all', 'one fails', 2],
	])('set to %s gives, when %s, %i items', async (fireOn, ends, count) => {
		const trigger = await startListening({ fireOn });
		if (ends === 'one fails') apsisOne.failNextImport();
		await request();
		const fired = jsonsOf(await fire(trigger, { fireOn }));
		expect(fired).toHaveLength(count);
		if (ends === 'one fails' && count > 0) {
			expect(fired.map(({ status }) => status)).toEqual(['error', 'completed']);
		}
	});

	it.each<[INodeParameters, boolean]>([
		[{ sections: [SECTIONS.shop] }, true],
		[{ sections: [SECTIONS.b2b] }, false],
		[{ requestedByWorkflow: 'Import customers' }, true],
		[{ requestedByWorkflow: 'Nightly sync' }, false],
	])('keeps to its filters: %j', async (options, isWanted) => {
		const trigger = await startListening({ options });
		const sent = await request();
		let items: IDataObject[] = [];
		void trigger.next().then((next) => (items = next.map(({ json }) => json)));
		await sleep(50);
		expect(items).toHaveLength(isWanted ? 1 : 0);
		expect(jsonOf(sent)[0]?.triggersStarted).toEqual(isWanted ? ['imports'] : []);
	});

	it('takes a request of very many imports in notifications that are small enough', async () => {
		const imports = Array.from({ length: 200 }, (_, index) => ({
			importId: `1423209b-62b4-4f01-a99e-${String(index).padStart(12, '0')}`,
			rows: 500_000,
			uploadExpiresAt: '2026-11-25T12:00:00.000Z',
			part: index + 1,
		}));
		const bodies = notificationBodies({
			imports,
			section: SECTIONS.shop,
			keyspace: KEYSPACES.email,
			requestedAt: '2026-11-25T12:00:00.000Z',
			executionId: '1',
			workflowId: 'w',
			workflowName: 'Nightly',
			figures: { summary: 'x', warnings: Array.from({ length: 99 }, () => 'y'.repeat(200)) },
			account: 'a',
		});
		expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(10_000);
		const ids = bodies.flatMap((body) =>
			(JSON.parse(body) as { imports: typeof imports }).imports.map(({ importId }) => importId),
		);
		expect(ids).toEqual(imports.map(({ importId }) => importId));
	});

	it('cannot be published under a name that is no part of an address', async () => {
		const { checkExists } = new ApsisOneTrigger().webhookMethods.default;
		for (const triggerName of ['', '/lead', 'my imports']) {
			const context = {
				getNode: () => triggerNode({ triggerName }),
				getNodeParameter: () => triggerName,
			};
			await expect(checkExists.call(context as never)).rejects.toThrow(/^Trigger Name /);
		}
	});
});
