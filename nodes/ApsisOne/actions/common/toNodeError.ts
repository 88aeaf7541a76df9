import {
	ApplicationError,
	BaseError,
	ExpressionError,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';

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
		const { itemIndex } = error.context as { itemIndex?: number };
		return expressionError(context, error.message, error.description, itemIndex);
	}
	if (error instanceof ApplicationError || error instanceof BaseError) {
		const description = error instanceof BaseError ? error.description : undefined;
		return expressionError(context, error.message, description);
	}
	return new NodeOperationError(context.getNode(), error as Error, {
		description: 'This is a bug in the node. Please report it together with this message.',
	});
}

/** The user's own expression: n8n's words say what is wrong with it. */
function expressionError(
	context: IExecuteFunctions,
	message: string,
	description: string | null | undefined,
	itemIndex?: number,
): NodeOperationError {
	return new NodeOperationError(context.getNode(), message, {
		description: description || 'Check the expressions in the fields of this node.',
		itemIndex,
	});
}

/**
 * What "Continue on Fail" hands on. Just these members, and no empty one: by them n8n knows an item that belongs on the
 * error output (n8n-core, `handleNodeErrorOutput`).
 */
export function errorJson({
	message,
	description,
}: Pick<NodeApiError | NodeOperationError, 'message' | 'description'>): IDataObject {
	return description ? { error: message, message: description } : { error: message };
}

/** The one item that "Continue on Fail" hands on for all of them. */
export function failedItem(context: IExecuteFunctions, error: unknown): INodeExecutionData {
	const pairedItem = context.getInputData().map((_, item) => ({ item }));
	return { json: errorJson(toNodeError(context, error)), pairedItem };
}
