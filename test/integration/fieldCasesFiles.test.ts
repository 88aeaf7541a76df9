import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { ATTRIBUTES, KEYSPACES } from '../apsisOne';
import { type EngineRun, runWorkflow, storeBinary } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { mapped, NODE_NAME, requestParameters, setupFor, workflowWith } from '../support/workflows';

/** Files as people send them (public reports of imports that went wrong elsewhere), through n8n's engine. */
const apsisOne = useLocalApsisOne();

const item = (
	content: Buffer | string,
	fileName = 'in.csv',
	field = 'data',
): INodeExecutionData => ({
	json: {},
	binary: {
		[field]: { data: Buffer.from(content).toString('base64'), mimeType: 'text/csv', fileName },
	},
});

async function importItems(
	input: INodeExecutionData[],
	changes: INodeParameters = {},
): Promise<EngineRun> {
	const run = await runWorkflow({
		...setupFor(apsisOne),
		workflow: workflowWith(
			requestParameters({ inputSource: 'file', binaryPropertyName: 'data', ...changes }),
		),
		input,
	});
	await apsisOne.settled();
	return run;
}

const importFile = async (content: Buffer | string, changes?: INodeParameters) =>
	await importItems([item(content)], changes);

const latin = (text: string) => Buffer.from(text, 'latin1');
const join = (...parts: Array<Buffer | string>) =>
	Buffer.concat(parts.map((part) => Buffer.from(part)));

function attribute(key: string, name: string): unknown {
	return apsisOne.profile(KEYSPACES.email, key)?.attributes[name];
}

/** First names by key, of those who were stored. */
function firstNames(...keys: string[]): Record<string, unknown> {
	return Object.fromEntries(
		keys
			.filter((key) => apsisOne.profile(KEYSPACES.email, `${key}@example.com`))
			.map((key) => [key, attribute(`${key}@example.com`, ATTRIBUTES.firstName) ?? '']),
	);
}

function rulesOf(run: EngineRun): unknown[] {
	return run
		.outputs(NODE_NAME, 1)
		.map(({ json }) => (json.reasons as Array<{ rule: string }> | undefined)?.[0]?.rule);
}

const LOST = 'has a character that cannot be read';

describe('a file in one encoding or another', () => {
	it.each<[string, Buffer, Record<string, string>, string[]]>([
		[
			'UTF-8 with one Latin-1 byte',
			join(
				'email,First name,City\nasa@example.com,Åsa,Malmö\nzoe@example.com,Zoë,Oslo\nbo@example.com,Bo,Oslo\n',
				latin('jo@example.com,Jörgen,Oslo\n'),
			),
			{ asa: 'Åsa', zoe: 'Zoë', bo: 'Bo' },
			[LOST],
		],
		[
			'UTF-8 whose last character is cut in half',
			Buffer.from('email,First name\nasa@example.com,Åsa\nbo@example.com,Bø').subarray(0, -1),
			{ asa: 'Åsa' },
			[LOST],
		],
		[
			'UTF-8 with a mark and one Latin-1 byte',
			join('\uFEFFemail,First name\n', latin('jo@example.com,Jörgen\n'), 'asa@example.com,Åsa\n'),
			{ asa: 'Åsa' },
			[LOST],
		],
		[
			'UTF-16 BE without a mark',
			Buffer.from('email,First name\nasa@example.com,Åsa\n', 'utf16le').swap16(),
			{ asa: 'Åsa' },
			[],
		],
		[
			'two marks and a quoted header',
			Buffer.from('\uFEFF\uFEFF"email","First name"\n"asa@example.com","Åsa"\n'),
			{ asa: 'Åsa' },
			[],
		],
		[
			'two files with marks, joined',
			Buffer.from(
				'\uFEFF"email","First name"\n"asa@example.com","Åsa"\n\uFEFF"email","First name"\n"bo@example.com","Bo"\n',
			),
			{ asa: 'Åsa', bo: 'Bo' },
			['repeats the header'],
		],
	])('%s', async (_, content, stored, rejected) => {
		const run = await importFile(content);
		expect(run.error).toBeUndefined();
		expect(firstNames('asa', 'zoe', 'bo', 'jo')).toEqual(stored);
		expect(rulesOf(run)).toEqual(rejected);
	});

	it('is read in the one chosen', async () => {
		const content = join('email,First name\nasa@example.com,', Buffer.from([0x81]), 'sa\n');
		await importFile(content, { options: { csvEncoding: 'macintosh' } });
		expect(firstNames('asa')).toEqual({ asa: 'Åsa' });
	});
});

