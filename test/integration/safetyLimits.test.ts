import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { useLocalApsisOne } from '../support/localApsisOne';
import { importRows, jsonOf, subscription } from '../support/workflows';

const apsisOne = useLocalApsisOne();

const NEWS = { subscriptions: { values: [subscription({ resubscribe: true })] } };
const rows = (count: number, of: (index: number) => IDataObject) =>
	Array.from({ length: count }, (_, index) => ({ email: `p${index}@example.com`, ...of(index) }));

const OPT_OUTS = rows(43, (index) => ({ newsletter: index < 41 ? 'no' : 'yes' }));
const OPT_INS = rows(20, () => ({ newsletter: 'yes' }));
const BAD = rows(10, (index) => (index < 3 ? { email: 'nobody' } : {}));

describe('a safety limit', () => {
	it.each<[string, IDataObject[], INodeParameters, string]>([
		[
			'Maximum Opt-Outs in percent',
			OPT_OUTS,
			{ maximumOptOuts: '10 %' },
			'41 of 43 rows are opt-outs, more than Maximum Opt-Outs allows (10%). Nothing was sent.',
		],
		[
			'Maximum Opt-Outs in rows',
			OPT_OUTS,
			{ maximumOptOuts: '40' },
			'41 of 43 rows are opt-outs, more than Maximum Opt-Outs allows (40). Nothing was sent.',
		],
		[
			'Maximum Rejected Rows',
			BAD,
			{ maximumRejected: '25%' },
			'3 of 10 rows are rejected, more than Maximum Rejected Rows allows (25%). Nothing was sent.',
		],
		[
			'Maximum Resubscribes',
			OPT_INS,
			{ maximumResubscribes: '0' },
			'20 of 20 rows are allowed to resubscribe, more than Maximum Resubscribes allows (0). Nothing was sent.',
		],
		[
			'Minimum Rows',
			OPT_INS,
			{ minimumRows: 1_000 },
			'Only 20 rows came in, fewer than Minimum Rows (1,000). Nothing was sent.',
		],
	])('stops before anything is sent: %s', async (_, items, options, message) => {
		const run = await importRows(apsisOne, items, { ...NEWS, options });
		expect(run.error?.message).toBe(message);
		expect(apsisOne.calls.filter(({ call }) => call === 'importRequest')).toEqual([]);

		const preview = await importRows(apsisOne, items, { ...NEWS, options, operation: 'preview' });
		expect((jsonOf(preview)[0]?.warnings as string[])[0]).toBe(message);
	});

	it.each<[IDataObject[], INodeParameters]>([
		[OPT_OUTS, { maximumOptOuts: '96%' }],
		[OPT_OUTS, { maximumOptOuts: '41' }],
		[BAD, { maximumRejected: '30 %' }],
		[OPT_INS, { maximumResubscribes: '20', minimumRows: 20 }],
	])('that is kept lets the import through', async (items, options) => {
		const run = await importRows(apsisOne, items, { ...NEWS, options });
		expect(run.error).toBeUndefined();
		expect(apsisOne.imports.length).toBeGreaterThan(0);
	});

	it.each(['ten', '110%', '1.5', '-3', '1,000', '1.000', '10,000', '1 000', '5,0', '.5%', '5%%'])(
		'that cannot be read is refused: %s',
		async (maximumOptOuts) => {
			const run = await importRows(apsisOne, OPT_INS, { ...NEWS, options: { maximumOptOuts } });
			expect(run.error?.message).toBe(
				`Maximum Opt-Outs is neither a number nor a percentage: ${maximumOptOuts}`,
			);
			expect(apsisOne.calls).toEqual([]);
		},
	);
});

describe('a safety limit that says nothing', () => {
	it.each(['={{ $vars.limit }}', '={{ $json.limit }}', '={{ "" }}', '={{ null }}'])(
		'is refused where it is an expression: %s',
		async (expression) => {
			for (const [name, displayName] of [
				['maximumOptOuts', 'Maximum Opt-Outs'],
				['maximumRejected', 'Maximum Rejected Rows'],
				['maximumResubscribes', 'Maximum Resubscribes'],
				['minimumRows', 'Minimum Rows'],
			] as const) {
				const run = await importRows(apsisOne, OPT_INS, { options: { [name]: expression } });
				expect(run.error?.message).toBe(
					`${displayName} is an expression without a value: ${expression.slice(1)}`,
				);
				expect(apsisOne.calls).toEqual([]);
			}
		},
	);

	it.each(['1,000', 'many', '-5', '20.5'])(
		'is refused as Minimum Rows: %s',
		async (minimumRows) => {
			const run = await importRows(apsisOne, OPT_INS, { options: { minimumRows } });
			expect(run.error?.message).toBe(`Minimum Rows is not a whole number: ${minimumRows}`);
		},
	);

	it('is none where the field is left empty, or 0', async () => {
		const options = { maximumOptOuts: '', minimumRows: 0 };
		expect((await importRows(apsisOne, OPT_INS, { options })).error).toBeUndefined();
	});
});

describe('values that APSIS One would refuse', () => {
	const ITEMS = [
		{ email: 'a@example.com', mobile: '12', City: 'Oslo', newsletter: 'no' },
		{ email: 'b@example.com', mobile: '+46701234567', 'Birth date': 'soon' },
	];

	it('are left out, listed and counted, and no opt-out is lost', async () => {
		const run = await importRows(apsisOne, ITEMS, NEWS);
		expect(jsonOf(run, 1)).toEqual([]);
		expect(jsonOf(run)[0]).toMatchObject({
			summary:
				'2 profiles sent in 2 imports; 2 values left out: 1 invalid phone number, 1 is not a date',
			optOuts: 1,
			rowsSent: 2,
			valuesLeftOut: 2,
			leftOut: [
				{ item: 0, field: 'Mobile', value: '12', rule: 'invalid phone number' },
				{ item: 1, field: 'Birth date', value: 'soon', rule: 'is not a date' },
			],
		});
		const contents = apsisOne.imports.map(({ file }) => file?.content?.toString());
		expect(contents).toEqual([
			expect.stringContaining('a@example.com,,,Oslo'),
			expect.stringContaining('b@example.com,46701234567,,'),
		]);
	});

	it('reject the row when the user wants that, and always while an empty value erases', async () => {
		for (const options of [{ onInvalidValue: 'rejectRow' }, { clearExistingAttributes: true }]) {
			apsisOne.reset();
			const run = await importRows(apsisOne, ITEMS, { ...NEWS, options });
			expect(jsonOf(run)).toMatchObject([{ status: 'nothingSent', rowsRejected: 2 }]);
			expect(jsonOf(run, 1)).toHaveLength(2);
			expect(apsisOne.imports).toEqual([]);
		}
	});

	it('reject the row where they are the address of its consent', async () => {
		const run = await importRows(apsisOne, [{ email: 'a@example.com', mobile: '12', sms: 'yes' }], {
			subscriptions: {
				values: [
					subscription({
						consentField: 'sms',
						channel: 'com.apsis1.channels.sms',
					}),
				],
			},
		});
		expect(jsonOf(run, 1)).toMatchObject([
			{ reasons: [{ field: 'Mobile', rule: 'invalid phone number' }] },
		]);
	});
});
