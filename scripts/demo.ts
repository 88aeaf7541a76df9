/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on the developer's machine, never in n8n */
import { parse } from 'csv-parse/sync';
import type { INode, INodeExecutionData } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ApsisOne, startApsisOne } from '../test/apsisOne';
import { type EngineRun, listen, type RunOptions, runWorkflow } from '../test/engine';
import { loadBuiltPackage } from '../test/support/builtPackage';
import { credentialFor, itemsOf } from '../test/support/workflows';

const EXAMPLES = join(__dirname, '../examples');
const REQUEST = 'Request profile import';
const TRIGGER = 'On profile import completed';

type Example = RunOptions['workflow'];

/**
 * The main job, from end to end: a sample customer file goes through the built nodes inside n8n's own engine into a local
 * APSIS One; the trigger of a second workflow waits for the imports and fires; a summary is printed.
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
		`\n1. "${workflow.name}" imports ${customers.length} customers of examples/customers.csv …`,
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
		console.log(`   import ${String(json.importId)}: ${String(json.status)}`);
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
	const total = (name: 'created' | 'updated' | 'failed' | 'consentsGiven') =>
		apsisOne.imports.reduce((sum, { counts }) => sum + (counts?.[name] ?? 0), 0);
	const lines: Array<[what: string, value: string | number]> = [
		['Rows that came in', customers.length],
		['Rows sent', Number(imports[0]?.json.rowsSent)],
		['Values left out', Number(imports[0]?.json.valuesLeftOut)],
		['Rows rejected before sending', rejected.length],
		['Imports (opt-ins and opt-outs apart)', imports.length],
		['Imports that the trigger has seen completed', fired.length],
		['Profiles created', total('created')],
		['Profiles updated', total('updated')],
		['Rows failed in APSIS One', total('failed')],
		['Consents given', total('consentsGiven')],
		['Seconds', (Date.now() - startedAt) / 1000],
	];
	console.log('');
	for (const [what, value] of lines) console.log(`   ${what.padEnd(44)} ${value}`);
}

function readExample(file: string): Example {
	return JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as Example;
}

function readCustomers(): INodeExecutionData[] {
	const rows = parse<Record<string, string>>(readFileSync(join(EXAMPLES, 'customers.csv')), {
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
