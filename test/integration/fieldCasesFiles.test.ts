/* Files that went wrong in public reports of people who import contacts elsewhere. */
import type { IBinaryData, INodeParameters } from 'n8n-workflow';

import { ATTRIBUTES, KEYSPACES, TOPICS } from '../apsisOne';
import { type EngineRun, readBinary } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	importCsv,
	jsonOf,
	mapped,
	NODE_NAME,
	runNode,
	requestParameters,
	subscription,
} from '../support/workflows';

const apsisOne = useLocalApsisOne();

const attributesOf = (key: string) => apsisOne.profile(KEYSPACES.email, key)?.attributes;
const firstName = (key: string) => attributesOf(key)?.[ATTRIBUTES.firstName];
const city = (key: string) => attributesOf(key)?.[ATTRIBUTES.city];
const sentText = () => apsisOne.imports.map(({ file }) => file?.content?.toString() ?? '').join('');
const bytes = (...parts: Array<string | number[]>) =>
	Buffer.concat(
		parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
	);

async function rejectedCsv(run: EngineRun): Promise<string> {
	const file = run.outputs(NODE_NAME, 1)[0]?.binary?.rejected as IBinaryData;
	return (await readBinary(file)).toString();
}

describe('encodings', () => {
	it('one wrong byte costs its row, and no other letter', async () => {
		const run = await importCsv(apsisOne, [
			bytes(
				'email,First name,City\nasa@example.com,Åsa,Malmö\nzoe@example.com,Zoë,Tromsø\nio@example.com,Iö,Göteborg\nbad@example.com,J',
				[0xf6],
				'rgen,Umeå\n',
			),
		]);
		expect([firstName('asa@example.com'), city('asa@example.com')]).toEqual(['Åsa', 'Malmö']);
		expect(firstName('zoe@example.com')).toBe('Zoë');
		expect(attributesOf('bad@example.com')).toBeUndefined();
		expect(jsonOf(run, 1)).toMatchObject([{ row: 5, file: 'in.csv' }]);
		expect(sentText()).not.toMatch(/Ã|\uFFFD/);
	});

	it('a character cut in half at the end costs its row at most', async () => {
		await importCsv(apsisOne, [
			bytes('email,First name\nasa@example.com,Åsa\nbo@example.com,B', [0xc3]),
		]);
		expect(firstName('asa@example.com')).toBe('Åsa');
		expect(sentText()).not.toMatch(/Ã|\uFFFD/);
	});

	it('a wrong byte after a byte order mark never becomes a replacement character', async () => {
		const run = await importCsv(apsisOne, [
			bytes(
				[0xef, 0xbb, 0xbf],
				'email,First name\nx@example.com,J',
				[0xf6],
				'rgen\nasa@example.com,Åsa\n',
			),
		]);
		expect(jsonOf(run, 1)).toHaveLength(1);
		expect(firstName('asa@example.com')).toBe('Åsa');
		expect(sentText()).not.toContain('\uFFFD');
	});

	it.each<[string, Buffer]>([
		['UTF-16 LE', Buffer.from('email,First name\nasa@example.com,Åsa\n', 'utf16le')],
		['UTF-16 BE', Buffer.from('email,First name\nasa@example.com,Åsa\n', 'utf16le').swap16()],
		['Windows-1252', Buffer.from('email,First name\nasa@example.com,Åsa\n', 'latin1')],
	])('%s without a mark is read', async (_, content) => {
		await importCsv(apsisOne, [content]);
		expect(firstName('asa@example.com')).toBe('Åsa');
	});

	it('an item with a lost character does not send it', async () => {
		const run = await importCsv(apsisOne, ['email,First name\na@example.com,J\uFFFDrgen\n']);
		expect(sentText()).not.toContain('\uFFFD');
		expect(run.status).toBe('success');
	});
});

