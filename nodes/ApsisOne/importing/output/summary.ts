import type { IDataObject } from 'n8n-workflow';

import type { RowCounts } from '../preparation';

/** Reasons named one by one; the rest is added up. */
const REASON_LIMIT = 4;

/** The figures of an import, as they stand on every item of the output. */
export interface ImportFigures extends IDataObject {
	/** One sentence. */
	summary: string;
	rowsRead: number;
	rowsSent: number;
	/** Rows on the Rejected output, including valid ones that could not be sent. */
	rowsRejected: number;
	valuesLeftOut: number;
	/** How many rows broke each rule. */
	reasons: Record<string, number>;
	warnings: string[];
}

/** What was sent, or would be. */
export interface SentRows {
	rows: number;
	imports: number;
	/** Rows that were fine and could not be sent. */
	unsent: number;
}

export function figuresOf(
	counts: RowCounts,
	sent: SentRows,
	warnings: readonly string[],
	done: 'sent' | 'would be sent' = 'sent',
): ImportFigures {
	return {
		summary: summarise(counts, sent, done),
		rowsRead: counts.read,
		rowsSent: sent.rows,
		rowsRejected: counts.rejected + sent.unsent,
		valuesLeftOut: counts.valuesLeftOut,
		reasons: {
			...Object.fromEntries(counts.reasons),
			...(sent.unsent > 0 ? { 'not sent': sent.unsent } : {}),
		},
		warnings: [...warnings],
	};
}

/**
 * What became of an import, in one sentence: "2,431 profiles sent in 1 import; 9 values left out: 9 invalid phone number; 12
 * rows rejected: 12 duplicate".
 */
function summarise(counts: RowCounts, sent: SentRows, done: string): string {
	const parts = [
		sent.rows === 0
			? 'Nothing was sent'
			: `${count(sent.rows, 'profile')} ${done} in ${count(sent.imports, 'import')}`,
	];
	if (counts.valuesLeftOut > 0) {
		parts.push(
			`${count(counts.valuesLeftOut, 'value')} left out: ${reasonList(counts.leftOutRules)}`,
		);
	}
	if (counts.rejected > 0) {
		parts.push(`${count(counts.rejected, 'row')} rejected: ${reasonList(counts.reasons)}`);
	}
	if (counts.sentWithProblems > 0) {
		parts.push(
			`${count(counts.sentWithProblems, 'row')} sent with problems: ${reasonList(counts.reasons)}`,
		);
	}
	if (counts.optOutsFromDuplicates > 0) {
		parts.push(`${count(counts.optOutsFromDuplicates, 'opt-out')} taken from duplicate rows`);
	}
	if (sent.unsent > 0) {
		parts.push(`${count(sent.unsent, 'row')} not sent, see the Rejected output`);
	}
	if (counts.rowsWithResubscribe > 0 && sent.rows > 0) {
		parts.push(
			`${count(counts.rowsWithResubscribe, 'row')} asked to resubscribe profiles that had opted out`,
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

/** A sentence that another one may follow. */
export function withStop(sentence: string): string {
	return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}
