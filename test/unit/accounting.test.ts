import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { ADDRESS_SPACES, type Attribute } from '../../nodes/ApsisOne/api/parseDefinitions';
import { MemoryBudget, PlainStore } from '../../nodes/ApsisOne/importing/csv/fileBytes';
import type { ImportFile } from '../../nodes/ApsisOne/importing/csv/importFiles';
import type { InputRow } from '../../nodes/ApsisOne/importing/fieldSource';
import { planImport } from '../../nodes/ApsisOne/importing/plan';
import { ImportPreparation, type RowSource } from '../../nodes/ApsisOne/importing/preparation';
import { RowSet } from '../../nodes/ApsisOne/importing/rows/rowSet';
import { contentOf } from '../support/fileContent';
import { sized } from '../support/size';

const EMAIL: Attribute = {
	discriminator: 'com.apsis1.attributes.email',
	name: 'Email',
	versionId: '1',
	type: 'email',
};
const field = (name: string) => ({ kind: 'field' as const, path: [name] });
const subscription = (topic: string) => ({
	topic,
	channel: 'com.apsis1.channels.email',
	consent: 'asFieldSays' as const,
	when: field(topic),
	address: 'automatic' as const,
	resubscribe: false,
});

const PLAN = planImport(
	{
		section: 's',
		keyspace: ADDRESS_SPACES.email,
		profileKey: field('email'),
		attributes: [{ attribute: EMAIL.discriminator, source: field('email') }],
		subscriptions: [subscription('news'), subscription('offers')],
		tags: [],
		updateExistingProfiles: true,
		clearExistingAttributes: false,
		additionalFields: {},
	},
	{
		keyspaces: [{ discriminator: ADDRESS_SPACES.email, name: 'Email', isReadOnly: false }],
		attributes: [EMAIL],
		topics: [
			{ discriminator: 'news', name: 'News' },
			{ discriminator: 'offers', name: 'Offers' },
		],
		tags: [],
	},
);

/** Rows that break off in the second reading, by an error or by ending early. */
class BreakingSource implements RowSource {
	private readings = 0;

	constructor(
		private readonly rows: readonly IDataObject[],
		private readonly breakAt: number,
		private readonly how: 'error' | 'end',
	) {}

	async *batches(): AsyncGenerator<InputRow[]> {
		const isSecond = ++this.readings > 1;
		for (const [index, json] of this.rows.entries()) {
			if (isSecond && index === this.breakAt) {
				if (this.how === 'end') return;
				throw new Error('The storage broke off');
			}
			yield [{ itemIndex: 0, rowIndex: index, json }];
		}
	}

	nameOf(rowIndex: number): string {
		return `Row ${rowIndex}`;
	}

	async rowCount(): Promise<number> {
		return this.rows.length;
	}
}

async function send(source: RowSource, failAt: number, budgetBytes: number) {
	let rejected: number[] = [];
	const budget = new MemoryBudget(budgetBytes);
	const preparation = new ImportPreparation(
		PLAN,
		source,
		{
			checkRows: true,
			onInvalidRow: 'reject',
			onInvalidValue: 'leaveOut',
			sendAnyway: false,
			duplicates: 'keepFirst',
			consentWords: { optIn: [], optOut: [] },
			dates: { timezone: 'utc', excelSerials: false },
			maxFileBytes: 150,
			budget,
			makeStore: () => new PlainStore(budget),
		},
		() => undefined,
		() => {
			const ofThisReading: number[] = [];
			rejected = ofThisReading;
			return {
				reject: ({ rowIndex }) => void ofThisReading.push(rowIndex),
				leaveOut: () => undefined,
				settled: async () => undefined,
			};
		},
	);
	try {
		await preparation.check();
	} catch {
		// It broke while nothing had been sent: the node fails.
		return undefined;
	}
	const sent: ImportFile[] = [];
	let failed = new RowSet();
	try {
		let index = 0;
		for await (const file of preparation.files()) {
			if (index++ < failAt) sent.push(file);
			else failed = failed.union(file.rowIndexes);
		}
	} catch {
		// What the files did not hold is looked for below.
	}
	const sentRows = sent.reduce((rows, { rowIndexes }) => rows.union(rowIndexes), new RowSet());
	return {
		counts: preparation.counts,
		rejected,
		sent,
		unsent: [...preparation.unsentRows(sentRows, failed)],
	};
}

const row = fc.record({
	email: fc.constantFrom(
		...Array.from({ length: 20 }, (_, index) => `p${index}@example.com`),
		'nobody',
	),
	news: fc.constantFrom('yes', 'no', ''),
	offers: fc.constantFrom('yes', 'no', ''),
});

it('accounts for every row, wherever the source or the sending breaks', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(row, { minLength: 1, maxLength: 30 }),
			fc.nat(30),
			fc.constantFrom('error' as const, 'end' as const),
			fc.nat(6),
			fc.constantFrom(0, 1_000_000),
			async (rows, breakAt, how, failAt, budgetBytes) => {
				const outcome = await send(new BreakingSource(rows, breakAt, how), failAt, budgetBytes);
				if (!outcome) return;
				const { counts, rejected, sent, unsent } = outcome;
				expect(counts.read).toBe(rows.length);
				expect(counts.accepted + counts.rejected).toBe(counts.read);
				expect(rejected).toHaveLength(counts.rejected);

				const isSent = (index: number) => !rejected.includes(index) && !unsent.includes(index);
				for (const index of rows.keys()) {
					const inFiles = sent.filter(({ rowIndexes }) => rowIndexes.has(index)).length;
					// Opt-in and opt-out of one row go in two files; it counts as sent when both are.
					const wanted = wantedFiles(rows, index);
					if (isSent(index)) expect(inFiles).toBe(wanted);
					else if (!rejected.includes(index)) expect(inFiles).toBeLessThan(wanted);
					else expect(inFiles).toBe(0);
				}
			},
		),
		{ numRuns: sized(150, 2_000) },
	);
});

/** How many files a row stands in, opt-outs of later rows with its key included. */
function wantedFiles(
	rows: ReadonlyArray<{ email: string; news: string; offers: string }>,
	index: number,
): number {
	const own = rows[index];
	const same = rows.filter(({ email }, at) => email === own?.email && at >= index);
	const decide = (topic: 'news' | 'offers') =>
		same.some((one) => one[topic] === 'no') ? 'no' : own?.[topic];
	const decisions = new Set([decide('news'), decide('offers')].filter((one) => one !== ''));
	return Math.max(1, decisions.size);
}

it('lets an opt-out in any row with a key count, and keeps the first of them', async () => {
	const rows = [
		{ email: 'a@example.com', news: 'yes', offers: 'yes' },
		{ email: 'b@example.com', news: 'yes', offers: '' },
		{ email: 'A@example.com', news: 'no', offers: '' },
	];
	for (const budgetBytes of [0, 1_000_000]) {
		const outcome = await send(new BreakingSource(rows, 99, 'end'), 99, budgetBytes);
		if (!outcome) throw new Error('It could not be read.');
		const { counts, sent, rejected } = outcome;
		expect(rejected).toEqual([2]);
		expect(counts).toMatchObject({ optOutsFromDuplicates: 1, rowsWithOptOut: 1, rowsWithOptIn: 2 });
		const files = await Promise.all(sent.map(async (file) => (await contentOf(file)).toString()));
		expect(files.sort()).toEqual([
			'email,News email opt-in,Offers email opt-in\na@example.com,,1\nb@example.com,1,\n',
			'email,News email opt-out,Offers email opt-out\na@example.com,1,\n',
		]);
	}
});
