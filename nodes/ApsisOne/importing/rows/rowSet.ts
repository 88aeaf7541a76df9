const WORD_BITS = 32;
const INITIAL_WORDS = 1 << 6;

/** A set of row numbers, one bit each: a million rows take 125 kB, however they are scattered. */
export class RowSet implements Iterable<number> {
	private words = new Uint32Array(INITIAL_WORDS);
	private total = 0;

	get size(): number {
		return this.total;
	}

	/** @param row a whole number from 0 */
	add(row: number): void {
		const word = row >>> 5;
		if (word >= this.words.length) this.grow(word + 1);
		const before = this.words[word] ?? 0;
		const mask = 1 << (row & (WORD_BITS - 1));
		if ((before & mask) !== 0) return;
		this.words[word] = before | mask;
		this.total++;
	}

	has(row: number): boolean {
		return ((this.words[row >>> 5] ?? 0) & (1 << (row & (WORD_BITS - 1)))) !== 0;
	}

	/** The rows of either set. */
	union(other: RowSet): RowSet {
		return RowSet.combine(this, other, (one, two) => one | two);
	}

	/** The rows of this set that are not in the other. */
	difference(other: RowSet): RowSet {
		return RowSet.combine(this, other, (one, two) => one & ~two);
	}

	/** Runs of neighbouring rows, ascending. */
	*ranges(): Generator<[first: number, last: number]> {
		let first: number | undefined;
		let last = 0;
		for (const row of this) {
			if (first !== undefined && row === last + 1) {
				last = row;
				continue;
			}
			if (first !== undefined) yield [first, last];
			[first, last] = [row, row];
		}
		if (first !== undefined) yield [first, last];
	}

	/** The rows, ascending. */
	*[Symbol.iterator](): Generator<number> {
		for (const [index, word] of this.words.entries()) {
			if (word === 0) continue;
			for (let bit = 0; bit < WORD_BITS; bit++) {
				if ((word & (1 << bit)) !== 0) yield index * WORD_BITS + bit;
			}
		}
	}

	private static combine(
		one: RowSet,
		other: RowSet,
		merge: (one: number, other: number) => number,
	): RowSet {
		const combined = new RowSet();
		combined.grow(Math.max(one.words.length, other.words.length));
		for (let index = 0; index < combined.words.length; index++) {
			const word = merge(one.words[index] ?? 0, other.words[index] ?? 0) >>> 0;
			combined.words[index] = word;
			combined.total += bitsSet(word);
		}
		return combined;
	}

	private grow(words: number): void {
		const grown = new Uint32Array(Math.max(words, this.words.length * 2));
		grown.set(this.words);
		this.words = grown;
	}
}

function bitsSet(word: number): number {
	let count = 0;
	for (let rest = word; rest !== 0; rest &= rest - 1) count++;
	return count;
}

/**
 * Row numbers as people write them: `2–500, 502`.
 *
 * @param shownAs the number shown for a row, by default itself
 */
export function rangesText(rows: RowSet, shownAs: (row: number) => number = (row) => row): string {
	return [...rows.ranges()]
		.map(([first, last]) => [shownAs(first), shownAs(last)])
		.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`))
		.join(', ');
}
