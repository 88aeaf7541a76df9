import type { RowCounts } from './preparation';

/** Reasons named one by one; the rest is added up. */
const REASON_LIMIT = 4;

/** What became of an import, in one sentence: "2,431 profiles sent in 1 import; 12 rows rejected: 9 invalid phone number, 3 duplicate". */
export function summarise(
	counts: Pick<RowCounts, 'rejected' | 'reasons' | 'sentWithProblems'>,
	sent: { rows: number; imports: number },
	words: { done: string } = { done: 'sent' },
): string {
	const parts = [
		`${count(sent.rows, 'profile')} ${words.done} in ${count(sent.imports, 'import')}`,
	];
	if (counts.rejected > 0) {
		parts.push(`${count(counts.rejected, 'row')} rejected: ${reasonList(counts.reasons)}`);
	}
	if (counts.sentWithProblems > 0) {
		parts.push(
			`${count(counts.sentWithProblems, 'row')} sent with problems: ${reasonList(counts.reasons)}`,
		);
	}
	return parts.join('; ');
}

/** Reasons by how often they came, the most frequent first. */
export function reasonList(reasons: ReadonlyMap<string, number>): string {
	const sorted = [...reasons].sort(([, one], [, other]) => other - one);
	const shown = sorted
		.slice(0, REASON_LIMIT)
		.map(([rule, times]) => `${times.toLocaleString('en')} ${rule}`);
	const rest = sorted.slice(REASON_LIMIT).reduce((sum, [, times]) => sum + times, 0);
	return [...shown, ...(rest > 0 ? [`${rest.toLocaleString('en')} for other reasons`] : [])].join(
		', ',
	);
}

export function count(number: number, noun: string): string {
	return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
