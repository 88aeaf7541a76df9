/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The repository. */
export const REPOSITORY = path.resolve(__dirname, '../../..');

/** A new empty folder below the system's temp folder. */
export async function temporaryFolder(name: string): Promise<string> {
	return await mkdtemp(path.join(tmpdir(), `apsis-e2e-${name}-`));
}

/** Removes a folder unless `APSIS_E2E_KEEP` is set, which keeps logs and databases for a look. */
export async function removeFolder(folder: string): Promise<void> {
	if (process.env.APSIS_E2E_KEEP) return;
	await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
