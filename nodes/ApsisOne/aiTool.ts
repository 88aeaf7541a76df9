import type { IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from './errors';

/** Whether an AI agent runs the node: n8n then gives its type the ending `Tool`. */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/**
 * Whether what goes wrong is handed on as an item. A tool does so unless it is to stop the workflow: of an error that is
 * thrown, n8n tells the model the message at most.
 */
export function outputsErrors(context: IExecuteFunctions): boolean {
	return (
		context.continueOnFail() || (isTool(context) && context.getNode().onError !== 'stopWorkflow')
	);
}

/**
 * Keeps a model from writing what nobody let it write: n8n puts every argument that it makes up into the tool's item, from
 * which automatic mapping would take it.
 *
 * @throws ApsisOneError in a tool
 */
export function refuseAutomaticMapping(context: IExecuteFunctions, field: string): void {
	if (!isTool(context)) return;
	throw new ApsisOneError(
		`${field} cannot be mapped automatically when the node is a tool of an AI agent`,
		`In ${field}, choose Map Each Column Manually, and let the model fill in only the values it should, e.g. {{ $fromAI("firstname") }}.`,
	);
}

/**
 * The same for a field given by its name.
 *
 * @throws ApsisOneError in a tool
 */
export function refuseFieldName(context: IExecuteFunctions, field: string, name: string): void {
	if (!isTool(context)) return;
	throw new ApsisOneError(
		`${field} contains the name of a field (${name}), which the node cannot read when it is a tool of an AI agent`,
		'Enter the value itself as an expression, e.g. {{ $fromAI("email") }} or {{ $json.email }}.',
	);
}
