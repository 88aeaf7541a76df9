/* eslint-disable @n8n/community-nodes/no-restricted-imports -- drives a real n8n from the developer's machine */
/** Makes the tarball that npm would publish, and puts it where n8n puts an installed community package. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { REPOSITORY, temporaryFolder } from './folders';

const run = promisify(execFile);

/** A packed package. */
export interface PackedPackage {
	name: string;
	version: string;
	/** Absolute path of the .tgz, in a temp folder of its own. */
	tarball: string;
}

interface PackageManifest {
	name: string;
	version: string;
}

interface InstalledNodesManifest {
	name: string;
	private: boolean;
	dependencies: Record<string, string>;
}

/**
 * Runs `npm pack`. It does not build: `dist/` must be there (`npm run build`).
 *
 * @param folder the package's folder, by default this repository
 */
export async function packPackage(folder: string = REPOSITORY): Promise<PackedPackage> {
	const destination = await temporaryFolder('pack');
	const { name, version } = await readManifest(folder);
	const options = ['--ignore-scripts', '--json', '--pack-destination', destination];
	const { stdout } = await run('npm', ['pack', ...options], { cwd: folder });
	const [packed] = JSON.parse(stdout) as Array<{ filename: string }>;
	if (!packed) throw new Error(`npm pack made nothing of ${folder}`);
	return { name, version, tarball: path.join(destination, packed.filename) };
}

/**
 * Unpacks a package to `<userFolder>/.n8n/nodes/node_modules/<name>`, from where n8n loads it at its next start with
 * the type names of production (`<name>.<node>`).
 *
 * Nothing else is needed: n8n loads whatever lies there. Its table `installed_packages` only feeds the list under
 * *Settings > Community nodes* and the search for missing packages, which would want the npm registry.
 */
export async function installPackage(packed: PackedPackage, userFolder: string): Promise<void> {
	const nodes = path.join(userFolder, '.n8n', 'nodes');
	const target = path.join(nodes, 'node_modules', packed.name);
	await rm(target, { recursive: true, force: true });
	await mkdir(target, { recursive: true });
	await run('tar', ['-xzf', packed.tarball, '-C', target, '--strip-components=1']);
	await addToManifest(path.join(nodes, 'package.json'), packed);
}

async function readManifest(folder: string): Promise<PackageManifest> {
	return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

/** Writes the manifest that n8n keeps of the packages it has installed. */
async function addToManifest(file: string, { name, version }: PackedPackage) {
	const empty: InstalledNodesManifest = {
		name: 'installed-nodes',
		private: true,
		dependencies: {},
	};
	const manifest = await readFile(file, 'utf8').then(
		(text) => JSON.parse(text) as InstalledNodesManifest,
		() => empty,
	);
	manifest.dependencies[name] = version;
	await writeFile(file, JSON.stringify(manifest, null, 2));
}
