import { type Dispatcher, request } from 'undici';

import {
	type ApsisOne,
	ATTRIBUTES,
	CHANNELS,
	EXISTING,
	KEYSPACES,
	SECTIONS,
	startApsisOne,
	TAGS,
	TOPICS,
} from './index';

let apsisOne: ApsisOne;
let clock = 0;

beforeAll(async () => {
	apsisOne = await startApsisOne({
		now: () => Date.now() + clock,
		limits: { maxFileBytes: 2_000 },
	});
});

beforeEach(() => {
	clock = 0;
	apsisOne.reset();
});

afterAll(async () => await apsisOne.close());

interface Reply {
	status: number;
	body: Record<string, unknown>;
	text: string;
}

async function call(path: string, options: Parameters<typeof request>[1] = {}): Promise<Reply> {
	const answer = await request(
		path.startsWith('http') ? path : `${apsisOne.baseUrl}${path}`,
		options,
	);
	return await readReply(answer);
}

async function readReply({
	statusCode,
	body,
}: Pick<Dispatcher.ResponseData<unknown>, 'statusCode' | 'body'>): Promise<Reply> {
	const text = await body.text();
	const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {};
	return { status: statusCode, body: parsed as Record<string, unknown>, text };
}

const json = (body: unknown, headers = {}) => ({
	method: 'POST' as const,
	headers: { 'content-type': 'application/json', ...headers },
	body: JSON.stringify(body),
});

const tokenRequest = (changes = {}) =>
	json({
		grant_type: 'client_credentials',
		client_id: apsisOne.clientId,
		client_secret: apsisOne.clientSecret,
		...changes,
	});

async function bearer(changes = {}): Promise<{ authorization: string }> {
	const { body } = await call('/oauth/token', tokenRequest(changes));
	return { authorization: `Bearer ${String(body.access_token)}` };
}

const importBody = (changes = {}) => ({
	keyspace_mapping: { keyspace_discriminator: KEYSPACES.email, field_selector: 'email' },
	options: { update_existing_profiles: true, clear_existing_attributes: false },
	attribute_mappings: [{ field_selector: 'email', attribute_version_id: '9820534' }],
	...changes,
});

const IMPORTS = `/v2/audience/sections/${SECTIONS.shop}/imports`;

async function requested(body: unknown = importBody(), path = IMPORTS): Promise<Reply> {
	return await call(path, json(body, await bearer()));
}

interface Ticket {
	import_id: string;
	file_upload_url: string;
	file_upload_body: Record<string, string>;
}

async function upload(
	ticket: Ticket,
	csv: string,
	change?: (form: FormData) => FormData,
): Promise<Reply> {
	let form = new FormData();
	for (const [name, value] of Object.entries(ticket.file_upload_body)) form.append(name, value);
	form.append('file', new Blob([csv], { type: 'text/csv' }), 'rows.csv');
	if (change) form = change(form);
	const answer = await fetch(ticket.file_upload_url, { method: 'POST', body: form });
	return { status: answer.status, body: {}, text: await answer.text() };
}

/** Requests an import, uploads the rows, and gives the record when they have been worked through. */
async function imported(csv: string, changes = {}) {
	const { body } = await requested(importBody(changes));
	const { status } = await upload(body as unknown as Ticket, csv);
	expect(status).toBe(204);
	await apsisOne.settled();
	const record = apsisOne.imports.at(-1);
	if (!record) throw new Error('There is no import.');
	return record;
}

