/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- packs bytes and watches the event loop; no part of the package */
import { gzipSync } from 'node:zlib';

import { FileRows, type InputFile } from '../../nodes/ApsisOne/importing/input/fileRows';
import { inputFile, readRows, rowsOf } from '../support/inputFiles';

const file = (content: Buffer | string, itemIndex = 0, fileName?: string): InputFile =>
	inputFile(content, { itemIndex, ...(fileName ? { fileName } : {}) });

const OTHER_HEADER = 'comes after a second header with other columns';

/** Rows as their values, or what is wrong with them. */
const shortly = async (content: Buffer | string) =>
	(await readRows(content)).map(({ json, defect }) => defect?.rule ?? Object.values(json).join());

describe('the width of a row', () => {
	it('may be short of empty cells', async () => {
		const rows = await readRows('email,First name,City\na@b.cc,Jo,\nb@b.cc,Georg\nc@b.cc\n');
		expect(rows.map(({ json, defect }) => defect ?? json)).toEqual([
			{ email: 'a@b.cc', 'First name': 'Jo', City: '' },
			{ email: 'b@b.cc', 'First name': 'Georg', City: '' },
			{ email: 'c@b.cc', 'First name': '', City: '' },
		]);
	});

	it('may be more by empty cells', async () => {
		expect(await shortly('email,name\na@b.cc,A,\nb@b.cc,B,,, \n')).toEqual([
			'a@b.cc,A',
			'b@b.cc,B',
		]);
	});

	it('that is too much is a defect with every cell', async () => {
		const [row, next] = await readRows('email,name\na@b.cc,A,Storgata 1, Oslo\nb@b.cc,B\n');
		expect(row).toMatchObject({
			json: { email: 'a@b.cc', name: 'A' },
			surplus: ['Storgata 1', ' Oslo'],
			raw: 'a@b.cc,A,Storgata 1, Oslo',
			defect: { rule: 'has more cells than the header' },
		});
		expect(next?.defect).toBeUndefined();
	});

	it('that is too much by a value beyond the last name is a defect, unless most rows have one there', async () => {
		const beyond = 'has a value after the last column with a name';
		expect(await shortly('email;name;city;;\na;A;Oslo;;\nb;B; Jr;Oslo;\n')).toEqual([
			'a,A,Oslo',
			beyond,
		]);
		expect(await shortly('email,name,\na,A, Oslo\n')).toEqual([beyond]);
		expect(await shortly('email,name,\na,A,x\nb,B,y\nc,C,\n')).toEqual(['a,A,x', 'b,B,y', 'c,C,']);
		expect(await shortly(',email\n0,a\n,b\n2,c\n')).toEqual(['0,a', ',b', '2,c']);
	});

	it('that is short beside half a line end is a defect: a value with a line break was not in quotes', async () => {
		const broken = 'is broken by a line break';
		const rows = (end: string, odd: string) =>
			shortly(
				`id,name,city${end}a,An${odd}na,Oslo${end}b,Bo${end}c,Cia,Oslo${odd}d,Dag,Oslo${end}`,
			);
		for (const [end, odd] of [
			['\r\n', '\n'],
			['\r\n', '\r'],
			['\n', '\r'],
		] as const) {
			expect(await rows(end, odd)).toEqual([broken, broken, 'b,Bo,', 'c,Cia,Oslo', 'd,Dag,Oslo']);
		}
		expect(await shortly('id,name,city\r\na,An\nb,Bo\nc,Cia,Oslo\nd\n')).toEqual([
			...['a,An,', 'b,Bo,', 'c,Cia,Oslo', 'd,,'],
		]);
		expect(await rows('\n', '\r\n')).toEqual([
			...['a,An,', 'na,Oslo,', 'b,Bo,', 'c,Cia,Oslo', 'd,Dag,Oslo'],
		]);
	});

	it('that is short beside its other half is a defect, also where line ends are all the same', async () => {
		const broken = 'is broken by a line break';
		const text =
			'id,email,name,city\n1,a@b.cc,An\nna,Oslo\n2,b@b.cc,Bo,Oslo\n3,c@\nb.cc,Cia,Oslo\n4,d@b.cc,D\n5,e@b.cc,E\n';
		expect(await shortly('id,email,news\n1,a@b.cc,\nno\n2,b@b.cc,\n3,c@b.cc,no\n')).toEqual([
			...[broken, broken, '2,b@b.cc,', '3,c@b.cc,no'],
		]);
		for (const chunkBytes of [1, 7, 1_000]) {
			const rows = await readRows(text, {}, chunkBytes);
			expect(rows.map(({ json, defect }) => defect?.rule ?? Object.values(json).join())).toEqual([
				...[broken, broken, '2,b@b.cc,Bo,Oslo', broken, broken, '4,d@b.cc,D,', '5,e@b.cc,E,'],
			]);
			expect(rows.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8]);
		}
		expect(await shortly('email,name,city\na@b.cc,A\nb@b.cc,B\nc@b.cc\nd@b.cc,D\n')).toEqual([
			...['a@b.cc,A,', 'b@b.cc,B,', 'c@b.cc,,', 'd@b.cc,D,'],
		]);
		expect(await shortly('email,name,city\na@b.cc,A,O\nb@b.cc,B\n\nTotal,2\n')).toEqual([
			...['a@b.cc,A,O', 'b@b.cc,B,', 'Total,2,'],
		]);
	});

	it.each([
		[
			'email,name,city\na@b.cc,"A,Oslo\nb@b.cc,B",Oslo\nc@b.cc,C,Oslo\n',
			['b@b.cc,B",Oslo', 'c@b.cc,C,Oslo'],
		],
		[
			'email,name,city\na@b.cc,",Oslo\nb@b.cc,",Oslo\nc@b.cc,C,Oslo\n',
			['has a quote that is not closed', 'c@b.cc,C,Oslo'],
		],
		['id,name,city,zip\n1,"A,Oslo,0\n2,B,Oslo,0\n3,26",Oslo,0\n', ['2,B,Oslo,0', '3,26",Oslo,0']],
	])('is that of each row which two stray quotes would make one of: %j', async (content, rest) => {
		expect(await shortly(content)).toEqual(['has a quote that is not closed', ...rest]);
	});

	it.each([
		'email,address\na@b.cc,"Storgata 1, 3 tr\nOslo, Norway"\n',
		'id,address\n1,"Storgata 1\nOslo, Norway"\n',
		'email,note,city\na@b.cc,"x, y\n\nz",Oslo\n',
	])('is that of one row with a line break in quotes: %j', async (content) => {
		expect((await readRows(content)).map(({ defect }) => defect)).toEqual([undefined]);
	});

	it('does not count what MySQL writes for nothing', async () => {
		expect(await shortly('email,name\na,\\N\nb,"\\N"\nc,\\Nx\n')).toEqual(['a,', 'b,', 'c,\\Nx']);
	});

	it('has to be exact where quotes are not regular', async () => {
		expect(
			await shortly(
				'email,name,city\na@b.cc,26" bike\nb@b.cc,26" bike,Oslo\nc@b.cc,26" bike,Oslo,\n',
			),
		).toEqual(['has quotes in the wrong places', 'b@b.cc,26" bike,Oslo', 'c@b.cc,26" bike,Oslo']);
	});
});