describe('byte order marks', () => {
	it('two of them before a quoted header are read', async () => {
		await importCsv(apsisOne, ['\uFEFF\uFEFF"email","First name"\n"asa@example.com","Åsa"\n']);
		expect(firstName('asa@example.com')).toBe('Åsa');
	});

	it('in the middle, of two files put together, reject the second header only', async () => {
		const run = await importCsv(apsisOne, [
			'\uFEFF"email","First name"\n"asa@example.com","Åsa"\n\uFEFF"email","First name"\n"bo@example.com","Bo"\n',
		]);
		expect([firstName('asa@example.com'), firstName('bo@example.com')]).toEqual(['Åsa', 'Bo']);
		expect(jsonOf(run, 1)).toMatchObject([{ row: 3 }]);
	});
});

describe('quotes', () => {
	it.each<[string, string, string | undefined]>([
		['in the middle of a cell', 'b@example.com,26" bike', '26" bike'],
		['after a space', 'b@example.com, "Anna"', 'Anna'],
		['not doubled', 'b@example.com,"Anna "Ann" Berg"', 'Anna "Ann" Berg'],
		['escaped with a backslash', 'b@example.com,"Anna \\"Ann\\" Berg"', 'Anna "Ann" Berg'],
		['that never close', 'b@example.com,"Bo', undefined],
	])('%s cost no other row', async (_, line, expected) => {
		const run = await importCsv(apsisOne, [
			`email,First name\na@example.com,Anna\n${line}\nc@example.com,Cia\nd@example.com,"Dan, ""D"""\n`,
		]);
		expect([firstName('a@example.com'), firstName('c@example.com')]).toEqual(['Anna', 'Cia']);
		expect(firstName('d@example.com')).toBe('Dan, "D"');
		const name = firstName('b@example.com');
		if (name === undefined) expect(jsonOf(run, 1)).toMatchObject([{ row: 3 }]);
		else expect(name).toBe(expected);
		expect(jsonOf(run)[0]).toMatchObject({ rowsRead: 4 });
	});
});

describe('lines, headers and widths', () => {
	it.each<[string, string, string[]]>([
		['a first line sep=;', 'sep=;\nemail;First name\na@example.com;Anna\n', ['Anna']],
		['a trailing delimiter in every row', 'email,First name\na@example.com,Anna,\n', ['Anna']],
		['a missing last cell', 'email,First name,City\na@example.com,Anna\n', ['Anna']],
		[
			'a no-break space in the header',
			'\u00a0email\u00a0,First name\na@example.com,Anna\n',
			['Anna'],
		],
		['only carriage returns', 'email,First name\ra@example.com,Anna\r', ['Anna']],
		[
			'a repeated column that nothing uses',
			'email,Note,First name,Note\na@example.com,x,Anna,y\n',
			['Anna'],
		],
	])('%s: the row is sent', async (_, content, names) => {
		const run = await importCsv(apsisOne, [content]);
		expect(run.error).toBeUndefined();
		expect([firstName('a@example.com')]).toEqual(names);
		expect(jsonOf(run, 1)).toEqual([]);
	});

	it('a row with one cell too many is rejected with every cell it had', async () => {
		const run = await importCsv(apsisOne, [
			'email,First name,City\na@example.com,Anna,Storgata 1,Oslo\nb@example.com,Bo,Oslo\n',
		]);
		expect(firstName('b@example.com')).toBe('Bo');
		expect(jsonOf(run, 1)).toMatchObject([{ email: 'a@example.com', surplus: ['Oslo'], row: 2 }]);
		expect(await rejectedCsv(run)).toContain('Oslo');
	});

	it('a message names the row as a spreadsheet counts it, blank lines included', async () => {
		const run = await importCsv(apsisOne, ['email\na@example.com\n\n\nnonsense\n'], {
			options: { onInvalidRow: 'stop' },
		});
		expect(run.error?.message).toBe(
			'[in.csv, row 5] Profile Key: invalid email address (nonsense)',
		);
	});

	it('a title above the header is one sentence', async () => {
		const run = await importCsv(apsisOne, [
			'Customers of March\nemail,First name,City\na@example.com,Anna,Oslo\nb@example.com,Bo,Oslo\n',
		]);
		expect(run.error?.message).toContain('Customers of March');
		expect(run.error?.description).toContain('email, First name, City');
		expect(apsisOne.imports).toEqual([]);
	});
});

