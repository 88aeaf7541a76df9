import { ADDRESS_SPACES } from '../../nodes/ApsisOne/api/parseDefinitions';
import { MemoryBudget, PlainStore } from '../../nodes/ApsisOne/importing/csv/fileBytes';
import { FileRows } from '../../nodes/ApsisOne/importing/input/fileRows';
import { planImport } from '../../nodes/ApsisOne/importing/plan';
import { ImportPreparation } from '../../nodes/ApsisOne/importing/preparation';
import type { DuplicateChoice } from '../../nodes/ApsisOne/importing/rows/duplicates';
import { contentOf } from '../support/fileContent';

const EMAIL = {
	discriminator: 'com.apsis1.attributes.email',
	name: 'Email',
	versionId: '1',
	type: 'email' as const,
};

const PLAN = planImport(
	{
		section: 's',
		keyspace: ADDRESS_SPACES.email,
		profileKey: { kind: 'field', path: ['email'] },
		attributes: [],
		subscriptions: [],
		tags: [],
		updateExistingProfiles: true,
		clearExistingAttributes: false,
		additionalFields: {},
	},
	{
		keyspaces: [{ discriminator: ADDRESS_SPACES.email, name: 'Email', isReadOnly: false }],
		attributes: [EMAIL],
		topics: [],
		tags: [],
	},
);

/** Every third key comes again, every ninth a third time, and some rows are invalid. */
const LINES = Array.from({ length: 3_000 }, (_, index) =>
	index % 50 === 7 ? `nobody ${index}` : `person.${index % 1_900}@example.com`,
);

async function send(
	duplicates: DuplicateChoice,
	{ manyRows = Infinity, budgetBytes = Infinity }: { manyRows?: number; budgetBytes?: number },
) {
	const source = new FileRows(
		[
			{
				itemIndex: 0,
				open: async function* () {
					yield Buffer.from(['email', ...LINES, ''].join('\n'));
				},
			},
		],
		{},
	);
	const rejected: number[] = [];
	const budget = new MemoryBudget(budgetBytes);
	const preparation = new ImportPreparation(
		PLAN,
		source,
		{
			checkRows: true,
			onInvalidRow: 'reject',
			onInvalidValue: 'leaveOut',
			sendAnyway: false,
			duplicates,
			consentWords: { optIn: [], optOut: [] },
			dates: { timezone: 'utc', excelSerials: false },
			budget,
			makeStore: () => new PlainStore(budget),
			manyRows,
		},
		() => undefined,
		() => ({
			reject: ({ rowIndex }) => void rejected.push(rowIndex),
			leaveOut: () => undefined,
			settled: async () => undefined,
		}),
	);
	await preparation.check();
	const content: string[] = [];
	for await (const file of preparation.files()) content.push((await contentOf(file)).toString());
	return { content, rejected, accepted: preparation.accepted.size };
}

describe.each<DuplicateChoice>(['keepFirst', 'keepLast', 'rejectAll'])(
	'with Duplicate Keys at %s',
	(choice) => {
		it('the same is sent of very many rows as of few', async () => {
			const few = await send(choice, {});
			expect(few.rejected.length).toBeGreaterThan(1_000);
			expect(few.rejected.length + few.accepted).toBe(LINES.length);
			expect(await send(choice, { manyRows: 1_000 })).toEqual(few);
		});

		it('a second reading writes what the first has built where memory allows', async () => {
			expect(await send(choice, { budgetBytes: 10_000 })).toEqual(await send(choice, {}));
		});
	},
);
