import type { IDataObject } from 'n8n-workflow';

import {
	doubtIn,
	endOf,
	failuresIn,
	type ImportEnd,
	type ImportLook,
	parseImportLook,
	statusIn,
} from '../api/parseImport';
import {
	checkOutput,
	endCheck,
	hasCheckFailed,
	isCheckPending,
	type ProfileCheck,
	startCheck,
} from './profileCheck';

/** How a wait ended for one import. */
export type WatchOutcome = 'completed' | 'error' | 'uploadExpired' | 'timedOut';

/** One import being waited for. Everything is JSON: it is parked in n8n's database between two looks. */
export interface WatchedImport {
	importId: string;
	section: string;
	/** Input item it comes from. */
	item: number;
	/** RFC 3339; '' when not known. */
	uploadExpiresAt: string;
	/** Whether its upload host has taken the file from us: then a status that lags does not mean that it never arrived. */
	uploaded: boolean;
	/** What comes out besides the outcome. */
	output: IDataObject;
	outcome?: WatchOutcome;
	/** APSIS One's own word for how it ended, where that is another. */
	apsisOneStatus?: string;
	/** A sentence for the user, where there is more to say than the outcome. */
	message?: string;
	finishedAtMs?: number;
	result?: IDataObject;
	/** The fault of the last look, when there was one. */
	lastFault?: string;
	/** What is read back once it has completed, where the user wants that. */
	check?: ProfileCheck;
}

/**
 * What comes out of a wait: all imports, however they ended; all when every one has completed, else none, which is a failure
 * (`allOrNothing`) or not (`whenCompleted`); all when at least one has not completed, or
 * too many of its profiles are missing (`whenCheckFailed`), else none.
 */
export type Emit = 'all' | 'allOrNothing' | 'whenCompleted' | 'whenFailed' | 'whenCheckFailed';

/** A wait for any number of imports, watched together. */
export interface Watch {
	startedAtMs: number;
	maxWaitMs: number;
	/** Rounds of looks so far. */
	looks: number;
	/** `parked`: n8n keeps the execution in its database meanwhile. */
	how: 'inProcess' | 'parked';
	emit: Emit;
	/** Whether nothing comes out when the check of an import failed. */
	stopOnFailedCheck?: boolean;
	imports: WatchedImport[];
}

/** What one look gave: an answer, nothing by that ID (404), or a fault. */
export type LookResult = { look: ImportLook } | { notFound: true } | { fault: string };

/** A new import may be unknown for a moment (contract: Profile import v2, step 4). */
const NOT_FOUND_GRACE_MS = 120_000;

export function unfinished(watch: Watch): WatchedImport[] {
	return watch.imports.filter(({ outcome }) => outcome === undefined);
}

/** Whether nothing is left to wait for: every import has ended, and every check. */
export function isOver(watch: Watch): boolean {
	return watch.imports.every(
		({ outcome, check }) => outcome !== undefined && !(check && isCheckPending(check)),
	);
}

/** Takes in what a look gave; only a final status, an expired upload or a lasting 404 ends the wait. */
export function noteLook(
	watch: Watch,
	entry: WatchedImport,
	result: LookResult,
	nowMs: number,
): void {
	if ('fault' in result) {
		entry.lastFault = result.fault;
		return;
	}
	delete entry.lastFault;
	if ('notFound' in result) {
		if (nowMs - watch.startedAtMs < NOT_FOUND_GRACE_MS) return;
		finish(entry, 'error', nowMs, 'APSIS One has no import with this ID in this section.');
		return;
	}
	entry.result = result.look.result as IDataObject;
	const { status } = result.look;
	const end = endOf(status) ?? (hasLostFile(entry, status, nowMs) ? 'expired' : undefined);
	if (!end) return;
	const word = wordOf(result.look);
	const outcome = outcomeOf(end, entry);
	if (word !== outcome) entry.apsisOneStatus = word;
	const failures = end === 'completed' ? failuresIn(result.look.result) : '';
	const message = failures
		? `APSIS One says that the import has completed, with ${failures}. ${REPORT}`
		: messageOf(end, entry, word);
	finish(entry, outcome, nowMs, message);
}

