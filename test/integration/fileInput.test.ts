import { stringify } from 'csv-stringify/sync';
import type { INodeParameters } from 'n8n-workflow';
import { createHash } from 'node:crypto';

import { ATTRIBUTES, KEYSPACES } from '../apsisOne';
import type { EngineRun } from '../engine';
import { mapped, NODE_NAME, requestParameters, runNode } from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

const apsisOne = useLocalApsisOne();

async function importFile(
	content: Buffer | string,
	changes: INodeParameters = {},
): Promise<EngineRun> {
	const data = Buffer.from(content).toString('base64');
	const run = await runNode(
		apsisOne,
		requestParameters({ inputSource: 'file', binaryPropertyName: 'data', ...changes }),
		[{ json: {}, binary: { data: { data, mimeType: 'text/csv', fileName: 'in.csv' } } }],
	);
	await apsisOne.settled();
	return run;
}

const ROWS = [
	['email', 'Förnamn', 'City'],
	['anna@example.com', 'Åsa', 'Malmö; öster'],
	['bo@example.com', 'Bo, "B"', 'a\nb'],
];
const csv = (delimiter: string) => stringify(ROWS, { delimiter });
const latin = (text: string) => Buffer.from(text, 'latin1');

describe('a CSV file', () => {
	it.each<[string, Buffer]>([
		['commas, UTF-8', Buffer.from(csv(','))],
		['semicolons, UTF-8 with byte order mark', Buffer.from(`\uFEFF${csv(';')}`)],
		['tabs, UTF-16 with byte order mark', Buffer.from(`\uFEFF${csv('\t')}`, 'utf16le')],
		['tabs, UTF-16 without byte order mark', Buffer.from(csv('\t'), 'utf16le')],
		['pipes, Windows-1252', latin(csv('|'))],
		['semicolons, Windows-1252, CRLF', latin(csv(';').replace(/\n(?!b)/g, '\r\n'))],
	])('is read with %s', async (_, content) => {
		const run = await importFile(content);
		expect(run.error).toBeUndefined();
		expect(apsisOne.profile(KEYSPACES.email, 'anna@example.com')?.attributes).toMatchObject({
			[ATTRIBUTES.firstName]: 'Åsa',
			[ATTRIBUTES.city]: 'Malmö; öster',
		});
		expect(apsisOne.profile(KEYSPACES.email, 'bo@example.com')?.attributes).toMatchObject({
			[ATTRIBUTES.firstName]: 'Bo, "B"',
			[ATTRIBUTES.city]: 'a\nb',
		});
		expect(run.outputs(NODE_NAME)[0]?.pairedItem).toEqual({ item: 0 });
	});

	it('is mapped by hand with the names of its columns, plain or as an expression', async () => {
		await importFile('E-mail;Given name\nanna@example.com;Anna\n', {
			profileKeyField: 'E-mail',
			attributes: mapped({
				[ATTRIBUTES.email]: 'E-mail',
				[ATTRIBUTES.firstName]: "={{ $json['Given name'] }}",
			}),
		});
		expect(apsisOne.profile(KEYSPACES.email, 'anna@example.com')?.attributes).toEqual({
			[ATTRIBUTES.email]: 'anna@example.com',
			[ATTRIBUTES.firstName]: 'Anna',
		});
	});

	it('gives its rejected rows as items, and in full as a file', async () => {
		const bad = Array.from({ length: 1_500 }, (_, index) => `nobody ${index},Oslo`).join('\n');
		const run = await importFile(
			`email,City\nanna@example.com,Oslo\n${bad}\nlost@example.com,Oslo,1\n`,
		);
		const rejected = run.outputs(NODE_NAME, 1);
		expect(run.outputs(NODE_NAME)[0]?.json).toMatchObject({ rows: 1 });
		expect(rejected).toHaveLength(1_000);
		expect(rejected[0]).toMatchObject({
			json: {
				email: 'nobody 0',
				City: 'Oslo',
				rejectedCount: 1_501,
				reasons: [{ field: 'Profile Key', rule: 'invalid email address' }],
			},
			binary: { rejected: { fileName: 'rejected.csv', mimeType: 'text/csv' } },
			pairedItem: { item: 0 },
		});
		expect(run.hints(NODE_NAME)[0]?.message).toBe(
			'1 profile sent in 1 import; 1,501 rows rejected: 1,500 invalid email address, 1 has more cells than the header',
		);
	});

	it.each<[string, string, INodeParameters, string]>([
		[
			'has two columns of one name that is used',
			'email,email\na,b\n',
			{},
			'[in.csv] Email: the file has two columns named "email"',
		],
		['has no rows', 'email,City\n', {}, 'There is nothing to import: no rows came in'],
		[
			'is looked for in the wrong field',
			'email\n',
			{ binaryPropertyName: 'csv' },
			'No item has a file in the binary field "csv"',
		],
		[
			'has an invalid row and that is to stop it',
			'email\nx\n',
			{ options: { onInvalidRow: 'stop' } },
			'[in.csv, row 2] Profile Key: invalid email address (x)',
		],
	])('that %s is refused with a sentence', async (_, content, changes, message) => {
		const run = await importFile(content, changes);
		expect(run.error?.message).toBe(message);
		expect(apsisOne.imports).toEqual([]);
	});

	it('is rewritten row by row, exactly', async () => {
		const rows = Array.from({ length: 20_000 }, (_, index) => [
			`person.${index}@example.com`,
			`Öst "${index}"`,
			`a,${index}\nb`,
		]);
		await importFile(stringify([['email', 'First name', 'City'], ...rows], { delimiter: ';' }));
		const expected = stringify([['email', 'First name', 'City'], ...rows]);
		expect(apsisOne.imports[0]?.file?.sha256).toBe(
			createHash('sha256').update(expected).digest('hex'),
		);
		expect(apsisOne.imports[0]?.counts).toMatchObject({ created: 20_000, failed: 0 });
	});
});