describe('tokens', () => {
	it('are JWTs with an exp claim', async () => {
		const { status, body } = await call('/oauth/token', tokenRequest());
		const claims = Buffer.from(
			String(body.access_token).split('.')[1] ?? '',
			'base64url',
		).toString();
		expect(status).toBe(200);
		expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
		expect(JSON.parse(claims)).toMatchObject({ exp: expect.any(Number) as number });
	});

	it.each([
		[{ client_secret: 'wrong' }, 401],
		[{ client_id: 'wrong' }, 401],
		[{ grant_type: 'password' }, 400],
	])('are refused for %j with %i', async (changes, status) => {
		expect((await call('/oauth/token', tokenRequest(changes))).status).toBe(status);
	});

	it('come ten a minute, then 429, and again a minute later', async () => {
		for (let count = 0; count < 10; count++) await call('/oauth/token', tokenRequest());
		expect((await call('/oauth/token', tokenRequest())).status).toBe(429);
		clock = 61_000;
		expect((await call('/oauth/token', tokenRequest())).status).toBe(200);
	});

	it('that have expired are refused with 403, like a missing permission', async () => {
		const headers = await bearer();
		clock = 3_601_000;
		expect(await call('/audience/sections', { headers })).toMatchObject({
			status: 403,
			body: { Message: 'User is not authorized to access this resource' },
		});
	});

	it('that are missing are refused with 401', async () => {
		expect(await call('/audience/sections')).toMatchObject({
			status: 401,
			body: { message: 'Unauthorized' },
		});
	});
});