function outcomeOf(end: ImportEnd, { uploaded }: WatchedImport): WatchOutcome {
	if (end === 'expired') return uploaded ? 'error' : 'uploadExpired';
	return end === 'error' ? 'error' : 'completed';
}

const REPORT = 'Its report is under Audience → Profiles → Import history.';

/** What an end means to whoever waits for it; '' where there is nothing to say. */
function messageOf(end: ImportEnd, { uploaded }: WatchedImport, word: string): string {
	switch (end) {
		case 'completed':
			return '';
		case 'partly':
			return `APSIS One says "${word}": some rows were not imported. ${REPORT}`;
		case 'error':
			return word.toLowerCase() === 'error'
				? `APSIS One could not process the import. ${REPORT}`
				: `APSIS One says "${word}": the import did not complete. ${REPORT}`;
		case 'expired':
			return uploaded
				? `APSIS One says "${word}", although the file was uploaded in time. ${REPORT}`
				: 'The file never arrived, and the upload URL has expired. Request the import again.';
	}
}

/** APSIS One's own spelling of the status. */
function wordOf({ status, result }: ImportLook): string {
	const word = statusIn(result);
	return typeof word === 'string' ? word : status;
}

/** Whether an import still waits for a file that nobody has uploaded, and can no longer get it. */
function hasLostFile(entry: WatchedImport, status: string, nowMs: number): boolean {
	return !entry.uploaded && status === 'waiting_for_file' && hasExpired(entry, nowMs);
}

/** Ends the wait for what is still unfinished when its time is over. */
export function noteTime(watch: Watch, nowMs: number): void {
	if (nowMs - watch.startedAtMs < watch.maxWaitMs) return;
	endWait(watch, nowMs, 'Maximum Wait has passed.');
}

/** Ends the wait for all that is still unfinished; `why` is a sentence. */
export function endWait(watch: Watch, nowMs: number, why: string): void {
	for (const entry of unfinished(watch)) {
		const fault = entry.lastFault
			? ` The last status check failed: ${entry.lastFault.replace(/\.$/, '')}.`
			: '';
		const doubt = fault || lead(doubtAbout(entry));
		finish(entry, 'timedOut', nowMs, `${why} The import may still complete.${doubt}`);
	}
}

/** What is doubtful about an import that has not ended, in a sentence; '' for nothing. */
export function doubtAbout({ result }: WatchedImport): string {
	return result ? doubtIn(parseImportLook(result).status) : '';
}

function lead(sentence: string): string {
	return sentence && ` ${sentence}`;
}

function finish(
	entry: WatchedImport,
	outcome: WatchOutcome,
	nowMs: number,
	message?: string,
): void {
	entry.outcome = outcome;
	entry.finishedAtMs = nowMs;
	if (message) entry.message = message;
	if (outcome === 'completed' && entry.check) startCheck(entry.check, nowMs);
}

/** Ends all checks with what was seen last, where nobody can go on looking. */
export function endChecks(watch: Watch, nowMs: number): void {
	for (const { check } of watch.imports) {
		if (check && isCheckPending(check)) endCheck(check, nowMs);
	}
}

function hasExpired({ uploadExpiresAt }: WatchedImport, nowMs: number): boolean {
	const end = Date.parse(uploadExpiresAt);
	return !Number.isNaN(end) && end < nowMs;
}

/**
 * What is parked between two looks. Should n8n lose the watcher (2.8 can, when its main process restarts while wake-ups
 * are due), this itself becomes the output, so it says that the imports have not been seen to complete.
 */
