import { DateTime } from 'luxon';

import { checkDateFormat, contradictsIso, formatParser } from './dateFormat';
import { InvalidValue } from './invalidValue';
import { isDateObject, strictText } from './plainText';

export { checkDateFormat } from './dateFormat';

/** How dates are to be read. */
export interface DateReading {
	/** IANA zone of the workflow: that of dates and times without an offset, and of the day a moment belongs to. */
	timezone: string;
	/** Luxon format tokens for dates that are not ISO 8601, e.g. `dd.MM.yyyy`; see `checkDateFormat`. */
	format?: string;
	/** Whether numbers are days as Excel counts them (1 is 1900-01-01), their fraction being the time of day. */
	excelSerials: boolean;
}

const ALL_DIGITS = new InvalidValue(
	'is all digits, which APSIS One reads as Unix seconds',
	'Write it like 2013-02-08, or set the option Date Format (e.g. yyyyMMdd).',
);

const INVALID_DATE = new InvalidValue(
	'is not a date',
	'Write it like 2013-02-08, or set the option Date Format (e.g. dd.MM.yyyy).',
);

const EMPTY_DAY = new InvalidValue(
	'is a date that a program writes for an empty one',
	'Replace it with an empty value before this node.',
);

const NO_MOMENT = new InvalidValue(
	'is not a point in time',
	'Write it like 2013-02-08T14:30:00+01:00 or as Unix seconds, or set the option Date Format.',
);

const MILLISECONDS = new InvalidValue(
	'looks like milliseconds',
	'APSIS One expects Unix seconds: divide it by 1,000.',
);

const LIKE_A_DATE = new InvalidValue(
	'looks like a date, but would be read as Unix seconds',
	'Write it like 2013-02-08, or set the option Date Format (e.g. yyyyMMdd).',
);

const YEAR_ALONE = new InvalidValue(
	'looks like a year, but would be read as Unix seconds',
	'A point in time needs the day, too: write it like 2013-02-08T14:30:00+01:00.',
);

const EXCEL_SERIAL = new InvalidValue(
	'looks like an Excel date, but would be read as Unix seconds',
	'Turn on the option Excel Dates, or write it like 2013-02-08T14:30:00+01:00.',
);

const YEAR_FOR_EXCEL = new InvalidValue(
	'looks like a year, but Excel would read a day of 1905',
	'Write the whole date, like 1985-02-08.',
);

const DIGIT_DATE_FOR_EXCEL = new InvalidValue(
	'looks like a date, but Excel would read a day far in the future',
	'Write it like 2013-02-08, or set the option Date Format (e.g. yyMMdd).',
);

const UNCLEAR_SERIAL = new InvalidValue(
	'can be read as two dates of Excel',
	'Its mark may separate thousands or decimals. Write it without, like 45092.',
);

const SEVERAL_DATES = new InvalidValue(
	'can be read as two dates',
	'It may be a day of Excel, or a date that has lost a zero in front. Write it like 2013-02-08.',
);

const NO_EXCEL_DAY = new InvalidValue(
	'is not a date in Excel',
	'Excel counts days from 1 (1900-01-01). Its day 60 is 1900-02-29, a date that never existed.',
);

const UNCLEAR_CENTURY = new InvalidValue(
	'is a date with an unclear century',
	'Write the year with four digits, and yyyy in the option Date Format.',
);

/** MySQL's 0000-00-00 and SAP's 00000000, also with a time. */
const ZEROS = /^0{2,4}([-./]?)00\1(?:00){1,2}(?:[T ][0:.]+Z?)?$/;

/** The day 0 of Windows, SQL Server, Access and .NET's OLE dates, and Excel. */
const EMPTY_DAYS: ReadonlySet<string> = new Set([
	'1601-01-01',
	'1753-01-01',
	'1899-12-30',
	'1899-12-31',
]);
const FIRST_YEAR_WITHOUT = 1900;

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/i;
const ISO = /^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})/i;
/** Not as a person writes it. */
const ISO_BY_MACHINE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/i;
/** An offset, also as PostgreSQL (`+03`) and others (` +0300`, ` UTC`) write it. */
const OFFSET = / ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/i;
/** RFC 2822, as mail and APSIS One's importer write dates. */
const RFC_2822 =
	/^(?:[A-Z][a-z]{2}, ?)?(\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|[A-Z]{1,3}))(?: \(.*\))?$/;
