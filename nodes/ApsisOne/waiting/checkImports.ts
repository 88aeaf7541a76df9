import type { IExecuteFunctions } from 'n8n-workflow';

import { ImportClient } from '../api/imports';
import { isFinal } from '../api/parseImport';
import { importPacerOf } from '../importing/sending/importPacer';
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
	// Each row of an import may have come as an item of its own.
	const looks = new Map<string, LookResult>();
	for (const entry of unfinished(watch)) {
		const name = `${entry.section} ${entry.importId}`;
		const look = looks.get(name) ?? (await lookOnce(context, entry));
		looks.set(name, look);
		noteLook(watch, entry, look, Date.now());
	}
	watch.looks++;
	noteTime(watch, Date.now());
}

async function lookOnce(
	context: IExecuteFunctions,
	{ section, importId }: WatchedImport,
): Promise<LookResult> {
	try {
		const client = await ImportClient.of(context);
		const look = await client.look(section, importId, 1);
		if (!look) return { notFound: true };
		// Executions that wait for a place need not look themselves.
		if (isFinal(look.status)) importPacerOf(client.account).noteFinished(importId);
		return { look };
	} catch (error) {
		return { fault: error instanceof Error ? error.message : String(error) };
	}
}
