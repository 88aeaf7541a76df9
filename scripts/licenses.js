/** The notices that the licences of the bundled libraries ask for. */
const fs = require('node:fs/promises');
const path = require('node:path');

const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt';
const ROOT = path.join(__dirname, '..');
const RULE = '-'.repeat(80);

/**
 * The folders of the packages that have code in the bundle.
 *
 * @param files what was bundled, as paths from anywhere; those outside `node_modules` are our own
 * @returns sorted paths such as `node_modules/@scope/name`; a package that stands there in two versions has two
 */
function packageFolders(files) {
	return [...new Set(files.map(packageFolder).filter((folder) => folder !== undefined))].sort();
}

/** The part up to the last package: one may stand in the `node_modules` of another. */
function packageFolder(file) {
	return /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/**
 * Name, version, licence and full licence text of each package.
 *
 * @throws when a package has no licence text: then it must not be published in the bundle
 */
async function licensesOf(folders, root = ROOT) {
	const notices = await Promise.all(folders.map((folder) => noticeOf(path.join(root, folder))));
	return [
		'The code of this package contains parts of these packages.\n',
		...notices.map((notice) => `${RULE}\n${notice}`),
	].join('\n');
}

async function noticeOf(folder) {
	const { name, version, license } = JSON.parse(
		await fs.readFile(path.join(folder, 'package.json'), 'utf8'),
	);
	const files = (await fs.readdir(folder)).sort();
	const [licenses, notices] = [/^(licen[cs]e|copying)([.-]|$)/i, /^notice([.-]|$)/i].map((names) =>
		files.filter((file) => names.test(file)),
	);
	if (licenses.length === 0)
		throw new Error(`${name} ${version} is bundled, but has no licence text.`);
	const texts = await Promise.all(
		[...licenses, ...notices].map((file) => fs.readFile(path.join(folder, file), 'utf8')),
	);
	return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}

module.exports = { LICENSES_FILE, licensesOf, packageFolders };
