import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ATTRIBUTES, KEYSPACES } from '../apsisOne';
import type { EngineRun } from '../engine';
import { importRows, jsonOf, mapped, NODE_NAME, subscription } from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

const apsisOne = useLocalApsisOne();

async function preview(input: IDataObject[], changes: INodeParameters = {}): Promise<EngineRun> {
	return await importRows(apsisOne, input, { operation: 'preview', ...changes });
}

const shown = (run: EngineRun) => jsonOf(run)[0];

it('shows the request, the rows as APSIS One would get them, and what is wrong with the others', async () => {
	const run = await preview(
		[
			{ email: 'anna@example.com', mobile: '070-123 45 67', newsletter: 'ja' },
			{ email: 'bo@example.com', mobile: '12', newsletter: 'no' },
			{ email: 'cia@example.com', mobile: '', newsletter: 'no' },
		],
		{
			subscriptions: { values: [subscription()] },
			rowsToShow: 1,
			options: { defaultCountry: 'se', onInvalidValue: 'rejectRow' },
		},
	);
	expect(shown(run)).toMatchObject({
		summary: '2 profiles would be sent in 2 imports; 1 row rejected: 1 invalid phone number',
		rowsRead: 3,
		rowsToSend: 2,
		rowsRejected: 1,
		reasons: { 'invalid phone number': 1 },
		warnings: [],
		imports: [
			{ rows: 1, optOuts: 1 },
			{
				rows: 1,
				optIns: 1,
				request: { keyspace_mapping: { keyspace_discriminator: KEYSPACES.email } },
			},
		],
	});
	expect(run.outputs(NODE_NAME, 1)).toEqual([
		{
			json: { email: 'cia@example.com', Mobile: '', 'Newsletter email opt-out': '1' },
			pairedItem: { item: 2 },
		},
		{
			json: { email: 'anna@example.com', Mobile: '46701234567', 'Newsletter email opt-in': '1' },
			pairedItem: { item: 0 },
		},
	]);
	expect(run.outputs(NODE_NAME, 2)).toHaveLength(1);
	expect(apsisOne.calls.map(({ call }) => call)).not.toContain('importRequest');
});

it('shows its warnings above the output, where nobody has to look for them', async () => {
	const run = await preview([{ email: 'anna@example.com', shoe: 42 }]);
	const [warning] = shown(run)?.warnings as string[];
	expect(warning).toContain('shoe');
	expect(run.hints(NODE_NAME)).toMatchObject([
		{
			message: `1 profile would be sent in 1 import. ${warning}`,
			type: 'warning',
		},
	]);
});

it('warns of what is allowed but probably not meant', async () => {
	const run = await preview([{ email: 'anna@example.com', town: '', newsletter: '', shoe: 42 }], {
		attributes: mapped({
			[ATTRIBUTES.email]: '={{ $json.email }}',
			[ATTRIBUTES.city]: '={{ $json.town }}',
		}),
		subscriptions: { values: [subscription()] },
		options: { clearExistingAttributes: true },
	});
	expect(shown(run)?.warnings).toEqual([
		'City is empty in every row, and Clear Existing Attributes is on: it is erased in all these profiles.',
		'No row gives or withdraws consent for Newsletter (Shop news).',
		'The field "shoe" is not mapped to anything.',
	]);
});

it('names fields that are used for nothing, and Request those that may hold a consent', async () => {
	const parameters = { attributes: mapped({ [ATTRIBUTES.email]: '={{ $json.email }}' }) };
	const rows = [{ email: 'anna@example.com', shoe: 42, Unsubscribed: 'yes', acceptsEmail: '' }];
	expect(shown(await preview(rows, parameters))?.warnings).toEqual([
		'These fields are not mapped to anything: shoe, Unsubscribed, acceptsEmail.',
	]);
	const request = await importRows(apsisOne, rows, parameters);
	expect(jsonOf(request)[0]?.warnings).toEqual([
		'These fields are not mapped to anything: Unsubscribed, acceptsEmail.',
	]);
	const plain = await importRows(apsisOne, [{ email: 'anna@example.com', shoe: 42 }], parameters);
	expect(plain.hints(NODE_NAME)).toMatchObject([{ type: 'info' }]);
});

describe('the row that is sent when a key comes twice', () => {
	const rows = [
		{ email: 'anna@example.com', City: 'Oslo' },
		{ email: 'Anna@example.com', City: 'Bergen' },
		{ email: 'anna@example.com', City: 'x'.repeat(2_000) },
	];

	it.each([
		['keepFirst', ['Oslo'], ['duplicate', 'is longer than 1,000 characters']],
		['keepLast', ['Bergen'], ['duplicate', 'is longer than 1,000 characters']],
		['rejectAll', [], ['duplicate', 'duplicate', 'is longer than 1,000 characters']],
	])('is chosen by Duplicate Keys: %s', async (duplicates, cities, rules) => {
		const run = await preview(rows, { options: { duplicates, onInvalidValue: 'rejectRow' } });
		expect(run.outputs(NODE_NAME, 1).map(({ json }) => json.City)).toEqual(cities);
		const reasons = run
			.outputs(NODE_NAME, 2)
			.map(({ json }) => (json.reasons as IDataObject[])[0]?.rule);
		expect(reasons).toEqual(rules);
	});

	it('stops the import when all such rows are to be rejected and invalid rows stop it', async () => {
		const run = await preview(rows.slice(0, 2), {
			options: { duplicates: 'rejectAll', onInvalidRow: 'stop' },
		});
		expect(run.error?.message).toBe('[Item 0] Profile Key: duplicate (anna@example.com)');
	});
});

describe('a row that asks for contradictory consents', () => {
	const subscriptions = {
		values: [
			subscription({ consent: 'optInWhere', consentField: 'in' }),
			subscription({ consent: 'optOutWhere', consentField: 'out' }),
		],
	};

	it('is rejected when they are for one subscription', async () => {
		const run = await preview([{ email: 'anna@example.com', in: 'yes', out: 'yes' }], {
			subscriptions,
		});
		expect(run.outputs(NODE_NAME, 2)[0]?.json.reasons).toMatchObject([
			{ field: 'Newsletter (Shop news)', rule: 'asks for opt-in and opt-out of one subscription' },
		]);
	});

	it('is sent when it asks for one of them', async () => {
		const run = await preview([{ email: 'anna@example.com', in: 'no', out: 'unsubscribed' }], {
			subscriptions,
		});
		expect(shown(run)).toMatchObject({ imports: [{ optIns: 0, optOuts: 1 }] });
	});
});
