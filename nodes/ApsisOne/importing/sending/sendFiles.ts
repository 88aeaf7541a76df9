import type { ImportClient, NoRoom } from '../../api/imports';
import { hasFile, type ImportTicket, isFinal } from '../../api/parseImport';
import { ApsisOneError } from '../../errors';
import type { ImportFile } from '../csv/importFiles';
import type { ImportPlan } from '../plan';
import { RowSet } from '../rows/rowSet';
import {
	type ImportPacer,
	importPacerOf,
	MAX_UNFINISHED,
	pollDelayMs,
	type UnfinishedImport,
} from './importPacer';
import { buildImportRequest } from './importRequest';

/** One import whose file APSIS One has. */
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

/** A new import may be unknown for a moment (contract: Profile import v2, step 4); later it is gone. */
const NOT_FOUND_GRACE_MS = 10_000;

/** How often an execution looks whether it is its turn. */
const TURN_CHECK_MS = 500;

/** An upload form that expires during the upload is requested again this many times. */
const MAX_TICKETS_PER_FILE = 3;

/**
 * Sends files one after the other, within the account's limits: requests an import only when its file is complete,
 * then uploads it. While one file uploads the next is built.
 *
 * An error before the first import was sent is thrown; after that it is part of the outcome, together with the rows
 * that were not sent, so that nothing is lost.
 */
