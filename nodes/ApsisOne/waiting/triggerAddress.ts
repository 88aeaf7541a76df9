import type { IExecuteFunctions } from 'n8n-workflow';

/** Where triggers listen below n8n's webhook address, before their name. */
export const TRIGGER_PATH = 'apsis-one';
/** Name of a trigger, and of the triggers that Request starts, where the user sets none. */
export const DEFAULT_TRIGGER_NAME = 'imports';

const TRIGGER_NAME = /^[A-Za-z0-9-]{1,64}$/;

/** Whether a name can be part of an address as it is. */
export function isTriggerName(name: string): boolean {
	return TRIGGER_NAME.test(name);
}

/** The addresses of a trigger by its name. */
export interface TriggerAddress {
	production: string;
	/** Listened at while the user tests the trigger in the editor. */
	test: string;
}

/**
 * The address of a trigger in this n8n instance. n8n tells a node its own address only as the one that waiting executions are
 * resumed at: `<base>/webhook-waiting/<execution ID>`, with a query in newer versions.
 *
 * @returns undefined where n8n's endpoints have been renamed, so that it cannot be derived
 */
export function triggerAddress(
	context: IExecuteFunctions,
	name: string,
): TriggerAddress | undefined {
	const { $execution: execution } = context.getWorkflowDataProxy(0) as {
		$execution?: { resumeUrl?: unknown };
	};
	const [, base] =
		/^(https?:\/\/.+?)\/webhook-waiting\/[^/?]+(?:\?.*)?$/.exec(
			String(execution?.resumeUrl ?? ''),
		) ?? [];
	if (base === undefined) return undefined;
	return {
		production: `${base}/webhook/${TRIGGER_PATH}/${name}`,
		test: `${base}/webhook-test/${TRIGGER_PATH}/${name}`,
	};
}
