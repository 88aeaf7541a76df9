import { ADDRESS_SPACES } from '../../nodes/ApsisOne/api/parseDefinitions';
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

async function send(duplicates: DuplicateChoice, manyRows: number) {
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
		manyRows,
	);
	const rejected: unknown[] = [];
	const preparation = new ImportPreparation(
		PLAN,
		source,
		{
			checkRows: true,
			onInvalidRow: 'reject',
			sendAnyway: false,
			duplicates,
			consentWords: { optIn: [], optOut: [] },
			dates: { timezone: 'utc', excelSerials: false },
		},
		() => undefined,
		({ row, reasons }) => rejected.push([row.rowIndex, reasons]),
	);
	const content: string[] = [];
	for await (const file of preparation.files()) content.push((await contentOf(file)).toString());
	return { content, rejected };
}

it.each<DuplicateChoice>(['keepFirst', 'keepLast', 'rejectAll'])(
	'of very many rows the same are sent as of few, with Duplicate Keys at %s',
	async (choice) => {
		const few = await send(choice, Infinity);
		expect(few.rejected.length).toBeGreaterThan(1_000);
		expect(await send(choice, 1_000)).toEqual(few);
	},
);
