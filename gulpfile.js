/**
 * Builds the package n8n loads: `gulp build` = clean, type-check, bundle, copy the files beside the code.
 *
 * Every node and credential becomes one CommonJS file with its libraries inside and only `n8n-workflow`
 * outside, because n8n Cloud installs packages without dependencies. Source maps go to `dist-maps/`, which is
 * not published: n8n's scanner lints every .js of the tarball, and a stack trace is ours to read, not the user's.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs/promises');
const path = require('node:path');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { LICENSES_FILE, licensesOf, packageFolders } = require('./scripts/licenses.js');

const DIST = path.join(__dirname, 'dist');
const MAPS = path.join(__dirname, 'dist-maps');

async function clean() {
	await Promise.all([DIST, MAPS].map((folder) => fs.rm(folder, { recursive: true, force: true })));
}

async function typeCheck() {
	const tsc = require.resolve('typescript/bin/tsc');
	execFileSync(process.execPath, [tsc, '--project', 'tsconfig.json'], { stdio: 'inherit' });
}

/** Every node and credential below the folders, as paths relative to the repository. */
async function entryPoints(folders = ['nodes', 'credentials']) {
	const found = await Promise.all(
		folders.map(async (folder) => {
			const entries = await fs.readdir(path.join(__dirname, folder), {
				recursive: true,
				withFileTypes: true,
			});
			return entries
				.filter((entry) => entry.isFile() && /\.(node|credentials)\.ts$/.test(entry.name))
				.map((entry) =>
					path.relative(__dirname, path.join(entry.parentPath ?? entry.path, entry.name)),
				);
		}),
	);
	return found.flat();
}

async function bundle() {
	const result = await esbuild.build({
		absWorkingDir: __dirname,
		entryPoints: await entryPoints(),
		outbase: '.',
		outdir: DIST,
		bundle: true,
		platform: 'neutral',
		mainFields: ['module', 'main'],
		conditions: ['import', 'require'],
		format: 'cjs',
		target: 'node20',
		external: ['n8n-workflow', 'crypto'],
		charset: 'utf8',
		legalComments: 'none',
		sourcemap: 'external',
		write: false,
		logLevel: 'warning',
		metafile: true,
	});
	await Promise.all(result.outputFiles.map(writeOutput));
	const licenses = await licensesOf(packageFolders(bundledFiles(result.metafile)));
	await writeFile(path.join(DIST, LICENSES_FILE), licenses);
}

/** The sources of which something is left in an output. */
function bundledFiles({ outputs }) {
	return Object.values(outputs).flatMap(({ inputs }) =>
		Object.entries(inputs)
			.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
			.map(([file]) => file),
	);
}

async function writeOutput({ path: file, contents }) {
	await writeFile(
		file.endsWith('.map') ? path.join(MAPS, path.relative(DIST, file)) : file,
		contents,
	);
}

async function writeFile(target, contents) {
	await fs.mkdir(path.dirname(target), { recursive: true });
	await fs.writeFile(target, contents);
}

function copyIcons() {
	return src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}

function copyCodex() {
	return src('nodes/**/*.node.json').pipe(dest('dist/nodes'));
}

exports.clean = clean;
exports.typeCheck = typeCheck;
exports.bundle = series(clean, parallel(bundle, copyIcons, copyCodex));
exports.build = series(typeCheck, exports.bundle);
exports.default = exports.build;
