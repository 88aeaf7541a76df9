import { ExecutionLifecycleHooks, LoadOptionsContext, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type ExecutionError,
	type ExecutionStatus,
	type IConnections,
	type ICredentialType,
	type ILoadOptionsFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { prepareContainer } from './container';
import { type CredentialStore, EngineCredentials } from './credentials';
import { nodeTypesOf } from './nodes';
import { webhookServer } from './webhookServer';

export interface EngineSetup {
	/** By full name, e.g. `n8n-nodes-apsis-one.apsisOne`. */
	nodeTypes: Readonly<Record<string, INodeType>>;
	credentialTypes: Readonly<Record<string, ICredentialType>>;
	/** By ID; tokens are written back, as n8n does. */
	credentials: CredentialStore;
}

export interface RunOptions extends EngineSetup {
	workflow: { name?: string; nodes: INode[]; connections: IConnections };
	/** Handed to the start node. */
	input?: INodeExecutionData[];
	/** Name of the node to start from; by default the first one without an input. */
	startNode?: string;
	mode?: WorkflowExecuteMode;
	/** Cancels the execution. */
	abort?: AbortSignal;
	/** What the CLI does with an inline sub-workflow; without it, the node cannot start one. */
	executeWorkflow?: IWorkflowExecuteAdditionalData['executeWorkflow'];
}

/** An execution that has ended, and what can be asked of it. */
export interface EngineRun {
	status: ExecutionStatus;
	error?: ExecutionError;
	/** How often a token was fetched. */
	preAuthentications: number;
	/** What the node sent to the editor while it worked. */
	messages: unknown[];
	run: IRun;
	outputs(node: string, output?: number): INodeExecutionData[];
	hints(node: string): NodeExecutionHint[];
}

/** Runs a workflow through n8n-core's own engine. */
export async function runWorkflow(options: RunOptions): Promise<EngineRun> {
	await prepareContainer();
	const mode = options.mode ?? 'trigger';
	const workflow = makeWorkflow(options);
	const credentials = new EngineCredentials(options.credentialTypes, options.credentials);
	const messages: unknown[] = [];
	const additionalData = makeAdditionalData(options, credentials, mode, messages);
	const start = startNodeOf(workflow, options.startNode);
	const data = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [
				{ node: start, data: { main: [options.input ?? [{ json: {} }]] }, source: null },
			],
		},
	});
	const execution = new WorkflowExecute(additionalData, mode, data).processRunExecutionData(
		workflow,
	);
	options.abort?.addEventListener('abort', () => execution.cancel());
	const run = await execution;
	return describeRun(run, credentials, messages);
}

function describeRun(run: IRun, credentials: EngineCredentials, messages: unknown[]): EngineRun {
	const { runData, error } = run.data.resultData;
	return {
		status: run.status,
		...(error ? { error } : {}),
		preAuthentications: credentials.preAuthentications,
		messages,
		run,
		outputs: (node, output = 0) => runData[node]?.at(-1)?.data?.main?.[output] ?? [],
		hints: (node) => runData[node]?.at(-1)?.hints ?? [],
	};
}

/** Calls one of a node's methods the way the editor does to fill a drop-down. */
export async function loadOptions<T>(
	setup: EngineSetup,
	node: INode,
	method: (this: ILoadOptionsFunctions) => Promise<T>,
	parameters: INodeParameters = node.parameters,
): Promise<T> {
	await prepareContainer();
	const workflow = makeWorkflow({ ...setup, workflow: { nodes: [node], connections: {} } });
	const credentials = new EngineCredentials(setup.credentialTypes, setup.credentials);
	const additionalData = makeAdditionalData(
		{ ...setup, workflow: { nodes: [node], connections: {} } },
		credentials,
		'manual',
		[],
	);
	additionalData.currentNodeParameters = parameters;
	return await method.call(new LoadOptionsContext(workflow, node, additionalData, ''));
}

export function makeWorkflow({
	workflow,
	nodeTypes,
}: Pick<RunOptions, 'workflow' | 'nodeTypes'>): Workflow {
	return new Workflow({
		id: 'engine',
		name: workflow.name ?? 'Engine',
		nodes: workflow.nodes,
		connections: workflow.connections,
		nodeTypes: nodeTypesOf(nodeTypes),
		active: false,
		settings: { timezone: 'Europe/Stockholm' },
	});
}

function startNodeOf(workflow: Workflow, name: string | undefined): INode {
	const found = name
		? workflow.getNode(name)
		: Object.values(workflow.nodes).find(({ type }) => /trigger|webhook/i.test(type));
	if (!found) throw new Error('The workflow has no node to start from.');
	return found;
}

/** What the CLI hands to the engine, as far as our nodes can notice. */
export function makeAdditionalData(
	options: RunOptions,
	credentials: EngineCredentials,
	mode: WorkflowExecuteMode,
	messages: unknown[],
): IWorkflowExecuteAdditionalData {
	const { nodes, connections } = options.workflow;
	const { address: webhooks } = webhookServer();
	const data: Partial<IWorkflowExecuteAdditionalData> = {
		hooks: new ExecutionLifecycleHooks(mode, '1', {
			id: 'engine',
			name: options.workflow.name ?? 'Engine',
			active: false,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(),
			updatedAt: new Date(),
			nodes,
			connections,
		}),
		executionId: '1',
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost/',
		webhookBaseUrl: `${webhooks}/webhook`,
		webhookTestBaseUrl: `${webhooks}/webhook-test`,
		webhookWaitingBaseUrl: `${webhooks}/webhook-waiting`,
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		variables: {},
		credentialsHelper: credentials.asHelper(),
		setExecutionStatus: () => undefined,
		...(options.executeWorkflow ? { executeWorkflow: options.executeWorkflow } : {}),
		sendDataToUI: (_type, message) => {
			messages.push(message);
		},
	};
	return data as IWorkflowExecuteAdditionalData;
}
