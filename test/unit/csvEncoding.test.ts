import * as fc from 'fast-check';

import { CSV_ENCODINGS, makeDecoder } from '../../nodes/ApsisOne/importing/csv/encodings';
import { FileRows } from '../../nodes/ApsisOne/importing/input/fileRows';
import { inputFile, readRows } from '../support/inputFiles';

const LOST = 'has a character that cannot be read';
const OTHER = 'has a different encoding from the rest of the file';

const latin = (text: string) => Buffer.from(text, 'latin1');
const utf8 = (text: string) => Buffer.from(text);
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const join = (...parts: Array<Buffer | string>) =>
	Buffer.concat(parts.map((part) => Buffer.from(part)));

/** The first names, or what is wrong with the row. */
async function namesOf(
	content: Buffer,
	options: ConstructorParameters<typeof FileRows>[1] = {},
): Promise<unknown[]> {
	const rows = await readRows(content, options, 7);
	return rows.map(({ json, defect }) => defect?.rule ?? json.name);
}

const TEXT = 'email,name\na@example.com,Åsa\nb@example.com,Zoë\n';

describe('the encoding of a file', () => {
	it.each<[string, Buffer, unknown[]]>([
		['UTF-8', utf8(TEXT), ['Åsa', 'Zoë']],
		['UTF-8 with a mark', utf8(`\uFEFF${TEXT}`), ['Åsa', 'Zoë']],
		['UTF-8 with two marks', utf8(`\uFEFF\uFEFF${TEXT}`), ['Åsa', 'Zoë']],
		['Windows-1252', latin(TEXT), ['Åsa', 'Zoë']],
		['UTF-16 LE with a mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), ['Åsa', 'Zoë']],
		['UTF-16 LE without', Buffer.from(TEXT, 'utf16le'), ['Åsa', 'Zoë']],
		['UTF-16 BE with a mark', bigEndian(`\uFEFF${TEXT}`), ['Åsa', 'Zoë']],
		['UTF-16 BE without', bigEndian(TEXT), ['Åsa', 'Zoë']],
		['UTF-16 BE without, Cyrillic', bigEndian('email,name\na@b.cc,Борис\n'), ['Борис']],
		[
			'UTF-8 with one Latin-1 byte',
			join(utf8(TEXT), latin('c@example.com,Jörgen\n')),
			['Åsa', 'Zoë', LOST],
		],
		[
			'UTF-8 with a mark and one Latin-1 byte',
			join('\uFEFFemail,name\n', latin('c@example.com,Jörgen\n'), 'a@b.cc,Åsa\n'),
			[LOST, 'Åsa'],
		],
		[
			'UTF-8 cut in the middle of a character',
			utf8('email,name\na@b.cc,Åsa\nb@b.cc,Bø').subarray(0, -1),
			['Åsa', LOST],
		],
		[
			'UTF-8 cut in the middle of its only character',
			utf8('email,name\nb@b.cc,Bø').subarray(0, -1),
			[LOST],
		],
		[
			'UTF-8 with an overlong slash',
			join('email,name\na@b.cc,Åsa\nb@b.cc,', Buffer.from([0xc0, 0xaf]), '\n'),
			['Åsa', LOST],
		],
		[
			'UTF-8 with half a surrogate pair',
			join('email,name\na@b.cc,Åsa\nb@b.cc,', Buffer.from([0xed, 0xa0, 0x80]), '\n'),
			['Åsa', LOST],
		],
		[
			'UTF-8 with a character that was lost before',
			utf8('email,name\na@b.cc,J\uFFFDrgen\nb@b.cc,Bo\n'),
			[LOST, 'Bo'],
		],
		[
			'UTF-16 with half a surrogate pair',
			Buffer.from('\uFEFFemail,name\na@b.cc,x\uD800y\nb@b.cc,Bo\n', 'utf16le'),
			[LOST, 'Bo'],
		],
		[
			'Windows-1252 with € and ’',
			join(
				'email,name\na@b.cc,',
				Buffer.from([0x80]),
				'uro O',
				Buffer.from([0x92]),
				latin('Neil é\n'),
			),
			['€uro O’Neil é'],
		],
		[
			'French Windows-1252 with no-break spaces',
			latin('email,name\na@b.cc,déjà\u00A0» vu é\n'),
			['déjà\u00A0» vu é'],
		],
		[
			'Windows-1252 with a row of UTF-8',
			join(
				...Array.from({ length: 40 }, () => latin('a@b.cc,éé\n')).map((line, index) =>
					index === 0 ? join('email,name\n', line) : line,
				),
				'b@b.cc,Åsa\n',
			),
			[...Array.from({ length: 40 }, () => 'éé'), OTHER],
		],
		[
			'UTF-8 joined to as much Windows-1252',
			join(TEXT, latin('c@b.cc,Åke\nd@b.cc,Ulla-Brìtt\n')),
			['Åsa', 'Zoë', LOST, LOST],
		],
	])('is told of %s', async (_, content, expected) => {
		expect(await namesOf(content)).toEqual(expected);
	});

	it.each<[string, Buffer]>([
		[
			'Macintosh',
			join(
				'email,name\na@b.cc,J',
				Buffer.from([0x9a]),
				'rgen\nb@b.cc,',
				Buffer.from([0x81]),
				'sa B',
				Buffer.from([0x8c]),
				'th\n',
			),
		],
		[
			'DOS',
			join(
				'email,name\na@b.cc,J',
				Buffer.from([0x94]),
				'rgen\nb@b.cc,',
				Buffer.from([0x8f]),
				'sa B',
				Buffer.from([0x86, 0x84]),
				'th\n',
			),
		],
		[
			'Windows-1251',
			join('email,name\na@b.cc,', Buffer.from([0xc1, 0xee, 0xf0, 0xe8, 0xf1]), '\n'),
		],
		['Windows-1250, Michał', latin('email,name\na@b.cc,Micha\u00b3\n')],
		[
			'ISO-8859-2, Łódź and Wąchock',
			latin('email,name\na@b.cc,\u00a3ód\u00bc\nb@b.cc,W\u00b1chock\n'),
		],
		['DOS with ö only', latin('email,name\na@b.cc,J\u0094rgen\nb@b.cc,Malm\u0094\n')],
		['DOS with Ö only', latin('email,name\na@b.cc,\u0099rebro\n')],
		['Macintosh with ö only', latin('email,name\na@b.cc,G\u009ateborg\n')],
		['Macintosh with ä only', latin('email,name\na@b.cc,P\u008ar\n')],
		['Macintosh with é only', latin('email,name\na@b.cc,Andr\u008e\n')],
		['Macintosh with ø and æ', latin('email,name\na@b.cc,S\u00bfren\nb@b.cc,L\u00bes\u00bf\n')],
		['Chinese', latin('email,name\na@b.cc,\u00cd\u00f5\u00b1\u00b1\u00be\u00a9\n')],
	])('is asked for when it is %s', async (_, content) => {
		await expect(namesOf(content)).rejects.toThrow(
			'[Item 0] The encoding of in.csv cannot be detected',
		);
	});

	it.each<[string, number[], string]>([
		['windows-1250', [0xa3, 0xf3, 0x64, 0x9f], 'Łódź'],
		['windows-1251', [0xc1, 0xee, 0xf0, 0xe8, 0xf1], 'Борис'],
		['windows-1252', [0x8a, 0x80, 0xe5], 'Š€å'],
		['windows-1254', [0xdd, 0xfe, 0xf0], 'İşğ'],
		['windows-1257', [0xd0, 0xe0], 'Šą'],
		['iso-8859-1', [0xe5, 0x92], 'å’'],
		['iso-8859-2', [0xa3, 0xbc], 'Łź'],
		['iso-8859-15', [0xa4, 0xa6], '€Š'],
		['macintosh', [0x8c, 0x8a, 0x9a], 'åäö'],
		['MACINTOSH', [0x81], 'Å'],
	])('can be chosen: %s', async (encoding, bytes, expected) => {
		const content = join('email,name\na@b.cc,', Buffer.from(bytes), '\n');
		expect(await namesOf(content, { encoding })).toEqual([expected]);
	});

	it.each([
		'O\u0092Brien',
		'\u0093Bo\u0094, \u0094Bo\u0094',
		'\u00bbBo\u00ab',
		'Göteborg\u0096Malmö',
		'20 m\u00b2, 3 cm\u00b3',
		'5 \u0080, 1\u00bd, 4\u00b0C, 3\u00aa',
		'Acme\u0099, Acme\u00ae AB',
		'D\u00b4Angelo',
		'Col\u00b7legi',
		'\u00a1Ol\u00e9!',
		'Mato\u009ao, Žäö'.replace('Ž', '\u008e'),
		'Þórður, Guðrún',
	])('is Windows-1252 where signs stand as they do there: %j', async (name) => {
		const [read] = await namesOf(latin(`email;name\na@b.cc;${name}\n`));
		expect(read).toBe(makeDecoder('windows-1252')(latin(name)));
	});

	it.each<[string, string | undefined]>([
		['Jiøí', 'Jiøí'],
		['Erdõs', 'Erdõs'],
		['Ayþe', 'Ayþe'],
		['Jurgis Ðarûnas', 'Ðarûnas'],
		['Gdañsk', 'Gdañsk'],
		['Toruñ', 'Toruñ'],
		['Wêgrzyn', 'Wêgrzyn'],
		['España, Núñez, même, Angoulême, Inês, bêbado', undefined],
		['Åsa, Søren, Zoë, Müller, François', undefined],
		['Þórður, Guðrún', undefined],
		['Skálafjørður', undefined],
	])('is asked about where it may be another one: %s', async (name, word) => {
		const content = latin(`email;name\na@b.cc;${name}\n`);
		const warnings = await new FileRows(
			[inputFile(content, { fileName: 'in.csv' })],
			{},
		).warnings();
		expect(warnings).toEqual(
			word === undefined ? [] : [expect.stringContaining(`Check words such as "${word}"`)],
		);
		const options = { encoding: 'windows-1252' };
		expect(await new FileRows([inputFile(content)], options).warnings()).toEqual([]);
	});

	it('is asked about where the word stands far down', async () => {
		const content = latin(`email;name\n${'a@b.cc;Åsa\n'.repeat(20_000)}b@b.cc;Erdõs\n`);
		expect(await new FileRows([inputFile(content)], {}).warnings()).toEqual([
			expect.stringContaining('Check words such as "Erdõs"'),
		]);
	});

	it('that the mark says goes before the chosen one', async () => {
		expect(await namesOf(utf8(`\uFEFF${TEXT}`), { encoding: 'windows-1252' })).toEqual([
			'Åsa',
			'Zoë',
		]);
	});

	it('that is not offered is refused with those that are', async () => {
		await expect(namesOf(utf8(TEXT), { encoding: 'ebcdic' })).rejects.toMatchObject({
			message: 'CSV Encoding "ebcdic" is not supported',
			description: expect.stringContaining('windows-1250') as string,
		});
	});

	it('of a large file is that of all of it', async () => {
		const ascii = Array.from({ length: 5_000 }, (_, index) => `p${index}@example.com,Anna\n`).join(
			'',
		);
		const names = await readRows(
			join('email,name\n', ascii, latin('x@b.cc,Jörgen\n'), ascii, utf8('y@b.cc,Åsa\n')),
		);
		const defects = names.filter(({ defect }) => defect);
		expect(defects.map(({ line, defect }) => [line, defect?.rule])).toEqual([[5_002, LOST]]);
		expect(names.at(-1)?.json.name).toBe('Åsa');
	});
});

describe('every encoding offered', () => {
	it.each(CSV_ENCODINGS)('is known to this Node.js: $name', ({ value }) => {
		const decode = makeDecoder(value);
		const text =
			value === 'utf-16be'
				? bigEndian('a,b')
				: value === 'utf-16le'
					? Buffer.from('a,b', 'utf16le')
					: utf8('a,b');
		expect(decode(text) + decode()).toBe('a,b');
	});

	it('is in the order of its name, as n8n wants options', () => {
		const names = CSV_ENCODINGS.map(({ name }) => name);
		expect(names).toEqual([...names].sort((one, other) => one.localeCompare(other)));
	});

	it('decodes the same however the bytes are cut', () => {
		const text = fc.string({ unit: 'grapheme', maxLength: 20 });
		fc.assert(
			fc.property(text, fc.integer({ min: 1, max: 5 }), (content, length) => {
				const bytes = utf8(content);
				const decode = makeDecoder('utf-8');
				let decoded = '';
				for (let from = 0; from < bytes.length; from += length) {
					decoded += decode(bytes.subarray(from, from + length));
				}
				expect(decoded + decode()).toBe(bytes.toString('utf8'));
			}),
		);
	});
});

describe('Windows-1252 and UTF-8', () => {
	const words: fc.Arbitrary<string[]> = fc.array(
		fc.constantFrom(
			'Åsa',
			'Zoë',
			'Jörgen',
			'Émile',
			'Müller',
			'Søren',
			'Łukasz',
			'Anna',
			'Bo',
			'garçon',
			'où',
		),
		{ minLength: 1, maxLength: 30 },
	);

	it('are never taken for one another, whatever byte goes wrong', async () => {
		await fc.assert(
			fc.asyncProperty(
				words,
				fc.nat(),
				fc.integer({ min: 0x80, max: 0xff }),
				async (names, at, byte) => {
					const header = 'email,name\n';
					const rows = names.map((name, index) => `p${index}@b.cc,${name}\n`).join('');
					const bytes = utf8(header + rows);
					bytes[header.length + (at % (bytes.length - header.length))] = byte;
					// With nothing else that is UTF-8 there is nothing to tell by.
					fc.pre(names.filter((name) => /[^ -~]/.test(name)).length >= 2);
					const read = await readRows(bytes);
					const others = read.filter(
						({ json, defect }) => !defect && !names.includes(String(json.name)),
					);
					// The byte may make another valid character of one.
					expect(others.length).toBeLessThanOrEqual(1);
					expect(read.some(({ json, defect }) => !defect && /\uFFFD/.test(String(json.name)))).toBe(
						false,
					);
				},
			),
			{ numRuns: 500 },
		);
	});
});
