import * as fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { ATTRIBUTES, CHANNELS, EXISTING, KEYSPACES, TOPICS } from '../apsisOne';
import type { EngineRun } from '../engine';
import { importRows, NODE_NAME, subscription } from '../support/workflows';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { sized } from '../support/size';

// Executions of one account wait for each other's imports.
useFastClock(100);
const apsisOne = useLocalApsisOne({
	limits: {
		tokenPerMinute: 1e6,
		importRequestsPerMinute: 1e6,
		requestsPerSecond: 1e6,
		unfinishedImports: 1e6,
	},
});

async function run(
	operation: 'request' | 'preview',
	items: IDataObject[],
	changes: object = {},
): Promise<EngineRun> {
	const subscriptions = { values: [subscription()] };
	return await importRows(apsisOne, items, { operation, subscriptions, ...changes });
}

const anyText = fc.string({ unit: 'binary', maxLength: 30 });
const email = fc.constantFrom(
	'anna@example.com',
	'ANNA@example.com',
	'bo@example.com',
	' cia@example.com ',
	'd@x',
	'',
	null,
	5,
);
const item = fc.record(
	{
		email: fc.oneof({ weight: 3, arbitrary: email }, fc.emailAddress(), anyText),
		mobile: fc.oneof(fc.constantFrom('+46701234567', '070', 46701234567, ''), anyText),
		'Birth date': fc.oneof(
			fc.constantFrom('2000-01-31', '20000131', 44000),
			fc.date({ noInvalidDate: false }),
			anyText,
		),
		'Club points': fc.oneof(
			fc.integer(),
			fc.double(),
			fc.constantFrom('1,5', '1,500', '1.000,5'),
			anyText,
		),
		country: fc.constantFrom('SE', 'Sverige', 'XX', ''),
		City: fc.oneof(
			anyText,
			fc.constantFrom('a,b', '"', 'a\nb', '\r', "'"),
			fc.object({ maxDepth: 1 }),
		),
		newsletter: fc.constantFrom('yes', 'no', '', 'maybe', true, 0, 'unsubscribed'),
	},
	{ requiredKeys: ['email'] },
) as fc.Arbitrary<IDataObject>;
const items = fc.array(item, { minLength: 1, maxLength: 12 });
const choice = fc.record({
	options: fc.record({
		duplicates: fc.constantFrom('keepFirst', 'keepLast', 'rejectAll'),
		checkRows: fc.boolean(),
	}),
});

const pairedTo = (result: EngineRun, output: number): number[] =>
	result
		.outputs(NODE_NAME, output)
		.filter(({ json }) => json.status !== 'nothingSent')
		.flatMap(({ pairedItem }) =>
			(Array.isArray(pairedItem) ? pairedItem : [pairedItem]).map(
				(pair) => (pair as { item: number }).item,
			),
		);

describe('whatever comes in', () => {
	it('ends each item in exactly one of sent and rejected', async () => {
		await fc.assert(
			fc.asyncProperty(items, choice, async (input, changes) => {
				apsisOne.reset();
				const result = await run('request', input, changes);
				expect(result.error).toBeUndefined();
				const ends = [...pairedTo(result, 0), ...pairedTo(result, 1)].sort(
					(one, other) => one - other,
				);
				expect(ends).toEqual(input.map((_, index) => index));
			}),
			{ numRuns: sized(50, 500) },
		);
	});

	it('is accepted row by row by APSIS One when rows are checked', async () => {
		await fc.assert(
			fc.asyncProperty(items, async (input) => {
				apsisOne.reset();
				await run('request', input);
				for (const { counts, error } of apsisOne.imports) {
					expect(error).toBeUndefined();
					expect(counts?.failed).toBe(0);
				}
			}),
			{ numRuns: sized(50, 500) },
		);
	});

	it('is stored as the preview showed it', async () => {
		await fc.assert(
			fc.asyncProperty(items, async (input) => {
				apsisOne.reset();
				const preview = await run('preview', input, { rowsToShow: 100 });
				expect(apsisOne.imports).toEqual([]);
				await run('request', input);
				const shown = preview.outputs(NODE_NAME)[0]?.json.imports as Array<{
					request: object;
					bytes: number;
				}>;
				expect(apsisOne.imports.map(({ request, file }) => [request, file?.bytes])).toEqual(
					shown.map(({ request, bytes }) => [request, bytes]),
				);
				for (const { json } of preview.outputs(NODE_NAME, 1)) {
					const row = json as Record<string, string>;
					const stored = apsisOne.profile(KEYSPACES.email, row.email ?? '');
					expect(stored?.attributes[ATTRIBUTES.city] ?? '').toBe(row.City ?? '');
					expect(stored?.attributes[ATTRIBUTES.mobile] ?? '').toBe(row.Mobile ?? '');
					expect(stored?.attributes[ATTRIBUTES.points] ?? '').toBe(row['Club points'] ?? '');
				}
			}),
			{ numRuns: sized(40, 300) },
		);
	});
});

