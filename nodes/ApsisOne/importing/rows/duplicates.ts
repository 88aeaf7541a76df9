import { KeyMap } from './keyMap';
import { KeySet } from './keySet';

/** Which of several rows with one profile key is sent; a file with a key twice is an error to APSIS One. */
export type DuplicateChoice = 'keepFirst' | 'keepLast' | 'rejectAll';

/** The row that is sent instead (counted from 0), `earlier` for one whose number is not known, or `none`. */
export type Rival = number | 'earlier' | 'none';

/** Decides for each row whether another one with its key takes its place. */
export interface DuplicateJudge {
	/** Where all rows must be seen before the first can be judged: to be given every valid row, in order. */
	note?(key: string, rowIndex: number): void;
	/** @returns undefined for "send this one" */
	rivalOf(key: string, rowIndex: number): Rival | undefined;
	/** Whether one of the rows judged so far is sent with this key. */
	isSent(key: string): boolean;
}

/** From here on the number of the first row with a key is not kept: that takes 12 to 25 MB a million. */
const MANY_ROWS = 1_000_000;

/** Judges while reading: the first valid row of a key is sent. */
class KeepFirst implements DuplicateJudge {
	private readonly first: KeyMap;

	constructor(rows: number) {
		this.first = new KeyMap(rows);
	}

	rivalOf(key: string, rowIndex: number): number | undefined {
		return this.first.getOrSet(key, rowIndex);
	}

	isSent(key: string): boolean {
		return this.first.get(key) !== undefined;
	}
}

/** The same for very many rows. */
class KeepFirstOfMany implements DuplicateJudge {
	private readonly seen: KeySet;

	constructor(rows: number) {
		this.seen = new KeySet(rows);
	}

	rivalOf(key: string): 'earlier' | undefined {
		return this.seen.add(key) ? undefined : 'earlier';
	}

	isSent(key: string): boolean {
		return this.seen.has(key);
	}
}

/** Judges after a look at all rows: the last valid row of a key is sent. */
class KeepLast implements DuplicateJudge {
	private readonly seen: KeySet;
	/** Of the keys that come more than once. */
	private readonly last = new KeyMap();

	constructor(rows: number) {
		this.seen = new KeySet(rows);
	}

	note(key: string, rowIndex: number): void {
		if (!this.seen.add(key)) this.last.set(key, rowIndex);
	}

	rivalOf(key: string, rowIndex: number): number | undefined {
		const last = this.last.get(key);
		return last === rowIndex ? undefined : last;
	}

	isSent(key: string): boolean {
		return this.seen.has(key);
	}
}

/** Judges after a look at all rows: a key that comes more than once is not sent at all. */
class RejectAll implements DuplicateJudge {
	private readonly seen: KeySet;
	private readonly repeated = new KeyMap();

	constructor(rows: number) {
		this.seen = new KeySet(rows);
	}

	note(key: string): void {
		if (!this.seen.add(key)) this.repeated.set(key, 1);
	}

	rivalOf(key: string): 'none' | undefined {
		return this.repeated.get(key) === undefined ? undefined : 'none';
	}

	isSent(key: string): boolean {
		return this.seen.has(key) && this.rivalOf(key) === undefined;
	}
}

/** @param rows about how many rows there are */
export function makeJudge(
	choice: DuplicateChoice,
	rows: number,
	manyRows: number = MANY_ROWS,
): DuplicateJudge {
	if (choice === 'keepLast') return new KeepLast(rows);
	if (choice === 'rejectAll') return new RejectAll(rows);
	return rows > manyRows ? new KeepFirstOfMany(rows) : new KeepFirst(rows);
}
