/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Installs those of the Debian packages that are missing.
 *
 * @throws when something is missing and we are not root, with the command to run
 */
export async function ensureDebianPackages(names: string[]): Promise<void> {
	const present = await Promise.all(names.map(isInstalled));
	const missing = names.filter((_, index) => !present[index]);
	if (!missing.length) return;
	if (process.getuid?.() !== 0) {
		throw new Error(`Missing on this machine: run 'sudo apt-get install ${missing.join(' ')}'`);
	}
	const options = {
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		maxBuffer: MAX_OUTPUT_BYTES,
	};
	await run('apt-get', ['update', '-qq'], options);
	await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
}

async function isInstalled(name: string): Promise<boolean> {
	return await run('dpkg-query', ['-W', '-f', '${Status}', name]).then(
		({ stdout }) => stdout.includes('install ok installed'),
		() => false,
	);
}
