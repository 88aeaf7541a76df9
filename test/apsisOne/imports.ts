import { randomBytes, randomUUID } from 'node:crypto';

import type { ImportMapping } from './importRequests';
import type { ImportCounts, RowFailure } from './rowProcessing';

export interface ImportTiming {
	/** From the upload to the start of processing. */
	queuedMs: number;
	inProgressMs: number;
	uploadUrlLifeMs: number;
	tokenLifeSeconds: number;
	/** How long a new import answers 404. */
	notFoundAfterCreationMs: number;
}

export const DEFAULT_TIMING: ImportTiming = {
	queuedMs: 200,
	inProgressMs: 300,
	uploadUrlLifeMs: 15 * 60_000,
	tokenLifeSeconds: 3_600,
	notFoundAfterCreationMs: 0,
};

/** One import, with what the real one keeps to itself. */
export interface ImportRecord {
	id: string;
	section: string;
	/** The request's body. */
	request: Record<string, unknown>;
	mapping: ImportMapping;
	createdAt: number;
	expiresAt: number;
	uploadFields: Record<string, string>;
	uploadedAt?: number;
	file?: {
		name: string;
		bytes: number;
		sha256: string;
		rows: number;
		header: string;
		content?: Buffer;
	};
	/** Filled when processing has ended. */
	counts?: ImportCounts;
	failures: RowFailure[];
	/** Why it ended in `error`. */
	error?: string;
	/** Never finishes. */
	isStuck: boolean;
}

export type ImportState = 'waiting_for_file' | 'queued' | 'in_progress' | 'completed' | 'error';

/** State by the clock (contract: Profile import v2, step 4). */
export function stateOf(record: ImportRecord, timing: ImportTiming, nowMs: number): ImportState {
	if (record.uploadedAt === undefined) return 'waiting_for_file';
	const age = nowMs - record.uploadedAt;
	if (age < timing.queuedMs) return 'queued';
	if (record.isStuck || age < timing.queuedMs + timing.inProgressMs) return 'in_progress';
	return record.error === undefined ? 'completed' : 'error';
}

/** Whether it holds one of the account's places: an expired upload no longer does. */
export function holdsPlace(record: ImportRecord, timing: ImportTiming, nowMs: number): boolean {
	const state = stateOf(record, timing, nowMs);
	if (state === 'waiting_for_file') return record.expiresAt > nowMs;
	return state === 'queued' || state === 'in_progress';
}

export function newImport(
	section: string,
	request: Record<string, unknown>,
	mapping: ImportMapping,
	nowMs: number,
	lifeMs: number,
): ImportRecord {
	const id = randomUUID();
	return {
		id,
		section,
		request,
		mapping,
		createdAt: nowMs,
		expiresAt: nowMs + lifeMs,
		uploadFields: uploadFields(id, nowMs),
		failures: [],
		isStuck: false,
	};
}

/** Fields of an S3 presigned POST, in its order. Their values are made up and worth nothing. */
function uploadFields(id: string, nowMs: number): Record<string, string> {
	const day = new Date(nowMs).toISOString().slice(0, 10).replace(/-/g, '');
	return {
		key: `imports/${id}.csv`,
		'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
		'X-Amz-Credential': `LOCALAPSISONE/${day}/eu-west-1/s3/aws4_request`,
		'X-Amz-Date': `${day}T000000Z`,
		'X-Amz-Security-Token': randomBytes(48).toString('base64'),
		Policy: randomBytes(96).toString('base64'),
		'X-Amz-Signature': randomBytes(32).toString('hex'),
	};
}
