import type { IDataObject } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import type { RowCounts } from './preparation';

/** A number of rows, or a share of them in percent. */
export interface RowLimit {
	value: number;
	isPercent: boolean;
}

/** The limits that the user sets for an import; none by default. */
export interface SafetyLimits {
	minimumRows?: number;
	maximumRejected?: RowLimit;
	maximumOptOuts?: RowLimit;
	maximumResubscribes?: RowLimit;
}

/**
 * Reads a limit such as `50` or `10 %`.
 *
 * @returns undefined for an empty one
 * @throws ApsisOneError naming the option
 */
export function parseRowLimit(value: unknown, displayName: string): RowLimit | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const text = String(value).trim();
	if (/^\d+$/.test(text)) return { value: Number(text), isPercent: false };
	// In a number of rows a comma or point is a decimal sign to some and parts thousands to others.
	const [, digits] = /^(\d+(?:[.,]\d+)?)\s*%$/.exec(text) ?? [];
	const percent = Number(digits?.replace(',', '.'));
	if (percent <= 100) return { value: percent, isPercent: true };
	throw new ApsisOneError(
		`${displayName} is neither a number nor a percentage: ${text}`,
		'Enter a number of rows, e.g. 1000, or a percentage of all rows, e.g. 10%.',
	);
}

/**
 * A number from 0 on among the options.
 *
 * @param preset what holds where the user has not added the option
 * @throws ApsisOneError when it is none: an expression may read what is not there
 */
export function readNumber(
	options: IDataObject,
	name: string,
	displayName: string,
	preset: number,
): number {
	if (!(name in options)) return preset;
	const text = String(options[name] ?? '').trim();
	const number = Number(text);
	if (text !== '' && Number.isFinite(number) && number >= 0) return number;
	throw new ApsisOneError(
		`${displayName} is ${text === '' ? 'empty' : `not a number from 0 on: ${text}`}`,
		`Enter digits only, e.g. ${preset}, correct the expression, or remove the option.`,
	);
}

/** @returns what stops the import, by the first limit that it breaks */
export function limitExceeded(counts: RowCounts, limits: SafetyLimits): ApsisOneError | undefined {
	const { minimumRows } = limits;
	if (minimumRows !== undefined && counts.read < minimumRows) {
		return new ApsisOneError(
			`Only ${rows(counts.read)} came in, fewer than Minimum Rows (${number(minimumRows)}). Nothing was sent.`,
			'Check where the rows come from, or lower Minimum Rows.',
		);
	}
	return (
		above(
			limits.maximumRejected,
			counts.rejected,
			counts.read,
			'rejected',
			'Maximum Rejected Rows',
		) ??
		above(
			limits.maximumOptOuts,
			counts.rowsWithOptOut,
			counts.read,
			'opt-outs',
			'Maximum Opt-Outs',
		) ??
		above(
			limits.maximumResubscribes,
			counts.rowsWithResubscribe,
			counts.read,
			'allowed to resubscribe',
			'Maximum Resubscribes',
		)
	);
}

function above(
	limit: RowLimit | undefined,
	count: number,
	all: number,
	what: string,
	option: string,
): ApsisOneError | undefined {
	if (!limit) return undefined;
	const most = limit.isPercent ? (all * limit.value) / 100 : limit.value;
	if (count <= most) return undefined;
	const allowed = `${number(limit.value)}${limit.isPercent ? '%' : ''}`;
	return new ApsisOneError(
		`${number(count)} of ${rows(all)} are ${what}, more than ${option} allows (${allowed}). Nothing was sent.`,
		`Check where the rows come from. If they are correct, raise ${option}.`,
	);
}

function number(value: number): string {
	return value.toLocaleString('en');
}

function rows(count: number): string {
	return `${number(count)} row${count === 1 ? '' : 's'}`;
}