describe('quotes that CSV files do not use', () => {
	it.each([
		"'email','First name'\n'a@example.com','Anna, A'\n",
		'“email”;“First name”\n“a@example.com”;“Anna”\n',
		'«email»,«First name»\n«a@example.com»,«Anna»\n',
	])('are one sentence, and no part of the values: %j', async (content) => {
		const run = await importCsv(apsisOne, [content], { profileKeyField: '' });
		expect(run.error?.message).toMatch(
			/^\[Item 0\] in\.csv has its values in quotes that CSV files do not use: .email.$/,
		);
		expect(apsisOne.imports).toEqual([]);
	});
});

describe('what is no CSV file', () => {
	it.each<[string, Buffer, RegExp]>([
		['an Excel file', bytes([0x50, 0x4b, 3, 4], 'xl/workbook.xml and more'), /Excel|zip/i],
		['a gzipped file', bytes([0x1f, 0x8b, 8, 0], 'xxxxxxxxxx'), /gzip|compressed/i],
		['a PDF', bytes('%PDF-1.7 something'), /PDF/],
		['a web page', bytes('<!DOCTYPE html><html><body>Sign in</body></html>'), /web page/i],
	])('%s is one sentence that says so', async (_, content, sentence) => {
		const run = await importCsv(apsisOne, [content]);
		expect(run.error?.message).toMatch(sentence);
		expect(run.error?.description).toBeTruthy();
		expect(apsisOne.imports).toEqual([]);
	});
});

describe('several files', () => {
	it('a bad row is named by its file and its own row', async () => {
		const run = await importCsv(
			apsisOne,
			['email\na@example.com\n', 'email\nb@example.com\nnonsense\n'],
			{ options: { onInvalidRow: 'stop' } },
		);
		expect(run.error?.message).toBe(
			'[in-2.csv, row 3] Profile Key: invalid email address (nonsense)',
		);
	});

	it('with columns in another order come out as one rectangular file', async () => {
		const run = await importCsv(apsisOne, [
			'email,First name,City\nbad1,Anna,Oslo\na@example.com,A,B\n',
			'City,email,First name,Shoe\nBergen,bad2,Bo,42\n',
		]);
		expect(await rejectedCsv(run)).toBe(
			[
				'email,First name,City,Shoe,rejected because',
				'bad1,Anna,Oslo,,"Profile Key: invalid email address (bad1). Write it like name@example.com, with a public domain."',
				'bad2,Bo,Bergen,42,"Profile Key: invalid email address (bad2). Write it like name@example.com, with a public domain."',
				'',
			].join('\n'),
		);
	});

	it('an item without a file is named', async () => {
		const file = {
			data: Buffer.from('email\na@example.com\n').toString('base64'),
			mimeType: 'text/csv',
		};
		const run = await runNode(
			apsisOne,
			requestParameters({ inputSource: 'file', binaryPropertyName: 'data' }),
			[
				{ json: {}, binary: { data: file } },
				{ json: {}, binary: { attachment_1: file } },
			],
		);
		expect(run.error?.message).toBe('[Item 1] There is no file in the binary field "data"');
		expect(run.error?.description).toContain('attachment_1');
		expect(apsisOne.imports).toEqual([]);
	});

	it('a second file in an item is not read, and said to be there', async () => {
		const file = (fileName: string) => ({
			data: Buffer.from('email\na@example.com\n').toString('base64'),
			mimeType: fileName.endsWith('.csv') ? 'text/csv' : 'image/png',
			fileName,
		});
		const parameters = requestParameters({ inputSource: 'file', binaryPropertyName: 'data' });
		const warningsWith = async (other: string) => {
			const binary = { data: file('a.csv'), attachment_1: file(other) };
			return jsonOf(await runNode(apsisOne, parameters, [{ json: {}, binary }]))[0]?.warnings;
		};
		expect(await warningsWith('b.csv')).toEqual([
			expect.stringContaining('There are other CSV files in: attachment_1.'),
		]);
		expect(await warningsWith('logo.png')).toEqual([]);
	});

	it('a stray quote in the second costs no row of the first', async () => {
		await importCsv(apsisOne, [
			'email,First name\na@example.com,Anna\n',
			'email,First name\nb@example.com,26" bike\nc@example.com,Cia\n',
		]);
		expect([firstName('a@example.com'), firstName('c@example.com')]).toEqual(['Anna', 'Cia']);
	});
});

