import type { IExecuteFunctions, INodeExecutionData, NodeOutput } from 'n8n-workflow';

import { outputsErrors, isTool } from '../aiTool';
import { ApsisOneError } from '../errors';
import * as consent from './consent';
import * as event from './event';
import * as profile from './profile';
import * as profileImport from './profileImport';
import * as tag from './tag';
import { executeOnceWarning } from './common/executeOnce';
import { failedItem, toNodeError } from './common/toNodeError';

type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const RESOURCES: Readonly<Record<string, Readonly<Record<string, { execute: Execute }>>>> = {
	consent: { getMany: consent.getMany, set: consent.set },
	event: { add: event.add },
	profile: { delete: profile.remove, get: profile.get, upsert: profile.upsert },
	profileImport: {
		getStatus: profileImport.getStatus,
		preview: profileImport.preview,
		request: profileImport.request,
		wait: profileImport.wait,
	},
	tag: { add: tag.add, remove: tag.remove },
};

/** Runs the operation the user has picked, and puts whatever goes wrong into words. */
export async function router(this: IExecuteFunctions): Promise<NodeOutput> {
	const resource = this.getNodeParameter('resource', 0);
	const operation = this.getNodeParameter('operation', 0);
	// These have it among their warnings.
	const isImport = ['request', 'preview'].includes(operation);
	try {
		const chosen = RESOURCES[resource]?.[operation];
		if (!chosen)
			throw new ApsisOneError(
				'This operation does not exist',
				'Choose Resource and Operation again.',
			);
		const output = await chosen.execute.call(this);
		if (!isImport) hintAtExecuteOnce(this);
		// A model gets the first output only.
		return isTool(this) ? [output.flat()] : output;
	} catch (error) {
		if (!outputsErrors(this)) throw toNodeError(this, error);
		return [[failedItem(this, error)]];
	}
}

function hintAtExecuteOnce(context: IExecuteFunctions): void {
	for (const message of executeOnceWarning(context)) {
		context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
}
