import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';

import { encodeLine } from '../../nodes/ApsisOne/profileImport/csv/encode';
import { CsvFileBuilder } from '../../nodes/ApsisOne/profileImport/csv/fileBuilder';
import { KeyMap } from '../../nodes/ApsisOne/profileImport/rows/keyMap';

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
			{ numRuns: 1_000 },
		);
	});
});

describe('a file', () => {
	const LINE = 'åäö,👩‍👩‍👧';
	const LINE_BYTES = Buffer.byteLength(`${LINE}\n`);

	it('never grows beyond its limit, counted in bytes, and starts anew with the header', () => {
		const builder = new CsvFileBuilder('head', 5 + 3 * LINE_BYTES);
		expect([1, 2, 3, 4].map(() => builder.add(LINE))).toEqual([true, true, true, false]);
		const file = builder.finish();
		expect(Buffer.concat(file.chunks).toString()).toBe(`head\n${`${LINE}\n`.repeat(3)}`);
		expect(file).toMatchObject({ bytes: 5 + 3 * LINE_BYTES, rows: 3 });
		expect(builder.add(LINE)).toBe(true);
		expect(Buffer.concat(builder.finish().chunks).toString()).toBe(`head\n${LINE}\n`);
	});

	it('tells its exact size, however many chunks it took', () => {
		const builder = new CsvFileBuilder('h', 10_000_000);
		let lines = 0;
		while (builder.add(`${'ö'.repeat(lines % 999)},${lines}`)) lines++;
		const file = builder.finish();
		expect(Buffer.concat(file.chunks)).toHaveLength(file.bytes);
		expect(file.bytes).toBeGreaterThan(9_990_000);
		expect(file.bytes).toBeLessThanOrEqual(10_000_000);
		expect(file.rows).toBe(lines);
	});
});

it('a key map keeps 200,000 keys apart', () => {
	const map = new KeyMap();
	for (let index = 0; index < 200_000; index++) map.set(`person.${index}@example.com`, index);
	const wrong = Array.from({ length: 200_000 }, (_, index) => index).filter(
		(index) => map.get(`person.${index}@example.com`) !== index,
	);
	expect(wrong).toEqual([]);
	expect(map.get('person.200000@example.com')).toBeUndefined();
});
