import { NodeConnectionTypes } from 'n8n-workflow';
import type { IExecuteFunctions, INodeType, INodeTypeDescription } from 'n8n-workflow';

import { runWorkflow } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { NODE_NAME, requestParameters, setupFor, workflowWith } from '../support/workflows';

const apsisOne = useLocalApsisOne();

const LOOP_TYPE = 'n8n-nodes-base.splitInBatches';

/** Hands on one item a time, as Loop Over Items does. */
class LoopOverItems implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Loop Over Items',
		usableAsTool: true,
		name: 'splitInBatches',
		group: ['organization'],
		version: 3,
		description: '',
		defaults: { name: 'Loop Over Items' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		properties: [],
	};

	async execute(this: IExecuteFunctions) {
		const rounds = Number(this.getWorkflowDataProxy(0).$runIndex);
		const item = { json: { email: `p${rounds}@example.com` }, pairedItem: { item: 0 } };
		return rounds < 3 ? [[], [item]] : [[item], []];
	}
}

it('from its third run in one execution on says that it belongs after the loop', async () => {
	const setup = setupFor(apsisOne);
	const { nodes } = workflowWith(requestParameters());
	const run = await runWorkflow({
		...setup,
		nodeTypes: { ...setup.nodeTypes, [LOOP_TYPE]: new LoopOverItems() },
		workflow: {
			nodes: [
				...nodes,
				{
					id: 'loop',
					name: 'Loop',
					type: LOOP_TYPE,
					typeVersion: 3,
					position: [0, 0],
					parameters: {},
				},
			],
			connections: {
				Start: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
				Loop: { main: [[], [{ node: NODE_NAME, type: 'main', index: 0 }]] },
				[NODE_NAME]: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
			},
		},
	});
	const runs = run.run.data.resultData.runData[NODE_NAME] ?? [];
	expect(runs).toHaveLength(3);
	const warnings = runs.map(({ data }) => data?.main?.[0]?.[0]?.json.warnings);
	expect(warnings.slice(0, 2)).toEqual([[], []]);
	expect(warnings[2]).toEqual([
		'This is run 3 of this node in one execution, and each run makes an import of its own. Place the node after the loop, so that all rows go into one import.',
	]);
	expect(runs[2]?.hints?.[0]?.message).toContain('This is run 3 of this node');
});
