import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';

import { CsvReader, type CsvRecord } from '../../nodes/ApsisOne/importing/csv/reader';

/** Reads text in pieces of this many characters. */
function read(text: string, delimiter = ',', pieceLength = 1 << 16): CsvRecord[] {
	const reader = new CsvReader({ delimiter });
	const records: CsvRecord[] = [];
	for (let from = 0; from < text.length; from += pieceLength) {
		records.push(...reader.read(text.slice(from, from + pieceLength)));
	}
	return [...records, ...reader.end()];
}

const cellsOf = (text: string, delimiter?: string) =>
	read(text, delimiter).map(({ cells, defect }) => (defect ? defect.rule : cells));

const UNCLOSED = 'has a quote that is not closed';
const UNCLEAR = 'has quotes in the wrong places';

const DELIMITERS = [',', ';', '\t', '|'];
const LINE_ENDS = ['\n', '\r\n', '\r'];

const cell = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 8 }),
	fc
		.array(fc.constantFrom('"', '\\', ',', ';', ' ', '\n', '\r\n', '\r', 'a', 'å', '😀'), {
			maxLength: 6,
		})
		.map((parts) => parts.join('')),
);
const isFilled = (cells: string[]) => cells.some((text) => text.trim() !== '');
/** A mark at the start of a line is taken for one, and U+FFFD for a lost character. */
const isOrdinary = (cells: string[]) =>
	!cells[0]?.startsWith('\uFEFF') && !cells.join('').includes('\uFFFD');
const table = (width: number) =>
	fc.array(
		fc.array(cell, { minLength: width, maxLength: width }).filter(isFilled).filter(isOrdinary),
		{ minLength: 1, maxLength: 8 },
	);
const anyTable = fc.integer({ min: 1, max: 5 }).chain(table);
const writing = fc.record({
	delimiter: fc.constantFrom(...DELIMITERS),
	lineEnd: fc.constantFrom(...LINE_ENDS),
	quoted: fc.boolean(),
	pieceLength: fc.constantFrom(1, 2, 3, 7, 1_000),
});

