import {
	hasFile,
	isFinal,
	parseImportLook,
	parseImportTicket,
} from '../../nodes/ApsisOne/api/parseImport';

const ANSWER = {
	import_id: 'i-7',
	file_upload_url: 'https://bucket.example.com/imports',
	file_upload_url_expires_at: '2026-01-01T12:00:00Z',
	file_upload_body: { key: 'imports/i-7.csv', 'X-Amz-Date': '20260101T000000Z' },
};
const TICKET = {
	importId: 'i-7',
	uploadUrl: 'https://bucket.example.com/imports',
	uploadExpiresAt: '2026-01-01T12:00:00.000Z',
	uploadFields: [
		['key', 'imports/i-7.csv'],
		['X-Amz-Date', '20260101T000000Z'],
	],
};
const PAIRS = Object.entries(ANSWER.file_upload_body);

describe('the answer to an import request', () => {
	it.each<[shape: string, answer: unknown]>([
		['as the contract has it', ANSWER],
		['inside result', { result: ANSWER }],
		['with spaces around it', { ...ANSWER, file_upload_url: ` ${ANSWER.file_upload_url}\n` }],
		['inside data', { data: ANSWER }],
		['inside import', { import: ANSWER }],
		['inside result and import', { status: 201, result: { import: ANSWER } }],
		['with its parts apart', { import: { id: 'i-7' }, ...ANSWER, import_id: undefined }],
		[
			'with fields as a list of names and values',
			{ ...ANSWER, file_upload_body: PAIRS.map(([name, value]) => ({ name, value })) },
		],
		[
			'with fields as a list of keys and values',
			{ ...ANSWER, file_upload_body: PAIRS.map(([key, value]) => ({ key, value })) },
		],
		['with fields as pairs', { ...ANSWER, file_upload_body: PAIRS }],
		[
			'with fields as JSON text',
			{ ...ANSWER, file_upload_body: JSON.stringify(ANSWER.file_upload_body) },
		],
		['with pairs as JSON text', { ...ANSWER, file_upload_body: JSON.stringify(PAIRS) }],
	])('is read %s', (_, answer) => {
		expect(parseImportTicket(answer)).toEqual(TICKET);
	});

	it.each<[value: unknown, moment: string]>([
		['2026-01-01T12:00:00Z', '2026-01-01T12:00:00.000Z'],
		['2026-01-01T13:00:00+01:00', '2026-01-01T12:00:00.000Z'],
		['2026-01-01T12:00:00', '2026-01-01T12:00:00.000Z'],
		['2026-01-01 12:00:00', '2026-01-01T12:00:00.000Z'],
		['2026-01-01T12:00:00.123456', '2026-01-01T12:00:00.123Z'],
		['20260101T120000Z', '2026-01-01T12:00:00.000Z'],
		['20260101T120000', '2026-01-01T12:00:00.000Z'],
		['Thu, 01 Jan 2026 12:00:00 GMT', '2026-01-01T12:00:00.000Z'],
		[1767268800, '2026-01-01T12:00:00.000Z'],
		[1767268800000, '2026-01-01T12:00:00.000Z'],
		['1767268800', '2026-01-01T12:00:00.000Z'],
		['soon', ''],
		[null, ''],
		// How long, and since when is not known.
		[3600, ''],
		['3600', ''],
		['2026-13-45T99:00:00Z', ''],
	])('may expire at %j', (value, moment) => {
		const answer = { ...ANSWER, file_upload_url_expires_at: value };
		expect(parseImportTicket(answer)).toMatchObject({ uploadExpiresAt: moment });
	});

	it.each<[answer: unknown, expected: unknown]>([
		[
			{ ...ANSWER, file_upload_url: '' },
			{ importId: 'i-7', lacks: ['the upload URL'] },
		],
		[
			{ ...ANSWER, file_upload_url: 'imports' },
			{ importId: 'i-7', lacks: ['the upload URL'] },
		],
		[
			{ ...ANSWER, file_upload_body: {} },
			{ importId: 'i-7', lacks: ['the fields of the upload form'] },
		],
		[
			{ ...ANSWER, file_upload_body: 'key=a' },
			{ importId: 'i-7', lacks: ['the fields of the upload form'] },
		],
		[
			{ ...ANSWER, file_upload_body: { policy: { nested: true } } },
			{ importId: 'i-7', lacks: ['the fields of the upload form'] },
		],
		[{ ...ANSWER, import_id: null }, { lacks: ["the import's ID"] }],
		['', { lacks: ["the import's ID", 'the upload URL', 'the fields of the upload form'] }],
	])('lacks what is not there: %j', (answer, expected) => {
		expect(parseImportTicket(answer)).toEqual(expected);
	});
});

describe('the status of an import', () => {
	it.each<[answer: unknown, status: string]>([
		[{ result: { status: 'queued' } }, 'queued'],
		[{ status: 'queued' }, 'queued'],
		[{ import: { status: 'QUEUED' } }, 'queued'],
		[{ data: { import: { state: 'Queued' } } }, 'queued'],
		[{ status: 'success', data: { status: 'queued' } }, 'queued'],
		[{ status: 200, result: { status: 'in-progress' } }, 'in_progress'],
		[{ result: { status: 'inProgress' } }, 'in_progress'],
		[{ result: { status: 'awaiting_upload' } }, 'waiting_for_file'],
		[{ result: { status: { name: 'COMPLETED' } } }, 'completed'],
		[{ result: { status: { code: 'queued', at: '2026-01-01' } } }, 'queued'],
		[{ result: { status: 4 } }, 'unknown'],
		[{ result: { status: ' Reticulating Splines ' } }, 'Reticulating Splines'],
		[{ result: {} }, 'unknown'],
		[undefined, 'unknown'],
	])('of %j is %s', (answer, status) => {
		expect(parseImportLook(answer).status).toBe(status);
	});

	it('comes with what holds it, as APSIS One wrote it', () => {
		const result = { status: 'Completed With Errors', rows: 7 };
		expect(parseImportLook({ import: result })).toEqual({
			status: 'completed_with_errors',
			result,
		});
	});

	it('shows whether the file is there, and whether the import holds a place', () => {
		expect(['invalid_file', 'deleted', 'validating'].map(isFinal)).toEqual([true, true, false]);
		const words = ['waiting_for_file', 'unknown', 'expired', 'queued', 'processing', 'error'];
		expect(words.filter(hasFile)).toEqual(['queued', 'processing', 'error']);
		expect(words.filter(isFinal)).toEqual(['expired', 'error']);
	});
});
