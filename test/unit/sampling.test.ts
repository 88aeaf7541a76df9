import {
	chooseSample,
	EvenSampler,
	type FileSample,
	FileSampler,
	MAX_KEPT_CHARACTERS,
} from '../../nodes/ApsisOne/importing/sampling';
import type { CheckedRow } from '../../nodes/ApsisOne/importing/rows/rowChecker';

function row(...cells: string[]): CheckedRow {
	return {
		cells,
		consents: [],
		tags: [],
		key: cells[0] ?? '',
		problems: [],
		leftOut: [],
		hasLandlineConsent: false,
		isSendable: true,
	};
}

/** The sample of a file of so many rows, numbered from `first` on. */
function sampled(
	rows: number,
	wanted: number,
	first = 0,
	consentsOf: (index: number) => number[] = () => [],
	type?: 'opt-in' | 'opt-out',
): FileSample {
	const sampler = new FileSampler({ wanted, keyColumn: 0, clears: false }, type);
	for (let index = first; index < first + rows; index++) {
		sampler.add(row(`k${index}`), index, consentsOf(index));
	}
	return sampler.finish();
}

const indexesOf = (chosen: ReturnType<typeof chooseSample>) =>
	chosen.map((rows) => rows.map(({ rowIndex }) => rowIndex));

describe('an even sample', () => {
	it.each([1, 2, 3, 99, 100, 199, 200, 201, 1_000, 12_345, 100_000])(
		'of %i rows keeps at least those wanted, fewer than twice as many, evenly spread',
		(length) => {
			const sampler = new EvenSampler<number>(100);
			let most = 0;
			for (let index = 0; index < length; index++) {
				sampler.offer(() => index);
				most = Math.max(most, sampler.sample.length);
			}
			const { sample } = sampler;
			expect(sample.length).toBeGreaterThanOrEqual(Math.min(length, 100));
			expect(most).toBeLessThan(200);
			const steps = new Set(sample.slice(1).map((value, index) => value - (sample[index] ?? 0)));
			expect(steps.size).toBeLessThanOrEqual(1);
		},
	);

	it('makes only what it takes', () => {
		const sampler = new EvenSampler<number>(10);
		let made = 0;
		for (let index = 0; index < 10_000; index++) sampler.offer(() => ++made);
		expect(made).toBeLessThan(200);
	});
});

describe('the rows that are read back', () => {
	it.each([
		[[10], 100, 10],
		[[10], 10, 10],
		[[1_000], 100, 100],
		[[100_000, 50_000, 7], 100, 100],
		[[5, 5, 5], 2, 2],
		[[1, 1, 1, 2_000], 1_000, 1_000],
		[[3, 1], 3, 3],
	])('of files of %j rows, %i wanted, are %i', (files, wanted, expected) => {
		let first = 0;
		const samples = files.map((rows) => {
			first += rows;
			return sampled(rows, wanted, first - rows);
		});
		const indexes = indexesOf(chooseSample(samples, wanted)).flat();
		expect(indexes).toHaveLength(expected);
		expect(new Set(indexes).size).toBe(expected);
	});

	it('are shared among the files in proportion to their rows, at least one each', () => {
		const chosen = chooseSample(
			[sampled(80_000, 100), sampled(20_000, 100, 80_000), sampled(3, 100, 100_000)],
			100,
		);
		const counts = chosen.map(({ length }) => length);
		expect(counts).toEqual([79, 20, 1]);
		for (const [file, from, to] of [
			[0, 0, 80_000],
			[1, 80_000, 100_000],
		] as const) {
			const tenth = (to - from) / 10;
			const tenths = Array.from(
				{ length: 10 },
				(_, index) =>
					(chosen[file] ?? []).filter(
						({ rowIndex }) => Math.floor((rowIndex - from) / tenth) === index,
					).length,
			);
			const mean = (chosen[file]?.length ?? 0) / 10;
			for (const count of tenths) expect(Math.abs(count - mean)).toBeLessThanOrEqual(1.5);
		}
	});

	it('hold every kind of consent, however rare', () => {
		const samples = [
			sampled(50_000, 20, 0, (index) => (index === 41_234 ? [0, 2] : [0]), 'opt-in'),
			sampled(400, 20, 50_000, (index) => (index === 50_007 ? [1] : [0]), 'opt-out'),
			sampled(50_000, 20, 60_000, (index) => (index === 77_777 ? [1] : []), 'opt-in'),
		];
		const chosen = chooseSample(samples, 20);
		const kinds = chosen.map((rows) => new Set(rows.flatMap(({ consents }) => consents)));
		expect(kinds.map((kind) => [...kind].sort())).toEqual([[0, 2], [0, 1], [1]]);
		expect(chosen.flat()).toHaveLength(20);
	});

	it('are the same each time', () => {
		const once = () => indexesOf(chooseSample([sampled(9_999, 50), sampled(333, 50, 9_999)], 50));
		expect(once()).toEqual(once());
	});

	it('hold what was sent, a long value by its beginning, an empty one where it erases', () => {
		const long = 'x'.repeat(1_000);
		for (const [clears, values] of [
			[
				false,
				[
					[0, 'k'],
					[2, { start: 'x'.repeat(MAX_KEPT_CHARACTERS), length: 1_000 }],
				],
			],
			[
				true,
				[
					[0, 'k'],
					[1, ''],
					[2, { start: 'x'.repeat(MAX_KEPT_CHARACTERS), length: 1_000 }],
				],
			],
		] as const) {
			const sampler = new FileSampler({ wanted: 1, keyColumn: 0, clears });
			sampler.add(row('k', '', long), 3, [1]);
			expect(sampler.finish().even).toEqual([
				{ rowIndex: 3, profileKey: 'k', values, consents: [1] },
			]);
		}
	});
});
