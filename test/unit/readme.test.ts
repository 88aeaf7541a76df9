/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { exampleFiles } from '../support/examples';

const ROOT = join(__dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

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
		expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
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
