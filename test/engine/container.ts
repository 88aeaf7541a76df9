/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- the harness runs under jest and tsx, never in n8n */
import 'reflect-metadata';
import {
	BinaryDataConfig,
	BinaryDataService,
	DataDeduplicationService,
	FileLocation,
} from 'n8n-core';
import { type IBinaryData, type IDataDeduplicator, LoggerProxy } from 'n8n-workflow';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { startWebhookServer } from './webhookServer';

/** What n8n-core itself depends on: other versions of these packages stand beside it, brought by n8n's tools. */
const requireOfCore = createRequire(require.resolve('n8n-core'));
const { Container } = requireOfCore('@n8n/di') as {
	Container: {
		get<T>(type: new (...parts: never[]) => T): T;
		set(type: unknown, value: unknown): void;
	};
};
const { SSHClientsManager } = requireOfCore('./execution-engine/ssh-clients-manager') as {
	SSHClientsManager: new () => object;
};
const { Logger } = requireOfCore('@n8n/backend-common') as { Logger: unknown };

/** Everything n8n and its nodes have logged, as text; tests search it for secrets. */
export const logLines: string[] = [];

let home: string | undefined;

/** Sets up what n8n-core expects to find in its container: a home folder, a logger, a store for binary data. */
export async function prepareContainer(): Promise<void> {
	if (home) return;
	home = mkdtempSync(join(tmpdir(), 'apsis-engine-'));
	const folder = home;
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	process.env.N8N_USER_FOLDER = home;
	process.env.N8N_ENCRYPTION_KEY = 'engine-tests';
	const log = (...parts: unknown[]) => {
		logLines.push(
			parts.map((part) => (typeof part === 'string' ? part : safeJson(part))).join(' '),
		);
	};
	const logger = { error: log, warn: log, info: log, debug: log, scoped: () => logger };
	Container.set(Logger, logger);
	LoggerProxy.init(logger);
	await prepareBinaryData(folder);
	await DataDeduplicationService.init(new ProcessedItems());
	await startWebhookServer();
	releaseTimer(Container.get(SSHClientsManager));
}

/** What n8n keeps in its database of what was processed; one memory for all nodes does, since tests ask for IDs of their own. */
class ProcessedItems implements IDataDeduplicator {
	private readonly seen = new Set<unknown>();

	async checkProcessedAndRecord(items: Parameters<IDataDeduplicator['removeProcessed']>[0]) {
		const isKnown = (item: unknown) => this.seen.has(item);
		const result = {
			new: items.filter((item) => !isKnown(item)),
			processed: items.filter(isKnown),
		};
		for (const item of items) this.seen.add(item);
		return result;
	}

	async removeProcessed(items: unknown[]): Promise<void> {
		for (const item of items) this.seen.delete(item);
	}

	async clearAllProcessedItems(): Promise<void> {
		this.seen.clear();
	}

	async getProcessedDataCount(): Promise<number> {
		return this.seen.size;
	}
}

/** n8n-core's clean-up timer would keep a process alive that has nothing left to do. */
function releaseTimer(manager: object): void {
	(manager as { cleanupTimer?: NodeJS.Timeout }).cleanupTimer?.unref();
}

async function prepareBinaryData(folder: string): Promise<void> {
	const config = Container.get(BinaryDataConfig);
	config.mode = 'filesystem';
	config.availableModes = ['filesystem'];
	config.localStoragePath = join(folder, 'binary');
	await Container.get(BinaryDataService).init();
}

function safeJson(value: unknown): string {
	const seen = new Set<unknown>();
	return (
		JSON.stringify(value, (_, member: unknown) => {
			if (member instanceof Error)
				return { ...member, message: member.message, stack: member.stack };
			if (typeof member === 'object' && member !== null) {
				if (seen.has(member)) return '[again]';
				seen.add(member);
			}
			return member;
		}) ?? String(value)
	);
}

/** Stores a file the way n8n does for an item's binary data. */
export async function storeBinary(content: Readable, fileName: string): Promise<IBinaryData> {
	await prepareContainer();
	return await Container.get(BinaryDataService).store(
		FileLocation.ofExecution('engine', '1'),
		content,
		{ data: '', mimeType: 'text/csv', fileName },
	);
}

/** The content of a file that a node gave out. */
export async function readBinary(binary: IBinaryData): Promise<Buffer> {
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}
