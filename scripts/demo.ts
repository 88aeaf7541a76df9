/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on the developer's machine, never in n8n */
import { parse } from 'csv-parse/sync';
import type { INode, INodeExecutionData } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startApsisOne } from '../test/apsisOne';
import { type EngineRun, type RunOptions, runWorkflow } from '../test/engine';
import { loadBuiltPackage } from '../test/support/builtPackage';

const EXAMPLES = join(__dirname, '../examples');
const POLL_MS = 500;

/**
 * The main job, from end to end: a sample customer file goes through the built node inside n8n's own engine into a
 * local APSIS One, and a summary is printed.
 */
async function main(): Promise<void> {
	const startedAt = Date.now();
	const apsisOne = await startApsisOne({ timing: { queuedMs: 500, inProgressMs: 1_500 } });
	const setup = {
		...loadBuiltPackage(),
		credentials: {
			'1': {
				type: 'apsisOneApi',
				data: {
					region: 'custom',
					baseUrl: apsisOne.baseUrl,
					clientId: apsisOne.clientId,
					clientSecret: apsisOne.clientSecret,
					accessToken: '',
				},
			},
		},
	};
	const workflow = JSON.parse(
		readFileSync(join(EXAMPLES, 'items-to-import.json'), 'utf8'),
	) as RunOptions['workflow'];
	const customers = readCustomers();
	console.log(
		`\nImporting ${customers.length} customers from examples/customers.csv with the workflow "${workflow.name}"…`,
	);

	const request = succeeded(await runWorkflow({ ...setup, workflow, input: customers }));
	const imports = request.outputs('Request profile import');
	console.log(`  n8n says: ${request.hints('Request profile import')[0]?.message}`);
	const looks = await pollUntilFinished({ ...setup, workflow: statusWorkflow(workflow) }, imports);

	const totals = {
		created: 0,
		updated: 0,
		unchanged: 0,
		failed: 0,
		consentsGiven: 0,
		consentsKeptOut: 0,
	};
	for (const { counts } of apsisOne.imports) {
		for (const name of Object.keys(totals) as Array<keyof typeof totals>)
			totals[name] += counts?.[name] ?? 0;
	}
	console.table(
		Object.fromEntries(
			[
				['Rows that came in', customers.length],
				['Rows sent', imports.reduce((sum, { json }) => sum + Number(json.rows), 0)],
				['Rows rejected before sending', request.outputs('Request profile import', 1).length],
				['Imports (opt-ins and opt-outs apart)', imports.length],
				['Status', [...new Set(looks.map(({ json }) => json.status))].join(', ')],
				['Profiles created', totals.created],
				['Profiles updated', totals.updated],
				['Rows failed in APSIS One', totals.failed],
				['Consents given', totals.consentsGiven],
				['Seconds', (Date.now() - startedAt) / 1000],
			].map(([what, value]) => [what, { '': value }]),
		),
	);
	await apsisOne.close();
}

function readCustomers(): INodeExecutionData[] {
	const rows = parse<Record<string, string>>(readFileSync(join(EXAMPLES, 'customers.csv')), {
		columns: true,
	});
	return rows.map((json) => ({ json }));
}

/** The same workflow with its node set to Get Status. */
function statusWorkflow(workflow: RunOptions['workflow']): RunOptions['workflow'] {
	const toStatus = (node: INode): INode =>
		node.type.endsWith('.apsisOne')
			? {
					...node,
					parameters: {
						...node.parameters,
						operation: 'getStatus',
						importId: '={{ $json.importId }}',
					},
				}
			: node;
	return { ...workflow, nodes: workflow.nodes.map(toStatus) };
}

async function pollUntilFinished(
	options: RunOptions,
	imports: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	for (;;) {
		const run = succeeded(await runWorkflow({ ...options, input: imports }));
		const looks = run.outputs('Request profile import');
		console.log(`  APSIS One says: ${looks.map(({ json }) => json.status).join(', ')}`);
		if (looks.every(({ json }) => json.isFinished)) return looks;
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
}

function succeeded(run: EngineRun): EngineRun {
	if (run.error) throw run.error;
	return run;
}

void main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