describe('the header', () => {
	const header = async (content: string) => await new FileRows([file(content)], {}).header();

	it('has plain names, whatever space is in the file', async () => {
		expect(
			await header('\uFEFF E-mail\u00A0address ,\u200Bname\u00A0, First  name \nx,y,z\n'),
		).toEqual(['E-mail address', 'name', 'First  name']);
	});

	it('may repeat names: the first is meant, the others stay within reach', async () => {
		const source = new FileRows([file('email,Notes,notes 2,Notes,Notes\na,1,2,3,4\n')], {});
		expect(await source.header()).toEqual(['email', 'Notes', 'notes 2']);
		expect(await source.repeatedColumns()).toEqual(['Notes']);
		expect((await rowsOf(source)).map(({ json }) => json)).toEqual([
			{ email: 'a', Notes: '1', 'notes 2': '2', 'Notes 2': '3', 'Notes 3': '4' },
		]);
	});

	it('may lack names: what is there is kept by its place', async () => {
		expect((await readRows('email,,name,\na,b,c,d\ne,,f,\n')).map(({ json }) => json)).toEqual([
			{ email: 'a', 'column 2': 'b', name: 'c', 'column 4': 'd' },
			{ email: 'e', name: 'f' },
		]);
		expect(await header('email,,name,\na,b,c,d\n')).toEqual(['email', 'name']);
	});

	it.each([
		['sep=;\n', ';'],
		['\uFEFFsep=;\r\n', ';'],
		['SEP=|\n', '|'],
		['"sep=;"\n', ';'],
		['sep=\t\n', '\t'],
	])('comes after a line like %j', async (line, delimiter) => {
		const text = `${line}${[
			['email', 'name, first'],
			['a@b.cc', 'Anna, A'],
		]
			.map((cells) => cells.join(delimiter))
			.join('\n')}\n`;
		const [row] = await readRows(text);
		expect(row).toMatchObject({ json: { email: 'a@b.cc', 'name, first': 'Anna, A' }, line: 2 });
	});

	it.each([
		['Customers 2024\nemail,name\na@b.cc,A\nb@b.cc,B\n', 2],
		['Customers 2024,\nemail,name\na@b.cc,A\nb@b.cc,B\n', 2],
		['Customers 2024\n\nmade by Anna\nemail,name\na@b.cc,A\nb@b.cc,B\n', 4],
		['Customers 2024;;\r\nemail;name;city\r\na@b.cc;A;Oslo\r\nb@b.cc;B;Oslo\r\n', 2],
	])('does not stand below a title: %j', async (content, row) => {
		await expect(readRows(content)).rejects.toMatchObject({
			message:
				'[Item 0] The first line of in.csv is a title, not the names of the columns: "Customers 2024"',
			description: expect.stringContaining(`row ${row}: email, name`) as string,
		});
	});

	it.each([
		'email\na@b.cc\nb@b.cc\n',
		'email\na@b.cc, Anna\nb@b.cc\nc@b.cc\n',
		'email,,\na@b.cc,x,y\nb@b.cc,z,y\n',
	])('may be one name: %j', async (content) => {
		expect(await header(content)).toEqual(['email']);
	});

	it.each<[string, string[]]>([
		['email;amount;points\na;1,5;2,5\nb;2,5;3,5\n', ['email', 'amount', 'points']],
		['email,text\na,x;y;z\nb,x;y;z\n', ['email', 'text']],
		['email\tname, first\na\tb, c\n', ['email', 'name, first']],
		['name, first;email\nb, c;a\n', ['name, first', 'email']],
		['email|x\na;b|c\n', ['email', 'x']],
		['email,"a;b;c;d"\na,b\n', ['email', 'a;b;c;d']],
		['email\na\n', ['email']],
		['email\n', ['email']],
	])('is parted by the delimiter that fits most rows: %j', async (content, expected) => {
		expect(await header(content)).toEqual(expected);
	});
});

