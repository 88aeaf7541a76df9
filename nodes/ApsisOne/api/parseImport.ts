/** Statuses of an import (contract: Profile import v2, step 4). */
export type ImportStatus = 'waiting_for_file' | 'queued' | 'in_progress' | 'completed' | 'error';

/** One look at an import. Members besides the status are unknown to us and passed through. */
export interface ImportLook {
	/** As APSIS One gives it; `unknown` when the answer holds none. */
	status: ImportStatus | (string & {});
	result: Record<string, unknown>;
}

/** What the import request gave; the form fields are credentials. */
export interface ImportTicket {
	importId: string;
	uploadUrl: string;
	/** RFC 3339. */
	uploadExpiresAt: string;
	uploadFields: ReadonlyArray<readonly [name: string, value: string]>;
}

export function parseImportLook(body: unknown): ImportLook {
	const result = asObject(asObject(body).result ?? body);
	const status = typeof result.status === 'string' ? result.status.toLowerCase() : 'unknown';
	return { status, result };
}

/** Whether APSIS One will not change the import any more. */
export function isFinal(status: string): boolean {
	return status === 'completed' || status === 'error';
}

/** @returns undefined when the answer lacks what an upload needs */
export function parseImportTicket(body: unknown): ImportTicket | undefined {
	const answer = asObject(body);
	const importId = answer.import_id;
	const uploadUrl = answer.file_upload_url;
	if (
		(typeof importId !== 'string' && typeof importId !== 'number') ||
		typeof uploadUrl !== 'string'
	) {
		return undefined;
	}
	return {
		importId: String(importId),
		uploadUrl,
		uploadExpiresAt:
			typeof answer.file_upload_url_expires_at === 'string'
				? answer.file_upload_url_expires_at
				: '',
		uploadFields: Object.entries(asObject(answer.file_upload_body)).map(
			([name, value]) => [name, String(value)] as const,
		),
	};
}

function asObject(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: {};
}
