/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
/** Throw-away Redis and PostgreSQL servers on loopback, from Debian's packages. */
import { execFile } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { ensureDebianPackages } from './debian';
import { removeFolder, temporaryFolder } from './folders';
import { cleanEnvironment, freePort, startProcess } from './processes';
import { waitFor } from './waitFor';

const run = promisify(execFile);

const START_TIMEOUT_MS = 60_000;
const MAX_DUMP_BYTES = 512 * 1024 * 1024;
const POSTGRES_VERSIONS = '/usr/lib/postgresql';
const POSTGRES_USER = 'postgres';

/** A running server. */
export interface Service {
	port: number;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
}

/** A running PostgreSQL with the empty database `postgres` of user `postgres`, who needs no password. */
export interface PostgresService extends Service {
	/** The whole database as SQL text. */
	dump(): Promise<string>;
}

/** Starts a Redis that keeps everything in memory. */
export async function startRedis(): Promise<Service> {
	await ensureDebianPackages(['redis-server']);
	const folder = await temporaryFolder('redis');
	const port = await freePort();
	const settings = {
		port: String(port),
		bind: '127.0.0.1',
		save: '',
		appendonly: 'no',
		dir: folder,
	};
	const server = startProcess({
		command: 'redis-server',
		parameters: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
		cwd: folder,
		env: cleanEnvironment(folder, {}),
		logPath: path.join(folder, 'redis.log'),
	});
	await untilAnswers('Redis', 'redis-cli', ['-h', '127.0.0.1', '-p', String(port), 'ping']);
	return {
		port,
		stop: async () => {
			await server.stop();
			await removeFolder(folder);
		},
	};
}

/** Starts a PostgreSQL on an empty data folder; as user `postgres` if we are root, which PostgreSQL refuses. */
export async function startPostgres(): Promise<PostgresService> {
	await ensureDebianPackages(['postgresql']);
	const folder = await temporaryFolder('postgres');
	const data = path.join(folder, 'data');
	const port = await freePort();
	await givePostgresUser(folder);
	const init = asPostgresUser('initdb', ['-D', data, '-A', 'trust', '-U', POSTGRES_USER]);
	await run(init.command, [...init.parameters, '--no-locale', '-E', 'UTF8', '--no-sync'], {
		cwd: folder,
	});
	const server = startProcess({
		...asPostgresUser('postgres', [...postgresSettings(data, folder), '-p', String(port)]),
		cwd: folder,
		env: cleanEnvironment(folder, {}),
		logPath: path.join(folder, 'postgres.log'),
	});
	const address = ['-h', '127.0.0.1', '-p', String(port), '-U', POSTGRES_USER];
	await untilAnswers('PostgreSQL', postgresProgram('pg_isready'), address);
	return {
		port,
		dump: async () => {
			const dump = run(postgresProgram('pg_dump'), [...address, 'postgres'], {
				maxBuffer: MAX_DUMP_BYTES,
			});
			return (await dump).stdout;
		},
		stop: async () => {
			await server.stop('SIGINT');
			await removeFolder(folder);
		},
	};
}

/** Crash safety of the data is given up for speed: these data die with the test. */
function postgresSettings(data: string, sockets: string): string[] {
	const settings = {
		listen_addresses: '127.0.0.1',
		unix_socket_directories: sockets,
		fsync: 'off',
		synchronous_commit: 'off',
		full_page_writes: 'off',
		max_connections: '200',
	};
	return [
		'-D',
		data,
		...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
	];
}

function isRoot(): boolean {
	return process.getuid?.() === 0;
}

/** By setpriv, because runuser stays in between and keeps the signal to stop for itself. */
function asPostgresUser(program: string, parameters: string[]) {
	const command = postgresProgram(program);
	if (!isRoot()) return { command, parameters };
	const user = [`--reuid=${POSTGRES_USER}`, `--regid=${POSTGRES_USER}`, '--init-groups'];
	return { command: 'setpriv', parameters: [...user, '--', command, ...parameters] };
}

async function givePostgresUser(folder: string) {
	if (!isRoot()) return;
	const { stdout } = await run('id', ['-u', POSTGRES_USER]);
	await chown(folder, Number(stdout), -1);
}

/** Debian keeps the programs of each major version apart and puts few of them into the PATH. */
function postgresProgram(program: string): string {
	const newest = readdirSync(POSTGRES_VERSIONS).sort((a, b) => Number(b) - Number(a))[0];
	return path.join(POSTGRES_VERSIONS, newest ?? '', 'bin', program);
}

async function untilAnswers(what: string, command: string, parameters: string[]) {
	await waitFor(async () => await run(command, parameters), {
		what,
		timeoutMs: START_TIMEOUT_MS,
	});
}