describe('files joined to one', () => {
	const JOINED = 'email,name\na@b.cc,Åsa\n\uFEFFemail,name\nb@b.cc,Bo\n';

	it.each<[string, string]>([
		['with a mark', JOINED],
		['with marks everywhere', `\uFEFF${JOINED}`],
		['with two marks', `\uFEFF\uFEFF${JOINED.replace('\uFEFF', '\uFEFF\uFEFF')}`],
		['without a mark', JOINED.replace('\uFEFF', '')],
		['with quotes', `\uFEFF"email","name"\n"a@b.cc","Åsa"\n\uFEFF"email","name"\n"b@b.cc","Bo"\n`],
		['without a line end between', 'email,name\na@b.cc,Åsa\uFEFFemail,name\nb@b.cc,Bo\n'],
	])('%s lose the second header only', async (_, content) => {
		for (const chunkBytes of [1, 5, 1_000]) {
			const rows = await readRows(content, {}, chunkBytes);
			expect(rows.map(({ json, defect }) => defect?.rule ?? json.name)).toEqual([
				'Åsa',
				'repeats the header',
				'Bo',
			]);
		}
	});

	it('with other columns are not mixed up', async () => {
		expect(await shortly('email,name\na,b\n\uFEFFname,email\nc,d\ne,f\n')).toEqual([
			'a,b',
			...Array.from({ length: 3 }, () => OTHER_HEADER),
		]);
	});

	it.each([
		['customer,name\nc1,A\nCustomer,Name\nc2,B\n', ['c1,A', 'repeats the header', 'c2,B']],
		['customer,name\nc1,A\n customer , name,\nc2,B\n', ['c1,A', 'repeats the header', 'c2,B']],
		['customer\nc1\nCUSTOMER\nc2\n', ['c1', 'repeats the header', 'c2']],
		['customer,name\nc1,A\nname,customer\nB,c2\n', ['c1,A', OTHER_HEADER, OTHER_HEADER]],
		['customer,name,city\nc1,A,O\nCustomer,city\nc2,P\n', ['c1,A,O', OTHER_HEADER, OTHER_HEADER]],
		['customer,name\nname,A\ncustomer,name 2\nc2,\n', ['name,A', 'customer,name 2', 'c2,']],
	])('without a mark do not make profiles of the second header: %j', async (content, expected) => {
		expect(await shortly(content)).toEqual(expected);
	});

	it('are not suspected where a mark stands before a row or in a value', async () => {
		expect(await shortly('email,name\n\uFEFFa,b\nc,\uFEFFemail\nd,e\uFEFFf\n')).toEqual([
			'a,b',
			'c,\uFEFFemail',
			'd,e\uFEFFf',
		]);
	});
});

