import type { INode } from 'n8n-workflow';
import { randomUUID } from 'crypto';

import { type ApsisOne, SECTIONS, startApsisOne } from '../apsisOne';
import { locator } from '../support/workflows';
import {
	chain,
	type N8n,
	node,
	packPackage,
	removeFolder,
	startN8n,
	temporaryFolder,
	waitFor,
} from './lab';

const IMPORTS = 50;

let apsisOne: ApsisOne;
let n8n: N8n;
let folder: string;

beforeAll(async () => {
	apsisOne = await startApsisOne();
	folder = await temporaryFolder('concurrency');
	n8n = await startN8n({
		version: 'oldest',
		userFolder: folder,
		packages: [await packPackage()],
		env: { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' },
	});
});

afterAll(async () => {
	await n8n?.stop();
	await apsisOne?.close();
	await removeFolder(folder);
});

function hook(path: string): INode {
	const parameters = { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} };
	return node('Hook', 'n8n-nodes-base.webhook', parameters, { typeVersion: 2, webhookId: path });
}

async function activated(name: string, nodes: INode[]) {
	const connections = chain(...nodes.map((one) => one.name));
	return await n8n.rest.activate(await n8n.rest.createWorkflow({ name, nodes, connections }));
}

async function post(path: string, body: object): Promise<void> {
	await fetch(n8n.rest.webhookUrl(path), {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
}

it(`waits for ${IMPORTS} imports without holding the only execution slot`, async () => {
	const credential = await n8n.rest.createCredential('APSIS One', 'apsisOneApi', {
		region: 'custom',
		baseUrl: apsisOne.baseUrl,
		clientId: apsisOne.clientId,
		clientSecret: apsisOne.clientSecret,
	});
	const [waitingPath, otherPath] = [randomUUID(), randomUUID()];
	const waiting = await activated('Waiting', [
		hook(waitingPath),
		node('Split', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'body.imports', options: {} }),
		node(
			'APSIS One',
			'n8n-nodes-apsis-one.apsisOne',
			{
				resource: 'profileImport',
				operation: 'wait',
				section: locator(SECTIONS.shop),
				importId: '={{ $json.importId }}',
				options: {},
			},
			{ credentials: { apsisOneApi: credential } },
		),
	]);
	const other = await activated('Other', [
		hook(otherPath),
		node('After', 'n8n-nodes-base.noOp', {}),
	]);

	// Nobody knows these IDs, which the wait takes for a moment's delay in its first two minutes.
	await post(waitingPath, {
		imports: Array.from({ length: IMPORTS }, (_, index) => ({ importId: `i-${index}` })),
	});
	const { id } = await n8n.rest.waitForNewExecution(waiting.id);
	await n8n.rest.waitForExecution(id, { statuses: ['waiting'], timeoutMs: 600_000 });
	await post(otherPath, {});
	const ended = await waitFor(
		async () => (await n8n.rest.executions(other.id)).find(({ status }) => status === 'success'),
		{ what: 'The other workflow to run beside the wait', timeoutMs: 30_000 },
	);
	expect(ended.mode).toBe('webhook');
	expect((await n8n.rest.execution(id)).status).toBe('waiting');
});
