/* eslint-disable @n8n/community-nodes/no-restricted-imports -- drives a real n8n from the developer's machine */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { ensureDebianPackages } from './debian';

const run = promisify(execFile);
const MAX_DUMP_BYTES = 512 * 1024 * 1024;
const DATABASE = 'database.sqlite';

/**
 * The whole SQLite database of an n8n as text, to look for secrets in.
 *
 * Both as SQL (a long value is scattered over pages in the file) and as the files' bytes in Latin-1 (deleted rows,
 * and the write-ahead log, stay there). n8n may be running.
 */
export async function dumpSqlite(userFolder: string): Promise<string> {
	await ensureDebianPackages(['sqlite3']);
	const folder = path.join(userFolder, '.n8n');
	const { stdout } = await run('sqlite3', ['-readonly', path.join(folder, DATABASE), '.dump'], {
		maxBuffer: MAX_DUMP_BYTES,
	});
	const files = (await readdir(folder)).filter((name) => name.startsWith(DATABASE));
	const bytes = files.map(async (name) => await readFile(path.join(folder, name), 'latin1'));
	return [stdout, ...(await Promise.all(bytes))].join('\n');
}