describe('a file that is no CSV', () => {
	const zip = (name: string) =>
		Buffer.concat([
			Buffer.from('PK\x03\x04\x14\x00\x06\x00', 'latin1'),
			Buffer.alloc(22),
			Buffer.from(name),
		]);

	it.each<[string, Buffer | string, RegExp]>([
		['an Excel workbook (XLSX)', zip('[Content_Types].xml'), /Extract From XLSX/],
		['an Excel workbook (XLSX)', zip('xl/workbook.xml'), /Extract From XLSX/],
		['a zip archive', zip('customers.csv'), /Compression/],
		[
			'an Excel workbook of the old kind (XLS)',
			Buffer.from('d0cf11e0a1b11ae10000', 'hex'),
			/Extract From XLS/,
		],
		['compressed with gzip', gzipSync('email,name\na@b.cc,A\n'), /Compression/],
		['a PDF document', '%PDF-1.7\n%âãÏÓ\n1 0 obj', /CSV/],
		['a web page', '<!DOCTYPE html>\n<html><head>', /login/],
		['a web page', '\uFEFF\n <html lang="sv">', /login/],
		['a web page', Buffer.from('\uFEFF<html>', 'utf16le'), /login/],
		['an XML document', '<?xml version="1.0"?><Workbook>', /CSV/],
		['an XML document', '<Error><Code>AccessDenied</Code></Error>', /CSV/],
		['a web page', '<!-- x --><html>', /login/],
		['a web page', '<div class="error">Sign in</div>', /login/],
		['a vCard file', 'BEGIN:VCARD\r\nVERSION:3.0\r\n', /CSV/],
		['an email message', 'From: a@b.cc\r\nTo: b@b.cc\r\n\r\nHello', /CSV/],
		['an SQL script', '-- MySQL dump\n\nDROP TABLE IF EXISTS `c`;', /CSV/],
		['a data URL', 'data:text/csv;base64,ZW1haWwKYUBiLmNjCg==', /Base64/],
		['Base64 text', 'ZW1haWwsRmlyc3QgbmFtZQphQGV4YW1wbGUuY29tLEFubmEK', /Base64/],
		['an Apple Numbers or Pages document', zip('Index/Document.iwa'), /CSV/],
		['a tar archive', `c.csv${'-'.repeat(252)}ustar\n`, /CSV/],
		['a SYLK spreadsheet', 'ID;PWXL;N;E\nP;PGeneral\n', /CSV/],
		['JSON', '[{"email":"a@b.cc"}]', /Extract From JSON/],
		['JSON', '{\n  "data": [', /Extract From JSON/],
		['an image', Buffer.from('89504e470d0a1a0a0000', 'hex'), /CSV/],
		['an image', Buffer.from('ffd8ffe000104a464946', 'hex'), /CSV/],
		['not text', Buffer.from('0102030405060708000102', 'hex'), /CSV/],
	])('is called %s', async (what, content, cure) => {
		await expect(rowsOf(new FileRows([file(content, 3, 'c.csv')], {}))).rejects.toMatchObject({
			message: `[Item 3] c.csv is ${what}, not a CSV file`,
			description: expect.stringMatching(cure) as string,
			itemIndex: 3,
		});
	});

	it.each([
		...['[email],name\na,b\n', '{email},name\na,b\n', '"<b>",name\na,b\n', 'PK,name\na,b\n'],
		...['ID;Phone\na;b\n', 'From,To\na,b\n', 'data,name\na,b\n', 'version,name\na,b\n'],
	])('is not suspected in %j', async (content) => {
		expect(await shortly(content)).toEqual(['a,b']);
	});
});

