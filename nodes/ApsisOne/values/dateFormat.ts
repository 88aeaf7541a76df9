import { DateTime } from 'luxon';

import { LANGUAGES } from './languages';
import type { SettingProblem } from './settingProblem';

const TOKENS =
	'Use dd for the day, MM for the month, yyyy for the year, HH:mm for hours and minutes.';

/** A day that no two of year, month and day can be mixed up in. */
const TRIAL = DateTime.fromObject({ year: 1987, month: 11, day: 23, hour: 14, minute: 38 });
const ENGLISH = { locale: 'en' };
/** Names of months and weekdays, AM and PM, and times as people write them. */
const IN_WORDS = /^(?:[ML]{3,}|[Ec]{3,}|a|t{1,4}|G+)$/;

/**
 * Looks for what makes a Date Format read other dates than are meant: missing parts, minutes in place of months, the
 * tokens of other programs. To be called once, before the first value is read.
 *
 * @param format Luxon tokens, e.g. `dd.MM.yyyy`
 */
export function checkDateFormat(format: string | undefined): SettingProblem | undefined {
	if (!format) return undefined;
	const problem = problemOf(format);
	if (problem) {
		const better = suggestion(format);
		return {
			message: `Date Format "${format}" ${problem}`,
			cure: better
				? `Write ${better}. ${TOKENS}`
				: `${TOKENS} Put other letters in single quotes. For example dd.MM.yyyy.`,
		};
	}
	if (isReadable(format)) return undefined;
	return {
		message: `Date Format "${format}" cannot be read`,
		cure: `${TOKENS} Put other letters in single quotes. For example dd.MM.yyyy.`,
	};
}

function problemOf(format: string): string | undefined {
	const tokens = tokensOf(format);
	return foreignTokens(tokens) ?? misplacedMinutes(tokens) ?? missingParts(tokens);
}

/** Runs of one letter outside quotes. */
function tokensOf(format: string): string[] {
	return format.replace(/'[^']*'/g, ' ').match(/([A-Za-z])\1*/g) ?? [];
}

/** All that Luxon reads; https://moment.github.io/luxon/#/parsing?id=table-of-tokens */
const KNOWN =
	/^(?:S|SSS|u{1,3}|ss?|mm?|hh?|HH?|Z{1,3}|z|a|dd?|c|c{3,4}|E|E{3,4}|L{1,4}|M{1,4}|y|yy|y{4,6}|G{1,2}|kk|k{4}|WW?|o|ooo|qq?|[tT]{1,4})$/;
const YEAR = /^(?:y|yy|yyyy|yyyyy|yyyyyy)$/;
const MONTH = /^(?:M{1,5}|L{1,5})$/;
const DAY = /^dd?$/;
const HOUR = /^(?:HH?|hh?)$/;
const MINUTE = /^mm?$/;

function foreignTokens(tokens: readonly string[]): string | undefined {
	const foreign = tokens.find((token) => /^[DY]+$/.test(token));
	if (foreign) return `has ${foreign}, which is a token of another program`;
	const unknown = tokens.find((token) => !KNOWN.test(token));
	if (unknown) return `has ${unknown}, which has no meaning`;
	// T alone is a token, too, and would read a time of its own.
	if (count(tokens, /^T$/) && count(tokens, HOUR)) return 'has a T outside quotes';
	const repeated = [YEAR, MONTH, DAY].find((part) => count(tokens, part) > 1);
	return repeated && `has ${tokens.filter((token) => repeated.test(token))[1]} twice`;
}

function misplacedMinutes(tokens: readonly string[]): string | undefined {
	const hasMinutes = count(tokens, MINUTE) > 0;
	if (hasMinutes && count(tokens, MONTH) === 0)
		return 'has minutes (mm) where the month (MM) is meant';
	return hasMinutes && count(tokens, HOUR) === 0 ? 'has minutes (mm) without hours' : undefined;
}

function missingParts(tokens: readonly string[]): string | undefined {
	// Day of the year, and day of the week of the year.
	if (count(tokens, YEAR) && count(tokens, /^o(?:oo)?$/)) return undefined;
	if (count(tokens, /^kk(?:kk)?$/) && count(tokens, /^WW?$/) && count(tokens, /^[Ec]$/)) {
		return undefined;
	}
	const missing = [
		...(count(tokens, DAY) ? [] : ['day (dd)']),
		...(count(tokens, MONTH) ? [] : ['month (MM)']),
		...(count(tokens, YEAR) ? [] : ['year (yyyy)']),
	];
	return missing.length > 0 ? `has no ${missing.join(' and no ')}` : undefined;
}

function count(tokens: readonly string[], part: RegExp): number {
	return tokens.filter((token) => part.test(token)).length;
}

/** The same format in Luxon's tokens, if it can be told. */
function suggestion(format: string): string | undefined {
	const lower = format.replace(/[DY]/g, (letter) => letter.toLowerCase());
	const timeAt = lower.search(/[ T]+[Hh]/);
	const [date, time] =
		timeAt < 1 ? [lower, ''] : [lower.slice(0, timeAt), lower.slice(timeAt).replace('T', "'T'")];
	const months = /[ML]/.test(date) ? date : date.replace(/m/g, 'M');
	const better = months + time.replace(/M/g, 'm');
	return better !== format && !problemOf(better) && isReadable(better) ? better : undefined;
}

function isReadable(format: string): boolean {
	const read = DateTime.fromFormat(TRIAL.toFormat(format, ENGLISH), format, ENGLISH);
	return read.isValid && read.hasSame(TRIAL, 'day');
}

/** Whether it reads a date like 2013-02-08 as another day than that: `yyyy-dd-MM` does. */
export function contradictsIso(format: string): boolean {
	const read = DateTime.fromFormat('1987-11-10', format, ENGLISH);
	return read.isValid && read.month !== 11;
}

/**
 * Makes the reader of dates in a format. Names of months may be in any language of APSIS One's customers: no two of them
 * call different months by one name. English counts first, whatever the language of the machine.
 *
 * @returns undefined for what does not fit
 */
export function formatParser(
	format: string,
	timezone: string,
): (text: string) => DateTime | undefined {
	const parse = (text: string, locale: string) => {
		const moment = DateTime.fromFormat(text, format, { zone: timezone, setZone: true, locale });
		return moment.isValid ? moment : undefined;
	};
	if (!tokensOf(format).some((token) => IN_WORDS.test(token))) return (text) => parse(text, 'en');
	// A column is mostly in one language.
	let latest = 'en';
	return function parseInAnyLanguage(text) {
		const moment = parse(text, latest);
		if (moment || !/\p{L}/u.test(text)) return moment;
		const language = LANGUAGES.find((one) => parse(text, one) !== undefined);
		if (language === undefined) return undefined;
		latest = language;
		return parse(text, language);
	};
}
