import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { lookAtImport } from '../api/imports';
import {
	type LookResult,
	noteLook,
	noteTime,
	unfinished,
	type Watch,
	type WatchedImport,
} from './watch';

/** One round: looks once at every unfinished import. A fault of a look never ends the wait. */
export async function lookAtAll(context: IExecuteFunctions, watch: Watch): Promise<void> {
	for (const entry of unfinished(watch)) {
		noteLook(watch, entry, await lookOnce(context, entry), Date.now());
	}
	watch.looks++;
	noteTime(watch, Date.now());
}

async function lookOnce(context: IExecuteFunctions, entry: WatchedImport): Promise<LookResult> {
	try {
		const look = await lookAtImport(context, entry.section, entry.importId, 1);
		return look ? { look } : { notFound: true };
	} catch (error) {
		return { fault: error instanceof NodeApiError ? error.message : String(error) };
	}
}