describe('rejected.csv', () => {
	it('has every column, and its names are read again as they were', async () => {
		const parameters = {
			attributes: mapped({ [ATTRIBUTES.city]: '-x', [ATTRIBUTES.firstName]: '@type' }),
		};
		const content = ',email,@type,-x,Note,Note\n0,nobody,Anna,Oslo,n1,n2\n1,b@example.com,Bo,,,\n';
		const csv = await rejectedCsv(await importCsv(apsisOne, [content], parameters));
		expect(csv.split('\n').slice(0, 2)).toEqual([
			"column 1,email,'@type,'-x,Note,Note 2,rejected because",
			expect.stringMatching(/^0,nobody,Anna,Oslo,n1,n2,"Profile Key: /),
		]);
		const again = await importCsv(apsisOne, [csv.replace('nobody', 'a@example.com')], parameters);
		expect(jsonOf(again, 1)).toEqual([]);
		expect([firstName('a@example.com'), city('a@example.com')]).toEqual(['Anna', 'Oslo']);
	});

	const BAD =
		'email;First name;City;newsletter\r\nnobody;"=HYPERLINK(""x"")";Ålesund;nej\r\nnobody too;+46 70;"A; ""B""";nej\r\nok@example.com;Anna;Oslo;ja\r\n';
	const NEWS: INodeParameters = { subscriptions: { values: [subscription()] } };

	it.each<[string, Buffer]>([
		['UTF-8 with a mark', Buffer.from(`\uFEFF${BAD}`)],
		['Windows-1252', Buffer.from(BAD, 'latin1')],
	])(
		'opens in a spreadsheet, and can be mended there and imported again: %s',
		async (_, content) => {
			const run = await importCsv(apsisOne, [content], NEWS);
			const csv = await rejectedCsv(run);
			expect(csv.startsWith('\uFEFFemail;First name;City;newsletter;rejected because')).toBe(true);
			expect(csv).toContain(`'=HYPERLINK`);
			expect(csv).toContain(';+46 70;');

			apsisOne.reset();
			const mended = csv.replace('nobody too', 'b@example.com').replace('nobody', 'a@example.com');
			const again = await importCsv(apsisOne, [mended], NEWS);
			expect(jsonOf(again, 1)).toEqual([]);
			expect(attributesOf('a@example.com')).toMatchObject({
				[ATTRIBUTES.firstName]: '=HYPERLINK("x")',
				[ATTRIBUTES.city]: 'Ålesund',
			});
			expect(attributesOf('b@example.com')).toMatchObject({
				[ATTRIBUTES.firstName]: '+46 70',
				[ATTRIBUTES.city]: 'A; "B"',
			});
			expect(
				apsisOne.profile(KEYSPACES.email, 'b@example.com')?.consents[
					`${TOPICS.news}|com.apsis1.channels.email`
				],
			).toBe('opt-out');
		},
	);
});