describe('quotes and widths', () => {
	const HEADER = 'email,First name,City\n';

	it.each<[string, string, Record<string, string>, string[]]>([
		[
			'26" bike unquoted',
			`${HEADER}anna@example.com,Anna,Oslo\nbo@example.com,Bo,26" bike\ncia@example.com,Cia,Oslo\n`,
			{ anna: 'Anna', bo: 'Bo', cia: 'Cia' },
			[],
		],
		[
			'space before quotes',
			'email, "First name", "City"\nanna@example.com, "Anna", "Oslo"\n',
			{ anna: 'Anna' },
			[],
		],
		[
			'unescaped quotes',
			`${HEADER}anna@example.com,"Anna "Ann" Berg",Oslo\nbo@example.com,Bo,Oslo\n`,
			{ anna: 'Anna "Ann" Berg', bo: 'Bo' },
			[],
		],
		[
			'backslash-escaped quotes',
			`${HEADER}anna@example.com,"Anna \\"Ann\\" Berg",Oslo\nbo@example.com,Bo,Oslo\n`,
			{ anna: 'Anna "Ann" Berg', bo: 'Bo' },
			[],
		],
		[
			'a quote that never closes',
			`${HEADER}anna@example.com,"Anna,Oslo\nbo@example.com,Bo,Oslo\n`,
			{ bo: 'Bo' },
			['has a quote that does not close'],
		],
		['sep=;', 'sep=;\nemail;First name\nanna@example.com;Anna\n', { anna: 'Anna' }, []],
		[
			'a comma after every row',
			'email,First name\nanna@example.com,Anna,\nbo@example.com,Bo,\n',
			{ anna: 'Anna', bo: 'Bo' },
			[],
		],
		[
			'a row without its last cell',
			`${HEADER}anna@example.com,Anna,\nbo@example.com,Bo\ncia@example.com,Cia,Oslo\n`,
			{ anna: 'Anna', bo: 'Bo', cia: 'Cia' },
			[],
		],
		[
			'a cell too many',
			`${HEADER}anna@example.com,Anna,Storgata 1, Oslo\nbo@example.com,Bo,Oslo\n`,
			{ bo: 'Bo' },
			['has more cells than the header'],
		],
		[
			'two columns of a name that nothing uses',
			'email,Notes,First name,Notes\nanna@example.com,x,Anna,y\n',
			{ anna: 'Anna' },
			[],
		],
	])('%s', async (_, content, stored, rejected) => {
		const run = await importFile(content);
		expect(run.error).toBeUndefined();
		expect(firstNames('anna', 'bo', 'cia')).toEqual(stored);
		expect(rulesOf(run)).toEqual(rejected);
	});

	it('a no-break space in the name of the key column', async () => {
		await importFile('E-mail\u00A0address,First name\nanna@example.com,Anna\n', {
			profileKeyField: 'E-mail address',
		});
		expect(firstNames('anna')).toEqual({ anna: 'Anna' });
	});

	it.each<[string, string, INodeParameters, string, string]>([
		[
			'no column of the key',
			'mail,First name\na@example.com,Anna\n',
			{},
			'Profile Key Field: in.csv has no column "email"',
			'mail, First name',
		],
		[
			'no column that is mapped',
			'email,Name\na@example.com,Anna\n',
			{ attributes: mapped({ [ATTRIBUTES.firstName]: 'First name' }) },
			'First name: in.csv has no column "First name"',
			'email, Name',
		],
		[
			'a title',
			'Customers\nemail,First name\na@example.com,Anna\nb@example.com,Bo\n',
			{},
			'[Item 0] The first line of in.csv is a title, not the names of the columns: "Customers"',
			'email, First name',
		],
		[
			'blank lines before a bad row',
			'email,First name\na@example.com,Anna\n\n\nnonsense,Bo\n',
			{ options: { onInvalidRow: 'stop' } },
			'[in.csv, row 5] Profile Key: invalid email address (nonsense)',
			'Nothing was sent',
		],
	])('%s is said', async (_, content, changes, message, description) => {
		const run = await importFile(content, changes);
		expect(run.error?.message).toBe(message);
		expect(run.error?.description).toContain(description);
		expect(apsisOne.imports).toEqual([]);
	});

	it.each<[string, Buffer]>([
		[
			'an Excel workbook (XLSX)',
			Buffer.from('PK\x03\x04\x14\x00\x06\x00 [Content_Types].xml', 'latin1'),
		],
		['compressed with gzip', gzipSync('email\na@example.com\n')],
	])('%s is no CSV file', async (what, content) => {
		const run = await importFile(content);
		expect(run.error?.message).toBe(`[Item 0] in.csv is ${what}, not a CSV file`);
	});
});

