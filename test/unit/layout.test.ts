/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- the test reads the sources */
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const NODE = 'nodes/ApsisOne';

/** Rooms from the top floor down: each may take from those below it, never from those above. */
const FLOORS = [
	['node'],
	['actions', 'methods'],
	['waiting'],
	['importing'],
	['values'],
	['api'],
	['transport'],
	['shared'],
];

/** Files that several rooms have by convention, with one job each. */
const CONVENTIONAL_NAMES = /^(index\.ts|.*\.operation\.ts)$/;

interface Import {
	from: string;
	to: string;
}

const sources = (fs.readdirSync(path.join(ROOT, NODE), { recursive: true }) as string[])
	.filter((file) => file.endsWith('.ts'))
	.map((file) => path.posix.join(NODE, file.split(path.sep).join('/')));

/** With names, for its effect alone, or under way. */
const IMPORTED = /(?:from |import |import\(|require\()'(\.[^']+)'/g;

const imports: Import[] = sources.flatMap((from) =>
	[...fs.readFileSync(path.join(ROOT, from), 'utf8').matchAll(IMPORTED)].flatMap(
		([, specifier = '']) => {
			const target = path.posix.join(path.posix.dirname(from), specifier);
			const to = [target, `${target}.ts`, `${target}/index.ts`].find((one) =>
				sources.includes(one),
			);
			return to ? [{ from, to }] : [];
		},
	),
);

function roomOf(file: string): string {
	const [first = '', ...rest] = path.posix.relative(NODE, file).split('/');
	if (rest.length > 0) return first;
	return first.endsWith('.node.ts') ? 'node' : 'shared';
}

const floorOf = (file: string): number => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)));

it('every file stands in a room that the house has', () => {
	expect(sources.filter((file) => floorOf(file) === -1)).toEqual([]);
	expect(imports.length).toBeGreaterThan(200);
});

it('arrows run down only', () => {
	const wrong = imports
		.filter(({ from, to }) => {
			const [above, below] = [floorOf(from), floorOf(to)];
			return above > below || (above === below && roomOf(from) !== roomOf(to));
		})
		.map(({ from, to }) => {
			const below = FLOORS.slice(floorOf(from) + 1).flat();
			return `${from} imports ${to}, but ${roomOf(from)} may import ${below.join(', ') || 'nothing'} and itself only`;
		});
	expect(wrong).toEqual([]);
});

it('no files import each other in a circle', () => {
	const targets = new Map<string, string[]>();
	for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
	const done = new Set<string>();
	const circles: string[] = [];
	const visit = (file: string, trail: readonly string[]) => {
		if (trail.includes(file)) {
			circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
			return;
		}
		if (done.has(file)) return;
		for (const target of targets.get(file) ?? []) visit(target, [...trail, file]);
		done.add(file);
	};
	for (const file of sources) visit(file, []);
	expect(circles).toEqual([]);
});

it('no two files of one name do different jobs', () => {
	const byName = new Map<string, string[]>();
	for (const file of sources) {
		const name = path.posix.basename(file);
		if (CONVENTIONAL_NAMES.test(name)) continue;
		byName.set(name, [...(byName.get(name) ?? []), file]);
	}
	expect([...byName.values()].filter((files) => files.length > 1)).toEqual([]);
});

it('a resource holds its operations and their list, nothing else', () => {
	const inResources = sources
		.filter((file) => file.startsWith(`${NODE}/actions/`))
		.filter((file) => !file.startsWith(`${NODE}/actions/common/`))
		.filter((file) => file !== `${NODE}/actions/router.ts`);
	expect(inResources.filter((file) => !CONVENTIONAL_NAMES.test(path.posix.basename(file)))).toEqual(
		[],
	);
});

it('CONTRIBUTING lists the folders there are', () => {
	const text = fs.readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8');
	const listed = [...text.matchAll(/^\|\s*`nodes\/ApsisOne\/([\w/]+)\/`/gm)].map(
		([, name]) => name,
	);
	const folders = [...new Set(sources.map((file) => path.posix.relative(NODE, file)))]
		.filter((file) => file.includes('/'))
		.map((file) => file.split('/')[0]);
	expect([...listed].sort()).toEqual([...new Set(folders)].sort());
});
