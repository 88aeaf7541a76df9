import type { IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import { pause } from '../transport/pause';

/** Keys remembered in n8n's database. */
const OPTIONS = { mode: 'entries', maxEntries: 10_000 } as const;
const MAX_ATTEMPTS = 5;
const MAX_DELAY_MS = 400;

/** The recording under way in this process; it settles, and never fails. */
let lastRecording: Promise<unknown> = Promise.resolve();

/**
 * Asks whether something comes up for the first time, and records it, in n8n's database, which all processes share.
 *
 * n8n reads this memory and writes it in two steps. Of two executions that begin at one moment, one would fail (the first
 * row of a trigger is inserted twice) or be forgotten (the later write wins). So in this process one records after the other;
 * across processes a failure is tried again, and what was recorded is looked up once more, which records what was forgotten.
 *
 * @throws ApsisOneError when n8n fails each time
 */
export async function isFirst(context: IExecuteFunctions, key: string): Promise<boolean> {
	const recording = lastRecording.then(async () => await record(context, key));
	lastRecording = recording.catch(() => undefined);
	return await recording;
}

/** Takes records back, so that what could not be begun may come up again. Where n8n fails at that, too, they stay. */
export async function forget(context: IExecuteFunctions, keys: string[]): Promise<void> {
	const forgetting = lastRecording.then(
		async () => await context.helpers.removeProcessed(keys, 'node', OPTIONS),
	);
	lastRecording = forgetting.catch(() => undefined);
	await lastRecording;
}

async function record(context: IExecuteFunctions, key: string): Promise<boolean> {
	const isNew = await askAndRecord(context, key);
	if (isNew) await askAndRecord(context, key);
	return isNew;
}

async function askAndRecord(context: IExecuteFunctions, key: string): Promise<boolean> {
	const ask = context.helpers.checkProcessedAndRecord;
	for (let attempt = 1; ; attempt++) {
		const answer = await ask([key], 'node', OPTIONS).catch((error: Error) => error);
		if (!(answer instanceof Error)) return answer.new.length > 0;
		if (attempt === MAX_ATTEMPTS) {
			throw new ApsisOneError(
				'n8n could not record this import in its database',
				`It says: ${answer.message}. The import itself goes on: wait for it with the operation Wait.`,
			);
		}
		await pause(context, Math.random() * MAX_DELAY_MS);
	}
}
