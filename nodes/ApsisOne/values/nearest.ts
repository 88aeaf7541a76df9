/** Share of a name that may be mistyped for it to be recognised, as one letter in so many. */
const LETTERS_PER_ERROR = 3;

/** Shorter names differ by a letter more often than by mistake. */
const MIN_MISSPELT_LENGTH = 6;

/**
 * The name that was probably meant: the one that takes the fewest letters to be changed, added, left out or swapped,
 * if they are few.
 *
 * @param name as it was written
 * @returns undefined when none is near
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
	const wanted = comparable(name);
	let nearest: string | undefined;
	let fewest = Math.max(1, Math.floor(wanted.length / LETTERS_PER_ERROR)) + 1;
	for (const candidate of candidates) {
		const other = comparable(candidate);
		if (Math.abs(other.length - wanted.length) >= fewest) continue;
		const distance = editDistance(wanted, other);
		if (distance >= fewest || distance >= Math.max(wanted.length, other.length)) continue;
		fewest = distance;
		nearest = candidate;
	}
	return nearest;
}

/** Whether a name is another one with a letter wrong; numbered names (`list 1`, `list 2`) are never taken for one another. */
export function isMisspelling(name: string, other: string): boolean {
	const digits = (text: string) => text.replace(/\D/g, '');
	const [one, meant] = [comparable(name), comparable(other)];
	const isLong = Math.min(one.length, meant.length) >= MIN_MISSPELT_LENGTH;
	return isLong && digits(one) === digits(meant) && editDistance(one, meant) === 1;
}

function comparable(name: string): string {
	return name
		.normalize('NFC')
		.toLowerCase()
		.replace(/[\s_-]+/g, ' ')
		.trim();
}

/** Damerau and Levenshtein's distance (optimal string alignment): the number of letters to change, add, leave out or swap. */
export function editDistance(one: string, other: string): number {
	const from = [...one];
	const to = [...other];
	let beforeLast: number[] = [];
	let last = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		for (let column = 1; column <= to.length; column++) {
			const isSame = from[row - 1] === to[column - 1];
			const isSwap =
				row > 1 &&
				column > 1 &&
				from[row - 1] === to[column - 2] &&
				from[row - 2] === to[column - 1];
			current[column] = Math.min(
				(last[column] ?? 0) + 1,
				(current[column - 1] ?? 0) + 1,
				(last[column - 1] ?? 0) + (isSame ? 0 : 1),
				isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
			);
		}
		beforeLast = last;
		last = current;
	}
	return last[to.length] ?? 0;
}
