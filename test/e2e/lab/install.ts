/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
/**
 * Installs what the lab needs (two n8n versions, playwright-core) once per machine, outside the repository.
 *
 * A folder is named after the hash of its manifest, so a changed manifest installs afresh and an unchanged one is
 * found in milliseconds. It appears by one rename, so that it is either complete or not there.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const E2E_FOLDER = path.resolve(__dirname, '..');
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const TEMP_PREFIX = '.installing-';

/** The manifests below `test/e2e/`. */
export type ManifestName = 'n8n-oldest' | 'n8n-newest' | 'browser';

/** Where one manifest is installed, and the node binary that its programs run under. */
export interface Installation {
	folder: string;
	/** Absolute path of the node binary: the manifest's own if it brings one, else the one running now. */
	node: string;
}

/** Packages with native code: nothing else of n8n needs its install script, and many of those fail here. */
const REBUILT: Record<ManifestName, string[]> = {
	'n8n-oldest': ['sqlite3'],
	'n8n-newest': ['sqlite3'],
	browser: [],
};

/** The folder that holds all installations: `APSIS_E2E_CACHE`, or a folder in the user's cache. */
export function cacheFolder(): string {
	const userCache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
	return process.env.APSIS_E2E_CACHE || path.join(userCache, 'n8n-nodes-apsis-one');
}

/**
 * Installs one manifest unless it is there already.
 *
 * @throws when npm fails, with what an installation needs and npm's own words
 */
export async function ensureInstalled(name: ManifestName): Promise<Installation> {
	const { manifest, folder } = await placeOf(name);
	if (!existsSync(folder)) await installAtomically(name, manifest, folder);
	return { folder, node: nodeBinary(folder) };
}

/** Whether {@link ensureInstalled} has nothing to do. */
export async function isInstalled(name: ManifestName): Promise<boolean> {
	return existsSync((await placeOf(name)).folder);
}

async function placeOf(name: ManifestName) {
	const manifest = path.join(E2E_FOLDER, name, 'package.json');
	const hash = createHash('sha256')
		.update(await readFile(manifest))
		.digest('hex');
	return { manifest, folder: path.join(cacheFolder(), `${name}-${hash.slice(0, 12)}`) };
}

async function installAtomically(name: ManifestName, manifest: string, folder: string) {
	await mkdir(cacheFolder(), { recursive: true });
	await removeAbandoned();
	const temp = path.join(cacheFolder(), `${TEMP_PREFIX}${process.pid}-${name}`);
	await rm(temp, { recursive: true, force: true });
	await mkdir(temp);
	await fill(temp, name, manifest).catch(async (error: unknown) => {
		await rm(temp, { recursive: true, force: true });
		throw new Error(
			`${name} could not be installed. It takes the npm registry and 2 GB of disk; where sqlite3 has no binary to download, also Python, make and a C++ compiler. npm says:\n${String(error)}`,
		);
	});
	await rename(temp, folder).catch(async (error: unknown) => {
		// Somebody else finished the same installation first: theirs is as good.
		if (!existsSync(folder)) throw error;
		await rm(temp, { recursive: true, force: true });
	});
}

async function fill(folder: string, name: ManifestName, manifest: string) {
	await copyFile(manifest, path.join(folder, 'package.json'));
	await npm(folder, [
		'install',
		'--ignore-scripts',
		'--legacy-peer-deps',
		'--no-audit',
		'--no-fund',
	]);
	for (const native of REBUILT[name]) {
		await npm(folder, ['rebuild', native, '--ignore-scripts=false']);
	}
}

/** Removes what installs that were killed left behind: an n8n is 1.7 GB. */
async function removeAbandoned() {
	for (const entry of await readdir(cacheFolder())) {
		const pid = Number(new RegExp(`^\\${TEMP_PREFIX}(\\d+)-`).exec(entry)?.[1]);
		if (!pid || existsSync(`/proc/${pid}`)) continue;
		await rm(path.join(cacheFolder(), entry), { recursive: true, force: true });
	}
}

/** Runs npm with the installation's own node first in the PATH, so that native code is built and tried with it. */
async function npm(folder: string, parameters: string[]) {
	const env = {
		...ownHeaders(),
		...process.env,
		PATH: `${path.dirname(nodeBinary(folder))}${path.delimiter}${process.env.PATH}`,
	};
	await run('nice', ['npm', ...parameters], { cwd: folder, env, maxBuffer: MAX_OUTPUT_BYTES });
}

/**
 * Where native code is compiled, node-gyp downloads Node's headers, which a closed network does not let through. Those that
 * came with the running Node do as well, also for another Node: what is compiled here is Node-API.
 */
function ownHeaders(): Record<string, string> {
	const nodeFolder = path.resolve(path.dirname(realpathSync(process.execPath)), '..');
	const isThere = existsSync(path.join(nodeFolder, 'include/node/node_api.h'));
	return isThere ? { npm_config_nodedir: nodeFolder } : {};
}

function nodeBinary(folder: string): string {
	const own = path.join(folder, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
	return existsSync(own) ? own : process.execPath;
}

/** `tsx test/e2e/lab/install.ts [manifest …]` fills the cache ahead of the first test. */
async function main(names: string[]) {
	const all = Object.keys(REBUILT) as ManifestName[];
	for (const name of all.filter((known) => !names.length || names.includes(known))) {
		const started = Date.now();
		const { folder } = await ensureInstalled(name);
		process.stdout.write(`${name}: ${folder} (${Math.round((Date.now() - started) / 1000)} s)\n`);
	}
}

if (require.main === module) void main(process.argv.slice(2));
