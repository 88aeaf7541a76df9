/** Names further away than this share of their length are no misspelling of each other. */
const MAX_DISTANCE_SHARE = 0.4;

/** The name that is most likely meant by a misspelt one; undefined when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
	const wanted = name.trim().toLowerCase();
	let nearest: string | undefined;
	let least = Math.max(1, Math.floor(wanted.length * MAX_DISTANCE_SHARE)) + 1;
	for (const candidate of candidates) {
		const far = distance(wanted, candidate.trim().toLowerCase());
		if (far < least) [least, nearest] = [far, candidate];
	}
	return nearest;
}

/** Levenshtein distance. */
function distance(one: string, other: string): number {
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let at = 1; at <= one.length; at++) {
		const next = [at];
		for (let index = 1; index <= other.length; index++) {
			const change = one[at - 1] === other[index - 1] ? 0 : 1;
			next.push(
				Math.min((row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1, (row[index - 1] ?? 0) + change),
			);
		}
		row = next;
	}
	return row[other.length] ?? 0;
}
