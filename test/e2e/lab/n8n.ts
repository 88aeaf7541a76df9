/* eslint-disable @n8n/community-nodes/no-restricted-imports -- drives a real n8n from the developer's machine */
/** Starts real n8n processes: headless, on loopback, telling nobody. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { ensureInstalled } from './install';
import { N8nRest } from './n8nRest';
import { installPackage, type PackedPackage } from './pack';
import {
	cleanEnvironment,
	freePort,
	startProcess,
	tailOfLog,
	type LabProcess,
	type Signal,
} from './processes';
import { waitFor } from './waitFor';

/** `oldest`: n8n 2.8.4 on the Node that runs the tests (20). `newest`: n8n 2.40.7 on its own Node 24. */
export type N8nVersion = 'oldest' | 'newest';

/** n8n's commands: main process, queue worker, processor of production webhooks. */
export type N8nRole = 'start' | 'worker' | 'webhook';

/** What to start. */
export interface N8nOptions {
	version: N8nVersion;
	/** n8n's `N8N_USER_FOLDER`: database, binary data and community packages are in `.n8n` below it. */
	userFolder: string;
	/** `regular` keeps everything in one process and SQLite; for `queue` see `startQueueMode`. */
	mode?: 'regular' | 'queue';
	/** Community packages to install before the start. */
	packages?: PackedPackage[];
	/** By default a free one. */
	port?: number;
	/** Further or other environment variables of n8n's. */
	env?: Record<string, string>;
}

/** A started n8n main process. */
export interface N8n {
	readonly version: N8nVersion;
	readonly userFolder: string;
	readonly baseUrl: string;
	/** Signed in as the owner. */
	readonly rest: N8nRest;
	/** Standard output and error, of all starts. */
	readonly logPath: string;
	isRunning(): boolean;
	/** Ends politely. */
	stop(): Promise<void>;
	/** Ends like a crash, with the task runners. */
	kill(signal?: Signal): Promise<void>;
	/** Starts again with the same port and data, after ending politely if it still runs. */
	restart(): Promise<void>;
}

const START_TIMEOUT_MS = 180_000;
/** All processes of one queue mode must have the same; one for all makes user folders exchangeable. */
const ENCRYPTION_KEY = 'lab-encryption-key-of-no-value';

/** Everything that makes n8n quiet, local and quick to start. */
const LAB_ENVIRONMENT = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_HOST: '127.0.0.1',
	N8N_SECURE_COOKIE: 'false',
	N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
	N8N_LOG_LEVEL: 'info',
	N8N_LOG_OUTPUT: 'console',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
	N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
	// The list of verified packages is fetched from n8n's own server.
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_REINSTALL_MISSING_PACKAGES: 'false',
	GENERIC_TIMEZONE: 'Europe/Stockholm',
};

/**
 * Starts n8n with its REST API ready and the owner signed in.
 *
 * @throws when it is not ready in time, with the end of its log
 */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	for (const packed of options.packages ?? []) await installPackage(packed, options.userFolder);
	const port = options.port ?? (await freePort());
	const baseUrl = `http://127.0.0.1:${port}`;
	const rest = new N8nRest(baseUrl);
	const launch = async () => {
		const started = await startN8nProcess('start', options, port);
		await untilReady(started, baseUrl, async () => await rest.signIn());
		return started;
	};
	let running = await launch();
	return {
		version: options.version,
		userFolder: options.userFolder,
		baseUrl,
		rest,
		logPath: running.logPath,
		isRunning: () => running.isRunning(),
		stop: async () => await running.stop(),
		kill: async (signal = 'SIGKILL') => await running.kill(signal),
		restart: async () => {
			await running.stop();
			running = await launch();
		},
	};
}

/** Starts one of n8n's processes without waiting for it. */
export async function startN8nProcess(
	role: N8nRole,
	options: N8nOptions,
	port: number,
): Promise<LabProcess> {
	const { folder, node } = await ensureInstalled(`n8n-${options.version}`);
	await mkdir(options.userFolder, { recursive: true });
	return startProcess({
		command: node,
		parameters: [path.join(folder, 'node_modules/n8n/bin/n8n'), role],
		cwd: options.userFolder,
		// n8n unpacks its editor below HOME; shared, the versions would overwrite each other's.
		env: cleanEnvironment(options.userFolder, {
			...LAB_ENVIRONMENT,
			N8N_USER_FOLDER: options.userFolder,
			EXECUTIONS_MODE: options.mode ?? 'regular',
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			...options.env,
		}),
		logPath: path.join(options.userFolder, `n8n-${role}.log`),
	});
}

/** `/healthz` answers before the database is migrated, and readiness before the REST API is there: try in turn. */
export async function untilReady(
	started: LabProcess,
	baseUrl: string,
	alsoReady: () => Promise<void> = async () => {},
): Promise<void> {
	const outcome = waitFor<'ready' | 'ended'>(
		async () => {
			if (!started.isRunning()) return 'ended';
			const response = await fetch(`${baseUrl}/healthz/readiness`);
			if (!response.ok) return undefined;
			await alsoReady();
			return 'ready';
		},
		{
			what: `n8n at ${baseUrl}`,
			timeoutMs: START_TIMEOUT_MS,
			detail: async () => await tailOfLog(started.logPath),
		},
	);
	const endAnyway = async (error: unknown) => {
		await started.kill('SIGKILL');
		throw error;
	};
	if ((await outcome.catch(endAnyway)) === 'ready') return;
	throw new Error(`n8n ended while starting:\n${await tailOfLog(started.logPath)}`);
}
