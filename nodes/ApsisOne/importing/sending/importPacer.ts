/** Contract: Limits, per account. */
const MAX_REQUESTS_PER_MINUTE = 10;
export const MAX_UNFINISHED = 3;
/** A minute, and a little for timers that end early and for clocks that differ. */
const MINUTE_MS = 60_500;

/** Contract: Profile import v2, step 4: no faster than every 10 s, and backing off. */
export const FIRST_POLL_MS = 10_000;
const MAX_POLL_MS = 60_000;
const POLL_GROWTH = 1.5;

/** The longest that `Retry-After` keeps us from asking for a place again; one may be free long before. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * How long to wait before looking a further time.
 *
 * @param retryAfterMs how long APSIS One wants not to be asked, where it says so
 */
export function pollDelayMs(looks: number, retryAfterMs = 0): number {
	const delay = Math.min(FIRST_POLL_MS * POLL_GROWTH ** looks, MAX_POLL_MS);
	return Math.max(delay, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

/** An import that APSIS One has not finished, as far as this process knows. */
export interface UnfinishedImport {
	section: string;
	importId: string;
	/** RFC 3339; '' when not known. An import whose file never came ends then. */
	uploadExpiresAt: string;
	/** Unix time in milliseconds. */
	requestedAtMs: number;
	lookedAtMs?: number;
}

/** A place in the line of executions that want to request an import. */
export interface Turn {
	readonly isNext: boolean;
	end(): void;
}

/** One for each account, shared by all executions of this process: the limits are the account's. */
const pacers = new Map<string, ImportPacer>();

export function importPacerOf(account: string): ImportPacer {
	const pacer = pacers.get(account) ?? new ImportPacer();
	pacers.set(account, pacer);
	return pacer;
}

/**
 * Keeps the requests of this process within the account's limits: executions take turns, first come, first served. What
 * other processes and systems ask of the same account is noticed only as 429, so this does not replace waiting when APSIS
 * One says no.
 */
export class ImportPacer {
	private requestedAt: number[] = [];
	private readonly unfinished = new Map<string, UnfinishedImport>();
	private readonly line: Turn[] = [];

	/** To be ended, whatever happens. */
	takeTurn(): Turn {
		const { line } = this;
		const turn: Turn = {
			get isNext() {
				return line[0] === turn;
			},
			end() {
				const index = line.indexOf(turn);
				if (index >= 0) line.splice(index, 1);
			},
		};
		line.push(turn);
		return turn;
	}

	/** How long until the requests of the last minute leave room for one more; 0 for now. */
	msUntilRequest(nowMs: number): number {
		// Where the clock was set back, what lies ahead of it would block for as long.
		this.requestedAt = this.requestedAt
			.map((at) => Math.min(at, nowMs))
			.filter((at) => nowMs - at < MINUTE_MS);
		const oldest = this.requestedAt[this.requestedAt.length - MAX_REQUESTS_PER_MINUTE];
		return oldest === undefined ? 0 : oldest + MINUTE_MS - nowMs;
	}

	/** @param nowMs when its answer came: counted from when it was sent, a later one could come within APSIS One's minute */
	noteRequest(nowMs: number): void {
		this.requestedAt.push(nowMs);
	}

	noteUnfinished(unfinished: UnfinishedImport): void {
		this.unfinished.set(unfinished.importId, unfinished);
	}

	noteFinished(importId: string): void {
		this.unfinished.delete(importId);
	}

	/** Imports that have not been looked at for long enough (contract: Profile import v2, step 4), noted as looked at now. */
	dueForLook(nowMs: number): UnfinishedImport[] {
		const due = this.unfinishedImports.filter(
			({ lookedAtMs }) => lookedAtMs === undefined || Math.abs(nowMs - lookedAtMs) >= FIRST_POLL_MS,
		);
		for (const unfinished of due) unfinished.lookedAtMs = nowMs;
		return due;
	}

	/** Imports of this process that hold a place, as far as anybody has looked. */
	get unfinishedImports(): readonly UnfinishedImport[] {
		return [...this.unfinished.values()];
	}

	get isFull(): boolean {
		return this.unfinished.size >= MAX_UNFINISHED;
	}
}
