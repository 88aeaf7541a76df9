import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeProperties,
} from 'n8n-workflow';

import { ApsisOneApi } from '../../credentials/ApsisOneApi.credentials';
import { ApsisOne as ApsisOneNode } from '../../nodes/ApsisOne/ApsisOne.node';
import { ApsisOneTrigger } from '../../nodes/ApsisOne/ApsisOneTrigger.node';
import type { ApsisOne } from '../apsisOne';
import { CHANNELS, KEYSPACES, SECTIONS, TOPICS } from '../apsisOne';
import {
	type CredentialStore,
	type EngineRun,
	type EngineSetup,
	type RunOptions,
	runWorkflow,
} from '../engine';

const OPTION_COLLECTIONS = ['readingOptions', 'safetyLimits', 'sendingOptions'];

export const NODE_TYPE = 'n8n-nodes-apsis-one.apsisOne';
export const WATCHER_TYPE = 'n8n-nodes-apsis-one.apsisOneImportWatcher';
/** Name of the node under test in every workflow made here. */
export const NODE_NAME = 'APSIS One';

const CREDENTIALS = { apsisOneApi: { id: '1', name: 'APSIS One' } };

/** The trigger, as `listen` and a workflow of its own want it. */
export const TRIGGER_NODE: INode = {
	id: 't',
	name: 'Trigger',
	type: 'n8n-nodes-apsis-one.apsisOneTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: { triggerName: 'imports', fireOn: 'completed', startOnce: 'request', options: {} },
	credentials: CREDENTIALS,
};

/** A credential for the local APSIS One. */
export function credentialFor(
	apsisOne: Pick<ApsisOne, 'baseUrl' | 'clientId' | 'clientSecret'>,
	changes: ICredentialDataDecryptedObject = {},
): CredentialStore {
	return {
		'1': {
			type: 'apsisOneApi',
			data: {
				region: 'custom',
				baseUrl: apsisOne.baseUrl,
				clientId: apsisOne.clientId,
				clientSecret: apsisOne.clientSecret,
				accessToken: '',
				...changes,
			},
		},
	};
}

/** The package's nodes and credential, from the sources. */
export function setupFor(
	apsisOne: ApsisOne,
	changes: ICredentialDataDecryptedObject = {},
): EngineSetup {
	return {
		nodeTypes: { [NODE_TYPE]: new ApsisOneNode(), [TRIGGER_NODE.type]: new ApsisOneTrigger() },
		credentialTypes: { apsisOneApi: new ApsisOneApi() },
		credentials: credentialFor(apsisOne, changes),
	};
}

/** A workflow of a trigger and the node, with these parameters. */
export function workflowWith(
	parameters: INodeParameters,
	more: Partial<INode> = {},
): RunOptions['workflow'] {
	return {
		name: 'Import customers',
		nodes: [
			{
				id: 'a',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'b',
				name: NODE_NAME,
				type: NODE_TYPE,
				typeVersion: 1,
				position: [200, 0],
				credentials: CREDENTIALS,
				parameters,
				...more,
			},
		],
		connections: { Start: { main: [[{ node: NODE_NAME, type: 'main', index: 0 }]] } },
	};
}

/** What may differ from one run of the node to another. */
export interface NodeRunOptions extends Pick<RunOptions, 'abort' | 'executeWorkflow'> {
	/** Members of the credential, e.g. another client secret. */
	credential?: ICredentialDataDecryptedObject;
	/** Members of the node, e.g. what to do on an error. */
	node?: Partial<INode>;
	/** Given where several runs share a token, or for another set of nodes; else new for each run. */
	setup?: EngineSetup;
}

/** Runs the node with these parameters through n8n's engine. */
export async function runNode(
	apsisOne: ApsisOne,
	parameters: INodeParameters,
	input: INodeExecutionData[],
	{ credential, node, setup = setupFor(apsisOne, credential), ...more }: NodeRunOptions = {},
): Promise<EngineRun> {
	return await runWorkflow({ ...setup, workflow: workflowWith(parameters, node), input, ...more });
}

/** Imports rows as items, and waits until APSIS One has worked through the files. Parameters as {@link requestParameters}. */
export async function importRows(
	apsisOne: ApsisOne,
	rows: readonly object[],
	changes: INodeParameters = {},
	options: NodeRunOptions = {},
): Promise<EngineRun> {
	const run = await runNode(apsisOne, requestParameters(changes), itemsOf(rows), options);
	await apsisOne.settled();
	return run;
}

/** Imports CSV files, one an item, called `in.csv`, `in-2.csv` and so on. Parameters as {@link requestParameters}. */
export async function importCsv(
	apsisOne: ApsisOne,
	files: ReadonlyArray<string | Buffer>,
	changes: INodeParameters = {},
	jsonOfFile: (index: number) => IDataObject = () => ({}),
): Promise<EngineRun> {
	const input = files.map((content, index) => ({
		json: jsonOfFile(index),
		binary: {
			data: {
				data: Buffer.from(content).toString('base64'),
				mimeType: 'text/csv',
				fileName: index === 0 ? 'in.csv' : `in-${index + 1}.csv`,
			},
		},
	}));
	const parameters = requestParameters({
		inputSource: 'file',
		binaryPropertyName: 'data',
		...changes,
	});
	const run = await runNode(apsisOne, parameters, input);
	await apsisOne.settled();
	return run;
}

/** One item for each row. */
export function itemsOf(rows: readonly object[]): INodeExecutionData[] {
	return rows.map((json) => ({ json: { ...json } }));
}

/** What came out of the node under test. */
export function jsonOf(run: EngineRun, output = 0): IDataObject[] {
	return run.outputs(NODE_NAME, output).map(({ json }) => json);
}

export function locator(value: string) {
	return { __rl: true, mode: 'id', value };
}

/** Options of an import, each in the collection in which the node offers it. */
export function inCollections(options: INodeParameters): INodeParameters {
	const collections: Record<string, INodeParameters> = {};
	for (const collection of new ApsisOneNode().description.properties) {
		if (!OPTION_COLLECTIONS.includes(collection.name)) continue;
		for (const { name } of (collection.options ?? []) as INodeProperties[]) {
			const value = options[name];
			if (value === undefined || collections[collection.name]?.[name] !== undefined) continue;
			collections[collection.name] = { ...collections[collection.name], [name]: value };
		}
	}
	return collections;
}

/**
 * Parameters of an import by email with automatic mapping, as the editor would store them.
 *
 * @param changes with all options together in `options`
 */
export function requestParameters({
	options = {},
	...changes
}: INodeParameters = {}): INodeParameters {
	return {
		resource: 'profileImport',
		operation: 'request',
		section: locator(SECTIONS.shop),
		keyspace: locator(KEYSPACES.email),
		inputSource: 'items',
		profileKeyField: 'email',
		attributes: { mappingMode: 'autoMapInputData', value: null },
		subscriptions: {},
		tags: {},
		...inCollections(options as INodeParameters),
		...changes,
	};
}

/** One entry of Subscriptions and Consent. */
export function subscription(changes: INodeParameters = {}): INodeParameters {
	return {
		subscription: TOPICS.news,
		channel: CHANNELS.email,
		consent: 'asFieldSays',
		consentField: 'newsletter',
		addressField: '',
		resubscribe: false,
		...changes,
	};
}

/** Attributes mapped by hand. */
export function mapped(value: Record<string, string>): INodeParameters {
	return { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] };
}
