/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs the repository's commands on the developer's machine */
/** The commands of the README that no other suite runs, each as somebody would type it. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { exampleFiles, readExample } from '../support/examples';
import { requestToken } from '../support/requestToken';
import { requestParameters } from '../support/workflows';
import {
	cacheFolder,
	cleanEnvironment,
	type CredentialReference,
	editFields,
	jsonOf,
	type LabProcess,
	N8nRest,
	node,
	removeFolder,
	startProcess,
	tailOfLog,
	temporaryFolder,
	waitFor,
} from './lab';

const ROOT = path.resolve(__dirname, '../..');
const START_TIMEOUT_MS = 600_000;
const run = promisify(execFile);

let folder: string;
const started: LabProcess[] = [];

beforeAll(async () => {
	folder = await temporaryFolder('commands');
});

afterAll(async () => {
	for (const command of started) await command.kill('SIGKILL');
	await removeFolder(folder);
});

const environment = (own: Record<string, string> = {}) =>
	cleanEnvironment(homedir(), { APSIS_E2E_CACHE: cacheFolder(), TMPDIR: folder, ...own });

/** Starts `npm run …` and waits for what it prints. */
async function start(parameters: string[], prints: RegExp) {
	const logPath = path.join(folder, `${parameters[1]}.log`);
	const command = startProcess({
		command: 'npm',
		parameters,
		cwd: ROOT,
		env: environment(),
		logPath,
	});
	started.push(command);
	const printed = async () => prints.exec(await readFile(logPath, 'utf8'))?.groups;
	const groups = await waitFor(printed, {
		what: `What npm ${parameters.join(' ')} prints`,
		timeoutMs: START_TIMEOUT_MS,
		detail: async () => await tailOfLog(logPath),
	});
	return { groups, command, logPath };
}

/** Ends a command as Ctrl-C does. */
async function interrupt({ command, logPath }: { command: LabProcess; logPath: string }) {
	await command.kill('SIGINT');
	const log = await readFile(logPath, 'utf8');
	expect(log).not.toMatch(/Error|UnhandledPromise/);
}

it('npm run apsis-one starts an APSIS One that gives out tokens', async () => {
	const apsisOne = await start(
		['run', 'apsis-one', '--', '--port', '0', '--upload-port', '0'],
		/API +(?<url>\S+)[\s\S]*Client ID +(?<id>\S+)\s+Client Secret +(?<secret>\S+)[\s\S]*Ctrl-C/,
	);
	const { url = '', id = '', secret = '' } = apsisOne.groups;
	const answer = await requestToken(url, id, secret);
	expect([answer.status, await answer.json()]).toMatchObject([200, { token_type: 'Bearer' }]);
	await interrupt(apsisOne);
});

