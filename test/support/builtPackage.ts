/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- loads the built package on the developer's machine */
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

interface Manifest {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
}

/** The package as n8n loads it from dist: node types by full name, credential types by name. */
export function loadBuiltPackage(): {
	nodeTypes: Record<string, INodeType>;
	credentialTypes: Record<string, ICredentialType>;
} {
	const { name, n8n } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
	const nodes = n8n.nodes.map((file) => load<INodeType>(file, '.node.js'));
	const credentials = n8n.credentials.map((file) => load<ICredentialType>(file, '.credentials.js'));
	return {
		nodeTypes: Object.fromEntries(nodes.map((node) => [`${name}.${node.description.name}`, node])),
		credentialTypes: Object.fromEntries(credentials.map((type) => [type.name, type])),
	};
}

/** n8n expects a class named after its file. */
function load<T>(file: string, ending: string): T {
	const className = (file.split('/').at(-1) ?? '').replace(ending, '');
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is known at run time only
	const loaded = require(join(ROOT, file)) as Record<string, new () => T>;
	const Class = loaded[className];
	if (!Class) throw new Error(`${file} exports no class ${className}.`);
	return new Class();
}