describe('several files', () => {
	it('have the columns of all, each row those of its own file', async () => {
		const source = new FileRows(
			[
				file('email,First name\na@b.cc,Anna\n', 0, 'one.csv'),
				file('City;email\nOslo;b@b.cc\n', 1, 'two.csv'),
			],
			{},
		);
		expect(await source.header()).toEqual(['email', 'First name', 'City']);
		expect(await source.columnsByFile()).toEqual([
			{
				fileIndex: 0,
				itemIndex: 0,
				fileName: 'one.csv',
				names: ['email', 'First name'],
				repeated: [],
			},
			{ fileIndex: 1, itemIndex: 1, fileName: 'two.csv', names: ['City', 'email'], repeated: [] },
		]);
		expect(await rowsOf(source)).toEqual([
			{
				itemIndex: 0,
				rowIndex: 0,
				fileIndex: 0,
				line: 2,
				json: { email: 'a@b.cc', 'First name': 'Anna' },
			},
			{ itemIndex: 1, rowIndex: 1, fileIndex: 1, line: 2, json: { City: 'Oslo', email: 'b@b.cc' } },
		]);
	});

	it.each(['', '\uFEFF', 'City,Other\n', '\n\n', 'City,Other'])(
		'are not changed by one that is %j',
		async (empty) => {
			const full = file('email,name\na@b.cc,Anna\n', 1);
			const alone = await rowsOf(new FileRows([full], {}));
			for (const files of [
				[file(empty), full],
				[full, file(empty)],
			]) {
				const source = new FileRows(files, {});
				expect(await source.header()).toEqual(['email', 'name']);
				expect((await rowsOf(source)).map(({ json }) => json)).toEqual(
					alone.map(({ json }) => json),
				);
			}
		},
	);

	it('may each be written in their own way', async () => {
		const source = new FileRows(
			[
				file('email,name\na,Åsa\n'),
				file(Buffer.from('email;name\nb;Åke\n', 'latin1')),
				file(Buffer.from('email\tname\rc\tÖrn\r', 'utf16le')),
			],
			{},
		);
		expect((await rowsOf(source)).map(({ json }) => json.name)).toEqual(['Åsa', 'Åke', 'Örn']);
	});
});

