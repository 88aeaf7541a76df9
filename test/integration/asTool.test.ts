import type { INode, INodeParameters } from 'n8n-workflow';

import { ApsisOne as ApsisOneNode } from '../../nodes/ApsisOne/ApsisOne.node';
import { ATTRIBUTES, KEYSPACES, SECTIONS } from '../apsisOne';
import type { EngineRun } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import {
	itemsOf,
	jsonOf,
	locator,
	mapped,
	NODE_TYPE,
	requestParameters,
	runNode,
	setupFor,
	subscription,
} from '../support/workflows';

/** What an agent's engine does with a tool: n8n runs the node under a type of its own (test/e2e/aiTool.e2e.ts is the real thing). */
const TOOL_TYPE = `${NODE_TYPE}Tool`;
const apsisOne = useLocalApsisOne();

async function call(
	parameters: INodeParameters,
	email: string,
	more: Partial<INode> = {},
): Promise<EngineRun> {
	const items = itemsOf([{ email, lastname: 'invented by the model', newsletter: 'yes' }]);
	return await runNode(apsisOne, parameters, items, {
		setup: { ...setupFor(apsisOne), nodeTypes: { [TOOL_TYPE]: new ApsisOneNode() } },
		node: { type: TOOL_TYPE, ...more },
	});
}

const EMAIL = '={{ $json.email }}';
const UPSERT: INodeParameters = {
	resource: 'profile',
	operation: 'upsert',
	section: locator(SECTIONS.shop),
	keyspace: locator(KEYSPACES.email),
	profileKey: EMAIL,
	attributes: mapped({ [ATTRIBUTES.email]: EMAIL }),
	options: {},
};
const REQUEST = requestParameters({ profileKeyField: EMAIL, attributes: UPSERT.attributes });

it('hands on what is wrong as an item, so that the model learns the cure, too', async () => {
	const run = await call(UPSERT, 'nobody');
	expect(run.error).toBeUndefined();
	expect(jsonOf(run)).toEqual([
		{
			error: '[Item 0] Profile Key: invalid email address (nobody)',
			message: 'Write it like name@example.com, with a public domain.',
		},
	]);
});

it('stops the workflow when the user wants that', async () => {
	const run = await call(UPSERT, 'nobody', { onError: 'stopWorkflow' });
	expect(run.error?.message).toBe('[Item 0] Profile Key: invalid email address (nobody)');
});

it('tells of rejected rows on the one output that a model hears of', async () => {
	expect(jsonOf(await call(REQUEST, 'nobody'))).toMatchObject([
		{ status: 'nothingSent', rowsRejected: 1 },
		{ email: 'nobody', reasons: [{ rule: 'invalid email address' }] },
	]);
	expect(jsonOf(await call(REQUEST, 'anna@example.com'))).toMatchObject([{ rows: 1 }]);
});

const AUTOMATIC: INodeParameters = { mappingMode: 'autoMapInputData', value: null };

it.each<[string, INodeParameters, string]>([
	[
		'attributes of a profile',
		{ ...UPSERT, attributes: AUTOMATIC },
		'[Item 0] Attributes cannot be mapped automatically when the node is a tool of an AI agent',
	],
	[
		'attributes of an import',
		{ ...REQUEST, attributes: AUTOMATIC },
		'Attributes cannot be mapped automatically when the node is a tool of an AI agent',
	],
	[
		'consents',
		{ ...REQUEST, subscriptions: { values: [subscription()] } },
		'Consent Field 1 contains the name of a field (newsletter), which the node cannot read when it is a tool of an AI agent',
	],
	[
		'a profile key',
		{ ...REQUEST, profileKeyField: 'email' },
		'Profile Key Field contains the name of a field (email), which the node cannot read when it is a tool of an AI agent',
	],
])('takes no %s from what a model may have made up', async (_, parameters, error) => {
	expect(jsonOf(await call(parameters, 'anna@example.com'))).toMatchObject([{ error }]);
	expect(apsisOne.imports).toEqual([]);
	expect(apsisOne.calls.filter(({ call: name }) => name === 'profile')).toEqual([]);
});

it('puts a consent on the address that an expression gives', async () => {
	const other = '={{ $json.lastname + "@example.com" }}';
	const parameters = {
		...REQUEST,
		operation: 'preview',
		attributes: mapped({ [ATTRIBUTES.email]: EMAIL }),
		subscriptions: {
			values: [subscription({ consent: 'optInAll', consentAddress: 'field', addressField: EMAIL })],
		},
	};
	const [preview] = jsonOf(await call(parameters, 'anna@example.com'));
	expect(JSON.stringify(preview)).toContain('"address_field_selector":"Profile Key"');
	const elsewhere = subscription({
		consent: 'optInAll',
		consentAddress: 'field',
		addressField: other,
	});
	const refused = await call(
		{ ...parameters, subscriptions: { values: [elsewhere] } },
		'a@example.com',
	);
	expect(jsonOf(refused)).toMatchObject([
		{ error: expect.stringContaining('is not mapped to the attribute Email') as string },
	]);
});
