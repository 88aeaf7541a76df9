/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on the developer's machine, never in n8n */
import type { IConnections, INode, INodeExecutionData, IWorkflowSettings } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const EXAMPLES_FOLDER = join(__dirname, '../../examples');

/** A workflow of `examples/`, as n8n exports it. */
export interface Example {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: Record<string, INodeExecutionData[]>;
}

/** File names of all examples. */
export function exampleFiles(): string[] {
	return readdirSync(EXAMPLES_FOLDER)
		.filter((file) => file.endsWith('.json'))
		.sort();
}

export function readExample(file: string): Example {
	return JSON.parse(readFileSync(join(EXAMPLES_FOLDER, file), 'utf8')) as Example;
}

/** The example with the credentials of an n8n in place of the ones it was exported with, by credential type. */
export function withCredentials(
	example: Example,
	credentials: Readonly<Record<string, { id: string; name: string }>>,
): Example {
	const nodes = example.nodes.map((node) => {
		const wanted = Object.keys(node.credentials ?? {});
		if (wanted.length === 0) return node;
		const own = wanted.flatMap((type) => {
			const credential = credentials[type];
			return credential ? [[type, credential] as const] : [];
		});
		return { ...node, credentials: Object.fromEntries(own) };
	});
	return { ...example, nodes };
}
