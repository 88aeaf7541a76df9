import type { INode, INodeParameters } from 'n8n-workflow';
import { randomUUID } from 'crypto';

import { type ApsisOne, SECTIONS, startApsisOne } from '../apsisOne';
import { locator, requestParameters } from '../support/workflows';
import {
	chain,
	type CredentialReference,
	jsonOf,
	type N8n,
	type N8nVersion,
	node,
	packPackage,
	removeFolder,
	startN8n,
	temporaryFolder,
	waitFor,
	webhook,
	type Workflow,
} from './lab';

const WAITED_FOR = 50;
const AT_ONCE = 14;
const ROWS_EACH = 3;
/** Contract: Limits. */
const REQUESTS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
const PLACES = 3;

/** One n8n of this version with an account of APSIS One, and what is done in it. */
class Setting {
	private constructor(
		readonly apsisOne: ApsisOne,
		readonly n8n: N8n,
		private readonly credential: CredentialReference,
	) {}

	static async start(version: N8nVersion, env: Record<string, string> = {}): Promise<Setting> {
		const apsisOne = await startApsisOne();
		const userFolder = await temporaryFolder('concurrency');
		const n8n = await startN8n({ version, userFolder, packages: [await packPackage()], env });
		const credential = await n8n.rest.createCredential('APSIS One', 'apsisOneApi', {
			region: 'custom',
			baseUrl: apsisOne.baseUrl,
			clientId: apsisOne.clientId,
			clientSecret: apsisOne.clientSecret,
		});
		return new Setting(apsisOne, n8n, credential);
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		await this.apsisOne.close();
		await removeFolder(this.n8n.userFolder);
	}

	/** The node behind a webhook that takes `{ items: [...] }`. */
	async withNode(path: string, parameters: INodeParameters): Promise<Workflow> {
		return await this.activated('APSIS One', [
			webhook(path),
			node('Split', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'body.items', options: {} }),
			node('APSIS One', 'n8n-nodes-apsis-one.apsisOne', parameters, {
				credentials: { apsisOneApi: this.credential },
			}),
		]);
	}

	async activated(name: string, nodes: INode[]): Promise<Workflow> {
		const connections = chain(...nodes.map((one) => one.name));
		const { rest } = this.n8n;
		return await rest.activate(await rest.createWorkflow({ name, nodes, connections }));
	}

	/** Newer n8n registers webhooks a moment after a workflow was activated. */
	async post(path: string, body: object): Promise<void> {
		await waitFor(
			async () => {
				const { ok } = await fetch(this.n8n.rest.webhookUrl(path), {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body),
				});
				return ok || undefined;
			},
			{ what: `The webhook ${path}`, timeoutMs: 30_000 },
		);
	}
}

describe('with one execution slot', () => {
	let setting: Setting;
	beforeAll(async () => {
		setting = await Setting.start('oldest', { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' });
	});
	afterAll(async () => await setting?.stop());

	it(`waits for ${WAITED_FOR} imports without holding the slot`, async () => {
		const { rest } = setting.n8n;
		const [waitingPath, otherPath] = [randomUUID(), randomUUID()];
		const waiting = await setting.withNode(waitingPath, {
			resource: 'profileImport',
			operation: 'wait',
			section: locator(SECTIONS.shop),
			importId: '={{ $json.importId }}',
			options: {},
		});
		const other = await setting.activated('Other', [
			webhook(otherPath),
			node('After', 'n8n-nodes-base.noOp', {}),
		]);

		// Nobody knows these IDs, which the wait takes for a moment's delay in its first two minutes.
		await setting.post(waitingPath, {
			items: Array.from({ length: WAITED_FOR }, (_, index) => ({ importId: `i-${index}` })),
		});
		const { id } = await rest.waitForNewExecution(waiting.id);
		await rest.waitForExecution(id, { statuses: ['waiting'], timeoutMs: 600_000 });
		await setting.post(otherPath, {});
		const ended = await waitFor(
			async () => (await rest.executions(other.id)).find(({ status }) => status === 'success'),
			{ what: 'The other workflow to run beside the wait', timeoutMs: 30_000 },
		);
		expect(ended.mode).toBe('webhook');
		expect((await rest.execution(id)).status).toBe('waiting');
	});
});

/** The account's limits are the real ones here, so this takes the minutes that it takes. */
describe.each<N8nVersion>(['oldest', 'newest'])('executions at once, n8n %s', (version) => {
	let setting: Setting;
	beforeAll(async () => {
		setting = await Setting.start(version);
	});
	afterAll(async () => await setting?.stop());

	const emailOf = (execution: number, row: number) => `row-${execution}-${row}@example.com`;

	it(`${AT_ONCE} import their rows in turn, and none is refused`, async () => {
		const { apsisOne, n8n } = setting;
		const path = randomUUID();
		const workflow = await setting.withNode(path, requestParameters());
		const post = async (execution: number) => {
			const rows = Array.from({ length: ROWS_EACH }, (_, row) => emailOf(execution, row));
			await setting.post(path, { items: rows.map((email) => ({ email })) });
		};
		await Promise.all(Array.from({ length: AT_ONCE }, async (_, index) => await post(index)));
		const ended = await waitFor(
			async () => {
				const all = await n8n.rest.executions(workflow.id);
				const isOver = all.every(({ status }) => !['new', 'running'].includes(status));
				return all.length === AT_ONCE && isOver ? all : undefined;
			},
			{ what: `${AT_ONCE} executions to end`, timeoutMs: 300_000, intervalMs: 2_000 },
		);

		expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'success'));
		const outputs = await Promise.all(
			ended.map(async ({ id }) => jsonOf(await n8n.rest.execution(id), 'APSIS One')),
		);
		expect(outputs).toEqual(
			outputs.map(() => [expect.objectContaining({ status: 'uploaded', rows: ROWS_EACH })]),
		);

		await apsisOne.settled();
		expect(apsisOne.refusals).toEqual({});
		const requests = apsisOne.calls.filter(({ call }) => call === 'importRequest');
		expect(requests.map(({ status }) => status)).toEqual(requests.map(() => 201));
		expect(requests).toHaveLength(AT_ONCE);
		expect(mostInAMinute(requests.map(({ at }) => at))).toBeLessThanOrEqual(REQUESTS_PER_MINUTE);
		expect(apsisOne.peakUnfinished).toBeLessThanOrEqual(PLACES);
		const arrived = apsisOne.imports.flatMap(({ file }) => linesOf(file?.content)).sort();
		const sent = Array.from({ length: AT_ONCE * ROWS_EACH }, (_, index) =>
			emailOf(Math.floor(index / ROWS_EACH), index % ROWS_EACH),
		).sort();
		expect(arrived).toEqual(sent);
	});
});

function mostInAMinute(times: readonly number[]): number {
	const following = times.map(
		(from) => times.filter((at) => at >= from && at - from < MINUTE_MS).length,
	);
	return Math.max(...following);
}

/** First cells of a file without its header. */
function linesOf(content: Buffer | undefined): string[] {
	const lines = content?.toString('utf8').trimEnd().split('\n').slice(1) ?? [];
	return lines.map((line) => line.split(',')[0] ?? '');
}
