import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
	NodeOutput,
} from 'n8n-workflow';

import { toNodeError } from './actions/common/toNodeError';
import { emitCompletion } from './waiting/emitCompletion';
import { receiveNotification } from './waiting/receiveNotification';

export class ApsisOneTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'APSIS One Trigger',
		name: 'apsisOneTrigger',
		icon: { light: 'file:../../icons/apsisOne.svg', dark: 'file:../../icons/apsisOne.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ { completed: "Profile Import Completed", all: "Profile Import Ended Either Way", failed: "Profile Import Failed" }[$parameter["fireOn"]] }}',
		description: 'Starts the workflow once a profile import has completed in APSIS One',
		eventTriggerDescription: 'Waiting for Request profile import to notify this trigger',
		activationMessage:
			'From now on, imports whose option Notify Trigger holds the production URL of this trigger start the workflow when they have completed.',
		defaults: { name: 'APSIS One Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'apsisOneApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: 'apsis-one-import',
				rawBody: true,
			},
		],
		properties: [
			{
				displayName:
					'On profile import completed: copy the production URL above, and paste it into the option <b>Notify Trigger</b> of Request profile import. Both nodes must use the same credential.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Trigger On',
				name: 'fireOn',
				type: 'options',
				options: [
					{
						name: 'Profile Import Completed',
						value: 'completed',
						description: 'When APSIS One has finished it',
						action: 'On profile import completed',
					},
					{
						name: 'Profile Import Ended Either Way',
						value: 'all',
						description: 'When it has completed or failed',
						action: 'On profile import ended either way',
					},
					{
						name: 'Profile Import Failed',
						value: 'failed',
						description: 'When it ended in error, its upload expired, or the wait was too long',
						action: 'On profile import failed',
					},
				],
				default: 'completed',
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
				],
			},
		],
	};

	/** Nothing to register: APSIS One knows no callbacks, the Request node itself notifies this trigger. */
	webhookMethods = {
		default: {
			checkExists: async () => true,
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
