import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
	NodeOutput,
} from 'n8n-workflow';

import { toNodeError } from './actions/common/toNodeError';
import { emitCompletion } from './waiting/emitCompletion';
import { getSectionOptions } from './methods/loadOptions';
import { STARTED_STATUS } from './waiting/notifyTrigger';
import { receiveNotification } from './waiting/receiveNotification';
import { DEFAULT_TRIGGER_NAME, isTriggerName, TRIGGER_PATH } from './waiting/triggerAddress';

export class ApsisOneTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'APSIS One Trigger',
		name: 'apsisOneTrigger',
		icon: { light: 'file:../../icons/apsisOne.svg', dark: 'file:../../icons/apsisOne.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ { checkFailed: "Check Failed", completed: "Profile Import Completed", all: "Profile Import Ended", failed: "Profile Import Failed" }[$parameter["fireOn"]] }}',
		description:
			'Import profiles into APSIS One in bulk, manage single profiles, consents, events and tags, and start workflows when imports have completed',
		eventTriggerDescription: 'Waiting for Request profile import to start this trigger',
		activationMessage:
			'Request profile import can now start this workflow by its Trigger Name when imports have completed.',
		defaults: { name: 'APSIS One Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'apsisOneApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				// Only what is parked outlives a restart: n8n answers once the execution is.
				responseMode: 'lastNode',
				responseData: 'noData',
				responseCode: `={{ ${STARTED_STATUS} }}`,
				path: `={{ "${TRIGGER_PATH}/" + $parameter["triggerName"].toLowerCase() }}`,
				isFullPath: true,
				rawBody: true,
			},
		],
		properties: [
			{
				displayName: 'Trigger Name',
				name: 'triggerName',
				type: 'string',
				noDataExpression: true,
				default: DEFAULT_TRIGGER_NAME,
				required: true,
				placeholder: 'e.g. imports',
				description:
					'Name that Request profile import uses to start this trigger (option Start Triggers). Use letters, digits and hyphens. If n8n reports a conflicting path when you publish, another published trigger has this name: choose a different one.',
			},
			{
				displayName: 'Trigger On',
				name: 'fireOn',
				type: 'options',
				options: [
					{
						name: 'Check Failed',
						value: 'checkFailed',
						description:
							'When imports of a request have completed, but too many of the profiles that were checked are missing (option Check Profiles Afterwards of Request)',
						action: 'On check failed',
					},
					{
						name: 'Profile Import Completed',
						value: 'completed',
						description: 'When all imports of a request have completed',
						action: 'On profile import completed',
					},
					{
						name: 'Profile Import Ended',
						value: 'all',
						description: 'When all imports of a request have completed or failed',
						action: 'On profile import ended either way',
					},
					{
						name: 'Profile Import Failed',
						value: 'failed',
						description:
							'When at least one import of a request ended in error, its upload expired, or Maximum Wait has passed',
						action: 'On profile import failed',
					},
				],
				default: 'completed',
			},
			{
				displayName: 'Start the Workflow',
				name: 'startOnce',
				type: 'options',
				options: [
					{ name: 'Once for Each Import', value: 'import' },
					{
						name: 'Once for Each Request',
						value: 'request',
						description:
							'When all imports of the request have ended, with one item for each import',
					},
				],
				default: 'request',
				description:
					'A request makes several imports when it has both opt-ins and opt-outs, or more than 50 MB of rows',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Maximum Wait (Hours)',
						name: 'maxWait',
						type: 'number',
						typeOptions: { minValue: 0.01 },
						default: 24,
						description: 'How long to wait for an import before it counts as failed',
					},
					{
						displayName: 'Requested By Workflow',
						name: 'requestedByWorkflow',
						type: 'string',
						default: '',
						placeholder: 'e.g. Nightly sync',
						description:
							'Name or ID of the workflow whose imports start this one. Leave empty for any workflow.',
					},
					{
						displayName: 'Section Names or IDs',
						name: 'sections',
						type: 'multiOptions',
						typeOptions: { loadOptionsMethod: 'getSectionOptions' },
						default: [],
						description:
							'Sections whose imports start this workflow. Leave empty for all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
					},
				],
			},
		],
	};

	methods = { loadOptions: { getSectionOptions } };

	/** Nothing is registered at APSIS One, which has no callbacks: the Request node itself starts this trigger. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions) {
				refuseTriggerName(this);
				return true;
			},
			create: async () => true,
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveNotification(this);
	}

	/** n8n runs it with what `webhook()` handed over. */
	async execute(this: IExecuteFunctions): Promise<NodeOutput> {
		try {
			return await emitCompletion(this);
		} catch (error) {
			throw toNodeError(this, error);
		}
	}
}

/** @throws NodeOperationError for a name that cannot be part of an address, when the workflow is published */
function refuseTriggerName(context: IHookFunctions): void {
	const name = String(context.getNodeParameter('triggerName', ''));
	if (isTriggerName(name)) return;
	throw new NodeOperationError(
		context.getNode(),
		name === '' ? 'Trigger Name is empty' : `Trigger Name cannot be "${name}"`,
		{ description: 'Use letters, digits and hyphens, e.g. imports.' },
	);
}
