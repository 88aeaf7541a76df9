import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import type { ImportFile } from '../csv/importFiles';
import type { ImportPlan } from '../plan';
import { RowSet } from '../rows/rowSet';
import { buildImportRequest } from './importRequest';
import { hasFile, type ImportTicket, isFinal } from '../../api/parseImport';
import { isCancelled, pause } from '../../transport/pause';
import { uploadFile } from '../../transport/uploadFile';
import { lookAtImport, type NoRoom, requestImport } from '../../api/imports';
import { ImportPacer, pollDelayMs } from './importPacer';

/** One import that APSIS One has the file of. */
export interface SentImport {
	importId: string;
	requestedAt: string;
	uploadExpiresAt: string;
	/** Without its bytes: they must not outlive the upload. */
	file: Omit<ImportFile, 'content'>;
}

export interface SendOptions {
	fileName: string;
	/** How long to wait, over all files, for a place among the account's unfinished imports. */
	maxWaitForPlaceMs: number;
	onProgress(sentence: string): void;
}

/** What came of sending: all files, or some and the reason why no more. */
export interface SendOutcome {
	sent: SentImport[];
	/** Rows of files that were not sent, with the error that stopped it. */
	unsent?: { rows: RowSet; error: unknown };
}

/** Three of our own imports are unfinished, so that there is no need to ask. */
const NO_ROOM: NoRoom = { noRoom: true };

/** An upload form that expires while we upload is asked for anew this many times. */
const MAX_TICKETS_PER_FILE = 3;

/**
 * Sends files one after the other, within the account's limits: requests an import only when its file is complete,
 * then uploads it. While one file uploads the next is built.
 *
 * An error before the first import was sent is thrown; after that it is part of the outcome, together with the rows
 * that were not sent, so that nothing is lost.
 */
export async function sendFiles(
	context: IExecuteFunctions,
	plan: ImportPlan,
	files: AsyncIterable<ImportFile>,
	options: SendOptions,
): Promise<SendOutcome> {
	const sender = new FileSender(context, plan, options);
	let unsentRows = new RowSet();
	let failure: unknown;
	let underWay: Promise<ImportFile | undefined> = Promise.resolve(undefined);

	/** Waits for the upload under way; its file's rows are unsent when it failed. */
	const settle = async () => {
		const failed = await underWay;
		underWay = Promise.resolve(undefined);
		if (failed) unsentRows = unsentRows.union(failed.rowIndexes);
	};
	const send = async (file: ImportFile) => {
		try {
			await sender.send(file);
			return undefined;
		} catch (error) {
			failure = error;
			return file;
		}
	};

	try {
		for await (const file of files) {
			await settle();
			// After a failure the rest is still checked, so that every row is accounted for.
			if (failure === undefined) underWay = send(file);
			else unsentRows = unsentRows.union(file.rowIndexes);
		}
	} catch (error) {
		failure ??= error;
	}
	await settle();

	if (failure === undefined) return { sent: sender.sent };
	if (sender.sent.length === 0) throw failure;
	return { sent: sender.sent, unsent: { rows: unsentRows, error: failure } };
}