/** Days and a fraction, with the decimal mark of either side of the Channel. */
const SERIAL = /^-?\d+(?:[.,]\d+)?$/;
/** 45092, or a day in February 1900. */
const SERIAL_OR_THOUSANDS = /^\d{1,3}[.,]\d{3}$/;
const EXCEL_EPOCH_UTC_MS = Date.UTC(1899, 11, 30);
/** Excel, after Lotus, has a 29 February 1900; days before it are one off. */
const EXCEL_LEAP_DAY = 60;
const MAX_EXCEL_SERIAL = 2_958_465;
const MAX_UNIX_SECONDS = 99_999_999_999;
/** Unix seconds up to here are hours of 1970-01-01 and 02; Excel's serials of all dates of today have five digits. */
const MAX_LIKELY_SERIAL = 99_999;
const DAY_SECONDS = 86_400;
/** No clock is further from UTC. */
const MAX_OFFSET_MINUTES = 14 * 60;
/** Two-digit years this far ahead may be meant; those further ahead are of the last century. */
const MAX_YEARS_AHEAD = 10;

/**
 * Makes the normaliser of date attributes: `YYYY-MM-DD` (contract: The file). Two-digit years are read so that the
 * date lies in the past, as dates of birth do; where it may also lie ahead, the value is refused.
 */
export function dateNormaliser(reading: DateReading) {
	const read = momentReader(reading, ALL_DIGITS, INVALID_DATE, UNCLEAR_CENTURY);
	const isPlain = !reading.format || !contradictsIso(reading.format);
	return function normaliseDate(value: unknown): string | InvalidValue {
		if (isPlain && typeof value === 'string' && ISO_DATE.test(value)) return checkedIsoDate(value);
		const moment = read(value);
		if (moment instanceof InvalidValue) return zerosOr(moment, value);
		if (moment === '') return '';
		return calendarDay(moment, reading.timezone) ?? INVALID_DATE;
	};
}

/** Makes the normaliser of timestamp attributes: Unix seconds (contract: The file). */
export function timestampNormaliser(reading: DateReading) {
	const read = momentReader(reading, LIKE_A_DATE, NO_MOMENT);
	return function normaliseTimestamp(value: unknown): string | InvalidValue {
		const unix = reading.format || reading.excelSerials ? undefined : unixSeconds(value);
		if (unix !== undefined) return unix;
		const moment = read(value);
		return moment instanceof DateTime ? String(Math.floor(moment.toSeconds())) : moment;
	};
}

/** Makes the normaliser of points in time that travel as ISO 8601 in UTC, such as the time of an event. */
export function momentNormaliser(reading: DateReading) {
	const read = momentReader(reading, LIKE_A_DATE, NO_MOMENT);
	return function normaliseMoment(value: unknown): string | InvalidValue {
		const unix = reading.format || reading.excelSerials ? undefined : unixSeconds(value);
		if (unix instanceof InvalidValue) return unix;
		const moment = unix === undefined ? read(value) : DateTime.fromSeconds(Number(unix));
		return moment instanceof DateTime ? (moment.toUTC().toISO() ?? NO_MOMENT) : moment;
	};
}

function zerosOr(invalid: InvalidValue, value: unknown): InvalidValue {
	return typeof value === 'string' && ZEROS.test(value.trim()) ? EMPTY_DAY : invalid;
}

function checkedIsoDate(text: string): string | InvalidValue {
	const [, year, month, day] = ISO_DATE.exec(text) ?? [];
	const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
	if (date.getUTCMonth() !== Number(month) - 1 || Number(year) < 1000) {
		return zerosOr(INVALID_DATE, text);
	}
	return Number(year) < FIRST_YEAR_WITHOUT && EMPTY_DAYS.has(text) ? EMPTY_DAY : text;
}

