/** One bar of the plot. */
export interface Bar {
	group: string;
	way: string;
	seconds: number;
}

const COLOURS: Readonly<Record<string, string>> = {
	'node, checks off': '#0f766e',
	'node, checks on': '#14b8a6',
	'built-in pair': '#f97316',
	floor: '#94a3b8',
};

const WIDTH = 760;
const BAR_HEIGHT = 16;
const GROUP_GAP = 18;
const LEFT = 110;
const RIGHT = 70;
const TOP = 64;

/** Bars of seconds on a logarithmic scale, in groups, as SVG that reads on light and dark ground. */
export function plotBars(title: string, bars: readonly Bar[]): string {
	const groups = [...new Set(bars.map(({ group }) => group))];
	const shortest = Math.min(...bars.map(({ seconds }) => seconds)) / 2;
	const longest = Math.max(...bars.map(({ seconds }) => seconds));
	const scale = (seconds: number) =>
		((WIDTH - LEFT - RIGHT) * Math.log(seconds / shortest)) / Math.log(longest / shortest);
	let y = TOP;
	const rows: string[] = [];
	for (const group of groups) {
		const own = bars.filter((bar) => bar.group === group);
		rows.push(
			label(LEFT - 10, y + (own.length * BAR_HEIGHT) / 2 + 4, group, 'text-anchor="end"'),
			...own.map((bar, index) => barAt(bar, y + index * BAR_HEIGHT, scale(bar.seconds))),
		);
		y += own.length * BAR_HEIGHT + GROUP_GAP;
	}
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="12">`,
		'<rect width="100%" height="100%" rx="8" fill="#ffffff"/>',
		label(LEFT, 24, title, 'font-size="14" font-weight="600"'),
		legend([...new Set(bars.map(({ way }) => way))]),
		...rows,
		'</svg>',
		'',
	].join('\n');
}

function barAt({ way, seconds }: Bar, y: number, length: number): string {
	const rect = `<rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT - 3}" rx="2" fill="${COLOURS[way] ?? '#000000'}"/>`;
	return rect + label(LEFT + length + 6, y + BAR_HEIGHT - 5, `${seconds.toFixed(2)} s`, '');
}

function legend(ways: readonly string[]): string {
	return ways
		.map((way, index) => {
			const x = LEFT + index * 150;
			return `<rect x="${x}" y="38" width="10" height="10" rx="2" fill="${COLOURS[way] ?? '#000000'}"/>${label(x + 15, 47, way, '')}`;
		})
		.join('\n');
}

function label(x: number, y: number, text: string, more: string): string {
	return `<text x="${x.toFixed(1)}" y="${y}" fill="#1f2937" ${more}>${text}</text>`;
}
