import type { IExecuteFunctions } from 'n8n-workflow';

/** Figures that grow with every row are shown this often. */
const INTERVAL_MS = 1_000;

/** Shows what the node is doing: in n8n's log, and in the editor in which the user runs the workflow. */
export function showProgress(context: IExecuteFunctions, sentence: string): void {
	context.logger.info(`APSIS One: ${sentence}`);
	// Not there in a sub-workflow or as an AI tool.
	context.sendMessageToUI?.(sentence);
}

/** Makes what shows a growing number of checked rows, once a second at most. */
export function checkedRowsProgress(context: IExecuteFunctions): (rows: number) => void {
	let shownAt = Date.now();
	return (rows) => {
		if (Date.now() - shownAt < INTERVAL_MS) return;
		shownAt = Date.now();
		showProgress(context, `Checked ${rows.toLocaleString('en')} rows`);
	};
}
