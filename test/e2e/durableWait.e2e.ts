/**
 * What our waiting relies on in n8n, asked of a probe package: a sub-workflow written into a node parks, n8n parks
 * the node's own execution with it, and both go on after a crash. README.md lists what else was found this way.
 */
import type { INodeParameters, IWorkflowSettings } from 'n8n-workflow';

import {
	chain,
	delay,
	editFields,
	fork,
	jsonOf,
	manualTrigger,
	node,
	outputOf,
	removeFolder,
	spread,
	startN8n,
	startQueueMode,
	temporaryFolder,
	waitFor,
	webhook,
	type CredentialReference,
	type N8n,
	type N8nRest,
	type N8nVersion,
	type QueueMode,
	type Workflow,
} from './lab';
import { packProbe, PROBE, readNotes } from './probe';

/** Longest wait here (20 s), n8n's look for parked executions once a minute, twice, and a margin. */
const RESUME_TIMEOUT_MS = 200_000;
const versions: N8nVersion[] = ['oldest', 'newest'];
/** A node that fills both of its outputs, to end the watcher's workflow with. */
const TWO_OUTPUTS = `${PROBE}.probeHelpers`;
const CREDENTIAL_TYPE = 'httpHeaderAuth';

/** One started run of a workflow. */
interface Run {
	workflow: Workflow;
	executionId: string;
}

/** Makes and runs workflows around the probe's waiting node. */
class Runs {
	private credential?: CredentialReference;

	constructor(
		private readonly rest: N8nRest,
		private readonly productionUrl: (path: string) => string,
	) {}

	async byHand(
		name: string,
		parameters: INodeParameters,
		settings: IWorkflowSettings = {},
	): Promise<Run> {
		const workflow = await this.workflow(name, parameters, settings);
		const { executionId = '' } = await this.rest.run(workflow, 'Start');
		return { workflow, executionId };
	}

	async byWebhook(path: string, parameters: INodeParameters): Promise<Run> {
		const workflow = await this.workflow(path, parameters);
		await this.rest.activate(workflow);
		await post(this.productionUrl(path), {});
		const { id } = await this.rest.waitForNewExecution(workflow.id);
		return { workflow, executionId: id };
	}

	private async workflow(
		name: string,
		parameters: INodeParameters,
		settings: IWorkflowSettings = {},
	): Promise<Workflow> {
		this.credential ??= await this.rest.createCredential('Key', CREDENTIAL_TYPE, {
			name: 'x-key',
			value: 'open-sesame',
		});
		const credentials = { [CREDENTIAL_TYPE]: this.credential };
		return await this.rest.createWorkflow({
			name,
			settings,
			nodes: spread([
				manualTrigger(),
				webhook(name),
				editFields('Before', '={{ { "customer": 7 } }}'),
				node('Wait', `${PROBE}.probeWait`, parameters, { credentials }),
				editFields(
					'After',
					`={{ { "linked": $('Before').item.json.customer, "status": $json.status } }}`,
				),
				editFields('After Second', '={{ $json }}'),
			]),
			connections: {
				...chain('Start', 'Before', 'Wait'),
				...chain('Webhook', 'Before'),
				...fork('Wait', 'After', 'After Second'),
			},
		});
	}
}

describe.each(versions)('durable waiting in n8n %s', (version) => {
	let n8n: N8n;
	let runs: Runs;
	/** All parked at once, because n8n looks for parked executions only once a minute. */
	let parked: Run[];
	let parkedWithTwoOutputs: Run;

	beforeAll(async () => {
		const userFolder = await temporaryFolder(`wait-${version}`);
		n8n = await startN8n({ version, userFolder, packages: [await packProbe()] });
		runs = new Runs(n8n.rest, (path) => n8n.rest.webhookUrl(path));
		parked = [
			await startToldTrigger(n8n),
			await runs.byHand('by-hand', { seconds: 20 }),
			await runs.byWebhook('by-webhook', { seconds: 20 }),
		];
		parkedWithTwoOutputs = await runs.byHand('two-parked', { seconds: 5, endType: TWO_OUTPUTS });
		for (const { executionId } of [...parked, parkedWithTwoOutputs]) {
			await untilParked(n8n.rest, executionId);
		}
	});

	afterAll(async () => {
		await n8n?.stop();
		if (n8n) await removeFolder(n8n.userFolder);
	});

	it('goes on after a crash, by hand, by webhook and in a trigger', async () => {
		const [told, ...others] = parked;

		await n8n.kill();
		await n8n.restart();

		for (const { executionId } of others) {
			const execution = await resumed(n8n.rest, executionId);
			expect(execution.status).toBe('success');
			expect(jsonOf(execution, 'After')).toEqual([{ linked: 7, status: 'completed' }]);
		}
		const execution = await resumed(n8n.rest, told?.executionId ?? '');
		expect(jsonOf(execution, 'After')).toMatchObject([{ importId: 'imp-1', status: 'completed' }]);
	});

	it('lets the watcher read the credential of the node', async () => {
		const looks = (await readNotes([n8n.logPath])).filter(({ what }) => what === 'look');

		expect(looks).toContainEqual(expect.objectContaining({ secretLength: 'open-sesame'.length }));
	});

	it('passes on only the first output once it has been parked', async () => {
		const atOnce = await runs.byHand('two-at-once', { seconds: 0, endType: TWO_OUTPUTS });

		const notParked = await resumed(n8n.rest, atOnce.executionId);
		const wasParked = await resumed(n8n.rest, parkedWithTwoOutputs.executionId);

		expect(outputOf(notParked, 'Wait', 1)).toHaveLength(1);
		expect(outputOf(wasParked, 'Wait', 0)).toHaveLength(1);
		expect(outputOf(wasParked, 'Wait', 1)).toHaveLength(0);
	});

	it('is refused under caller policy "none", unless the watcher brings its own settings', async () => {
		const settings: IWorkflowSettings = { callerPolicy: 'none' };

		const refused = await runs.byHand('refused', { seconds: 0 }, settings);
		const own = await runs.byHand('own', { seconds: 0, ownSettings: true }, settings);

		const execution = await resumed(n8n.rest, refused.executionId);
		expect(execution.data.resultData.error?.message).toMatch(/cannot be called by this workflow/);
		expect((await resumed(n8n.rest, own.executionId)).status).toBe('success');
	});

	it('ends by its deadline when n8n crashes while the watcher looks', async () => {
		const run = await runs.byHand('deadline', { seconds: 15, busy: 10, deadline: 75 });
		await untilLooking(n8n, run.workflow.id);

		await n8n.kill();
		await n8n.restart();

		const execution = await resumed(n8n.rest, run.executionId);
		expect(jsonOf(execution, 'Wait')).toEqual([{ customer: 7 }]);
	});
});

