import type { IDataObject } from 'n8n-workflow';

import { ADDRESS_SPACES, type Attribute } from '../../nodes/ApsisOne/api/parseDefinitions';
import { MemoryBudget } from '../../nodes/ApsisOne/importing/csv/fileBytes';
import type { ImportFile } from '../../nodes/ApsisOne/importing/csv/importFiles';
import { rowsOfItems } from '../../nodes/ApsisOne/importing/input/itemRows';
import { planImport, type SubscriptionSetting } from '../../nodes/ApsisOne/importing/plan';
import { ImportPreparation, type RowSink } from '../../nodes/ApsisOne/importing/preparation';
import { contentOf } from '../support/fileContent';

const EMAIL: Attribute = {
	discriminator: 'com.apsis1.attributes.email',
	name: 'Email',
	versionId: '1',
	type: 'email',
};
const NAME: Attribute = { discriminator: 'name', name: 'Name', versionId: '2', type: 'text' };
const NO_SINK: RowSink = {
	reject: () => undefined,
	leaveOut: () => undefined,
	settled: async () => undefined,
};
const field = (name: string) => ({ kind: 'field' as const, path: [name] });

const NEWS: SubscriptionSetting = {
	topic: 'news',
	channel: 'com.apsis1.channels.email',
	consent: 'asFieldSays',
	when: field('news'),
	address: 'automatic',
	resubscribe: false,
};

function plan(subscriptions: SubscriptionSetting[]) {
	return planImport(
		{
			section: 's',
			keyspace: ADDRESS_SPACES.email,
			profileKey: field('email'),
			attributes: [
				{ attribute: EMAIL.discriminator, source: field('email') },
				{ attribute: NAME.discriminator, source: field('name') },
			],
			subscriptions,
			tags: [],
			updateExistingProfiles: true,
			clearExistingAttributes: false,
			additionalFields: {},
		},
		{
			keyspaces: [{ discriminator: ADDRESS_SPACES.email, name: 'Email', isReadOnly: false }],
			attributes: [EMAIL, NAME],
			topics: [
				{ discriminator: 'news', name: 'News' },
				{ discriminator: 'offers', name: 'Offers' },
			],
			tags: [],
		},
	);
}

async function filesOf(
	rows: IDataObject[],
	maxFileBytes: number,
	subscriptions: SubscriptionSetting[] = [],
) {
	const preparation = new ImportPreparation(
		plan(subscriptions),
		rowsOfItems(rows.map((json) => ({ json }))),
		{
			checkRows: true,
			onInvalidRow: 'reject',
			sendAnyway: false,
			onInvalidValue: 'leaveOut',
			budget: new MemoryBudget(1_000_000_000),
			duplicates: 'keepFirst',
			consentWords: { optIn: [], optOut: [] },
			dates: { timezone: 'utc', excelSerials: false },
			maxFileBytes,
		},
		() => undefined,
		() => NO_SINK,
	);
	await preparation.check();
	const files: ImportFile[] = [];
	for await (const file of preparation.files()) files.push(file);
	return files;
}

const linesOf = async (file: ImportFile) =>
	(await contentOf(file)).toString('utf8').trimEnd().split('\n');

it('splits at row borders, with a header in each file, and loses and doubles no row', async () => {
	const rows = Array.from({ length: 20_000 }, (_, index) => ({
		email: `p${index}@example.com`,
		name: `Åsa ${index}`,
	}));
	const files = await filesOf(rows, 100_000);
	expect(files.length).toBeGreaterThan(4);
	const lines = await Promise.all(files.map(linesOf));
	for (const [index, file] of files.entries()) {
		expect(file.bytes).toBeLessThanOrEqual(100_000);
		expect(await contentOf(file)).toHaveLength(file.bytes);
		expect(lines[index]?.[0]).toBe('email,Name');
		expect(lines[index]).toHaveLength(file.rows + 1);
	}
	expect(lines.flatMap((some) => some.slice(1))).toEqual(
		rows.map(({ email, name }) => `${email},${name}`),
	);
	expect(files.flatMap(({ rowIndexes }) => [...rowIndexes])).toEqual(rows.map((_, index) => index));
});

it('keeps opt-ins and opt-outs apart, and sends a row without consent once', async () => {
	const files = await filesOf(
		[
			{ email: 'in@example.com', news: 'yes' },
			{ email: 'out@example.com', news: 'no' },
			{ email: 'none@example.com', news: '' },
		],
		100_000,
		[NEWS],
	);
	const contents = await Promise.all(
		files.map(async (file) => [file.consentType, ...(await linesOf(file))]),
	);
	expect(contents).toEqual([
		['opt-out', 'email,Name,News email opt-out', 'out@example.com,,1'],
		['opt-in', 'email,Name,News email opt-in', 'in@example.com,,1', 'none@example.com,,'],
	]);
});

it('sends a row that opts in to one subscription and out of another with both', async () => {
	const files = await filesOf([{ email: 'both@example.com', news: 'yes', offers: 'no' }], 100_000, [
		NEWS,
		{ ...NEWS, topic: 'offers', when: field('offers') },
	]);
	const contents = await Promise.all(
		files.map(async (file) => [file.optIns, file.optOuts, (await linesOf(file))[1]]),
	);
	expect(contents).toEqual([
		[0, 1, 'both@example.com,,,1'],
		[1, 0, 'both@example.com,,1,'],
	]);
});