describe('records', () => {
	it('read back as csv-stringify wrote them, in pieces of any length', () => {
		fc.assert(
			fc.property(anyTable, writing, (rows, { delimiter, lineEnd, quoted, pieceLength }) => {
				const text = stringify(rows, {
					delimiter,
					quoted,
					quoted_match: /^\s|[\r\n]|\s$/,
					record_delimiter: lineEnd,
				});
				const records = read(text, delimiter, pieceLength);
				expect(records.map(({ cells }) => cells)).toEqual(rows);
				expect(records.map(({ row }) => row)).toEqual(rows.map((_, index) => index + 1));
				expect(records.some(({ defect, isIrregular }) => defect ?? isIrregular)).toBe(false);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('read as csv-parse reads them, wherever that can', () => {
		const text = fc
			.array(fc.constantFrom('"', '""', ',', '\n', '\r\n', 'a', 'b', 'å', '",', ',"', '"\n'), {
				maxLength: 30,
			})
			.map((parts) => parts.join(''));
		let compared = 0;
		fc.assert(
			fc.property(text, (content) => {
				let expected: string[][];
				try {
					expected = parse(content, {
						record_delimiter: ['\r\n', '\n', '\r'],
						relax_column_count: true,
						skip_empty_lines: true,
						skip_records_with_empty_values: true,
					});
				} catch {
					return;
				}
				compared++;
				expect(read(content).map(({ cells }) => cells)).toEqual(expected);
			}),
			{ numRuns: 5_000 },
		);
		expect(compared).toBeGreaterThan(1_000);
	});

	it('come the same however the text is cut into pieces', () => {
		const text = fc
			.array(
				fc.constantFrom('"', '"', ',', ' ', '\\', '\n', '\r', '\r\n', 'a', '\uFEFF', ',"', '",'),
				{
					maxLength: 60,
				},
			)
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(text, fc.integer({ min: 1, max: 9 }), (content, pieceLength) => {
				expect(read(content, ',', pieceLength)).toEqual(read(content));
			}),
			{ numRuns: 5_000 },
		);
	});

	it('hold every line of any text exactly once', () => {
		const text = fc
			.array(fc.constantFrom('"', '"', ',', ' ', '\\', '\n', 'a', 'bc', ',"', '",', '"\n"'), {
				maxLength: 60,
			})
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(text, (content) => {
				const held = read(content)
					.map(({ raw }) => raw)
					.join('\n')
					.split('\n');
				const isBlankLine = (line: string) => /^[\s,]*$/.test(line.replace(/"/g, ''));
				expect(held.filter((line) => !isBlankLine(line))).toEqual(
					content.split('\n').filter((line) => !isBlankLine(line)),
				);
			}),
			{ numRuns: 3_000 },
		);
	});
});

describe('a record damaged anywhere', () => {
	const WIDTH = 3;
	const mutation = fc.record({
		at: fc.nat(),
		how: fc.constantFrom('drop', 'insert'),
		what: fc.constantFrom('"', ',', '\n', '\\', 'x', ' '),
	});
	const clean = fc
		.array(fc.oneof(fc.constantFrom('', 'a', 'b c', 'Malmö', '26', 'x"y', 'p, q', 'r\ns')), {
			minLength: WIDTH,
			maxLength: WIDTH,
		})
		.filter(isFilled);

	it('costs at most some lines beside it', () => {
		fc.assert(
			fc.property(
				fc.array(clean, { minLength: 20, maxLength: 40 }),
				fc.boolean(),
				mutation,
				(rows, quoted, { at, how, what }) => {
					const lines = rows.map((cells, index) =>
						stringify([[`row${index}`, ...cells]], { quoted, quoted_match: /\n/ }),
					);
					const target = Math.floor(rows.length / 2);
					const line = lines[target] ?? '';
					const place = at % line.length;
					lines[target] =
						how === 'drop'
							? line.slice(0, place) + line.slice(place + 1)
							: line.slice(0, place) + what + line.slice(place);
					const good = read(lines.join('')).filter(
						({ cells, defect }) => !defect && cells.length === WIDTH + 1,
					);
					const missing = rows.filter(
						(cells, index) =>
							index !== target &&
							!good.some(
								(record) => record.cells.join('|') === [`row${index}`, ...cells].join('|'),
							),
					);
					expect(missing.length).toBeLessThanOrEqual(2);
				},
			),
			{ numRuns: 2_000 },
		);
	});
});

describe('quotes', () => {
	it.each<[string, string, unknown]>([
		['of inches in a cell without quotes', 'a,26" bike,b\n', [['a', '26" bike', 'b']]],
		['that stray, one more time', 'a,26",b\n', [['a', '26"', 'b']]],
		['after a space', 'a, "b, c",d\n', [['a', 'b, c', 'd']]],
		['after a space, with one after them', 'a, "b" , "c" \n', [['a', 'b', 'c']]],
		['after a space, around a line break', 'a, "b\nc",d\n', [['a', 'b\nc', 'd']]],
		[
			'that are not doubled in a quoted cell',
			'a,"Anna "Ann" Berg",b\n',
			[['a', 'Anna "Ann" Berg', 'b']],
		],
		['that are not doubled at its end', 'a,"Anna "Ann""\n', [['a', 'Anna "Ann"']]],
		['that are not doubled at its start', 'a,""Ann" Berg",b\n', [['a', '"Ann" Berg', 'b']]],
		['of which one is not doubled', 'a,"26" bike",b\n', [UNCLEAR]],
		['not doubled, with a delimiter between', 'a,"He said "hi", and left",b\n', [UNCLEAR]],
		[
			'escaped with a backslash',
			String.raw`a,"Anna \"Ann\" Berg",b` + '\n',
			[['a', 'Anna "Ann" Berg', 'b']],
		],
		[
			'escaped with a backslash at the end',
			String.raw`a,"Anna \"Ann\"",b` + '\n',
			[['a', 'Anna "Ann"', 'b']],
		],
		[
			'escaped with a backslash before a delimiter',
			String.raw`a,"Anna \"Ann\", Berg",b` + '\n',
			[['a', 'Anna "Ann", Berg', 'b']],
		],
		[
			'escaped with a backslash, over lines',
			'a,"say \\"hi\\"\nand go",b\nc,d,e\n',
			[
				['a', 'say "hi"\nand go', 'b'],
				['c', 'd', 'e'],
			],
		],
		['after a backslash that means itself', 'a,"C:\\dir\\",b\n', [['a', 'C:\\dir\\', 'b']]],
		['that never close', 'a,"b,c\nd,e,f\ng,h,i\n', [UNCLOSED, ['d', 'e', 'f'], ['g', 'h', 'i']]],
		['that never close in the last line', 'a,b\nc,"d', [['a', 'b'], UNCLOSED]],
		['that never close before others that do', 'a,"b,c\nd,"e",f\n', [UNCLOSED, ['d', 'e', 'f']]],
		['around nothing', '"",""\na,""\n', [['a', '']]],
		['doubled', '"a ""b"" c","""d"""\n', [['a "b" c', '"d"']]],
	])('%s', (_, text, expected) => {
		expect(cellsOf(text)).toEqual(expected);
	});

	it('that stray cost no other line, however long the file', () => {
		const good = Array.from({ length: 5_000 }, (_, index) => `row ${index},"x ""y""",z\n`);
		const text = [...good.slice(0, 2_500), 'bad,"never closed,z\n', ...good.slice(2_500)].join('');
		const records = read(text, ',', 4_096);
		expect(records).toHaveLength(5_001);
		expect(records.filter(({ defect }) => defect).map(({ raw, row }) => [raw, row])).toEqual([
			['bad,"never closed,z', 2_501],
		]);
	});

	it('may be around a hundred lines, and no more', () => {
		const lines = (count: number) => `a,"${'x\n'.repeat(count)}",b\nc,d,e\n`;
		expect(read(lines(99))).toHaveLength(2);
		expect(read(lines(99))[0]?.cells[1]).toHaveLength(198);
		const tooMany = read(lines(150));
		expect(tooMany[0]?.defect?.rule).toBe(UNCLOSED);
		expect(tooMany.at(-1)?.cells).toEqual(['c', 'd', 'e']);
	});

	it('may be around 100,000 characters, and no more', () => {
		const text = (length: number) => `a,"${'x'.repeat(length)}\ny",b\nc,d,e\n`;
		expect(read(text(99_000), ',', 65_536)).toHaveLength(2);
		const tooLong = read(text(200_000), ',', 65_536);
		expect(tooLong.map(({ defect }) => defect?.rule)).toEqual([UNCLOSED, undefined, undefined]);
	});
});

describe('lines', () => {
	it.each<[string, string]>([
		['\\n', 'a,b\nc,d\ne,f\n'],
		['\\r\\n', 'a,b\r\nc,d\r\ne,f\r\n'],
		['\\r', 'a,b\rc,d\re,f\r'],
		['all kinds', 'a,b\r\nc,d\re,f\n'],
		['no end at the end', 'a,b\nc,d\re,f'],
	])('may end with %s', (_, text) => {
		for (const pieceLength of [1, 2, 3, 100]) {
			expect(read(text, ',', pieceLength).map(({ cells }) => cells)).toEqual([
				['a', 'b'],
				['c', 'd'],
				['e', 'f'],
			]);
		}
	});

	it('of a file with nothing but \\r come while it is read', () => {
		const reader = new CsvReader({ delimiter: ',' });
		expect(reader.read('a,b\rc,d\re,f')).toHaveLength(2);
	});

	it('are numbered as a spreadsheet numbers rows', () => {
		const text = 'a,b\n\n,\n" ","\n"\nc,"d\ne"\nf,"g\nh,i\n';
		expect(read(text).map(({ row, raw }) => [row, raw])).toEqual([
			[1, 'a,b'],
			[5, 'c,"d\ne"'],
			[6, 'f,"g'],
			[7, 'h,i'],
		]);
	});

	it('that never end are one defect', () => {
		const records = read(`a,b\n${'x'.repeat(3_000_000)}\nc,d\n`);
		expect(records.map(({ defect, cells }) => defect?.rule ?? cells)).toEqual([
			['a', 'b'],
			'is longer than 1,000,000 characters',
			['c', 'd'],
		]);
		expect(records.map(({ row }) => row)).toEqual([1, 2, 3]);
	});
});
