import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { trimmed } from '../api/outside';
import { ApsisOneError } from '../errors';

/** Runs what fills a drop-down; what goes wrong reaches the editor as a sentence. */
export async function withEditorErrors<T>(
	context: ILoadOptionsFunctions,
	load: () => Promise<T>,
): Promise<T> {
	try {
		return await load();
	} catch (error) {
		throw toNodeError(context, error);
	}
}

function toNodeError(
	context: ILoadOptionsFunctions,
	error: unknown,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	const description = error instanceof ApsisOneError ? error.description : undefined;
	return new NodeOperationError(context.getNode(), error as Error, { description });
}

/** The discriminator chosen in a resource locator of the node being edited; '' when none is. */
export function chosenLocator(context: ILoadOptionsFunctions, name: string): string {
	return trimmed(context.getCurrentNodeParameter(name, { extractValue: true }));
}

/** The section chosen so far. */
export function chosenSection(context: ILoadOptionsFunctions): string {
	const section = chosenLocator(context, 'section');
	if (section) return section;
	throw new ApsisOneError('Choose Section first', 'The list depends on it.');
}
