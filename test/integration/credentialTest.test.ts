import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type INode,
	type INodeType,
	type INodeTypes,
	type NodeApiError,
	Workflow,
} from 'n8n-workflow';

import { ApsisOneApi } from '../../credentials/ApsisOneApi.credentials';
import type { Fault } from '../apsisOne';
import { prepareContainer } from '../engine/container';
import { EngineCredentials } from '../engine/credentials';
import { makeAdditionalData } from '../engine/run';
import { useLocalApsisOne } from '../support/localApsisOne';
import { credentialFor, setupFor } from '../support/workflows';

const apsisOne = useLocalApsisOne();

const NO_OP = 'n8n-nodes-base.noOp';

const TEMP_NODE: INode = {
	id: 'temp',
	parameters: {},
	name: 'Temp-Node',
	type: NO_OP,
	typeVersion: 1,
	position: [0, 0],
	credentials: { apsisOneApi: { id: '1', name: 'APSIS One' } },
};

/** What n8n makes of a credential's test: a node whose one field makes the request. */
function nodeTypesWith(request: ApsisOneApi['test']['request']): [INodeType, INodeTypes] {
	const type: INodeType = {
		description: {
			displayName: 'No Operation',
			name: NO_OP,
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'apsisOneApi', required: true }],
			properties: [
				{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing: { request } },
			],
		},
	};
	return [
		type,
		{ getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) },
	];
}

/**
 * Tests a credential as n8n's CredentialsTester does. It shows the sentence of a rule where the error's cause has a response,
 * else the error's message.
 */
async function testCredential(
	changes: ICredentialDataDecryptedObject = {},
	...faults: Fault[]
): Promise<string> {
	await prepareContainer();
	for (const fault of faults) apsisOne.faults.add(fault);
	const setup = { ...setupFor(apsisOne), credentials: credentialFor(apsisOne, changes) };
	const { request, rules = [] } = new ApsisOneApi().test;
	const baseURL = String(changes.baseUrl ?? apsisOne.baseUrl);
	const [type, nodeTypes] = nodeTypesWith({ ...request, baseURL });
	const nodes = { nodes: [TEMP_NODE], connections: {} };
	const workflow = new Workflow({ ...nodes, active: false, nodeTypes });
	const credentials = new EngineCredentials(setup.credentialTypes, setup.credentials);
	const context = new ExecuteContext(
		workflow,
		TEMP_NODE,
		makeAdditionalData({ ...setup, workflow: nodes }, credentials, 'internal', []),
		'internal',
		createRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node: TEMP_NODE, data: {}, source: null },
		[],
	);
	const data = setup.credentials['1']?.data;
	const decrypted = { id: '1', name: 'APSIS One', type: 'apsisOneApi', data };
	try {
		await new RoutingNode(context, type, decrypted).runNode();
		return 'OK';
	} catch (error) {
		const { cause, message } = error as NodeApiError;
		const status = (cause as { response?: { status?: number } } | undefined)?.response?.status;
		const rule = rules.find(
			({ properties }) => 'value' in properties && properties.value === status,
		);
		return rule?.properties.message ?? message;
	}
}

describe('the test of the credential', () => {
	it('passes where all is well', async () => {
		expect(await testCredential()).toBe('OK');
	});

	it('says that Client ID or Client Secret is wrong', async () => {
		expect(await testCredential({ clientSecret: 'wrong' })).toBe(
			`APSIS One at ${new URL(apsisOne.baseUrl).host} does not know this Client ID and Client Secret. Check both, and that Region is where your account is hosted.`,
		);
	});

	it('says that a field is empty', async () => {
		expect(await testCredential({ clientId: '' })).toBe(
			'The APSIS One credential has no Client ID. Open the credential and fill it in.',
		);
	});

	it('says that a proxy is in the way', async () => {
		expect(await testCredential({}, { call: 'token', kind: 'html', status: 403 })).toMatch(
			/^A web page answered in place of APSIS One at \S+, with status 403\. A proxy or firewall/,
		);
	});

	it('says that the host cannot be reached', async () => {
		expect(await testCredential({ baseUrl: 'http://127.0.0.1:9' })).toBe(
			'APSIS One could not be reached at 127.0.0.1:9: the host refused the connection. Check the network, and Region or Base URL in the credential.',
		);
	});

	/** The README says so under Credential; this fails with an n8n-core that shows the rules' sentences. */
	it.each([
		[403, 'Forbidden - perhaps check your credentials?'],
		[429, 'The service is receiving too many requests from you'],
	])("shows n8n 2.8's own sentence for a status %i of the sections", async (status, sentence) => {
		const fault: Fault = { call: 'sections', kind: 'status', status, times: 9 };
		expect(await testCredential({}, fault)).toBe(sentence);
	});
});
