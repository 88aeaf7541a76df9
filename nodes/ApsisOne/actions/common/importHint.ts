import type { IExecuteFunctions } from 'n8n-workflow';

import { type ImportFigures, withStop } from '../../importing/output/summary';

/** Shows the figures of an import and its warnings above the output, in the editor. */
export function addHint(context: IExecuteFunctions, figures: ImportFigures): void {
	const { summary, warnings, rowsRejected, valuesLeftOut } = figures;
	context.addExecutionHints({
		message: warnings.length === 0 ? summary : [summary, ...warnings].map(withStop).join(' '),
		type: rowsRejected + valuesLeftOut + warnings.length > 0 ? 'warning' : 'info',
		location: 'outputPane',
	});
}
