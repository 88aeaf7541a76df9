import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { parseRowLimit, type SafetyLimits } from '../../importing/limits';
import type { PreparationOptions } from '../../importing/preparation';
import type { DuplicateChoice } from '../../importing/rows/duplicates';
import { checkConsentWords } from '../../values/consentWord';
import { countryCodeOf } from '../../values/country';
import { checkDateFormat } from '../../values/date';
import { hasPhoneNumbers } from '../../values/mobile';
import type { NormaliserOptions } from '../../values/normalisers';
import type { SettingProblem } from '../../values/settingProblem';
import { rawParameter, textOf } from './parameters';

/**
 * How rows are to be checked.
 *
 * @param options all collections of options as one object
 * @throws ApsisOneError naming the option to correct
 */
export function readCheckOptions(
	context: IExecuteFunctions,
	options: IDataObject,
): Omit<PreparationOptions, 'budget'> {
	const words = ((options.consentValues as IDataObject | undefined)?.words ?? {}) as IDataObject;
	const consentWords = {
		optIn: wordList(words.optIn),
		optOut: wordList(words.optOut),
		ignore: wordList(words.ignore),
	};
	refuse(checkConsentWords(consentWords));
	return {
		checkRows: options.checkRows !== false,
		onInvalidRow:
			(options.onInvalidRow as PreparationOptions['onInvalidRow'] | undefined) ?? 'reject',
		onInvalidValue: options.onInvalidValue === 'rejectRow' ? 'rejectRow' : 'leaveOut',
		sendAnyway: options.onInvalidRow === 'sendAnyway',
		duplicates: (options.duplicates as DuplicateChoice | undefined) ?? 'keepFirst',
		consentWords,
		...readValueOptions(context, options),
	};
}

/**
 * How values are to be read.
 *
 * @throws ApsisOneError naming the option to correct
 */
export function readValueOptions(
	context: IExecuteFunctions,
	options: IDataObject,
): NormaliserOptions {
	const format = textOf(options.dateFormat) || undefined;
	refuse(checkDateFormat(format));
	return {
		defaultCountry: readCountry(options.defaultCountry),
		dates: {
			timezone: context.getTimezone(),
			format,
			excelSerials: options.excelDates === true,
		},
	};
}

/** Limits by name, as the user sees them. */
const LIMITS = {
	minimumRows: 'Minimum Rows',
	maximumRejected: 'Maximum Rejected Rows',
	maximumOptOuts: 'Maximum Opt-Outs',
	maximumResubscribes: 'Maximum Resubscribes',
} as const;

/** @throws ApsisOneError naming the limit to correct */
export function readSafetyLimits(context: IExecuteFunctions, options: IDataObject): SafetyLimits {
	for (const [name, displayName] of Object.entries(LIMITS)) {
		const raw = rawParameter(context, `safetyLimits.${name}`);
		const isGiven = typeof raw === 'string' && raw.startsWith('=');
		if (isGiven && textOf(options[name]) === '') throw emptyLimit(displayName, raw);
	}
	const maximum = (name: keyof typeof LIMITS) => parseRowLimit(options[name], LIMITS[name]);
	return {
		...readMinimumRows(options.minimumRows),
		maximumRejected: maximum('maximumRejected'),
		maximumOptOuts: maximum('maximumOptOuts'),
		maximumResubscribes: maximum('maximumResubscribes'),
	};
}

/** A limit that is gone with a variable would be missed when it is needed. */
function emptyLimit(displayName: string, expression: string): ApsisOneError {
	return new ApsisOneError(
		`${displayName} is an expression without a value: ${expression.slice(1).trim()}`,
		'Correct the expression, or remove the limit. Nothing was sent.',
	);
}

function readMinimumRows(value: unknown): Pick<SafetyLimits, 'minimumRows'> {
	const text = textOf(value);
	if (text === '' || text === '0') return {};
	if (/^\d+$/.test(text)) return { minimumRows: Number(text) };
	throw new ApsisOneError(
		`${LIMITS.minimumRows} is not a whole number: ${text}`,
		'Enter a number of rows, e.g. 1000, or 0 for no limit.',
	);
}

function refuse(problem: SettingProblem | undefined): void {
	if (problem) throw new ApsisOneError(problem.message, problem.cure);
}

/** A code that no phone number has would read none, as if the option were not set. */
function readCountry(value: unknown): string | undefined {
	const country = textOf(value).toUpperCase();
	if (country === '') return undefined;
	const isCode = /^[A-Z]{2}$/.test(country);
	// UK stands for GB.
	const found = [country, countryCodeOf(country)].find((code) => code && hasPhoneNumbers(code));
	if (isCode && found) return found;
	throw new ApsisOneError(
		`Default Country "${textOf(value)}" is not ${isCode ? 'the code of a country' : 'a two-letter code'}`,
		'Enter the ISO 3166-1 code of the country, e.g. SE.',
	);
}

function wordList(value: unknown): string[] {
	return textOf(value)
		.split(',')
		.map((word) => word.trim())
		.filter(Boolean);
}
