/* eslint-disable @n8n/community-nodes/no-restricted-imports -- drives a real n8n from the developer's machine */
/** n8n in queue mode: a main process, workers and a webhook process around Redis and PostgreSQL. */
import path from 'node:path';

import { temporaryFolder } from './folders';
import { startN8n, startN8nProcess, untilReady, type N8n, type N8nVersion } from './n8n';
import { installPackage, type PackedPackage } from './pack';
import { freePort, type LabProcess } from './processes';
import { startPostgres, startRedis, type PostgresService, type Service } from './services';

/** What to start. */
export interface QueueModeOptions {
	version: N8nVersion;
	/** How many workers; 2 unless told. */
	workers?: number;
	/** Every process gets a user folder of its own below this one, as if on machines of their own. */
	folder?: string;
	/** Community packages, installed for every process. */
	packages?: PackedPackage[];
	/** Further or other environment variables of all n8n processes. */
	env?: Record<string, string>;
}

/** A worker or webhook process. */
export interface QueueProcess {
	readonly name: string;
	readonly baseUrl: string;
	readonly logPath: string;
	isRunning(): boolean;
	stop(): Promise<void>;
	/** Ends like a crash. */
	kill(): Promise<void>;
	/** Starts again, after ending politely if it still runs. */
	restart(): Promise<void>;
}

/** A running queue mode. */
export interface QueueMode {
	readonly folder: string;
	readonly main: N8n;
	readonly workers: QueueProcess[];
	/** Serves production webhooks; the main process serves none. */
	readonly webhook: QueueProcess;
	webhookUrl(path: string): string;
	/** The whole database as SQL text. */
	dumpDatabase(): Promise<string>;
	/** Ends everything. The folder stays, with the logs. */
	stop(): Promise<void>;
}

type ProcessKind = { role: 'worker' | 'webhook'; name: string };

/** Starts Redis, PostgreSQL and all n8n processes; resolves when all are ready. */
export async function startQueueMode(options: QueueModeOptions): Promise<QueueMode> {
	const folder = options.folder ?? (await temporaryFolder('queue'));
	const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
	const webhookPort = await freePort();
	const environment = { ...queueEnvironment(redis, postgres), ...webhookEnvironment(webhookPort) };
	const common = { ...options, env: { ...environment, ...options.env } };
	const stopServices = async () => {
		await Promise.all([redis.stop(), postgres.stop()]);
	};
	const processes: Array<{ stop(): Promise<void> }> = [];
	const stop = async () => {
		await Promise.all(processes.map(async (started) => await started.stop()));
		await stopServices();
	};
	const startAll = async (): Promise<QueueMode> => {
		// First and alone: it migrates the database.
		const main = await startMain(common, folder);
		processes.push(main);
		const launches = processKinds(options.workers).map(
			async (kind) =>
				await startQueueProcess(
					kind,
					common,
					folder,
					kind.role === 'webhook' ? webhookPort : await freePort(),
				),
		);
		const [webhook, ...workers] = (await Promise.all(launches)) as [
			QueueProcess,
			...QueueProcess[],
		];
		processes.push(webhook, ...workers);
		const webhookUrl = (webhookPath: string) => `${webhook.baseUrl}/webhook/${webhookPath}`;
		return { folder, main, workers, webhook, webhookUrl, dumpDatabase: postgres.dump, stop };
	};
	return await startAll().catch(async (error: unknown) => {
		await stop();
		throw error;
	});
}

function processKinds(workers = 2): ProcessKind[] {
	return [
		{ role: 'webhook', name: 'webhook' },
		...Array.from({ length: workers }, (_, index) => ({
			role: 'worker' as const,
			name: `worker-${index + 1}`,
		})),
	];
}

/** What all processes of one queue mode have in common. */
function queueEnvironment(redis: Service, postgres: PostgresService): Record<string, string> {
	return {
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'postgres',
		DB_POSTGRESDB_PASSWORD: 'unused',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
	};
}

/** Where webhooks are served: n8n's pages on queue mode ask for it in every process; here no load balancer is in front. */
function webhookEnvironment(port: number): Record<string, string> {
	return { WEBHOOK_URL: `http://127.0.0.1:${port}/` };
}

async function startMain(options: QueueModeOptions, folder: string): Promise<N8n> {
	const { version, env, packages } = options;
	return await startN8n({
		version,
		env,
		packages,
		mode: 'queue',
		userFolder: path.join(folder, 'main'),
	});
}

async function startQueueProcess(
	kind: ProcessKind,
	options: QueueModeOptions,
	folder: string,
	port: number,
): Promise<QueueProcess> {
	const userFolder = path.join(folder, kind.name);
	for (const packed of options.packages ?? []) await installPackage(packed, userFolder);
	const baseUrl = `http://127.0.0.1:${port}`;
	const launch = async () => {
		const env = { ...options.env, ...(kind.role === 'worker' ? workerEnvironment(port) : {}) };
		const started = await startN8nProcess(
			kind.role,
			{ version: options.version, userFolder, mode: 'queue', env },
			port,
		);
		await untilReady(started, baseUrl);
		return started;
	};
	return restartable(kind.name, baseUrl, await launch(), launch);
}

/** A worker has no API, but can answer questions about its health. */
function workerEnvironment(port: number): Record<string, string> {
	return {
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
	};
}

function restartable(
	name: string,
	baseUrl: string,
	first: LabProcess,
	launch: () => Promise<LabProcess>,
): QueueProcess {
	let running = first;
	return {
		name,
		baseUrl,
		logPath: running.logPath,
		isRunning: () => running.isRunning(),
		stop: async () => await running.stop(),
		kill: async () => await running.kill('SIGKILL'),
		restart: async () => {
			await running.stop();
			running = await launch();
		},
	};
}
