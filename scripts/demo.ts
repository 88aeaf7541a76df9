/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on the developer's machine, never in n8n */
import { parse } from 'csv-parse/sync';
import type { INode, INodeExecutionData } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ApsisOne, CHANNELS, KEYSPACES, startApsisOne, TOPICS } from '../test/apsisOne';
import { type EngineRun, listen, runWorkflow } from '../test/engine';
import { loadBuiltPackage } from '../test/support/builtPackage';
import { type Example, EXAMPLES_FOLDER, readExample } from '../test/support/examples';
import { credentialFor, itemsOf } from '../test/support/workflows';

const REQUEST = 'Request profile import';
const TRIGGER = 'On profile import completed';

/**
 * The main job, from end to end: a sample customer file goes through the built nodes inside n8n's own engine into a local
 * APSIS One; the trigger of a second workflow waits for the imports and fires; Preview finds a mistake; a summary is printed.
 */
async function main(): Promise<void> {
	const startedAt = Date.now();
	const apsisOne = await startApsisOne({ timing: { queuedMs: 500, inProgressMs: 1_500 } });
	const setup = {
		...loadBuiltPackage(),
		credentials: credentialFor(apsisOne),
	};
	const following = readExample('on-import-completed.json');
	const trigger = await listen(setup, nodeOf(following, TRIGGER));
	const workflow = readExample('items-to-import.json');
	const customers = readCustomers();

	console.log(
		'\nA stand-in plays APSIS One on this machine. No account is needed, and no data leave the machine.',
	);
	console.log(
		`\n1. "${workflow.name}" imports the ${figure(customers.length)} customers of examples/customers.csv …`,
	);
	const request = succeeded(await runWorkflow({ ...setup, workflow, input: customers }));
	const imports = request.outputs(REQUEST);
	console.log(`   ${request.hints(REQUEST)[0]?.message}`);

	console.log(
		`2. "${following.name}" has been started by it, and waits until APSIS One has finished …`,
	);
	const input = await trigger.next();
	const run = succeeded(
		await runWorkflow({ ...setup, workflow: following, mode: 'manual', input }),
	);
	const fired = run.outputs('Go on from here');
	for (const { json } of fired) {
		const { part, parts, rows, status } = json;
		console.log(
			`   import ${String(part)} of ${String(parts)}: ${figure(Number(rows))} rows, ${String(status)}`,
		);
	}

	const others = pinnedRows(workflow);
	console.log(`3. Preview checks ${others.length} other rows, and sends nothing …`);
	const preview = succeeded(
		await runWorkflow({ ...setup, workflow: asPreview(workflow), input: others }),
	);
	console.log(`   ${preview.hints(REQUEST)[0]?.message}`);
	for (const { json } of preview.outputs(REQUEST, 2)) {
		console.log(`   ${String(json.email)} → ${String(json.why)}`);
	}

	printSummary(apsisOne, {
		customers,
		imports,
		rejected: request.outputs(REQUEST, 1),
		fired,
		startedAt,
	});
	await trigger.close();
	await apsisOne.close();
	if (fired.length !== imports.length) throw new Error('The trigger did not give every import.');
}

interface Result {
	customers: INodeExecutionData[];
	imports: INodeExecutionData[];
	rejected: INodeExecutionData[];
	fired: INodeExecutionData[];
	startedAt: number;
}

function printSummary(
	apsisOne: ApsisOne,
	{ customers, imports, rejected, fired, startedAt }: Result,
): void {
	const total = (name: 'created' | 'updated' | 'failed') =>
		apsisOne.imports.reduce((sum, { counts }) => sum + (counts?.[name] ?? 0), 0);
	const consents = customers.map(
		({ json }) =>
			apsisOne.profile(KEYSPACES.email, String(json.email))?.consents[
				`${TOPICS.news}|${CHANNELS.email}`
			],
	);
	const counted = (consent?: string) => consents.filter((one) => one === consent).length;
	const lines: Array<[what: string, value: number]> = [
		['Rows that came in', customers.length],
		['Rows sent', Number(imports[0]?.json.rowsSent)],
		['Rows rejected before sending', rejected.length],
		['Values left out', Number(imports[0]?.json.valuesLeftOut)],
		['Imports (one for opt-outs, one for the others)', imports.length],
		['Imports that the trigger has seen completed', fired.length],
		['Profiles created', total('created')],
		['Profiles updated', total('updated')],
		['Rows failed in APSIS One', total('failed')],
		['Customers opted in to the newsletter', counted('opt-in')],
		['Customers opted out of it', counted('opt-out')],
		['Customers whose consent was left alone', counted()],
		['Seconds, all in all', Math.round((Date.now() - startedAt) / 1000)],
	];
	console.log(`\n   What became of the ${figure(customers.length)} customers`);
	for (const [what, value] of lines) {
		console.log(`   ${what.padEnd(46)} ${figure(value).padStart(6)}`);
	}
}

const figure = (value: number): string => value.toLocaleString('en');

/** The same workflow with the other operation of its node. */
function asPreview(workflow: Example): Example {
	const nodes = workflow.nodes.map((node) =>
		node.name === REQUEST
			? { ...node, parameters: { ...node.parameters, operation: 'preview' } }
			: node,
	);
	return { ...workflow, nodes };
}

const pinnedRows = ({ pinData = {} }: Example) => Object.values(pinData).flat();

function readCustomers(): INodeExecutionData[] {
	const rows = parse<Record<string, string>>(readFileSync(join(EXAMPLES_FOLDER, 'customers.csv')), {
		columns: true,
	});
	return itemsOf(rows);
}

function nodeOf(workflow: Example, name: string): INode {
	const node = workflow.nodes.find((one) => one.name === name);
	if (!node) throw new Error(`The example "${workflow.name}" has no node ${name}.`);
	return node;
}

function succeeded(run: EngineRun): EngineRun {
	if (run.error) throw run.error;
	return run;
}

void main().catch((error: unknown) => {
	console.error(error);
	// The servers of the demo would keep it alive.
	process.exit(1);
});
