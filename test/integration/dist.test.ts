/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs under jest, never in n8n */
import { execFileSync } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { licensesOf, packageFolders } from '../../scripts/licenses';

interface SourceMap {
	sources: string[];
}

const ROOT = join(__dirname, '../..');
let folder: string;

/** dist in a folder whose node_modules holds n8n-workflow and nothing else, as on n8n Cloud. */
beforeAll(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), 'apsis-dist-')));
	cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
	mkdirSync(join(folder, 'node_modules'));
	symlinkSync(
		dirname(dirname(require.resolve('n8n-workflow/package.json'))) + '/n8n-workflow',
		join(folder, 'node_modules/n8n-workflow'),
	);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = () =>
	readdirSync(join(ROOT, 'dist'), { recursive: true })
		.map(String)
		.filter((file) => file.endsWith('.js'));

it('holds one file for each node and credential of package.json', () => {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- the manifest is data here
	const { n8n } = require('../../package.json') as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	expect(
		built()
			.map((file) => `dist/${file}`)
			.sort(),
	).toEqual([...n8n.nodes, ...n8n.credentials].sort());
});

it.each(built())('loads %s with nothing but n8n-workflow at hand', (file) => {
	const script = `
		const exported = Object.values(require(${JSON.stringify(join(folder, 'dist', file))}));
		const made = new exported[0]();
		process.stdout.write(made.displayName ?? made.description.displayName);
	`;
	const name = execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
	expect(name).toMatch(/^APSIS One/);
});

it('brings the licence of every package inside it', () => {
	const maps = readdirSync(join(ROOT, 'dist-maps'), { recursive: true })
		.map(String)
		.filter((file) => file.endsWith('.map'))
		.map((file) => JSON.parse(readFileSync(join(ROOT, 'dist-maps', file), 'utf8')) as SourceMap);
	const packages = maps
		.flatMap(({ sources }) => sources)
		.map((source) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1])
		.filter((name) => name !== undefined);
	expect(new Set(packages)).toContain('csv-stringify');
	const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
		.split(/^-{80}\n/m)
		.slice(1);
	expect(notices.map((notice) => notice.split(' ')[0])).toEqual([...new Set(packages)].sort());
	for (const notice of notices) {
		expect(notice).toMatch(/^\S+ \d+\.\d+\.\d+ \(\S+\)\n/);
		expect(notice).toMatch(/copyright[^]*permission is hereby granted/i);
	}
});

it('cannot be built with a package that has no licence text', async () => {
	const bare = join(folder, 'node_modules/@bare/package');
	mkdirSync(bare, { recursive: true });
	writeFileSync(
		join(bare, 'package.json'),
		JSON.stringify({ name: '@bare/package', version: '1.0.0', license: 'MIT' }),
	);
	const folders = packageFolders([
		'nodes/ApsisOne/errors.ts',
		'node_modules/@bare/package/lib/index.js',
		'../../node_modules/@bare/package/lib/other.js',
	]);
	expect(folders).toEqual(['node_modules/@bare/package']);
	await expect(licensesOf(folders, folder)).rejects.toThrow(
		'@bare/package 1.0.0 is bundled, but has no licence text.',
	);
	writeFileSync(join(bare, 'LICENCE.txt'), 'As you like.');
	expect(await licensesOf(folders, folder)).toContain(
		'\n@bare/package 1.0.0 (MIT)\n\nAs you like.\n',
	);
});