class FileSender {
	readonly sent: SentImport[] = [];
	private readonly pacer = new ImportPacer();
	private waitedForPlaceMs = 0;
	/** Why the last look at one of our imports failed, where it did. */
	private lastFault = '';

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly plan: ImportPlan,
		private readonly options: SendOptions,
	) {}

	async send(file: ImportFile): Promise<void> {
		const body = buildImportRequest(this.plan, file.consentType);
		const leftBehind: ImportTicket[] = [];
		for (;;) {
			const ticket = await this.requestPlace(body);
			const requestedAt = new Date().toISOString();
			leftBehind.push(ticket);
			if (await this.hasArrived(ticket, file, leftBehind)) {
				const { importId, uploadExpiresAt } = ticket;
				this.sent.push({ importId, requestedAt, uploadExpiresAt, file: withoutContent(file) });
				return;
			}
			this.pacer.noteFinished(ticket.importId);
			if (leftBehind.length === MAX_TICKETS_PER_FILE) throw expiredUpload(leftBehind);
		}
	}

	/**
	 * Uploads, and asks APSIS One where that ended unclear: the file may have arrived and only the answer be lost, and
	 * rows must not be sent twice.
	 *
	 * @param leftBehind imports that wait for this file, to be named when it cannot be uploaded
	 * @returns false when the upload's address has expired
	 */
	private async hasArrived(
		ticket: ImportTicket,
		file: ImportFile,
		leftBehind: readonly ImportTicket[],
	): Promise<boolean> {
		try {
			if ((await this.upload(ticket, file)) === 'uploaded') return true;
			return await this.isBeyondUpload(ticket.importId);
		} catch (error) {
			if (!isCancelled(this.context) && (await this.isBeyondUpload(ticket.importId))) return true;
			throw namingLeftBehind(this.context, error as NodeApiError, leftBehind);
		}
	}

	/** Whether APSIS One says that it has the import's file; a look that fails leaves it at no. */
	private async isBeyondUpload(importId: string): Promise<boolean> {
		try {
			const look = await lookAtImport(this.context, this.plan.settings.section, importId);
			return look !== undefined && hasFile(look.status);
		} catch {
			return false;
		}
	}

	private async upload(ticket: ImportTicket, file: ImportFile) {
		const number = this.sent.length + 1;
		this.options.onProgress(
			`Uploading import ${number}: ${file.rows.toLocaleString('en')} rows, ${megabytes(file.bytes)}`,
		);
		const target = {
			url: ticket.uploadUrl,
			expiresAt: ticket.uploadExpiresAt,
			fields: ticket.uploadFields,
		};
		const name = number === 1 ? this.options.fileName : numbered(this.options.fileName, number);
		const { bytes, content } = file;
		return await uploadFile(this.context, target, { name, bytes, read: () => content.read() });
	}

	/** Requests an import as soon as the account has a place for it. */
	private async requestPlace(body: Record<string, unknown>): Promise<ImportTicket> {
		for (let looks = 0; ; looks++) {
			const answer = this.pacer.isFull ? NO_ROOM : await this.request(body);
			if (!('noRoom' in answer)) {
				this.pacer.noteUnfinished(answer.importId);
				return answer;
			}
			await this.waitForPlace(pollDelayMs(looks, answer.retryAfterMs));
		}
	}

	private async request(body: Record<string, unknown>): Promise<ImportTicket | NoRoom> {
		await this.wait(this.pacer.msUntilRequest(Date.now()));
		this.pacer.noteRequest(Date.now());
		const { settings, keyspace, columns, tags } = this.plan;
		const writes = [
			...columns.flatMap(({ attributes }) => attributes),
			...tags.map(({ name, tag }) => ({ name, discriminator: tag })),
		];
		const target = { section: settings.section, keyspaceName: keyspace.name, writes };
		return await requestImport(this.context, target, body);
	}

	private async waitForPlace(delayMs: number): Promise<void> {
		if (this.waitedForPlaceMs + delayMs > this.options.maxWaitForPlaceMs) throw this.noPlace();
		this.options.onProgress(
			'Waiting for APSIS One to finish an import: it works on three at a time',
		);
		await this.wait(delayMs);
		this.waitedForPlaceMs += delayMs;
		this.lastFault = '';
		for (const importId of this.pacer.unfinishedIds) await this.lookWhetherFinished(importId);
	}

	/** A look that fails does not end the wait: there will be another, unless the user has cancelled the execution. */
	private async lookWhetherFinished(importId: string): Promise<void> {
		try {
			const look = await lookAtImport(this.context, this.plan.settings.section, importId, 1);
			if (look && isFinal(look.status)) this.pacer.noteFinished(importId);
		} catch (error) {
			this.lastFault = (error as Error).message;
		}
	}

	private async wait(durationMs: number): Promise<void> {
		if (await pause(this.context, durationMs)) return;
		if (isCancelled(this.context)) {
			throw new ApsisOneError('The execution was cancelled', 'It was waiting for APSIS One.');
		}
	}

	private noPlace(): ApsisOneError {
		const waited = Math.round(this.waitedForPlaceMs / 1000);
		const fault = this.lastFault
			? ` The last look at an import failed: ${this.lastFault.replace(/\.$/, '')}.`
			: '';
		return new ApsisOneError(
			`APSIS One has no place for another import${waited > 0 ? `, and had none for ${waited} seconds` : ''}`,
			`An account may have three unfinished imports at a time and request ten a minute, other integrations included. Wait until some have finished (Audience → Profiles → Import history), or raise Maximum Wait for a Place.${fault}`,
		);
	}
}

function withoutContent(file: ImportFile): SentImport['file'] {
	const facts: Partial<ImportFile> & SentImport['file'] = { ...file };
	delete facts.content;
	return facts;
}

function expiredUpload(leftBehind: readonly ImportTicket[]): ApsisOneError {
	return new ApsisOneError(
		'The upload address expired each time before the file had arrived',
		`The connection may be too slow for a file of this size, or the clock of this n8n may be wrong. ${sayLeftBehind(leftBehind)}`,
	);
}

/** The upload's error, with the imports that stay without their file because of it. */
function namingLeftBehind(
	context: IExecuteFunctions,
	{ message, description, httpCode }: NodeApiError,
	leftBehind: readonly ImportTicket[],
): NodeApiError {
	return new NodeApiError(
		context.getNode(),
		{},
		{
			message,
			description: `${description ?? ''} ${sayLeftBehind(leftBehind)}`.trim(),
			httpCode: httpCode ?? undefined,
		},
	);
}

/** An import that was requested cannot be cancelled (contract: Limits). */
function sayLeftBehind(tickets: readonly ImportTicket[]): string {
	const ids = tickets.map(({ importId }) => importId).join(', ');
	return tickets.length === 1
		? `The import ${ids} stays without its file, and ends by itself when its upload address expires.`
		: `The imports ${ids} stay without their file, and end by themselves when their upload addresses expire.`;
}

function numbered(fileName: string, number: number): string {
	return fileName.replace(/(\.[^.]*)?$/, `-${number}$1`);
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
