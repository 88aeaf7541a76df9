/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
/** A small community package that asks n8n how it behaves, before our own nodes rely on it. */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { packPackage, temporaryFolder, type PackedPackage } from '../lab';

const NODES = ['ProbeWait', 'ProbeWatch', 'ProbeTrigger', 'ProbeHelpers'];

/** Prefix of the node types, e.g. `n8n-nodes-probe.probeWait`. */
export const PROBE = 'n8n-nodes-probe';

/** Builds and packs the probe. */
export async function packProbe(): Promise<PackedPackage> {
	const folder = await temporaryFolder('probe');
	await build({
		entryPoints: Object.fromEntries(
			NODES.map((name) => [`${name}.node`, path.join(__dirname, 'nodes', `${name}.ts`)]),
		),
		outdir: path.join(folder, 'dist'),
		bundle: true,
		platform: 'neutral',
		format: 'cjs',
		external: ['n8n-workflow'],
		logLevel: 'warning',
	});
	const manifest = {
		name: PROBE,
		version: '1.0.0',
		files: ['dist'],
		n8n: { n8nNodesApiVersion: 1, nodes: NODES.map((name) => `dist/${name}.node.js`) },
	};
	await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
	return await packPackage(folder);
}

/** A line that a probe node wrote into n8n's log. */
export interface ProbeNote {
	what: 'start' | 'called' | 'look' | 'trigger';
	/** Milliseconds since 1970. */
	at: number;
	execution: string;
	mode: string;
	[fact: string]: unknown;
}

/** All notes in these logs, oldest first. */
export async function readNotes(logPaths: string[]): Promise<ProbeNote[]> {
	const logs = await Promise.all(logPaths.map(async (log) => await readFile(log, 'utf8')));
	return logs
		.flatMap((log) => [...log.matchAll(/\[PROBE\] (\{.*?\})\s*$/gm)])
		.map((match) => JSON.parse(match[1] ?? '{}') as ProbeNote)
		.sort((a, b) => a.at - b.at);
}
