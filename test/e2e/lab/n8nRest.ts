/** A typed client of the REST API that n8n's own editor uses (not the public one, which lacks most of this). */
import type {
	ExecutionStatus,
	ICredentialDataDecryptedObject,
	IConnections,
	INode,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	IRunExecutionData,
	IWorkflowSettings,
	ResourceMapperFields,
} from 'n8n-workflow';

import { openPush, type PushConnection } from './push';
import { parseFlatted } from './flatted';
import { waitFor } from './waitFor';

/** The one user of every n8n that the lab starts. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'Passw0rd!x',
	firstName: 'Olga',
	lastName: 'Owner',
} as const;

/** A workflow as written by hand or exported by the editor. */
export interface WorkflowDraft {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: Record<string, INodeExecutionData[]>;
}

/** A workflow as n8n keeps it. */
export interface Workflow extends WorkflowDraft {
	id: string;
	versionId: string;
	active: boolean;
}

/** What a workflow's node says to name a credential. */
export interface CredentialReference {
	id: string;
	name: string;
}

/** The result of *Test* in the credential's dialog. */
export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** One row of the list of executions. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: string;
	startedAt?: string;
	stoppedAt?: string | null;
	waitTill?: string | null;
}

/** One execution with its data decoded. */
export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
}

/** The answer to a run by hand; no execution yet when its trigger listens on a test webhook. */
export interface ManualRun {
	executionId?: string;
	waitingForWebhook?: boolean;
}

/** Which node asks for a drop-down's contents, with which parameters and credential. */
export interface ParameterRequest {
	nodeType: string;
	version?: number;
	methodName: string;
	/** Path of the parameter, e.g. `parameters.section`. */
	path?: string;
	parameters?: INodeParameters;
	credentials?: Record<string, CredentialReference>;
}

const DEFAULT_EXECUTION_TIMEOUT_MS = 60_000;
const FINAL_STATUSES: ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

/** An answer of n8n's with a status outside 200–299. */
export class N8nRestError extends Error {
	constructor(
		readonly status: number,
		readonly body: string,
		what: string,
	) {
		super(`${what}: ${status} ${body.slice(0, 1000)}`);
		this.name = 'N8nRestError';
	}
}

/** A signed-in session of the owner. */
export class N8nRest {
	/** Names this client as an editor tab, to which n8n pushes what happens in runs by hand. */
	readonly pushRef = `lab-${Math.random().toString(36).slice(2)}`;
	private cookie = '';

	constructor(readonly baseUrl: string) {}

