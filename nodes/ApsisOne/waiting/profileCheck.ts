import type { IDataObject } from 'n8n-workflow';

import type {
	CheckedConsent,
	CheckedField,
	Comparison,
	Difference,
	SentData,
} from '../importing/checking/compareProfile';

/** A row that is still to be found as it was sent; JSON, since it is parked. */
export interface PendingRow extends SentData {
	/** What it is called in messages, e.g. `Item 7` or `customers.csv, row 7`. */
	row: string;
	profileKey: string;
	/** What came of the last look, where there was one. */
	last?: { missing: true } | { differences: Difference[] };
}

/** How many rows of the sample are in which state; the five below add up to `rows`. */
export interface CheckFigures {
	rows: number;
	asSent: number;
	missing: number;
	different: number;
	keptOptedOut: number;
	unreadable: number;
}

/** A value, or with the field "Profile" a whole profile, that is not as it was sent. */
export interface NotAsSent {
	row: string;
	profileKey: string;
	field: string;
	sent: string;
	found: string;
}

/** What is to be read back of one import, and how far that is. JSON: it is parked in n8n's database between two rounds. */
export interface ProfileCheck {
	keyspace: string;
	fields: CheckedField[];
	consents: CheckedConsent[];
	pending: PendingRow[];
	maxMs: number;
	/** Percentage of missing rows at which the check fails. */
	failAtPercent: number;
	figures: CheckFigures;
	notAsSent: NotAsSent[];
	/** Undefined until the import has completed. */
	startedAtMs?: number;
	rounds: number;
	/** When the next round is due. */
	nextAtMs: number;
	endedAtMs?: number;
	/** Whether the log has the shape of an answer that could not be read. */
	hasLoggedShape?: boolean;
	/** The fault of the last call, where there was one. */
	lastFault?: string;
}

/** What one look at a profile gave. */
export type ProfileLook = { missing: true } | { fault: string; isFinal: boolean } | Comparison;

const MAX_NOT_AS_SENT = 1_000;
/** How long values of a profile that is there may lag behind the import. */
const DIFFERENCE_GRACE_MS = 120_000;

const FIRST_DELAY_MS = 20_000;
const GROWTH = 1.5;
const MAX_DELAY_MS = 300_000;

/** A check that has not begun; it does once its import has completed. */
export function newCheck(
	plan: Pick<
		ProfileCheck,
		'keyspace' | 'fields' | 'consents' | 'pending' | 'maxMs' | 'failAtPercent'
	>,
): ProfileCheck {
	return {
		...plan,
		figures: {
			rows: plan.pending.length,
			asSent: 0,
			missing: 0,
			different: 0,
			keptOptedOut: 0,
			unreadable: 0,
		},
		notAsSent: [],
		rounds: 0,
		nextAtMs: 0,
	};
}

export function startCheck(check: ProfileCheck, nowMs: number): void {
	check.startedAtMs ??= nowMs;
}

export function isCheckPending({ startedAtMs, endedAtMs }: ProfileCheck): boolean {
	return startedAtMs !== undefined && endedAtMs === undefined;
}

export function isCheckDue(check: ProfileCheck, nowMs: number): boolean {
	return isCheckPending(check) && nowMs >= check.nextAtMs;
}

/** Takes in what a look gave. What is missing or different stays pending: it may be on its way. */
export function notePending(check: ProfileCheck, row: PendingRow, look: ProfileLook): void {
	if ('fault' in look) {
		check.lastFault = look.fault;
		if (look.isFinal) settle(check, row, 'unreadable');
		return;
	}
	if ('unreadable' in look) return settle(check, row, 'unreadable');
	if ('missing' in look) {
		row.last = { missing: true };
		return;
	}
	row.last = { differences: look.differences };
	const isAsSent = look.differences.every(({ isKeptOptOut }) => isKeptOptOut);
	if (isAsSent) settle(check, row, look.differences.length > 0 ? 'keptOptedOut' : 'asSent');
}

/** Ends a round: settles what has had its time, and says when to look again. */
export function noteRound(check: ProfileCheck, nowMs: number): void {
	check.rounds++;
	const age = nowMs - (check.startedAtMs ?? nowMs);
	if (age >= check.maxMs) return endCheck(check, nowMs);
	const isWaitedFor = check.pending.some(
		({ last }) => last === undefined || 'missing' in last || age < DIFFERENCE_GRACE_MS,
	);
	if (!isWaitedFor) return endCheck(check, nowMs);
	const delay = Math.min(FIRST_DELAY_MS * GROWTH ** (check.rounds - 1), MAX_DELAY_MS);
	check.nextAtMs = nowMs + Math.min(delay, check.maxMs - age);
}

/** Settles all that is pending as it was seen last. */
export function endCheck(check: ProfileCheck, nowMs: number): void {
	for (const row of [...check.pending]) {
		if (row.last === undefined) settle(check, row, 'unreadable');
		else settle(check, row, 'missing' in row.last ? 'missing' : 'different');
	}
	check.endedAtMs = nowMs;
}

function settle(
	check: ProfileCheck,
	row: PendingRow,
	how: Exclude<keyof CheckFigures, 'rows'>,
): void {
	check.figures[how]++;
	check.pending = check.pending.filter((one) => one !== row);
	for (const { field, sent, found } of findingsOf(row, how)) {
		if (check.notAsSent.length === MAX_NOT_AS_SENT) return;
		check.notAsSent.push({ row: row.row, profileKey: row.profileKey, field, sent, found });
	}
}

function findingsOf({ last }: PendingRow, how: keyof CheckFigures): Difference[] {
	if (how === 'missing') return [{ field: 'Profile', sent: 'sent', found: 'missing' }];
	if (how === 'unreadable' || last === undefined || 'missing' in last) return [];
	return last.differences;
}

export function hasCheckFailed({ figures, failAtPercent, endedAtMs }: ProfileCheck): boolean {
	const { missing, rows } = figures;
	return endedAtMs !== undefined && missing > 0 && missing * 100 >= failAtPercent * rows;
}

/** What comes out of a check: its figures, what was not as sent, and in sentences what that means. */
export function checkOutput(check: ProfileCheck): IDataObject {
	if (check.endedAtMs === undefined) return {};
	const sentences = checkSentences(check);
	return {
		check: { ...check.figures },
		...(sentences.length > 0 ? { checkMessage: sentences.join(' ') } : {}),
		...(hasCheckFailed(check) ? { checkFailed: true } : {}),
		...(check.notAsSent.length > 0
			? { notAsSent: check.notAsSent as unknown as IDataObject[] }
			: {}),
	};
}

function checkSentences(check: ProfileCheck): string[] {
	const { missing, different, keptOptedOut, unreadable, rows } = check.figures;
	const minutes = Math.round(((check.endedAtMs ?? 0) - (check.startedAtMs ?? 0)) / 60_000);
	const of = (count: number) =>
		`${count.toLocaleString('en')} of ${rows.toLocaleString('en')} checked rows`;
	return [
		missing > 0 &&
			`${of(missing)}: the profile could not be found ${minutes > 0 ? `${minutes} min ` : ''}after the import completed.`,
		different > 0 &&
			`${of(different)}: the profile exists, but differs from what was sent. Another row of the import, or another system, may have changed it.`,
		keptOptedOut > 0 &&
			`${of(keptOptedOut)}: the profile had opted out, and an opt-in does not change that.`,
		unreadable > 0 &&
			`${of(unreadable)}: the profile could not be read${check.lastFault ? `: ${check.lastFault.replace(/\.$/, '')}` : ', see the n8n log'}.`,
	].filter((sentence) => sentence !== false);
}