describe('several files', () => {
	it('bring the columns of each', async () => {
		await importItems([
			item('email,First name\nanna@example.com,Anna\n', 'one.csv'),
			item('City,First name,email\nBergen,Bo,bo@example.com\n', 'two.csv'),
		]);
		expect(firstNames('anna', 'bo')).toEqual({ anna: 'Anna', bo: 'Bo' });
		expect(attribute('bo@example.com', ATTRIBUTES.city)).toBe('Bergen');
	});

	it.each(['', '\uFEFF', 'email\n'])('are not changed by an empty one: %j', async (empty) => {
		const run = await importItems([
			item(empty, 'empty.csv'),
			item('email,First name\nbo@example.com,Bo\n'),
		]);
		expect(run.error).toBeUndefined();
		expect(firstNames('bo')).toEqual({ bo: 'Bo' });
	});

	it('name the file of a bad row', async () => {
		const run = await importItems(
			[
				item('email\na@example.com\n', 'one.csv'),
				item('email\nb@example.com\nnonsense\n', 'two.csv'),
			],
			{ options: { onInvalidRow: 'stop' } },
		);
		expect(run.error?.message).toBe(
			'[two.csv, row 3] Profile Key: invalid email address (nonsense)',
		);
	});

	it('lose none for a stray quote', async () => {
		const run = await importItems([
			item('email,First name\nanna@example.com,Anna\n', 'one.csv'),
			item('email,First name\nbo@example.com,26" Bo\ncia@example.com,Cia\n', 'two.csv'),
		]);
		expect(run.error).toBeUndefined();
		expect(firstNames('anna', 'bo', 'cia')).toEqual({ anna: 'Anna', bo: '26" Bo', cia: 'Cia' });
	});

	it('leave none out that is in another binary field', async () => {
		const run = await importItems([
			item('email\na@example.com\n', 'one.csv'),
			item('email\nb@example.com\n', 'two.csv', 'attachment_1'),
		]);
		expect(run.error?.message).toBe('[Item 1] There is no file in the binary field "data"');
		expect(run.error?.description).toContain('attachment_1');
		expect(apsisOne.imports).toEqual([]);
	});

	it('are named where an item has none', async () => {
		const run = await importItems([item('email\na@example.com\n'), { json: { note: 'no file' } }]);
		expect(run.error?.message).toBe('[Item 1] There is no file in the binary field "data"');
	});
});

describe('a large file in storage', () => {
	const ROWS = 60_000;
	const filler = 'x'.repeat(850);

	/** More than one import holds, with a line of its own at some place. */
	async function storedFile(badRow: number, line: string): Promise<INodeExecutionData> {
		const lines = function* () {
			yield 'email,First name,City\n';
			for (let index = 2; index < ROWS + 2; index++) {
				yield index === badRow ? line : `person.${index}@example.com,Anna,${filler}\n`;
			}
		};
		const data = await storeBinary(Readable.from(lines()), 'large.csv');
		return { json: {}, binary: { data: { ...data, fileName: 'large.csv' } } };
	}

	it.each<[string, number, string, number]>([
		['a stray quote', 59_001, 'bo@example.com,26" bike,Oslo\n', 0],
		['a quote in the wrong place in its last row', ROWS + 1, 'bo@example.com,"Bo" x"y,Oslo\n', 1],
		['a quote that never closes', 30_000, 'bo@example.com,"Bo,Oslo\n', 1],
	])('with %s is accounted for to the last row', async (_, badRow, line, rejected) => {
		const run = await importItems([await storedFile(badRow, line)]);
		expect(run.error).toBeUndefined();
		const sent = run.outputs(NODE_NAME).map(({ json }) => Number(json.rows));
		expect(sent.reduce((sum, rows) => sum + rows, 0)).toBe(ROWS - rejected);
		expect(run.outputs(NODE_NAME, 1)).toHaveLength(rejected);
	});
});
