import { execFileSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

import { LICENSES_FILE, packageFolders } from './licenses.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Size budget of the published tarball. */
const MAX_TARBALL_BYTES = 400_000;

/**
 * What n8n's verification does, on what would be published: packs the tarball, runs n8n's scanner rules over the
 * sources and over every .js of the tarball, and n8n-node lint.
 */
async function main() {
	const folder = mkdtempSync(join(tmpdir(), 'apsis-verify-'));
	try {
		const [packed] = JSON.parse(
			execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
				cwd: ROOT,
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'ignore'],
			}),
		);
		if (!packed) throw new Error('npm pack made no tarball.');
		const tarball = join(folder, packed.filename);
		execFileSync('tar', ['-xzf', tarball, '-C', folder]);
		cpSync(join(ROOT, 'icons'), join(folder, 'package/icons'), { recursive: true });

		const problems = [
			...sizeProblem(statSync(tarball).size),
			...strayFiles(packed.files.map(({ path }) => path)),
			...dependencyProblem(),
			...missingLicenses(join(folder, 'package/dist', LICENSES_FILE)),
			...(await scan('sources', ROOT, SOURCE_FILE_PATTERNS)),
			...(await scan('tarball', join(folder, 'package'), ['dist/**/*.js', 'package.json'])),
			...lint(),
		];
		for (const problem of problems) console.error(`✗ ${problem}`);
		console.log(
			`verify: ${packed.files.length} files, ${statSync(tarball).size} bytes packed, ${problems.length} problems`,
		);
		if (problems.length > 0) process.exitCode = 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function sizeProblem(bytes) {
	return bytes > MAX_TARBALL_BYTES
		? [`The tarball has ${bytes} bytes; ${MAX_TARBALL_BYTES} are allowed.`]
		: [];
}

function strayFiles(paths) {
	const stray = paths.filter(
		(path) => !/^(dist\/|package\.json$|README\.md$|LICENSE\.md$|CHANGELOG\.md$)/.test(path),
	);
	return stray.length > 0 ? [`The tarball holds files nobody needs: ${stray.join(', ')}`] : [];
}

function dependencyProblem() {
	const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
	return 'dependencies' in manifest ? ['package.json has dependencies.'] : [];
}

/** Asks the source maps, not the build, which packages are inside. */
function missingLicenses(file) {
	if (!existsSync(file)) return [`The tarball lacks ${LICENSES_FILE}.`];
	const text = readFileSync(file, 'utf8');
	return packageFolders(bundledSources()).flatMap((folder) => {
		const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
		const notice = text.split(`\n${name} ${version} (`)[1]?.split('-'.repeat(80))[0] ?? '';
		return notice.length > 500 ? [] : [`${LICENSES_FILE} lacks the licence of ${name} ${version}.`];
	});
}

function bundledSources() {
	const maps = join(ROOT, 'dist-maps');
	return readdirSync(maps, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.name.endsWith('.map'))
		.flatMap(
			(entry) =>
				JSON.parse(readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8')).sources,
		);
}

async function scan(what, folder, patterns) {
	const result = await analyzePackage(folder, patterns);
	return result.passed
		? []
		: [`The scanner refuses the ${what}: ${result.message}\n${result.details ?? ''}`];
}

function lint() {
	try {
		const told = execFileSync('npx', ['n8n-node', 'lint'], { cwd: ROOT, encoding: 'utf8' });
		// Warnings leave the exit code as it is.
		return /\d+ problems?/.test(told) ? [`n8n-node lint: ${told}`] : [];
	} catch (error) {
		return [`n8n-node lint: ${error.stdout ?? String(error)}`];
	}
}

await main();
