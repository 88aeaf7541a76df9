/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs under jest, never in n8n */
import { execFileSync } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	realpathSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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
