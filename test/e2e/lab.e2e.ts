/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- drives a real n8n from the developer's machine */
/** Proves the lab by itself, so that a failure elsewhere speaks about the package. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import {
	chain,
	code,
	dumpSqlite,
	editFields,
	jsonOf,
	launchChromium,
	manualTrigger,
	openEditor,
	openWorkflow,
	packPackage,
	removeFolder,
	REPOSITORY,
	spread,
	startN8n,
	startQueueMode,
	temporaryFolder,
	waitFor,
	webhook,
	type N8n,
	type N8nVersion,
	type QueueMode,
	type WorkflowDraft,
} from './lab';
import { parseFlatted } from './lab/flatted';

const VERSIONS: Record<N8nVersion, string> = { oldest: '2.8.4', newest: '2.40.7' };
const names = Object.keys(VERSIONS) as N8nVersion[];

/** Adds up twice, by expression and in the task runner, whether run by hand or by webhook. */
function additions(name: string): WorkflowDraft {
	return {
		name,
		nodes: spread([
			manualTrigger(),
			webhook(name, 'lastNode'),
			editFields('Edit Fields', '={{ { "sum": 1 + 1 } }}'),
			code('Code', 'return [{ json: { sum: $input.first().json.sum + 1 } }];'),
		]),
		connections: { ...chain('Webhook', 'Edit Fields'), ...chain('Start', 'Edit Fields', 'Code') },
	};
}

describe.each(names)('n8n %s', (version) => {
	let folder: string;
	let n8n: N8n;

	beforeAll(async () => {
		folder = await temporaryFolder(version);
		n8n = await startN8n({ version, userFolder: folder, packages: [await packPackage()] });
	});

	afterAll(async () => {
		await n8n?.stop();
		await removeFolder(folder);
	});

	it('is the version asked for', async () => {
		expect(await n8n.rest.settings()).toMatchObject({ versionCli: VERSIONS[version] });
	});

	it('runs a workflow by hand and gives its output', async () => {
		const workflow = await n8n.rest.createWorkflow(additions('by-hand'));

		const execution = await n8n.rest.runToEnd(workflow, 'Start');

		expect(execution.status).toBe('success');
		expect(jsonOf(execution, 'Edit Fields')).toEqual([{ sum: 2 }]);
		expect(jsonOf(execution, 'Code')).toEqual([{ sum: 3 }]);
	});

	it('loads the package under its production names', async () => {
		const types = await n8n.rest.nodeTypes('n8n-nodes-apsis-one.');

		expect(types.map(({ name }) => name)).toContain('n8n-nodes-apsis-one.apsisOne');
	});

	it('keeps workflow and session over a crash', async () => {
		const workflow = await n8n.rest.createWorkflow(additions('survivor'));

		await n8n.kill();
		expect(n8n.isRunning()).toBe(false);
		await n8n.restart();

		expect((await n8n.rest.getWorkflow(workflow.id)).name).toBe('survivor');
	});

	it('gives its database as text', async () => {
		await n8n.rest.createCredential('Note', 'httpHeaderAuth', {
			name: 'x-key',
			value: 'open-sesame',
		});

		const dump = await dumpSqlite(folder);

		expect(dump).toContain('httpHeaderAuth');
		expect(dump).not.toContain('open-sesame');
	});

	it('tells an editor tab what happens in a run', async () => {
		const push = await n8n.rest.openPush();
		const workflow = await n8n.rest.createWorkflow(additions('pushed'));

		await n8n.rest.runToEnd(workflow, 'Start');

		expect(await push.waitForMessage('executionFinished')).toMatchObject({
			data: { status: 'success' },
		});
		push.close();
	});

	it('shows a workflow in its editor', async () => {
		const workflow = await n8n.rest.createWorkflow(additions('shown'));
		const browser = await launchChromium();
		const screenshot = path.join(folder, 'editor.png');

		const page = await openEditor(browser, n8n.baseUrl);
		await openWorkflow(page, n8n.baseUrl, workflow.id);
		await page.screenshot({ path: screenshot });

		expect(await page.getByTestId('canvas-node').count()).toBe(4);
		expect((await stat(screenshot)).size).toBeGreaterThan(10_000);
		await browser.close();
	});
});