/** Digits of a timestamp: whole seconds; what is likelier something else is refused, not guessed. */
function unixSeconds(value: unknown): string | InvalidValue | undefined {
	const text = typeof value === 'number' || typeof value === 'string' ? strictText(value) : '';
	if (typeof text !== 'string' || !/^-?\d+(?:\.\d+)?$/.test(text)) return undefined;
	const seconds = Number(text);
	const isWhole = Number.isInteger(seconds) && !text.includes('.');
	if (Math.abs(seconds) > MAX_UNIX_SECONDS) return MILLISECONDS;
	if (isWhole && seconds >= 1900 && seconds <= 2100) return YEAR_ALONE;
	if (seconds > 0 && seconds < MAX_LIKELY_SERIAL + 1) return EXCEL_SERIAL;
	return isWhole && isDigitDate(text) ? LIKE_A_DATE : String(Math.floor(seconds));
}

const DIGIT_DATES: Readonly<Record<number, readonly string[]>> = {
	6: ['yyMMdd', 'ddMMyy', 'MMddyy'],
	8: ['yyyyMMdd', 'ddMMyyyy', 'MMddyyyy'],
};

/** As Unix seconds such digits would be a time of 1970. */
function isDigitDate(text: string): boolean {
	return (DIGIT_DATES[text.length] ?? []).some((format) => {
		const { isValid, year } = DateTime.fromFormat(text, format);
		return isValid && year >= 1900 && year <= 2100;
	});
}

type MomentReader = (value: unknown) => DateTime | '' | InvalidValue;

/**
 * Makes the reader of the moment a value stands for, in the zone it was written in; '' for nothing.
 *
 * @param digits the answer to a number that must not be guessed
 * @param unreadable the answer to everything else that is no date
 * @param ahead the answer to a two-digit year that may be of this century or the last; left out where this one is taken
 */
function momentReader(
	reading: DateReading,
	digits: InvalidValue,
	unreadable: InvalidValue,
	ahead?: InvalidValue,
): MomentReader {
	const { excelSerials, timezone, format } = reading;
	const fromFormat = formatReader(reading, ahead);
	const iso = format && contradictsIso(format) ? ISO_BY_MACHINE : ISO;
	const noDigits = inFormat(digits, format);
	const noDate = inFormat(unreadable, format);
	const readMoment: MomentReader = (value) => {
		if (isDateObject(value)) return fromObject(value) ?? unreadable;
		const text = strictText(value);
		if (typeof text !== 'string' || text === '') return text === '' ? '' : text;
		const formatted = fromFormat(text);
		if (formatted) return formatted;
		if (SERIAL.test(text)) {
			if (!excelSerials) return noDigits;
			if (/^\d+$/.test(text) && fromFormat(`0${text}`)) return SEVERAL_DATES;
			return fromExcelText(text, timezone, noDigits);
		}
		const moment = iso.test(text) ? fromIso(text, timezone) : fromRfc2822(text);
		return moment ?? noDate;
	};
	return (value) => {
		const moment = readMoment(value);
		return moment instanceof DateTime && isEmptyDay(moment) ? EMPTY_DAY : moment;
	};
}

function isEmptyDay(moment: DateTime): boolean {
	return moment.year < FIRST_YEAR_WITHOUT && EMPTY_DAYS.has(moment.toISODate() ?? '');
}

/** The answer to a value that does not fit the format which the user has set. */
function inFormat(invalid: InvalidValue, format: string | undefined): InvalidValue {
	if (!format) return invalid;
	const plain = contradictsIso(format) ? '2013-02-08T00:00:00' : '2013-02-08';
	const cure = `Write it as the option Date Format says (${format}), or like ${plain}.`;
	return new InvalidValue(invalid.rule, cure);
}

function fromObject(value: Date | { toISO(): string | null }): DateTime | undefined {
	const moment =
		value instanceof Date
			? DateTime.fromJSDate(value, { zone: 'utc' })
			: DateTime.fromISO(value.toISO() ?? '', { setZone: true });
	return moment.isValid ? moment : undefined;
}