describe.each(versions)('durable waiting in queue mode of n8n %s', (version) => {
	let queue: QueueMode;

	beforeAll(async () => {
		queue = await startQueueMode({ version, packages: [await packProbe()] });
	});

	afterAll(async () => {
		await queue?.stop();
		if (queue) await removeFolder(queue.folder);
	});

	it('goes on after a crash of a worker', async () => {
		const { rest } = queue.main;
		const runs = new Runs(rest, queue.webhookUrl);
		const started = [
			await runs.byHand('by-hand', { seconds: 20 }),
			await runs.byWebhook('by-webhook', { seconds: 20 }),
		];
		await Promise.all(started.map(async ({ executionId }) => await untilParked(rest, executionId)));

		await queue.workers[0]?.kill();
		await queue.workers[0]?.restart();

		for (const { executionId } of started) {
			const execution = await resumed(rest, executionId);
			expect(jsonOf(execution, 'After')).toMatchObject([{ linked: 7, status: 'completed' }]);
		}
	});
});

describe.each(versions)('helpers of execute() in n8n %s', (version) => {
	it('records what was processed, talks to the editor tab and gives hints', async () => {
		const userFolder = await temporaryFolder(`helpers-${version}`);
		const n8n = await startN8n({ version, userFolder, packages: [await packProbe()] });
		const push = await n8n.rest.openPush();
		const workflow = await n8n.rest.createWorkflow({
			name: 'helpers',
			nodes: [manualTrigger(), node('Helpers', `${PROBE}.probeHelpers`, { key: 'import-1' })],
			connections: chain('Start', 'Helpers'),
		});

		const first = await n8n.rest.runToEnd(workflow, 'Start');
		const second = await n8n.rest.runToEnd(workflow, 'Start');

		expect(jsonOf(first, 'Helpers')).toMatchObject([
			{ inNode: { answer: '{"new":["import-1"],"processed":[]}' } },
		]);
		expect(jsonOf(second, 'Helpers')).toMatchObject([
			{ inNode: { answer: '{"new":[],"processed":["import-1"]}' }, executionId: second.id },
		]);
		expect(first.data.resultData.runData.Helpers?.[0]?.hints).toHaveLength(1);
		expect(await push.waitForMessage('sendConsoleMessage')).toMatchObject({
			data: { messages: ['hello from the probe'] },
		});
		push.close();
		await n8n.stop();
		await removeFolder(userFolder);
	});
});

/** Publishes a workflow that begins with the probe's trigger, and tells it of an import. */
async function startToldTrigger({ rest }: N8n): Promise<Run> {
	const told = node('Told', `${PROBE}.probeTrigger`, { path: 'told', seconds: 20 });
	const workflow = await rest.createWorkflow({
		name: 'told',
		nodes: spread([{ ...told, webhookId: 'told' }, editFields('After', '={{ $json }}')]),
		connections: chain('Told', 'After'),
	});
	await rest.activate(workflow);
	expect(await post(rest.webhookUrl('told'), {})).toEqual({ accepted: false });
	expect(await post(rest.webhookUrl('told'), { importId: 'imp-1' })).toEqual({ accepted: true });
	const { id } = await rest.waitForNewExecution(workflow.id);
	return { workflow, executionId: id };
}

/** Calls a webhook that may have been published only a moment ago. */
async function post(url: string, body: object): Promise<unknown> {
	return await waitFor(
		async () => {
			const headers = { 'content-type': 'application/json' };
			const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
			return response.ok ? ((await response.json()) as unknown) : undefined;
		},
		{ what: `An answer of ${url}`, timeoutMs: 20_000 },
	);
}

async function untilParked(rest: N8nRest, executionId: string) {
	await rest.waitForExecution(executionId, { statuses: ['waiting'] });
}

async function resumed(rest: N8nRest, executionId: string) {
	return await rest.waitForExecution(executionId, { timeoutMs: RESUME_TIMEOUT_MS });
}

/** Waits until the watcher of the workflow is in the middle of the look that would be its last. */
async function untilLooking(n8n: N8n, workflowId: string) {
	await waitFor(
		async () =>
			(await readNotes([n8n.logPath])).find(
				({ what, done, workflow }) => what === 'look' && done && workflow === workflowId,
			),
		{ what: 'The last look', timeoutMs: RESUME_TIMEOUT_MS },
	);
	await delay(1000);
}