describe.each(names)('queue mode of n8n %s', (version) => {
	let queue: QueueMode;

	beforeAll(async () => {
		queue = await startQueueMode({ version, workers: 2 });
	});

	afterAll(async () => {
		await queue?.stop();
		if (queue) await removeFolder(queue.folder);
	});

	it('runs a published workflow when its webhook is called, on a worker', async () => {
		const { rest } = queue.main;
		const workflow = await rest.createWorkflow(additions('called'));
		await rest.activate(workflow);

		const answer = await waitFor(async () => await callWebhook(queue.webhookUrl('called')), {
			what: 'The webhook',
			timeoutMs: 20_000,
		});

		expect(answer).toEqual({ sum: 3 });
		expect(await rest.waitForNewExecution(workflow.id)).toMatchObject({ mode: 'webhook' });
		expect(await workerLogs(queue)).toContain('Worker finished execution');
	});

	it('runs on while one of its workers is down', async () => {
		const { rest } = queue.main;
		const workflow = await rest.createWorkflow(additions('by-the-other'));
		const [worker] = queue.workers;

		await worker?.kill();
		const execution = await rest.runToEnd(workflow, 'Start');
		await worker?.restart();

		expect(jsonOf(execution, 'Code')).toEqual([{ sum: 3 }]);
		expect(worker?.isRunning()).toBe(true);
	});

	it('gives its database as text', async () => {
		expect(await queue.dumpDatabase()).toContain('by-the-other');
	});
});

describe('the lab', () => {
	it('decodes flatted, shared and circular parts included', () => {
		const text = '[{"name":"1","list":"2","self":"0","count":3},"2",["3","3"],{"x":"1"}]';

		const decoded = parseFlatted(text) as { list: unknown[]; self: unknown };

		expect(decoded).toMatchObject({ name: '2', count: 3, list: [{ x: '2' }, { x: '2' }] });
		expect(decoded.list[0]).toBe(decoded.list[1]);
		expect(decoded.self).toBe(decoded);
	});

	it('leaves no process behind when the test runner is killed', async () => {
		const folder = await temporaryFolder('orphan');
		const pidFile = path.join(folder, 'pid');
		const runner = spawn('npx', ['tsx', '-e', startAndHang(folder, pidFile)], {
			cwd: REPOSITORY,
			stdio: 'ignore',
			detached: true,
		});
		const pid = await waitFor(async () => Number(await readFile(pidFile, 'utf8')) || undefined, {
			what: 'The process of the runner',
			timeoutMs: 30_000,
		});

		process.kill(-Number(runner.pid), 'SIGKILL');

		const gone = async () => (existsSync(`/proc/${pid}`) ? undefined : true);
		expect(await waitFor(gone, { what: 'Its end', timeoutMs: 5_000 })).toBe(true);
		await removeFolder(folder);
	});
});

/** A test runner's stand-in: starts a process by the lab, notes its number, and never ends. */
function startAndHang(folder: string, pidFile: string): string {
	const processes = path.join(__dirname, 'lab/processes');
	return `
		const { startProcess, cleanEnvironment } = require(${JSON.stringify(processes)});
		const folder = ${JSON.stringify(folder)};
		const started = startProcess({
			command: 'sleep', parameters: ['600'], cwd: folder,
			env: cleanEnvironment(folder, {}), logPath: folder + '/sleep.log',
		});
		require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(started.pid));
		setInterval(() => {}, 1000);
	`;
}

async function callWebhook(url: string): Promise<unknown> {
	const response = await fetch(url, { method: 'POST' });
	return response.ok ? await response.json() : undefined;
}

async function workerLogs(queue: QueueMode): Promise<string> {
	const logs = queue.workers.map(async ({ logPath }) => await readFile(logPath, 'utf8'));
	return (await Promise.all(logs)).join('\n');
}
