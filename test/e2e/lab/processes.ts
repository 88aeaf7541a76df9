/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- drives a real n8n from the developer's machine */
/** Child processes that never outlive the test that started them, however it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

/** Signals the lab sends: a polite end, an end by interrupt (PostgreSQL's fast stop), and a crash. */
export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

/** What to start, and where its output goes (appended, so that a restart continues the same log). */
export interface ProcessOptions {
	command: string;
	parameters: string[];
	cwd: string;
	/** The whole environment; see {@link cleanEnvironment}. */
	env: Record<string, string>;
	logPath: string;
}

/** A started process together with everything it starts. */
export interface LabProcess {
	readonly pid: number;
	readonly logPath: string;
	isRunning(): boolean;
	/** Sends the signal to the process and its children, and resolves when it is gone. */
	kill(signal: Signal): Promise<void>;
	/** Ends politely, by force after the grace period. */
	stop(signal?: Signal): Promise<void>;
}

const STOP_GRACE_MS = 10_000;

/** Starts a process as the leader of its own group, so that its children can be ended with it. */
export function startProcess(options: ProcessOptions): LabProcess {
	mkdirSync(path.dirname(options.logPath), { recursive: true });
	const log = openSync(options.logPath, 'a');
	const child = spawn(options.command, options.parameters, {
		cwd: options.cwd,
		env: options.env,
		detached: true,
		stdio: ['ignore', log, log],
	});
	closeSync(log);
	child.unref();
	if (child.pid === undefined) throw new Error(`${options.command} did not start`);
	return trackedProcess(child, child.pid, options.logPath);
}

function trackedProcess(child: ChildProcess, pid: number, logPath: string): LabProcess {
	const watchdog = startWatchdog(pid);
	let running = true;
	const exit = new Promise<void>((resolve) => {
		child.once('exit', (code, signal) => {
			running = false;
			appendFileSync(logPath, `[lab] Process ${pid} ended: ${signal ?? `exit code ${code}`}\n`);
			signalGroup(pid, 'SIGKILL');
			watchdog.kill('SIGKILL');
			resolve();
		});
	});
	const untilGone = async () => {
		// While nobody waits for it, it must not keep the test runner alive; from here on it must.
		child.ref();
		await exit;
	};
	const kill = async (signal: Signal) => {
		if (running) signalGroup(pid, signal);
		await untilGone();
	};
	const stop = async (signal: Signal = 'SIGTERM') => {
		const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_GRACE_MS);
		if (running) process.kill(pid, signal);
		await untilGone();
		clearTimeout(force);
	};
	return { pid, logPath, isRunning: () => running, kill, stop };
}

/**
 * Ends the group when this process is gone.
 *
 * The shell waits on a pipe that only we hold open. A handler for our own exit would not run on SIGKILL, which is
 * how a test runner's or CI's time limit ends us.
 */
function startWatchdog(group: number): ChildProcess {
	const script = 'cat >/dev/null; kill -s KILL -- "-$1"';
	const watchdog = spawn('sh', ['-c', script, 'watchdog', String(group)], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	watchdog.unref();
	// A pipe is a socket in Node; without this it would keep the test runner alive.
	(watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
	return watchdog;
}

function signalGroup(group: number, signal: Signal) {
	try {
		process.kill(-group, signal);
	} catch {
		// The group is gone already, which is what was wanted.
	}
}

/**
 * The environment for a child: nothing of the test runner's (NODE_ENV=test changes n8n), nothing of the developer's
 * own n8n (N8N_*, DB_*).
 */
export function cleanEnvironment(home: string, own: Record<string, string>) {
	const { PATH = '', LANG = 'C.UTF-8' } = process.env;
	return { PATH, LANG, HOME: home, ...own };
}

/** A port of the loopback interface that is free now. */
export async function freePort(): Promise<number> {
	return await new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = typeof address === 'object' && address ? address.port : 0;
			server.close(() => resolve(port));
		});
	});
}

/** The end of a log, for an error message. */
export async function tailOfLog(logPath: string, lines = 30): Promise<string> {
	const text = await readFile(logPath, 'utf8').catch(() => '');
	return text.trimEnd().split('\n').slice(-lines).join('\n');
}
