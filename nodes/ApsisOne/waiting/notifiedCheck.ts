import { isObject } from '../api/outside';
import type { CheckedConsent, CheckedField } from '../importing/checking/compareProfile';
import { newCheck, type PendingRow, type ProfileCheck } from './profileCheck';

/**
 * Samples that travel in notifications, where a trigger does the checking because Request itself does not wait. Keys and
 * values are personal data, so no more of them travel than fit beside the rest of one notification, and none where Request
 * waits.
 */

interface Notified {
	check?: ProfileCheck;
	/** A sample was wanted and did not fit. */
	isUnchecked?: boolean;
}

/**
 * Takes rows out of the samples, every second one at a time, until the whole fits.
 *
 * @param fits whether a notification of these imports can be sent
 * @returns the imports, without samples where not even one row each fits
 */
export function withFittingChecks<T extends Notified>(
	imports: readonly T[],
	fits: (imports: readonly T[]) => boolean,
): T[] {
	let tried = [...imports];
	while (!fits(tried)) {
		if (!tried.some(({ check }) => (check?.pending.length ?? 0) > 1)) {
			return tried.map(({ check, ...rest }) =>
				check ? ({ ...rest, isUnchecked: true } as T) : (rest as T),
			);
		}
		tried = tried.map((one) => (one.check ? { ...one, check: thinned(one.check) } : one));
	}
	return tried;
}

function thinned(check: ProfileCheck): ProfileCheck {
	return newCheck({ ...check, pending: check.pending.filter((_, index) => index % 2 === 0) });
}

/** @returns undefined where it is no sample */
export function parseNotifiedCheck(value: unknown): ProfileCheck | undefined {
	if (!isObject(value)) return undefined;
	const { keyspace, fields, consents, pending, maxMs, failAtPercent } = value;
	if (typeof keyspace !== 'string' || !areNumbers(maxMs, failAtPercent)) return undefined;
	if (!isListOf(fields, isField) || !isListOf(consents, isConsent)) return undefined;
	if (!isListOf(pending, isRow) || pending.length === 0) return undefined;
	return newCheck({
		keyspace,
		fields,
		consents,
		pending,
		maxMs: Number(maxMs),
		failAtPercent: Number(failAtPercent),
	});
}

function areNumbers(...values: unknown[]): boolean {
	return values.every((value) => typeof value === 'number' && Number.isFinite(value));
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
	return Array.isArray(value) && value.every(isOne);
}

function isField(value: unknown): value is CheckedField {
	return (
		isObject(value) &&
		typeof value.name === 'string' &&
		typeof value.rule === 'string' &&
		Array.isArray(value.ids)
	);
}

function isConsent(value: unknown): value is CheckedConsent {
	return (
		isObject(value) &&
		[value.name, value.topic, value.channel].every((text) => typeof text === 'string') &&
		(value.type === 'opt-in' || value.type === 'opt-out')
	);
}

function isRow(value: unknown): value is PendingRow {
	return (
		isObject(value) &&
		typeof value.row === 'string' &&
		typeof value.profileKey === 'string' &&
		Array.isArray(value.values) &&
		value.values.every(Array.isArray) &&
		Array.isArray(value.consents)
	);
}