it('has every row it sends out of a nasty file of 10,000 accepted', async () => {
	const nasty = [
		'Ærø',
		'Łódź',
		'Ελλάδα',
		'Россия',
		'العربية',
		'עברית',
		'日本語',
		'한국어',
		'ไทย',
		'👩‍👩‍👧‍👦',
		'🇸🇪',
		'a,b',
		'a"b',
		'"',
		'""',
		'a\nb',
		'a\r\nb',
		"'=1+1",
		'=HYPERLINK("x")',
		'\u202Eright to left',
		'tab\there',
		'\u0000',
		'\u0007',
		' space ',
		'\u00A0',
		'_x000D_',
		'#N/A',
		'#REF!',
		'1E+10',
		'9'.repeat(400),
		'x'.repeat(1_001),
		'null',
		'undefined',
		'\uD83D',
		'\\',
		'\\n',
		';',
		'|',
		'--',
		'',
	];
	const mobiles = [
		'+46701234567',
		'4.67E+10',
		'0046 70 123 45 67',
		'070-1234567',
		46701234567,
		4.6e20,
		'',
		'N/A',
		'+1 202-555-0123',
	];
	const dates = [
		'2000-02-29',
		'1999-02-29',
		'20000131',
		36526,
		'1/31/2000',
		'0000-00-00',
		'',
		new Date(0),
		'Invalid date',
	];
	const points = [
		'1 000',
		'1.000,50',
		'1,000',
		1e21,
		-0,
		'٣',
		'12%',
		'',
		Number.MAX_SAFE_INTEGER,
		'Infinity',
	];
	const input = Array.from({ length: 10_000 }, (_, index) => ({
		email: index % 17 === 0 ? nasty[index % nasty.length] : `person.${index % 9_500}@example.com`,
		City: nasty[index % nasty.length],
		'First name': nasty[(index * 7) % nasty.length],
		mobile: mobiles[(index * 5) % mobiles.length],
		'Birth date': dates[(index * 11) % dates.length],
		'Club points': points[(index * 13) % points.length],
		Country: ['SE', 'swe', 'Norge', 'Narnia', ''][index % 5],
		newsletter: ['yes', 'no', '', 'perhaps', 'Ja'][(index * 3) % 5],
	})) as unknown as IDataObject[];

	const result = await run('request', input);
	expect(result.error).toBeUndefined();
	const sent = apsisOne.imports.reduce((sum, { file }) => sum + (file?.rows ?? 0), 0);
	expect(sent).toBeGreaterThan(300);
	expect(sent + result.outputs(NODE_NAME, 1).length).toBe(10_000);
	expect(apsisOne.imports.flatMap(({ failures }) => failures)).toEqual([]);
});

describe('nobody who has opted out is opted in without the option', () => {
	const paths = ['asFieldSays', 'optInWhere', 'optInAll'].flatMap((consent) =>
		['reject', 'sendAnyway', 'stop'].flatMap((onInvalidRow) =>
			[true, false].flatMap((checkRows) =>
				[true, false].map((updateExistingProfiles) => ({
					consent,
					onInvalidRow,
					checkRows,
					updateExistingProfiles,
				})),
			),
		),
	);

	it.each(paths)(
		'$consent $onInvalidRow, checks $checkRows, update $updateExistingProfiles',
		async (path) => {
			const { consent, onInvalidRow, checkRows, updateExistingProfiles } = path;
			for (const word of ['yes', 1, 'subscribed', 'opt-in']) {
				await run('request', [{ email: EXISTING.optedOut.toUpperCase(), newsletter: word }], {
					subscriptions: { values: [subscription({ consent })] },
					options: {
						onInvalidRow,
						checkRows,
						updateExistingProfiles,
						clearExistingAttributes: true,
					},
				});
			}
			expect(apsisOne.imports.length).toBeGreaterThan(0);
			expect(JSON.stringify(apsisOne.imports.map(({ request }) => request))).not.toContain(
				'"resubscribe_if_opted_out":true',
			);
			expect(apsisOne.profile(KEYSPACES.email, EXISTING.optedOut)?.consents).toEqual({
				[`${TOPICS.news}|${CHANNELS.email}`]: 'opt-out',
			});
		},
	);
});
