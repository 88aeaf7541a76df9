import { KeyMap } from './keyMap';
import type { LikelyRepeats } from './likelyRepeats';

/** Which of several rows with one profile key is sent; a file with a key twice is an error to APSIS One. */
export type DuplicateChoice = 'keepFirst' | 'keepLast' | 'rejectAll';

/** Decides for each row whether another one with its key takes its place. */
export interface DuplicateJudge {
	/** Where all rows must be seen before the first can be judged: to be told of every valid row, in order. */
	note?(key: string, rowIndex: number): void;
	/** @returns the row that is sent instead (counted from 0), `'none'` when none of them is, or undefined for "send this one" */
	rivalOf(key: string, rowIndex: number): number | 'none' | undefined;
}

/** Judges while reading: the first valid row of a key is sent. */
class KeepFirst implements DuplicateJudge {
	private readonly first = new KeyMap();

	rivalOf(key: string, rowIndex: number): number | undefined {
		const first = this.first.get(key);
		if (first === undefined) this.first.set(key, rowIndex);
		return first;
	}
}

/** Judges by a first look at all rows: the last valid row of a key is sent. */
class KeepLast implements DuplicateJudge {
	private readonly last = new KeyMap();

	note(key: string, rowIndex: number): void {
		this.last.set(key, rowIndex);
	}

	rivalOf(key: string, rowIndex: number): number | undefined {
		const last = this.last.get(key);
		return last === rowIndex ? undefined : last;
	}
}

/** Judges by a first look at all rows: a key that comes more than once is sent not at all. */
class RejectAll implements DuplicateJudge {
	private readonly counts = new KeyMap();

	note(key: string): void {
		this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
	}

	rivalOf(key: string): 'none' | undefined {
		return (this.counts.get(key) ?? 0) > 1 ? 'none' : undefined;
	}
}

/** Judges only the keys that may come more than once, so that it need not remember the others. */
class JudgeOfRepeats implements DuplicateJudge {
	readonly note?: DuplicateJudge['note'];

	constructor(
		private readonly repeats: LikelyRepeats,
		private readonly judge: DuplicateJudge,
	) {
		if (!judge.note) return;
		this.note = (key, rowIndex) => {
			if (repeats.has(key)) judge.note?.(key, rowIndex);
		};
	}

	rivalOf(key: string, rowIndex: number): number | 'none' | undefined {
		return this.repeats.has(key) ? this.judge.rivalOf(key, rowIndex) : undefined;
	}
}

/** @param repeats where there are too many rows to remember each key: those that may come more than once */
export function makeJudge(choice: DuplicateChoice, repeats?: LikelyRepeats): DuplicateJudge {
	const judge = judgeOf(choice);
	return repeats ? new JudgeOfRepeats(repeats, judge) : judge;
}

function judgeOf(choice: DuplicateChoice): DuplicateJudge {
	if (choice === 'keepLast') return new KeepLast();
	return choice === 'rejectAll' ? new RejectAll() : new KeepFirst();
}
