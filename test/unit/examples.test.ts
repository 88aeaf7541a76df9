import type { INode, INodeParameters, INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { ApsisOne } from '../../nodes/ApsisOne/ApsisOne.node';
import { ApsisOneTrigger } from '../../nodes/ApsisOne/ApsisOneTrigger.node';
import { exampleFiles, readExample } from '../support/examples';

const TYPES: Readonly<Record<string, INodeTypeDescription>> = {
	'n8n-nodes-apsis-one.apsisOne': new ApsisOne().description,
	'n8n-nodes-apsis-one.apsisOneTrigger': new ApsisOneTrigger().description,
};

/** What n8n would leave aside without a word: parameters that the node does not have (any more). */
function unknownParameters(node: INode, type: INodeTypeDescription): string[] {
	const shown = type.properties.filter((property) =>
		NodeHelpers.displayParameter(allParameters(node, type), property, node, type),
	);
	const known = new Set(shown.map(({ name }) => name));
	const collections = shown.filter(({ type: kind }) => kind === 'collection');
	return [
		...Object.keys(node.parameters).filter((name) => !known.has(name)),
		...collections.flatMap(({ name, options = [] }) => {
			const knownOptions = new Set((options as INodeProperties[]).map((option) => option.name));
			return Object.keys((node.parameters[name] ?? {}) as INodeParameters)
				.filter((option) => !knownOptions.has(option))
				.map((option) => `${name}.${option}`);
		}),
	];
}

function allParameters(node: INode, type: INodeTypeDescription): INodeParameters {
	const { properties } = type;
	return NodeHelpers.getNodeParameters(properties, node.parameters, true, false, node, type) ?? {};
}

describe.each(exampleFiles())('the example %s', (file) => {
	const { nodes, connections } = readExample(file);
	const ours = nodes.filter(({ type }) => type in TYPES);

	it('sets only what the nodes have', () => {
		expect(ours.length).toBeGreaterThan(0);
		for (const node of ours) {
			const type = TYPES[node.type] as INodeTypeDescription;
			expect([node.name, unknownParameters(node, type)]).toEqual([node.name, []]);
		}
	});

	it('connects all of its nodes, and explains itself in a note', () => {
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const targets = Object.values(connections).flatMap(({ main }) =>
			(main ?? []).flatMap((output) => (output ?? []).map(({ node }) => node)),
		);
		const connected = new Set([...Object.keys(connections), ...targets]);
		const loose = nodes.filter((node) => !notes.includes(node) && !connected.has(node.name));
		expect(loose.map(({ name }) => name)).toEqual([]);
		expect(notes.length).toBeGreaterThan(0);
	});
});
