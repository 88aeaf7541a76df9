import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IExecuteFunctions, INodeExecutionData, NodeOutput } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import * as profileImport from './profileImport';

type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const RESOURCES: Readonly<Record<string, Readonly<Record<string, { execute: Execute }>>>> = {
	profileImport: {
		getStatus: profileImport.getStatus,
		preview: profileImport.preview,
		request: profileImport.request,
		wait: profileImport.wait,
	},
};

/** Runs the operation the user has picked, and puts whatever goes wrong into words. */
export async function router(this: IExecuteFunctions): Promise<NodeOutput> {
	const resource = this.getNodeParameter('resource', 0);
	const operation = this.getNodeParameter('operation', 0);
	try {
		const chosen = RESOURCES[resource]?.[operation];
		if (!chosen) throw new ApsisOneError('The operation is not known', 'Choose Operation anew.');
		return await chosen.execute.call(this);
	} catch (error) {
		const told = toNodeError(this, error);
		if (!this.continueOnFail()) throw told;
		return [[errorItem(this, told)]];
	}
}

export function toNodeError(
	context: IExecuteFunctions,
	error: unknown,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (error instanceof ApsisOneError) {
		const { message, description, itemIndex } = error;
		return new NodeOperationError(context.getNode(), message, { description, itemIndex });
	}
	return new NodeOperationError(context.getNode(), error as Error, {
		description: 'This is a fault of the node itself. Please report it with these words.',
	});
}

/**
 * What "Continue on Fail" hands on. Just these two members: by them n8n knows an item that belongs on the error output
 * (n8n-core, `handleNodeErrorOutput`).
 */
function errorItem(
	context: IExecuteFunctions,
	error: NodeApiError | NodeOperationError,
): INodeExecutionData {
	return {
		json: { error: error.message, message: error.description ?? '' },
		pairedItem: context.getInputData().map((_, item) => ({ item })),
	};
}