describe('the name of a row', () => {
	const namesOf = async (files: InputFile[]) => {
		const source = new FileRows(files, {});
		const rows = await rowsOf(source);
		const byIndex = rows.map(({ rowIndex }) => source.nameOf(rowIndex));
		expect(rows.map((row) => source.nameOf(row))).toEqual(byIndex);
		return byIndex;
	};

	it('counts as a spreadsheet: blank lines too, a row over several lines once', async () => {
		const text = 'email,name\na,b\n\n\nc,"d\ne"\n,\nf,"g\nh,i\nj,k\n';
		expect(await namesOf([file(text, 0, 'in.csv')])).toEqual(
			[2, 5, 7, 8, 9].map((line) => `in.csv, row ${line}`),
		);
		expect(await namesOf([file(text)])).toEqual([2, 5, 7, 8, 9].map((line) => `Row ${line}`));
	});

	it('counts blank lines above the header, and not a line like sep=;', async () => {
		expect(await namesOf([file('\n\nemail\na\n', 0, 'in.csv')])).toEqual(['in.csv, row 4']);
		expect(await namesOf([file('sep=;\nemail;x\na;b\n', 0, 'in.csv')])).toEqual(['in.csv, row 2']);
	});

	it('has the file it is of', async () => {
		const text = 'email\na\n\nb\n';
		expect(
			await namesOf([
				file(text, 0, 'one.csv'),
				file(text, 1),
				file(text, 2, 'x.csv'),
				file(text, 3, 'x.csv'),
			]),
		).toEqual(
			['one.csv', 'file 2', 'x.csv of item 2', 'x.csv of item 3'].flatMap((name) => [
				`${name}, row 2`,
				`${name}, row 4`,
			]),
		);
	});
});

describe('a file read again', () => {
	const CONTENT = `email,name\n${Array.from({ length: 20_000 }, (_, index) => `p${index}@b.cc,"Åsa ""${index}"""\n`).join('')}`;

	it('gives the same rows, and does not keep the event loop waiting', async () => {
		const source = new FileRows([file(CONTENT)], {});
		const first = await rowsOf(source);
		expect(first).toHaveLength(20_000);
		let longest = 0;
		let last = performance.now();
		const timer = setInterval(() => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
		}, 1);
		expect(await rowsOf(source)).toEqual(first);
		clearInterval(timer);
		for await (const batch of source.batches()) expect(batch.length).toBeLessThanOrEqual(5_000);
		expect(longest).toBeLessThan(1_000);
	});

	/** A file whose readings after the first are these. */
	const changing = (...readings: Array<string | Error>): FileRows => {
		let reading = 0;
		const open = async function* () {
			const content = readings[Math.min(reading++, readings.length - 1)];
			if (!(content instanceof Error)) {
				yield Buffer.from(content ?? '');
				return;
			}
			yield Buffer.from(CONTENT).subarray(0, 1_000);
			throw content;
		};
		return new FileRows([{ itemIndex: 2, fileName: 'in.csv', open }], {});
	};

	it.each<[string, FileRows, RegExp]>([
		[
			'ends early',
			changing(CONTENT, CONTENT.slice(0, 70_000)),
			/could not be read a second time: \d+ bytes came in place of \d+/,
		],
		['is longer', changing(CONTENT, `${CONTENT}x`), /could not be read a second time/],
		[
			'has changed',
			changing(CONTENT, CONTENT.replace('p7@', 'q7@')),
			/could not be read a second time: its content has changed/,
		],
		[
			'breaks off',
			changing(CONTENT, new Error('socket hang up')),
			/could not be read completely: socket hang up/,
		],
		[
			'breaks off the first time',
			changing(new Error('aborted')),
			/could not be read completely: aborted/,
		],
	])('is an error when it %s', async (_, source, message) => {
		const rows = rowsOf(source);
		await expect(rows).rejects.toThrow(message);
		await expect(rows).rejects.toMatchObject({ name: 'ApsisOneError', itemIndex: 2 });
		await expect(rows).rejects.toThrow(/^\[Item 2\] in\.csv/);
	});
});
