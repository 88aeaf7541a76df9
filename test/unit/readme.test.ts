/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ApsisOneApi } from '../../credentials/ApsisOneApi.credentials';
import { ApsisOne } from '../../nodes/ApsisOne/ApsisOne.node';
import { ApsisOneTrigger } from '../../nodes/ApsisOne/ApsisOneTrigger.node';
import { fieldReference } from '../../scripts/fieldReference';
import { exampleFiles } from '../support/examples';

const ROOT = join(__dirname, '../..');
const DOCS = readdirSync(join(ROOT, 'docs'))
	.filter((file) => file.endsWith('.md'))
	.map((file) => `docs/${file}`);
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...DOCS];

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe.each(PAGES)('%s', (page) => {
	const text = read(page);

	it('names only commands that are there', () => {
		const wanted = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
		expect(wanted.filter((name) => !(name in scripts))).toEqual([]);
	});

	it('links only to files that are there', () => {
		const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
		expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
	});

	it('names only folders and files that are there', () => {
		const paths = [...text.matchAll(/`((?:nodes|test|bench|examples|scripts|docs)\/[\w./-]*)`/g)];
		const named = paths.map(([, path]) => path ?? '');
		expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
	});
});

it('the README describes every example', () => {
	const text = read('README.md');
	expect(exampleFiles().length).toBeGreaterThanOrEqual(6);
	for (const file of exampleFiles()) expect(text).toContain(`examples/${file}`);
});

it('every command of the README is run by CI, on its own or by a suite', () => {
	const ci = read('.ci/run');
	const suite = read('test/e2e/commands.e2e.ts');
	const text = [read('README.md'), read('docs/proven.md')].join('\n');
	const named = [...text.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name]) => name);
	// npm's own, and the pictures: the suite `editor` with a folder to put them in.
	const others = ['ci', 'screenshots'];
	const isRun = (name: string) =>
		new RegExp(`npm (run (--silent )?)?${name}\\b`).test(ci) || suite.includes(`'${name}'`);
	const wanted = [...new Set(named)].filter((name = '') => !others.includes(name));
	expect(wanted.length).toBeGreaterThan(6);
	expect(wanted.filter((name = '') => !isRun(name))).toEqual([]);
});

it('every address of the repository is the one of package.json', () => {
	const { repository } = JSON.parse(read('package.json')) as { repository: { url: string } };
	const home = /^git\+https:\/\/(github\.com\/[\w-]+\/[\w-]+)\.git$/.exec(repository.url)?.[1];
	const files = [
		...PAGES,
		...['credentials', 'nodes', 'docs', 'examples', '.github'].flatMap((folder) =>
			readdirSync(join(ROOT, folder), { recursive: true })
				.map((file) => join(folder, String(file)))
				.filter((file) => /\.(ts|json|md|yml)$/.test(file)),
		),
	];
	const named = files.flatMap((file) =>
		[...read(file).matchAll(/github\.com\/[\w-]+\/n8n-nodes-apsis-one\b/g)].map(([url]) => [
			file,
			url,
		]),
	);
	expect(named.map(([file]) => file)).toContain('credentials/ApsisOneApi.credentials.ts');
	expect(named.filter(([, url]) => url !== home)).toEqual([]);
	// CONTRIBUTING says which to change for another home.
	const places = new Set(named.map(([file]) => file).filter((file) => file !== 'CONTRIBUTING.md'));
	for (const file of ['package.json', ...places])
		expect(read('CONTRIBUTING.md')).toContain(`\`${file}\``);
});

it('what the nodes link to in the README is there', () => {
	const headings = [...read('README.md').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
		title
			.toLowerCase()
			.replace(/[^\w\s-]/g, '')
			.trim()
			.replace(/\s+/g, '-'),
	);
	const sources = ['credentials/ApsisOneApi.credentials.ts', 'nodes/ApsisOne/ApsisOne.node.json'];
	const anchors = sources.flatMap((file) =>
		[...read(file).matchAll(/n8n-nodes-apsis-one#([\w-]+)/g)].map(([, anchor]) => anchor),
	);
	expect(anchors).toContain('credential');
	expect(
		anchors.filter((anchor = '') => anchor !== 'readme' && !headings.includes(anchor)),
	).toEqual([]);
});

it('docs/fields.md is written from the fields there are', () => {
	const reference = fieldReference({
		node: new ApsisOne().description.properties,
		trigger: new ApsisOneTrigger().description.properties,
		credential: new ApsisOneApi().properties,
	});
	// `npm run docs` writes it anew.
	expect(read('docs/fields.md')).toBe(reference);
	expect(reference.match(/^\| /gm)?.length).toBeGreaterThan(100);
});