export function parkedItem(watch: Watch): IDataObject {
	return {
		status: 'interrupted',
		message:
			unfinished(watch).length > 0
				? 'The wait was interrupted before the import had ended. Check its status with Get Status or Wait.'
				: 'The wait was interrupted after the import had ended, while its profiles were being checked.',
		importIds: watch.imports.map(({ importId }) => importId),
		watch: watch as unknown as IDataObject,
	};
}

/** Imports that did not complete. */
export function failed(watch: Watch): WatchedImport[] {
	return watch.imports.filter(({ outcome }) => outcome !== 'completed');
}

/** Imports of which too many profiles are missing. */
export function failedChecks(watch: Watch): WatchedImport[] {
	return watch.imports.filter(({ check }) => check && hasCheckFailed(check));
}

function emitted(watch: Watch): WatchedImport[] {
	if (watch.stopOnFailedCheck && failedChecks(watch).length > 0) return [];
	switch (watch.emit) {
		case 'all':
			return watch.imports;
		case 'allOrNothing':
		case 'whenCompleted':
			return failed(watch).length === 0 ? watch.imports : [];
		case 'whenFailed':
			return failed(watch).length > 0 ? watch.imports : [];
		case 'whenCheckFailed':
			return failedChecks(watch).length > 0 ? watch.imports : [];
	}
}

/** What comes out of a wait, in the order of the imports. */
export function outputsOf(
	watch: Watch,
): Array<{ json: IDataObject; pairedItem: { item: number } }> {
	return emitted(watch).map((entry) => ({
		json: {
			...entry.output,
			importId: entry.importId,
			section: entry.section,
			status: entry.outcome ?? 'timedOut',
			...(entry.apsisOneStatus ? { apsisOneStatus: entry.apsisOneStatus } : {}),
			...(entry.message ? { message: entry.message } : {}),
			...(entry.finishedAtMs ? { completedAt: new Date(entry.finishedAtMs).toISOString() } : {}),
			waitedSeconds: Math.round(
				((entry.finishedAtMs ?? watch.startedAtMs) - watch.startedAtMs) / 1000,
			),
			waitedHow: watch.how,
			...(entry.check ? checkOutput(entry.check) : {}),
			result: entry.result ?? {},
		},
		pairedItem: { item: entry.item },
	}));
}

/** What went wrong, for imports of which at least one did not complete. */
export function failureSentence(watch: Watch): string {
	const [first, ...more] = failed(watch);
	const which = more.length === 0 ? 'An import' : `${more.length + 1} imports`;
	return `${which} did not complete: ${first?.importId} ended as ${first?.outcome ?? 'timedOut'}`;
}

/** What a failed check means, for imports of which at least one has such. */
export function failedCheckSentence(watch: Watch): string {
	const [first] = failedChecks(watch);
	const { missing = 0, rows = 0 } = first?.check?.figures ?? {};
	return `APSIS One says that the import has completed, but profiles are missing: ${missing} of ${rows} checked rows (import ${first?.importId})`;
}

const FIRST_DELAY_MS = 10_000;
const GROWTH = 1.4;
const MAX_DELAY_MS = 300_000;

/** How long to wait after a round, for the next look at an import or at profiles. */
export function nextDelayMs(watch: Watch, nowMs: number): number {
	const delays = watch.imports.flatMap(({ check }) =>
		check && isCheckPending(check) ? [Math.max(0, check.nextAtMs - nowMs)] : [],
	);
	if (unfinished(watch).length > 0) delays.push(nextLookDelayMs(watch, nowMs));
	return Math.min(...delays, MAX_DELAY_MS);
}

/** From 10 s growing to 5 min, and never past the end of the wait. */
function nextLookDelayMs(watch: Watch, nowMs: number): number {
	const delay = Math.min(FIRST_DELAY_MS * GROWTH ** Math.max(0, watch.looks - 1), MAX_DELAY_MS);
	const left = watch.startedAtMs + watch.maxWaitMs - nowMs;
	return Math.max(0, Math.min(delay, left));
}
