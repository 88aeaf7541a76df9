import { ExpressionError, NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../errors';

/** Whatever went wrong, as n8n's own errors, which n8n shows with message and description. */
export function toNodeError(
	context: IExecuteFunctions,
	error: unknown,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (error instanceof ApsisOneError) {
		const { message, description, itemIndex } = error;
		return new NodeOperationError(context.getNode(), message, { description, itemIndex });
	}
	if (error instanceof ExpressionError) {
		// The user's own expression: n8n's words say what is wrong with it.
		const { itemIndex } = error.context as { itemIndex?: number };
		const description = error.description ?? undefined;
		return new NodeOperationError(context.getNode(), error.message, { description, itemIndex });
	}
	return new NodeOperationError(context.getNode(), error as Error, {
		description: 'This is a fault of the node itself. Please report it with these words.',
	});
}
