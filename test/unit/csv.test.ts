import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';

import { encodeLine } from '../../nodes/ApsisOne/importing/csv/encode';
import { CsvFileBuilder } from '../../nodes/ApsisOne/importing/csv/fileBuilder';
import { PackedStore } from '../../nodes/ApsisOne/importing/csv/fileBytes';
import { RowSet } from '../../nodes/ApsisOne/importing/rows/rowSet';
import { KeyMap } from '../../nodes/ApsisOne/importing/rows/keyMap';
import { KeySet } from '../../nodes/ApsisOne/importing/rows/keySet';
import { contentOf } from '../support/fileContent';
import { sized } from '../support/size';

const cell = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 12 }),
	fc.constantFrom('"', ',', '\n', '\r\n', ''),
);

describe('a line of CSV', () => {
	it('reads back as what csv-stringify writes', () => {
		fc.assert(
			fc.property(fc.array(cell, { minLength: 2, maxLength: 6 }), (cells) => {
				expect(`${encodeLine(cells)}\n`).toBe(stringify([cells], { quoted_match: /[\r\n]/ }));
			}),
			{ numRuns: sized(300, 1_000) },
		);
	});
});

describe('a file', () => {
	const LINE = 'åäö,👩‍👩‍👧';
	const LINE_BYTES = Buffer.byteLength(`${LINE}\n`);

	it('never grows beyond its limit, counted in bytes, and starts anew with the header', async () => {
		const builder = new CsvFileBuilder('head', 5 + 3 * LINE_BYTES);
		expect([1, 2, 3, 4].map(() => builder.add(LINE))).toEqual([true, true, true, false]);
		const file = builder.finish();
		expect((await contentOf(file)).toString()).toBe(`head\n${`${LINE}\n`.repeat(3)}`);
		expect(file).toMatchObject({ bytes: 5 + 3 * LINE_BYTES, rows: 3 });
		expect(builder.add(LINE)).toBe(true);
		expect((await contentOf(builder.finish())).toString()).toBe(`head\n${LINE}\n`);
	});

	it('tells its exact size, however many chunks it took', async () => {
		const builder = new CsvFileBuilder('h', 10_000_000);
		let lines = 0;
		while (builder.add(`${'ö'.repeat(lines % 999)},${lines}`)) lines++;
		const file = builder.finish();
		expect(await contentOf(file)).toHaveLength(file.bytes);
		expect(file.bytes).toBeGreaterThan(9_990_000);
		expect(file.bytes).toBeLessThanOrEqual(10_000_000);
		expect(file.rows).toBe(lines);
	});
});

it('a file kept compressed reads back byte by byte, as often as asked', async () => {
	const builder = new CsvFileBuilder('h', 3_000_000, () => new PackedStore());
	const lines: string[] = [];
	for (
		let line = 'ö,0';
		builder.add(line);
		line = `${'ö'.repeat(lines.length % 99)},${lines.length}`
	)
		lines.push(line);
	await builder.settled();
	const file = builder.finish();
	const expected = Buffer.from(['h', ...lines, ''].join('\n'));
	expect(file.bytes).toBe(expected.length);
	expect((await contentOf(file)).equals(expected)).toBe(true);
	expect((await contentOf(file)).equals(expected)).toBe(true);
});

describe('a set of rows', () => {
	const rows = fc.uniqueArray(fc.nat(60)).map((list) => list.sort((one, two) => one - two));
	const setOf = (list: readonly number[]) => {
		const set = new RowSet();
		for (const row of list) set.add(row);
		return set;
	};

	it('holds the rows of two sets once each, in order', () => {
		fc.assert(
			fc.property(rows, rows, (one, two) => {
				const union = setOf(one).union(setOf(two));
				const expected = [...new Set([...one, ...two])].sort((a, b) => a - b);
				expect([...union]).toEqual(expected);
				expect(union.size).toBe(expected.length);
			}),
		);
	});

	it('keeps neighbours as one range', () => {
		expect([...setOf([1, 2, 3, 7, 8, 20]).ranges()]).toEqual([
			[1, 3],
			[7, 8],
			[20, 20],
		]);
	});
});

it('a key map keeps many keys apart', () => {
	const count = sized(30_000, 200_000);
	const map = new KeyMap();
	for (let index = 0; index < count; index++) map.set(`person.${index}@example.com`, index);
	const wrong = Array.from({ length: count }, (_, index) => index).filter(
		(index) => map.get(`person.${index}@example.com`) !== index,
	);
	expect(wrong).toEqual([]);
	expect(map.get(`person.${count}@example.com`)).toBeUndefined();
});

describe('keys that may come more than once', () => {
	it('knows exactly which keys it has seen, and takes more of them than were expected', () => {
		const seen = new KeySet(10_000);
		const key = (index: number) => `person.${index}@example.com`;
		for (let index = 0; index < 100_000; index++) expect(seen.add(key(index))).toBe(true);
		for (let index = 0; index < 100_000; index += 7) expect(seen.add(key(index))).toBe(false);
		expect(seen.add(key(100_000))).toBe(true);
	});
});