	/**
	 * One call of the API.
	 *
	 * @returns what stands under `data` in the answer
	 * @throws N8nRestError on a refusal
	 */
	async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(this.baseUrl + path, {
			method,
			headers: {
				'content-type': 'application/json',
				// n8n binds the session to the browser that signed in.
				'browser-id': 'lab',
				'push-ref': this.pushRef,
				cookie: this.cookie,
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new N8nRestError(response.status, text, `${method} ${path}`);
		const cookies = response.headers.getSetCookie();
		if (cookies.length) this.cookie = cookies.map((entry) => entry.split(';')[0]).join('; ');
		return (text ? (JSON.parse(text) as { data: T }).data : undefined) as T;
	}

	/** Makes the owner on a fresh n8n, or signs in on one that has an owner. Does nothing while signed in. */
	async signIn(): Promise<void> {
		if (this.cookie && (await this.isSignedIn())) return;
		const { userManagement } = await this.settings();
		if (userManagement.showSetupOnFirstLoad) {
			await this.call('POST', '/rest/owner/setup', OWNER);
			return;
		}
		const { email, password } = OWNER;
		await this.call('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	private async isSignedIn(): Promise<boolean> {
		return await this.call('GET', '/rest/login').then(
			() => true,
			() => false,
		);
	}

	/** What the editor is told at start. */
	async settings(): Promise<{
		versionCli?: string;
		userManagement: { showSetupOnFirstLoad: boolean };
	}> {
		return await this.call('GET', '/rest/settings');
	}

	// Credentials

	/** Stores a credential; the result goes under `node.credentials[type]`. */
	async createCredential(
		name: string,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<CredentialReference> {
		const { id } = await this.call<{ id: string }>('POST', '/rest/credentials', {
			name,
			type,
			data,
		});
		return { id, name };
	}

	/** *Test* in the credential's dialog, of a stored credential with these data (secrets in the clear). */
	async testCredential(
		reference: CredentialReference,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<CredentialTestResult> {
		return await this.call('POST', '/rest/credentials/test', {
			credentials: { ...reference, type, data },
		});
	}

	/** A stored credential as the editor gets it, secrets blanked. */
	async getCredential(id: string): Promise<{ data: ICredentialDataDecryptedObject }> {
		return await this.call('GET', `/rest/credentials/${id}?includeData=true`);
	}

	/** Makes a data table of the owner's, with text columns. */
	async createDataTable(
		name: string,
		columns: readonly string[],
		rows: ReadonlyArray<Readonly<Record<string, string>>>,
	): Promise<void> {
		const { id: projectId } = await this.call<{ id: string }>('GET', '/rest/projects/personal');
		const path = `/rest/projects/${projectId}/data-tables`;
		const { id } = await this.call<{ id: string }>('POST', path, {
			name,
			columns: columns.map((column) => ({ name: column, type: 'string' })),
		});
		await this.call('POST', `${path}/${id}/insert`, { data: rows, returnType: 'count' });
	}

	// Workflows

	/** Saves a new workflow, inactive. */
	async createWorkflow(draft: WorkflowDraft): Promise<Workflow> {
		return await this.call('POST', '/rest/workflows', {
			...draft,
			settings: { executionOrder: 'v1', ...draft.settings },
			active: false,
		});
	}

	/** All of them, without their nodes. */
	async workflows(): Promise<Array<Pick<Workflow, 'id' | 'name'>>> {
		return await this.call('GET', '/rest/workflows');
	}

	async getWorkflow(id: string): Promise<Workflow> {
		return await this.call('GET', `/rest/workflows/${id}`);
	}

	/** *Publish*: makes the workflow's saved version the one that production triggers run. */
	async activate(workflow: Pick<Workflow, 'id' | 'versionId'>): Promise<Workflow> {
		return await this.call('POST', `/rest/workflows/${workflow.id}/activate`, {
			versionId: workflow.versionId,
		});
	}

	async deactivate(workflow: Pick<Workflow, 'id'>): Promise<Workflow> {
		return await this.call('POST', `/rest/workflows/${workflow.id}/deactivate`, {});
	}

	/**
	 * *Execute workflow* from the named trigger. A webhook trigger then listens on {@link testWebhookUrl} for one call.
	 */
	async run(workflow: Workflow, triggerName: string): Promise<ManualRun> {
		return await this.call('POST', `/rest/workflows/${workflow.id}/run`, {
			workflowData: workflow,
			startNodes: [],
			triggerToStartFrom: { name: triggerName },
		});
	}

	/** Runs by hand and waits for the end (or for one of the other statuses named). */
	async runToEnd(
		workflow: Workflow,
		triggerName: string,
		options: { statuses?: ExecutionStatus[]; timeoutMs?: number } = {},
	): Promise<Execution> {
		const { executionId } = await this.run(workflow, triggerName);
		if (!executionId) throw new Error(`${triggerName} listens for a webhook; nothing runs yet`);
		return await this.waitForExecution(executionId, options);
	}

	webhookUrl(path: string): string {
		return `${this.baseUrl}/webhook/${path}`;
	}

	testWebhookUrl(path: string): string {
		return `${this.baseUrl}/webhook-test/${path}`;
	}

	// Executions

	/** The latest executions, newest first; of one workflow if its id is given. */
	async executions(workflowId?: string): Promise<ExecutionSummary[]> {
		const filter = workflowId
			? `&filter=${encodeURIComponent(JSON.stringify({ workflowId }))}`
			: '';
		const { results } = await this.call<{ results: ExecutionSummary[] }>(
			'GET',
			`/rest/executions?limit=100${filter}`,
		);
		return results;
	}

	/** One execution with its data. */
	async execution(id: string): Promise<Execution> {
		const raw = await this.call<Omit<Execution, 'data'> & { data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		return { ...raw, data: parseFlatted(raw.data) as IRunExecutionData };
	}

	/**
	 * Waits until the execution has one of the statuses, by default until it has ended.
	 *
	 * @throws when the time is over, with the status it has then
	 */
	async waitForExecution(
		id: string,
		options: { statuses?: ExecutionStatus[]; timeoutMs?: number } = {},
	): Promise<Execution> {
		const { statuses = FINAL_STATUSES, timeoutMs = DEFAULT_EXECUTION_TIMEOUT_MS } = options;
		return await waitFor(
			async () => {
				const execution = await this.execution(id);
				return statuses.includes(execution.status) ? execution : undefined;
			},
			{
				what: `Execution ${id} with status ${statuses.join(' or ')}`,
				timeoutMs,
				detail: async () => `Its status is ${(await this.execution(id)).status}`,
			},
		);
	}

	/**
	 * Waits for an execution of a workflow that is not among the known ones, e.g. after a webhook call.
	 *
	 * Sub-workflows written into a node (mode `integrated`) are listed under the same workflow; they do not count.
	 */
	async waitForNewExecution(
		workflowId: string,
		known: string[] = [],
		timeoutMs = DEFAULT_EXECUTION_TIMEOUT_MS,
	): Promise<ExecutionSummary> {
		return await waitFor(
			async () =>
				(await this.executions(workflowId)).find(
					({ id, mode }) => mode !== 'integrated' && !known.includes(id),
				),
			{ what: `A new execution of workflow ${workflowId}`, timeoutMs },
		);
	}

	async stopExecution(id: string): Promise<void> {
		await this.call('POST', `/rest/executions/${id}/stop`);
	}

	// What fills the drop-downs

	/** `methods.loadOptions`. */
	async loadOptions(request: ParameterRequest): Promise<INodePropertyOptions[]> {
		return await this.call(
			'POST',
			'/rest/dynamic-node-parameters/options',
			parameterRequestBody(request),
		);
	}

	/** `methods.listSearch`, one page. */
	async listSearch(
		request: ParameterRequest & { filter?: string; paginationToken?: string },
	): Promise<INodeListSearchResult> {
		const { filter, paginationToken } = request;
		return await this.call('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
			...parameterRequestBody(request),
			filter,
			paginationToken,
		});
	}

	/** `methods.resourceMapping`. */
	async resourceMapperFields(request: ParameterRequest): Promise<ResourceMapperFields> {
		return await this.call(
			'POST',
			'/rest/dynamic-node-parameters/resource-mapper-fields',
			parameterRequestBody(request),
		);
	}

	/** The installed node types with this prefix, e.g. `n8n-nodes-apsis-one.`, as the editor gets them. */
	async nodeTypes(prefix: string): Promise<Array<{ name: string; hidden?: boolean }>> {
		const response = await fetch(`${this.baseUrl}/types/nodes.json`, {
			headers: { cookie: this.cookie, 'browser-id': 'lab' },
		});
		const types = (await response.json()) as Array<{ name: string; hidden?: boolean }>;
		return types.filter(({ name }) => name.startsWith(prefix));
	}

	/** Connects as an editor tab; see {@link PushConnection}. */
	async openPush(): Promise<PushConnection> {
		return await openPush(this.baseUrl, this.pushRef, this.cookie);
	}
}

function parameterRequestBody(request: ParameterRequest) {
	return {
		path: request.path ?? 'parameters',
		nodeTypeAndVersion: { name: request.nodeType, version: request.version ?? 1 },
		currentNodeParameters: request.parameters ?? {},
		methodName: request.methodName,
		credentials: request.credentials,
	};
}

/**
 * What a node gave in its last run of an execution.
 *
 * @param output number of the output, from 0
 */
export function outputOf(execution: Execution, nodeName: string, output = 0): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[nodeName] ?? [];
	return runs.at(-1)?.data?.main?.[output] ?? [];
}

/** The `json` of {@link outputOf}. */
export function jsonOf(execution: Execution, nodeName: string, output = 0) {
	return outputOf(execution, nodeName, output).map(({ json }) => json);
}
