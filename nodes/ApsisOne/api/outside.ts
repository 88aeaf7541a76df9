import { unixMoment } from '../transport/unixTime';

/** An object in an answer, its members not yet known. */
export type Outside = Record<string, unknown>;

export function isObject(value: unknown): value is Outside {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object as it is; an empty one for everything else. */
export function asObject(value: unknown): Outside {
	return isObject(value) ? value : {};
}

/** A text or number of an answer as trimmed text; '' for everything else. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** A text of an answer, trimmed; '' for everything else, numbers among it. */
export function trimmed(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

/** What says yes or no, as a boolean, a word or a number; undefined for everything else. */
export function flagIn(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	const word = text(value).toLowerCase();
	if (['true', 'yes', '1'].includes(word)) return true;
	return ['false', 'no', '0'].includes(word) ? false : undefined;
}

/** A date, or Unix seconds or milliseconds, as milliseconds; NaN for everything else. */
export function momentIn(value: unknown): number {
	const written = text(value);
	return /^\d+(?:\.\d+)?$/.test(written) ? unixMoment(Number(written)) : Date.parse(written);
}

/** The zero of some languages is a date before all others. */
const FIRST_MOMENT = Date.UTC(1970, 0, 2);

/**
 * Whether a moment has come: not one that is still to come, or the zero that some programs write for none.
 *
 * @returns undefined where the value is no moment
 */
export function hasCome(value: unknown): boolean | undefined {
	const moment = momentIn(value);
	return Number.isNaN(moment) ? undefined : moment >= FIRST_MOMENT && moment <= Date.now();
}

/** A schema may come as text: what it holds; everything else as it is. */
export function parsedJson(value: unknown): unknown {
	if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return value;
	}
}