/** A format that would misread dates reads none; what needs no format is read all the same. */
function formatReader(
	{ format, timezone }: DateReading,
	ahead: InvalidValue | undefined,
): (text: string) => DateTime | InvalidValue | undefined {
	if (!format) return () => undefined;
	const problem = checkDateFormat(format);
	if (problem) {
		const invalid = new InvalidValue(`cannot be read by the Date Format "${format}"`, problem.cure);
		return (text) => (ISO_MOMENT.test(text) || ISO_DATE.test(text) ? undefined : invalid);
	}
	const hasShortYear = /(?<!y)yy(?!y)/.test(format.replace(/'[^']*'/g, ''));
	const parse = formatParser(format, timezone);
	return function fromFormat(text) {
		const moment = parse(text);
		if (!moment || !isPlausible(moment)) return undefined;
		return hasShortYear ? inItsCentury(moment, ahead) : moment;
	};
}

function inItsCentury(
	moment: DateTime,
	ahead: InvalidValue | undefined,
): DateTime | InvalidValue | undefined {
	const yearsAhead = moment.diffNow('years').years;
	if (yearsAhead <= 0) return moment;
	if (yearsAhead <= MAX_YEARS_AHEAD) return ahead ?? moment;
	const past = moment.minus({ years: 100 });
	// 29 February 2000 has no counterpart in 1900.
	return past.day === moment.day ? past : undefined;
}

/** Luxon takes any year, and an offset of 99 hours. */
function isPlausible(moment: DateTime): boolean {
	return moment.isValid && moment.year >= 1000 && Math.abs(moment.offset) <= MAX_OFFSET_MINUTES;
}

function fromExcelText(
	text: string,
	timezone: string,
	tooLarge: InvalidValue,
): DateTime | InvalidValue {
	if (SERIAL_OR_THOUSANDS.test(text)) return UNCLEAR_SERIAL;
	const serial = Number(text.replace(',', '.'));
	if (Number.isInteger(serial) && serial >= 1900 && serial <= 2100) return YEAR_FOR_EXCEL;
	if (text.length === 6 && isDigitDate(text)) return DIGIT_DATE_FOR_EXCEL;
	return fromExcelSerial(serial, timezone, tooLarge);
}

/** A serial is a wall clock without a zone, taken for the workflow's. */
function fromExcelSerial(
	serial: number,
	timezone: string,
	tooLarge: InvalidValue,
): DateTime | InvalidValue {
	if (serial > MAX_EXCEL_SERIAL + 1) return tooLarge;
	const seconds = Math.round(serial * DAY_SECONDS);
	const day = Math.floor(seconds / DAY_SECONDS);
	if (day < 1 || day === EXCEL_LEAP_DAY) return NO_EXCEL_DAY;
	const days = day < EXCEL_LEAP_DAY ? 1 : 0;
	const clock = DateTime.fromMillis(EXCEL_EPOCH_UTC_MS + (seconds + days * DAY_SECONDS) * 1000, {
		zone: 'utc',
	});
	return clock.setZone(timezone, { keepLocalTime: true });
}

function fromIso(text: string, timezone: string): DateTime | undefined {
	// Without an offset the wall clock is the workflow's.
	const hasOffset = !ISO_DATE.test(text) && OFFSET.test(text);
	const iso = (hasOffset ? text.replace(OFFSET, isoOffset) : text).replace(' ', 'T');
	const moment = DateTime.fromISO(iso, hasOffset ? { setZone: true } : { zone: timezone });
	return isPlausible(moment) ? moment : undefined;
}

function isoOffset(_text: string, offset: string): string {
	return /^[a-z]/i.test(offset) ? 'Z' : offset;
}

/** The weekday says nothing that the date does not, and is left out: other programs write wrong ones. */
function fromRfc2822(text: string): DateTime | undefined {
	const [, date] = RFC_2822.exec(text.replace(/\s+/g, ' ')) ?? [];
	const moment = date ? DateTime.fromRFC2822(date, { setZone: true }) : undefined;
	return moment && isPlausible(moment) ? moment : undefined;
}

/**
 * The calendar day of a moment. A midnight in its own zone was meant as a day (spreadsheets and databases write
 * days so); any other time of day is a moment, whose day is the one of the workflow's zone.
 */
function calendarDay(moment: DateTime, timezone: string): string | undefined {
	const isMidnight = moment.toMillis() === moment.startOf('day').toMillis();
	const day = isMidnight ? moment : moment.setZone(timezone);
	// Years of other than four digits are typing errors, and no dates to APSIS One.
	return day.year >= 1000 && day.year <= 9999 ? (day.toISODate() ?? undefined) : undefined;
}
