import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import { isTool } from '../../aiTool';
import { withStop } from '../../importing/output/summary';

/** What came of a run of the node so far; items by their index. */
export interface EarlierTries {
	/** Results of those that were sent. */
	done: Map<number, IDataObject[]>;
	/** What is handed on for those of which nobody knows whether they were sent. */
	unclear: Map<number, IDataObject>;
	/** Imports that were sent. */
	importIds: string[];
	/** Why the run as a whole failed, each time. */
	failures: string[];
	/** What a try gave out that did all it should: n8n takes a field `error` of its first item for a failure. */
	output?: INodeExecutionData[][];
}

/** By what n8n hands to every try of one run of a node, and to no other run (n8n-core, `WorkflowExecute`). */
const runs = new WeakMap<object, EarlierTries>();

/**
 * What earlier tries of this run have done. With Retry On Fail n8n runs the whole node again when one item has failed, and
 * must not make the others happen twice.
 *
 * @returns to be filled for later tries
 */
export function earlierTriesOf(context: IExecuteFunctions): EarlierTries {
	const fresh: EarlierTries = { done: new Map(), unclear: new Map(), importIds: [], failures: [] };
	// A tool is called several times within one run of its agent.
	if (context.getNode().retryOnFail !== true || isTool(context)) return fresh;
	const run = context.getExecuteData();
	const known = runs.get(run) ?? fresh;
	runs.set(run, known);
	return known;
}

/** Keeps why a try failed, for the warnings of the next one. */
export function noteFailure(
	{ failures }: EarlierTries,
	{ message, description }: NodeApiError | NodeOperationError,
): void {
	failures.push([message, description ?? ''].filter(Boolean).map(withStop).join(' '));
}

/** With Retry On Fail n8n runs the whole node again, and what was sent cannot be taken back. */
export function triedAgainWarnings({ importIds, failures }: EarlierTries): string[] {
	const sent =
		importIds.length > 0
			? ` It had sent ${importIds.join(', ')}, and the rows have been sent once more.`
			: '';
	return failures
		.slice(-1)
		.map((failure) => `Retry On Fail ran this node again, since it had failed: ${failure}${sent}`);
}
