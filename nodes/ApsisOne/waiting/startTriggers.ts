import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import { withStop } from '../importing/output/summary';
import { readAccount } from '../transport/context';
import {
	accountFingerprint,
	type ImportNotification,
	notificationBodies,
	type NotifiedImport,
} from './notification';
import { type NotifyResult, notifyTrigger } from './notifyTrigger';
import { DEFAULT_TRIGGER_NAME, isTriggerName, triggerAddress } from './triggerAddress';

/** Which triggers are to be started when imports have been sent. */
export interface TriggerTargets {
	/** Names of triggers in this n8n instance. */
	names: readonly string[];
	/** Whether the user has named them, and so expects them to be there. */
	areNamed: boolean;
	/** Address of a trigger in another n8n instance; '' for none. */
	url: string;
}

/** What came of starting triggers. */
export interface StartedTriggers {
	/** Names, and the address of a trigger in another n8n instance. */
	started: string[];
	/** What the user must know. */
	warnings: string[];
	/** What is good to know. */
	hints: string[];
}

/**
 * Reads the options Start Triggers and Notify URL.
 *
 * @throws ApsisOneError for what can be no name and no web address
 */
export function readTriggerTargets(options: IDataObject): TriggerTargets {
	const { startTriggers, notifyUrl } = options;
	const names = String(startTriggers ?? DEFAULT_TRIGGER_NAME)
		.split(',')
		.map((name) => name.trim().toLowerCase())
		.filter(Boolean);
	const wrong = names.find((name) => !isTriggerName(name));
	if (wrong !== undefined) {
		throw new ApsisOneError(
			`Start Triggers: "${wrong}" cannot be the name of a trigger`,
			'Names consist of letters, digits and hyphens. Enter the Trigger Name of an APSIS One Trigger, e.g. imports; separate several names with commas.',
		);
	}
	const url = String(notifyUrl ?? '').trim();
	if (url !== '' && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
		throw new ApsisOneError(
			'Notify URL is not a web address',
			'Copy the production URL of the APSIS One Trigger in the other n8n instance, e.g. https://n8n.example.com/webhook/apsis-one/imports.',
		);
	}
	return { names: [...new Set(names)], areNamed: startTriggers !== undefined, url };
}

/** Notifies triggers of what was sent: one notification for the request, or one for each import where a trigger wants that. */
export async function startTriggers(
	context: IExecuteFunctions,
	targets: TriggerTargets,
	request: Omit<ImportNotification, 'account' | 'executionId' | 'workflowId' | 'workflowName'>,
): Promise<StartedTriggers> {
	const result: StartedTriggers = { started: [], warnings: [], hints: [] };
	if (targets.names.length === 0 && targets.url === '') return result;
	const { decrypted } = await readAccount(context);
	const { id, name } = context.getWorkflow();
	const notifier = new Notifier(context, String(decrypted.clientSecret ?? '').trim(), {
		...request,
		executionId: context.getExecutionId(),
		workflowId: String(id ?? ''),
		workflowName: String(name ?? ''),
		account: accountFingerprint(String(decrypted.clientId ?? '').trim()),
	});
	await Promise.all([
		...targets.names.map(
			async (triggerName) =>
				await startByName(context, notifier, triggerName, targets.areNamed, result),
		),
		...(targets.url === '' ? [] : [startByUrl(notifier, targets.url, result)]),
	]);
	return result;
}

/**
 * n8n may be short of execution slots, and start the trigger late; a worker may have stopped; or the import completed at once,
 * and the workflow is running on.
 */
const UNCONFIRMED_CURE =
	'n8n may be busy. Check under Executions that its workflow is waiting or has run.';

class Notifier {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly secret: string,
		private readonly notification: ImportNotification,
	) {}

	async notify(url: string): Promise<NotifyResult> {
		const result = await this.send(url, this.notification.imports);
		if (result.outcome !== 'oneByOne' || this.notification.imports.length === 1) return result;
		for (const one of this.notification.imports) {
			const ofImport = await this.send(url, [one]);
			if (ofImport.outcome !== 'started') return ofImport;
		}
		return { outcome: 'started' };
	}

	/** @returns the first result that is not a start */
	private async send(url: string, imports: NotifiedImport[]): Promise<NotifyResult> {
		for (const body of notificationBodies({ ...this.notification, imports })) {
			const result = await notifyTrigger(this.context, url, body, this.secret);
			if (result.outcome !== 'started') return result;
		}
		return { outcome: 'started' };
	}
}

async function startByName(
	context: IExecuteFunctions,
	notifier: Notifier,
	name: string,
	isNamed: boolean,
	result: StartedTriggers,
): Promise<void> {
	const address = triggerAddress(context, name);
	if (!address) {
		if (isNamed) {
			result.warnings.push(
				`The trigger ${name} was not started: the webhook address of this n8n instance is unknown. Enter the production URL of the trigger in Notify URL.`,
			);
		}
		return;
	}
	const isManual = context.getMode() === 'manual';
	// "Listen for test event" has an address of its own; nobody listens there otherwise.
	const [answer, tested] = await Promise.all([
		notifier.notify(address.production),
		isManual ? notifier.notify(address.test) : undefined,
	]);
	if (answer.outcome === 'started' || tested?.outcome === 'started') {
		result.started.push(name);
		return;
	}
	report(answer, name, isNamed, result);
}

function report(
	answer: NotifyResult,
	name: string,
	isNamed: boolean,
	{ warnings, hints }: StartedTriggers,
): void {
	if (answer.outcome === 'failed') {
		warnings.push(
			`The trigger ${name} was not started: ${withStop(answer.sentence)} The imports were sent. If no workflow waits for them, clear the option Start Triggers.`,
		);
	} else if (answer.outcome === 'otherCredential') {
		const sentence = `The trigger ${name} uses another credential and was not started.`;
		if (isNamed) warnings.push(sentence);
		else hints.push(sentence);
	} else if (answer.outcome === 'unconfirmed') {
		warnings.push(
			`The trigger ${name} did not confirm in time that it waits for the imports. ${UNCONFIRMED_CURE}`,
		);
	} else if (answer.outcome === 'oneByOne') {
		warnings.push(`The trigger ${name} was not started: it did not accept the import.`);
	} else if (answer.outcome === 'notListening' && isNamed) {
		warnings.push(
			`No trigger named ${name} is listening. Publish the workflow with the APSIS One Trigger, and check its Trigger Name.`,
		);
	}
}

async function startByUrl(
	notifier: Notifier,
	url: string,
	{ started, warnings }: StartedTriggers,
): Promise<void> {
	const answer = await notifier.notify(url);
	if (answer.outcome === 'filtered') return;
	if (answer.outcome === 'unconfirmed') {
		warnings.push(
			'Notify URL: the trigger did not confirm in time that it waits for the imports. Check that n8n can reach the address, and check under Executions of the other n8n instance that the workflow is waiting or has run.',
		);
		return;
	}
	if (answer.outcome === 'started') {
		started.push(url);
		return;
	}
	const reasons = {
		failed: answer.outcome === 'failed' ? answer.sentence : '',
		notListening:
			'no trigger listens at this address. Is its workflow published, and is it the production URL?',
		otherCredential: 'it uses another credential.',
		oneByOne: 'it did not accept the import.',
	};
	warnings.push(`Notify URL: the trigger was not started: ${withStop(reasons[answer.outcome])}`);
}