describe('npm run editor', () => {
	let editor: Awaited<ReturnType<typeof start>>;
	let rest: N8nRest;
	let credential: CredentialReference;

	beforeAll(async () => {
		editor = await start(
			['run', 'editor'],
			/n8n +(?<url>http\S+)\s+E-mail +(?<email>\S+)\s+Password +(?<password>\S+)[\s\S]*Ctrl-C/,
		);
		rest = new N8nRest(editor.groups.url ?? '');
		await rest.signIn();
		const [example] = await rest.workflows();
		const { nodes } = await rest.getWorkflow(example?.id ?? '');
		const used = nodes.find((one) => one.credentials?.apsisOneApi);
		credential = used?.credentials?.apsisOneApi as CredentialReference;
	});

	it('holds every example, with a credential that works', async () => {
		const names = (await rest.workflows()).map(({ name }) => name);
		expect(names.sort()).toEqual(
			exampleFiles()
				.map((file) => readExample(file).name)
				.sort(),
		);
		const workflow = await rest.createWorkflow({
			name: 'Try it',
			nodes: [
				node('Start', 'n8n-nodes-base.manualTrigger'),
				editFields('Customer', '={{ { "email": "anna@example.com" } }}'),
				node('APSIS One', 'n8n-nodes-apsis-one.apsisOne', requestParameters(), {
					credentials: { apsisOneApi: credential },
				}),
			],
			connections: {
				Start: { main: [[{ node: 'Customer', type: 'main', index: 0 }]] },
				Customer: { main: [[{ node: 'APSIS One', type: 'main', index: 0 }]] },
			},
		});
		const execution = await rest.runToEnd(workflow, 'Start', { timeoutMs: 60_000 });
		expect(jsonOf(execution, 'APSIS One')).toMatchObject([{ rows: 1, status: 'uploaded' }]);
	});

	it('runs every example that does not wait for a call', async () => {
		const ended: Array<[name: string, error?: string]> = [];
		for (const { id, name } of await rest.workflows()) {
			const workflow = await rest.getWorkflow(id);
			const start = workflow.nodes.find(({ type }) => /(manual|schedule)Trigger$/.test(type));
			if (!start) continue;
			const execution = await rest.runToEnd(workflow, start.name, { timeoutMs: 60_000 });
			ended.push([name, execution.data.resultData.error?.message]);
		}
		expect(ended.length).toBeGreaterThanOrEqual(5);
		expect(ended.filter(([, error]) => error !== undefined)).toEqual([]);
	});

	it('has a trigger that takes the notification signed as docs/trigger.md says', async () => {
		const triggerName = 'signed-by-hand';
		const trigger = node(
			'Trigger',
			'n8n-nodes-apsis-one.apsisOneTrigger',
			{ triggerName },
			{
				webhookId: triggerName,
				credentials: { apsisOneApi: credential },
			},
		);
		const workflow = await rest.createWorkflow({ name: 'On', nodes: [trigger], connections: {} });
		await rest.activate(workflow);
		const url = rest.webhookUrl(`apsis-one/${triggerName}`);
		const script = (await signingScript())
			.replace("SECRET='the client secret'", "SECRET='local-demo-phrase'")
			.replace("URL='the production URL'", `URL='${url}'`)
			.replace('"importId":"…","section":"…"', '"importId":"i-1","section":"s-1"');
		expect(script).not.toContain('…');
		// Newer n8n registers webhooks a moment after a workflow was activated.
		const answer = await waitFor(
			async () => {
				const { stdout } = await run('bash', ['-c', script], { env: environment() });
				return stdout.includes('not registered') ? undefined : stdout;
			},
			{ what: 'The answer of the trigger', timeoutMs: 30_000 },
		);
		expect(answer.trim()).toBe('202');
	});

	it('leaves nothing behind when it is stopped', async () => {
		await interrupt(editor);
		await expect(fetch(editor.groups.url ?? '')).rejects.toThrow('fetch failed');
		const left = (await readdir(folder)).filter((name) => name.startsWith('apsis-e2e-'));
		expect(left).toEqual([]);
	});
});

async function signingScript(): Promise<string> {
	const text = await readFile(path.join(ROOT, 'docs/trigger.md'), 'utf8');
	return /```sh\n(SECRET=[\s\S]*?)```/.exec(text)?.[1] ?? '';
}

it('npm run bench measures all ways', async () => {
	const { stdout } = await run('npm', ['run', '--silent', 'bench'], {
		cwd: ROOT,
		env: environment({ BENCH_ROWS: '1000', BENCH_FILE_BYTES: '100000', BENCH_FOLDER: folder }),
	});
	const report = await readFile(path.join(folder, 'RESULTS.md'), 'utf8');
	expect(stdout).toContain(report);
	for (const way of ['node, checks off', 'node, checks on', 'built-in pair', 'floor', 'file']) {
		expect(report).toMatch(new RegExp(`\\| [\\d,]+ \\| ${way} \\| \\d+\\.\\d\\d \\|`));
	}
	expect(await readFile(path.join(folder, 'results.svg'), 'utf8')).toContain('<svg');
});
