import type { IDataObject, INode } from 'n8n-workflow';

import * as listSearch from '../../nodes/ApsisOne/methods/listSearch';
import * as loadOptionsMethods from '../../nodes/ApsisOne/methods/loadOptions';
import { getAttributeFields, getEventFields } from '../../nodes/ApsisOne/methods/resourceMapping';
import {
	ATTRIBUTES,
	CHANNELS,
	EVENTS,
	KEYSPACES,
	listAs,
	SECTIONS,
	TAGS,
	TOPICS,
} from '../apsisOne';
import { loadOptions } from '../engine';
import {
	locator,
	NODE_NAME,
	requestParameters,
	setupFor,
	workflowWith,
} from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

const apsisOne = useLocalApsisOne();

const node = (changes = {}): INode => {
	const found = workflowWith(requestParameters(changes)).nodes.find(
		({ name }) => name === NODE_NAME,
	);
	if (!found) throw new Error('The workflow lacks the node.');
	return found;
};

describe('the drop-downs of the editor', () => {
	it('list the sections the key may see, by name', async () => {
		const { clientId, clientSecret } = apsisOne.limitedKey;
		const all = await loadOptions(setupFor(apsisOne), node(), listSearch.searchSections);
		const limited = await loadOptions(
			setupFor(apsisOne, { clientId, clientSecret }),
			node(),
			listSearch.searchSections,
		);
		expect(all.results.map(({ name }) => name)).toEqual(['B2B', 'Fjäll shop']);
		expect(limited.results).toEqual([{ name: 'Fjäll shop', value: SECTIONS.shop }]);
	});

	it('find by part of the name', async () => {
		const found = await loadOptions(setupFor(apsisOne), node(), async function () {
			return await listSearch.searchSections.call(this, 'FJÄ');
		});
		expect(found.results.map(({ name }) => name)).toEqual(['Fjäll shop']);
	});

	it('list only keyspaces that profiles can be imported through', async () => {
		const { results } = await loadOptions(setupFor(apsisOne), node(), listSearch.searchKeyspaces);
		expect(results.map(({ name }) => name)).toEqual(['CRM ID', 'Email', 'Mobile', 'Web shop']);
	});

	it('offer subscriptions with their folder where names repeat, and hide the channel in the value', async () => {
		const options = await loadOptions(
			setupFor(apsisOne),
			node(),
			loadOptionsMethods.getSubscriptions,
		);
		expect(options).toEqual([
			{
				name: 'Newsletter (Fjall club)',
				value: `${TOPICS.clubNews}|${CHANNELS.email}`,
				description: 'Folder Fjall club, Email only',
			},
			{
				name: 'Newsletter (Shop news)',
				value: TOPICS.news,
				description: 'Folder Shop news, any channel',
			},
			{
				name: 'Product drops',
				value: `${TOPICS.drops}|${CHANNELS.sms}`,
				description: 'Folder Fjall club, SMS only',
			},
			{ name: 'Weekly offers', value: TOPICS.offers, description: 'Folder Shop news, any channel' },
		]);
	});

	it('offer tags that may be written through the keyspace', async () => {
		const options = await loadOptions(setupFor(apsisOne), node(), loadOptionsMethods.getTags);
		expect(options.map(({ value }) => value)).toEqual([TAGS.vip, TAGS.winter]);
	});

	it('give the mapper the writable attributes of the section with their types', async () => {
		const { fields } = await loadOptions(setupFor(apsisOne), node(), getAttributeFields);
		const byId = Object.fromEntries(fields.map(({ id, type }) => [id, type]));
		expect(byId).toMatchObject({
			[ATTRIBUTES.email]: 'string',
			[ATTRIBUTES.points]: 'number',
			[ATTRIBUTES.member]: 'string',
			[ATTRIBUTES.joined]: 'dateTime',
		});
		expect(Object.keys(byId)).not.toContain(ATTRIBUTES.creditLimit);
		expect(Object.keys(byId)).not.toContain(ATTRIBUTES.fax);
	});

	it('offer events, and give the mapper the fields of the chosen one', async () => {
		const options = await loadOptions(setupFor(apsisOne), node(), loadOptionsMethods.getEvents);
		expect(options).toEqual([{ name: 'Purchase', value: EVENTS.purchase }]);
		const parameters = requestParameters({ event: EVENTS.purchase });
		const { fields } = await loadOptions(setupFor(apsisOne), node(), getEventFields, parameters);
		expect(fields.map(({ id, type, required }) => [id, type, required])).toEqual([
			['order_id', 'string', true],
			['total', 'number', false],
			['paid_at', 'dateTime', false],
		]);
		const unchosen = await loadOptions(setupFor(apsisOne), node(), getEventFields);
		expect(unchosen).toEqual({ fields: [] });
	});

	it('offer an event only where it may be written through the keyspace', async () => {
		const parameters = requestParameters({ keyspace: locator(KEYSPACES.crmId) });
		const getEvents = loadOptionsMethods.getEvents;
		const options = await loadOptions(setupFor(apsisOne), node(), getEvents, parameters);
		expect(options.map(({ name }) => name)).toEqual(['Purchase', 'Refund']);
	});

	it.each<[string, IDataObject]>([
		['has no fields', { fields: [] }],
		['has fields that cannot be read', {}],
	])('give the mapper no fields of an event that %s', async (_, version) => {
		const versions = [{ id: '7700001', deprecated_at: null, ...version }];
		const body = { items: [{ discriminator: EVENTS.purchase, versions }] };
		apsisOne.faults.add({ call: 'events', kind: 'status', status: 200, body });
		const parameters = requestParameters({ event: EVENTS.purchase });
		const fields = await loadOptions(setupFor(apsisOne), node(), getEventFields, parameters);
		expect(fields).toEqual({ fields: [] });
	});

	it('give the mapper no notice, since n8n keeps showing it when there are fields later', async () => {
		apsisOne.shapes.set(
			'attributes',
			listAs(() => ({ items: [] })),
		);
		const empty = await loadOptions(setupFor(apsisOne), node(), getAttributeFields);
		expect(empty).toEqual({ fields: [] });
	});

	it('say what to do first when no section is chosen', async () => {
		const parameters = requestParameters({ section: { __rl: true, mode: 'list', value: '' } });
		await expect(
			loadOptions(setupFor(apsisOne), node(), loadOptionsMethods.getSubscriptions, parameters),
		).rejects.toMatchObject({
			message: 'Choose Section first',
			description: 'The list depends on it.',
		});
	});

	it('say why they stay empty when the secret is wrong', async () => {
		await expect(
			loadOptions(setupFor(apsisOne, { clientSecret: 'wrong' }), node(), listSearch.searchSections),
		).rejects.toMatchObject({
			message: expect.stringContaining('does not know this Client ID and Client Secret') as string,
		});
	});
});
