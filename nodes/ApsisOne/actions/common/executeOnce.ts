import type { IExecuteFunctions } from 'n8n-workflow';

import { isTool } from '../../aiTool';

/** With Execute Once, n8n hands the node the first item only: who turned it on for a test may have forgotten it. */
export function executeOnceWarning(context: IExecuteFunctions): string[] {
	if (context.getNode().executeOnce !== true || isTool(context)) return [];
	const all = context.getExecuteData().data.main?.[0]?.length ?? 0;
	if (all <= context.getInputData().length) return [];
	return [
		`Execute Once is on in the settings of this node, so only the first of ${all.toLocaleString('en')} items is used.`,
	];
}
