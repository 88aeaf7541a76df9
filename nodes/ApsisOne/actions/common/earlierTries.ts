import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isTool } from '../../aiTool';

/** What became of items, by their index. */
export interface TriedItems {
	/** Results of those that were sent. */
	done: Map<number, IDataObject[]>;
	/** What is handed on for those of which nobody knows whether they were sent. */
	unclear: Map<number, IDataObject>;
}

/** By what n8n hands to every try of one run of a node, and to no other run (n8n-core, `WorkflowExecute`). */
const runs = new WeakMap<object, TriedItems>();

/**
 * What earlier tries of this run have done. With Retry On Fail n8n runs the whole node again when one item has failed, and
 * must not make the others happen twice.
 *
 * @returns to be filled for later tries
 */
export function earlierTriesOf(context: IExecuteFunctions): TriedItems {
	const fresh: TriedItems = { done: new Map(), unclear: new Map() };
	// A tool is called several times within one run of its agent.
	if (context.getNode().retryOnFail !== true || isTool(context)) return fresh;
	const run = context.getExecuteData();
	const known = runs.get(run) ?? fresh;
	runs.set(run, known);
	return known;
}