describe('definitions', () => {
	it('hide the section that the key may not see, and refuse it by name', async () => {
		const { clientId, clientSecret } = apsisOne.limitedKey;
		const headers = await bearer({ client_id: clientId, client_secret: clientSecret });
		const { body } = await call('/audience/sections', { headers });
		expect(body.items).toEqual([{ discriminator: SECTIONS.shop, name: 'Fjäll shop' }]);
		expect((await call(`/audience/sections/${SECTIONS.b2b}/attributes`, { headers })).status).toBe(
			403,
		);
		expect((await call('/audience/sections/none/tags', { headers })).status).toBe(404);
	});

	it('show deprecated versions and, when asked, permissions', async () => {
		const headers = await bearer();
		const path = `/audience/sections/${SECTIONS.shop}/attributes`;
		const { body } = await call(`${path}?include_keyspace_permissions=true`, { headers });
		const points = (body.items as Array<Record<string, unknown>>).find(
			({ discriminator }) => discriminator === ATTRIBUTES.points,
		);
		expect(points?.versions).toMatchObject([
			{ id: '9911003', deprecated_at: expect.any(String) as string },
			{ id: '9911013', deprecated_at: null },
		]);
		expect(points?.keyspace_permissions).toBeDefined();
		expect((await call(path, { headers })).text).not.toContain('permission');
	});

	it('come at most 100 a second', async () => {
		const headers = await bearer();
		const replies = await Promise.all(
			Array.from({ length: 110 }, async () => await call('/audience/channels', { headers })),
		);
		expect(replies.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(1);
		expect(apsisOne.refusals.requests).toBeGreaterThanOrEqual(1);
	});
});

describe('import requests', () => {
	const consent = (changes = {}) => ({
		consent_mappings: [
			{
				address_field_selector: 'email',
				consents: [
					{
						field_selector: 'news',
						type: 'opt-in',
						channel_discriminator: CHANNELS.email,
						topic_discriminator: TOPICS.news,
						resubscribe_if_opted_out: false,
						...changes,
					},
				],
			},
		],
	});
	const attribute = (changes: object) => ({
		attribute_mappings: [{ field_selector: 'x', ...changes }],
	});
	const keyspace = (discriminator: string) => ({
		keyspace_mapping: { keyspace_discriminator: discriminator, field_selector: 'email' },
	});

	it('are answered with an upload form and the time it expires', async () => {
		expect(await requested(importBody(consent()))).toMatchObject({
			status: 201,
			body: {
				import_id: expect.any(String) as string,
				file_upload_url: `${apsisOne.uploadBaseUrl}/imports`,
				file_upload_url_expires_at: expect.stringMatching(/Z$/) as string,
				file_upload_body: {
					key: expect.any(String) as string,
					Policy: expect.any(String) as string,
				},
			},
		});
	});

	it.each<[string, object, number]>([
		['the plural keyspace of v1', { keyspace_mappings: [] }, 400],
		['an unknown member', { atribute_mappings: [] }, 400],
		['a missing key mapping', { keyspace_mapping: undefined }, 400],
		['an unknown version', attribute({ attribute_version_id: '1' }), 400],
		['a deprecated version', attribute({ attribute_version_id: '9911003' }), 400],
		['a version that is a number', attribute({ attribute_version_id: 9820534 }), 400],
		['an attribute that may not be written', attribute({ attribute_version_id: '9911008' }), 403],
		[
			'a tag that may not be written',
			{ tag_mappings: [{ field_selector: 't', tag_discriminator: TAGS.staff }] },
			403,
		],
		['an unknown keyspace', keyspace('com.apsis1.keyspaces.fax'), 404],
		['a keyspace without manage_subscriptions', keyspace(KEYSPACES.loyalty), 403],
		['a keyspace for reading only', keyspace(KEYSPACES.export), 403],
		['a consent that is confirmed', consent({ type: 'confirmed-opt-in' }), 400],
		['an unknown topic', consent({ topic_discriminator: 'none' }), 404],
		['a topic without its channel', consent({ channel_discriminator: undefined }), 400],
		[
			'a topic with another channel than its own',
			consent({ topic_discriminator: TOPICS.drops }),
			400,
		],
		[
			'an address that is not mapped',
			{ ...consent(), attribute_mappings: [], ...keyspace(KEYSPACES.crmId) },
			400,
		],
		['more than 100 kB', { x_padding: 'x'.repeat(100_001) }, 413],
	])('are refused for %s', async (_, changes, status) => {
		expect((await requested(importBody(changes))).status).toBe(status);
		expect(apsisOne.imports).toEqual([]);
	});

	it('are refused when they are no JSON', async () => {
		const headers = await bearer();
		const notJson = {
			method: 'POST' as const,
			headers: { ...headers, 'content-type': 'application/json' },
			body: '{',
		};
		expect((await call(IMPORTS, notJson)).status).toBe(400);
		expect((await call(IMPORTS, { ...notJson, headers })).status).toBe(415);
	});

	it('are refused beyond three unfinished, until an upload form has expired', async () => {
		for (let count = 0; count < 3; count++) expect((await requested()).status).toBe(201);
		expect((await requested()).status).toBe(429);
		clock = 15 * 60_000 + 1;
		expect((await requested()).status).toBe(201);
	});

	it('are refused beyond ten a minute', async () => {
		const headers = await bearer();
		for (let count = 0; count < 10; count++) {
			const { body } = await call(IMPORTS, json(importBody(), headers));
			await upload(body as unknown as Ticket, 'email\n');
			await apsisOne.settled();
			clock += 1_000;
		}
		expect((await call(IMPORTS, json(importBody(), headers))).status).toBe(429);
	});
});

describe('the upload host', () => {
	const ticket = async () => (await requested()).body as unknown as Ticket;
	const csv = 'email\nanna@example.com\n';

	it('takes the form as it was handed out', async () => {
		expect((await upload(await ticket(), csv)).status).toBe(204);
	});

	it.each<[string, (form: FormData) => FormData, number, string]>([
		['a field is missing', (form) => (form.delete('Policy'), form), 403, 'AccessDenied'],
		[
			'a field was changed',
			(form) => (form.set('Policy', 'mine'), form),
			403,
			'SignatureDoesNotMatch',
		],
		[
			'a field follows the file',
			(form) => (form.append('late', '1'), form),
			400,
			'InvalidArgument',
		],
		['there is no file', (form) => (form.delete('file'), form), 400, 'InvalidArgument'],
	])('refuses when %s', async (_, change, status, code) => {
		const reply = await upload(await ticket(), csv, change);
		expect(reply.status).toBe(status);
		expect(reply.text).toContain(`<Code>${code}</Code>`);
	});

	it('refuses a file that is too large', async () => {
		const reply = await upload(await ticket(), 'x'.repeat(2_001));
		expect(reply).toMatchObject({
			status: 400,
			text: expect.stringContaining('EntityTooLarge') as string,
		});
	});

	it('refuses an expired form', async () => {
		const form = await ticket();
		clock = 15 * 60_000 + 1;
		expect(await upload(form, csv)).toMatchObject({
			status: 403,
			text: expect.stringContaining('AccessDenied') as string,
		});
	});

	it('refuses an Authorization header, and a body of unknown length', async () => {
		const { file_upload_url: url } = await ticket();
		const headers = { 'content-type': 'multipart/form-data; boundary=x' };
		expect(
			(
				await call(url, {
					method: 'POST',
					headers: { ...headers, authorization: 'Bearer x' },
					body: 'x',
				})
			).status,
		).toBe(400);
		const chunked = (async function* () {
			yield Buffer.from('x');
		})();
		expect(
			(await call(url, { method: 'POST', headers, body: chunked as unknown as string })).status,
		).toBe(411);
	});
});

describe('states', () => {
	it('go from waiting_for_file over queued and in_progress to completed', async () => {
		const headers = await bearer();
		const { body } = await call(IMPORTS, json(importBody(), headers));
		const ticket = body as unknown as Ticket;
		const status = async () =>
			(await call(`/audience/sections/${SECTIONS.shop}/imports/${ticket.import_id}`, { headers }))
				.body.result;
		expect(await status()).toMatchObject({ status: 'waiting_for_file' });
		await upload(ticket, 'email\n');
		await apsisOne.settled();
		expect(await status()).toMatchObject({ status: 'queued' });
		clock = 250;
		expect(await status()).toMatchObject({ status: 'in_progress' });
		clock = 10_000;
		expect(await status()).toMatchObject({ status: 'completed' });
	});

	it.each([
		['lacks a mapped column', 'mail\na@example.com\n'],
		['starts with a byte order mark', '\uFEFFemail\na@example.com\n'],
		['has a quote that never ends', 'email\n"a@example.com\n'],
	])('end in error for a file that %s', async (_, csv) => {
		expect((await imported(csv)).error).toBeDefined();
	});
});

describe('rows', () => {
	const attributes = (...pairs: Array<[string, string]>) => ({
		attribute_mappings: pairs.map(([field, version]) => ({
			field_selector: field,
			attribute_version_id: version,
		})),
	});

	it.each([
		['an email address without TLD', 'email', '9820534', 'anna@localhost'],
		['a phone number with a plus', 'x', '9820535', '+46701234567'],
		['a boolean in words', 'x', '9911004', 'yes'],
		['a country by name', 'x', '9911001', 'Sweden'],
		['text over 1,000 characters', 'x', '9911002', 'x'.repeat(1_001)],
		['a date that is none', 'x', '9911006', '2023-02-30'],
		['a time in words', 'x', '9911005', '2023-02-03'],
	])('fail for %s, and the import still ends completed', async (_, field, version, value) => {
		const csv = field === 'email' ? `email\n${value}\n` : `email,x\na@example.com,${value}\n`;
		const record = await imported(csv, attributes([field, version]));
		expect(record.counts?.failed).toBe(1);
		expect(record.error).toBeUndefined();
	});

	it('fail for a key that is missing or comes twice, whatever its case', async () => {
		const record = await imported('email\na@example.com\n""\nA@example.com\n');
		expect(record.counts).toMatchObject({ created: 1 });
		expect(record.failures.map(({ reason }) => reason)).toContain('duplicate profile key');
	});

	it('have all-digit dates misread as Unix seconds', async () => {
		await imported('email,x\na@example.com,20130208\n', attributes(['x', '9911006']));
		expect(apsisOne.profile(KEYSPACES.email, 'a@example.com')?.attributes[ATTRIBUTES.joined]).toBe(
			'1970-08-21',
		);
	});

	it('erase with an empty cell only when clear_existing_attributes is on', async () => {
		const csv = `email,x\n${EXISTING.optedOut},\n`;
		const city = () =>
			apsisOne.profile(KEYSPACES.email, EXISTING.optedOut)?.attributes[ATTRIBUTES.city];
		await imported(csv, attributes(['x', '9911002']));
		expect(city()).toBe('Bergen');
		await imported(csv, {
			...attributes(['x', '9911002']),
			options: { update_existing_profiles: true, clear_existing_attributes: true },
		});
		expect(city()).toBeUndefined();
	});

	it('leave existing profiles alone when update_existing_profiles is off', async () => {
		const record = await imported(`email,x\n${EXISTING.optedOut},Oslo\n`, {
			...attributes(['x', '9911002']),
			options: { update_existing_profiles: false, clear_existing_attributes: false },
		});
		expect(record.counts).toMatchObject({ unchanged: 1, updated: 0 });
	});
});