export async function sendFiles(
	client: ImportClient,
	plan: ImportPlan,
	files: AsyncIterable<ImportFile>,
	options: SendOptions,
): Promise<SendOutcome> {
	const sender = new FileSender(client, plan, options);
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
	private readonly pacer: ImportPacer;
	private waitedForPlaceMs = 0;
	/** What it waits for, as shown last. */
	private shownSentence = '';
	/** Why the last look at one of our imports failed, where it did. */
	private lastFault = '';

	constructor(
		private readonly client: ImportClient,
		private readonly plan: ImportPlan,
		private readonly options: SendOptions,
	) {
		this.pacer = importPacerOf(client.account);
	}

	async send(file: ImportFile): Promise<void> {
		const body = buildImportRequest(this.plan, file.consentType);
		const leftBehind: ImportTicket[] = [];
		for (;;) {
			const ticket = await this.requestInTurn(body, file);
			const requestedAt = new Date().toISOString();
			leftBehind.push(ticket);
			if (await this.hasArrived(ticket, file, leftBehind)) {
				const { importId, uploadExpiresAt } = ticket;
				this.sent.push({ importId, requestedAt, uploadExpiresAt, file: withoutContent(file) });
				return;
			}
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
			if (!this.client.isCancelled && (await this.isBeyondUpload(ticket.importId))) return true;
			throw namingLeftBehind(error as Described, leftBehind);
		}
	}

	/** Whether APSIS One says that it has the import's file; a look that fails leaves it at no. */
	private async isBeyondUpload(importId: string): Promise<boolean> {
		try {
			const look = await this.client.look(this.plan.settings.section, importId);
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
		const name = number === 1 ? this.options.fileName : numbered(this.options.fileName, number);
		const { bytes, content } = file;
		return await this.client.upload(ticket, { name, bytes, read: () => content.read() });
	}

	/** Requests an import as soon as it is this execution's turn and the account has a place. */
	private async requestInTurn(
		body: Record<string, unknown>,
		file: ImportFile,
	): Promise<ImportTicket> {
		const turn = this.pacer.takeTurn();
		try {
			while (!turn.isNext)
				await this.waitForPlace(
					TURN_CHECK_MS,
					'Waiting for other executions that are importing profiles',
				);
			return await this.requestPlace(body, file);
		} finally {
			turn.end();
		}
	}

	private async requestPlace(
		body: Record<string, unknown>,
		file: ImportFile,
	): Promise<ImportTicket> {
		for (let looks = 0; ; looks++) {
			if (this.pacer.isFull) await this.lookForFinished();
			const answer = this.pacer.isFull ? NO_ROOM : await this.request(body, file);
			if (!('noRoom' in answer)) {
				const { importId, uploadExpiresAt } = answer;
				const { section } = this.plan.settings;
				const requestedAtMs = Date.now();
				this.pacer.noteUnfinished({ section, importId, uploadExpiresAt, requestedAtMs });
				return answer;
			}
			await this.waitForPlace(pollDelayMs(looks, answer.retryAfterMs), this.placeSentence());
			await this.lookForFinished();
		}
	}

	private async request(
		body: Record<string, unknown>,
		{ consentType }: ImportFile,
	): Promise<ImportTicket | NoRoom> {
		await this.client.wait(this.pacer.msUntilRequest(Date.now()));
		const { settings, keyspace, columns, consents, tags } = this.plan;
		const writes = [
			...columns.flatMap(({ attributes }) => attributes),
			...tags.map(({ name, tag }) => ({ name, discriminator: tag })),
		];
		const lacksAddress = consents.some(
			({ addressHeader, headers }) =>
				addressHeader === undefined && consentType && headers[consentType],
		);
		const target = {
			section: settings.section,
			keyspaceName: keyspace.name,
			writes,
			lacksAddress,
		};
		try {
			return await this.client.request(target, body);
		} finally {
			// APSIS One has counted it at some moment before now.
			this.pacer.noteRequest(Date.now());
		}
	}

	private async waitForPlace(delayMs: number, sentence: string): Promise<void> {
		if (this.waitedForPlaceMs + delayMs > this.options.maxWaitForPlaceMs) throw this.noPlace();
		if (sentence !== this.shownSentence) this.options.onProgress(sentence);
		this.shownSentence = sentence;
		await this.client.wait(delayMs);
		this.waitedForPlaceMs += delayMs;
	}

	private placeSentence(): string {
		const others = MAX_UNFINISHED - this.pacer.unfinishedImports.length;
		const whose =
			others > 0
				? `${others} of ${MAX_UNFINISHED} from other systems`
				: 'all from this n8n instance';
		return `Waiting for APSIS One to finish an import (${whose})`;
	}

	private async lookForFinished(): Promise<void> {
		this.lastFault = '';
		for (const unfinished of this.pacer.dueForLook(Date.now()))
			await this.lookWhetherFinished(unfinished);
	}

	/** A look that fails does not end the wait: there will be another, unless the user has cancelled the execution. */
	private async lookWhetherFinished({
		section,
		importId,
		uploadExpiresAt,
		requestedAtMs,
	}: UnfinishedImport): Promise<void> {
		try {
			const look = await this.client.look(section, importId, 1);
			const isNew = Date.now() - requestedAtMs < NOT_FOUND_GRACE_MS;
			const isOver = look ? isFinal(look.status) : !isNew;
			// An import whose file never came holds its place until its upload address expires.
			const hasExpired = !hasFile(look?.status ?? '') && Date.parse(uploadExpiresAt) < Date.now();
			if (isOver || hasExpired) this.pacer.noteFinished(importId);
		} catch (error) {
			this.lastFault = (error as Error).message;
		}
	}

	private noPlace(): ApsisOneError {
		const waited = Math.round(this.waitedForPlaceMs / 1000);
		const fault = this.lastFault
			? ` The last status check of an import failed: ${this.lastFault.replace(/\.$/, '')}.`
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
		'Each time, the upload URL expired before the file had been uploaded',
		`The connection may be too slow for a file of this size, or the clock of the n8n server may be wrong. ${sayLeftBehind(leftBehind)}`,
	);
}

/** What errors for the user share, n8n's own included. */
interface Described {
	message: string;
	description?: string | null;
}

/** The upload's error, with the imports that stay without their file because of it. */
function namingLeftBehind(
	{ message, description }: Described,
	leftBehind: readonly ImportTicket[],
): ApsisOneError {
	return new ApsisOneError(message, `${description ?? ''} ${sayLeftBehind(leftBehind)}`.trim());
}

/** An import that was requested cannot be cancelled (contract: Limits). */
function sayLeftBehind(tickets: readonly ImportTicket[]): string {
	const ids = tickets.map(({ importId }) => importId).join(', ');
	return tickets.length === 1
		? `The import ${ids} has no file, and ends when its upload URL expires.`
		: `The imports ${ids} have no file, and end when their upload URLs expire.`;
}

function numbered(fileName: string, number: number): string {
	return fileName.replace(/(\.[^.]*)?$/, `-${number}$1`);
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
