import { DateTime } from 'luxon';

import { isDateObject, plainText } from './plainText';
import { InvalidValue } from './invalidValue';

/** How dates are to be read. */
export interface DateReading {
	/** IANA zone of the workflow, for moments whose calendar day depends on it. */
	timezone: string;
	/** Luxon format tokens for dates that are not ISO 8601, e.g. `dd.MM.yyyy`. */
	format?: string;
	/** Whether numbers are days since 1899-12-30, as Excel counts. */
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

const NO_MOMENT = new InvalidValue(
	'is not a point in time',
	'Write it like 2013-02-08T14:30:00+01:00 or as Unix seconds, or set the option Date Format.',
);

const MILLISECONDS = new InvalidValue(
	'looks like milliseconds',
	'APSIS One wants Unix seconds: divide it by 1,000.',
);

const LIKE_A_DATE = new InvalidValue(
	'looks like a date, but would be read as Unix seconds',
	'Write it like 2013-02-08, or set the option Date Format (e.g. yyyyMMdd).',
);

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const WITH_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const EXCEL_EPOCH_UTC_MS = Date.UTC(1899, 11, 30);
const MAX_EXCEL_SERIAL = 2_958_465;
const MAX_UNIX_SECONDS = 99_999_999_999;
const DAY_MS = 86_400_000;

/** Makes the normaliser of date attributes: `YYYY-MM-DD` (contract: The file). */
export function dateNormaliser(reading: DateReading) {
	return function normaliseDate(value: unknown): string | InvalidValue {
		if (typeof value === 'string' && ISO_DATE.test(value)) return checkedIsoDate(value);
		const moment = readMoment(value, reading, ALL_DIGITS, INVALID_DATE);
		if (!(moment instanceof DateTime)) return moment;
		return calendarDay(moment, reading.timezone) ?? INVALID_DATE;
	};
}

/** Makes the normaliser of timestamp attributes: Unix seconds (contract: The file). */
export function timestampNormaliser(reading: DateReading) {
	return function normaliseTimestamp(value: unknown): string | InvalidValue {
		const unix = reading.format || reading.excelSerials ? undefined : unixSeconds(value);
		if (unix !== undefined) return unix;
		const moment = readMoment(value, reading, LIKE_A_DATE, NO_MOMENT);
		return moment instanceof DateTime ? String(Math.floor(moment.toSeconds())) : moment;
	};
}

/** Makes the normaliser of points in time that travel as ISO 8601 in UTC, such as the time of an event. */
export function momentNormaliser(reading: DateReading) {
	return function normaliseMoment(value: unknown): string | InvalidValue {
		const unix = reading.format || reading.excelSerials ? undefined : unixSeconds(value);
		if (unix instanceof InvalidValue) return unix;
		const moment =
			unix === undefined
				? readMoment(value, reading, LIKE_A_DATE, NO_MOMENT)
				: DateTime.fromSeconds(Number(unix));
		return moment instanceof DateTime ? (moment.toUTC().toISO() ?? NO_MOMENT) : moment;
	};
}

function checkedIsoDate(text: string): string | InvalidValue {
	const [, year, month, day] = ISO_DATE.exec(text) ?? [];
	const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
	return date.getUTCMonth() === Number(month) - 1 && Number(year) >= 1000 ? text : INVALID_DATE;
}

/** Digits of a timestamp: seconds as they are; what is likelier something else is refused, not guessed. */
function unixSeconds(value: unknown): string | InvalidValue | undefined {
	const text = typeof value === 'number' || typeof value === 'string' ? plainText(value) : '';
	if (typeof text !== 'string' || !/^-?\d+$/.test(text)) return undefined;
	if (Math.abs(Number(text)) > MAX_UNIX_SECONDS) return MILLISECONDS;
	return /^(19|20)\d{6}$/.test(text) && DateTime.fromFormat(text, 'yyyyMMdd').isValid
		? LIKE_A_DATE
		: text;
}

/**
 * The moment a value stands for, in the zone it was written in; '' for nothing.
 *
 * @param digits the answer to a number that must not be guessed
 * @param unreadable the answer to everything else that is no date
 */
function readMoment(
	value: unknown,
	reading: DateReading,
	digits: InvalidValue,
	unreadable: InvalidValue,
): DateTime | '' | InvalidValue {
	if (isDateObject(value)) return fromObject(value) ?? unreadable;
	const text = plainText(value);
	if (typeof text !== 'string' || text === '') return text === '' ? '' : text;
	const formatted = fromFormat(text, reading);
	if (formatted) return formatted;
	if (/^-?\d+(\.\d+)?$/.test(text)) {
		return (reading.excelSerials && fromExcelSerial(Number(text))) || digits;
	}
	return fromIso(text, reading.timezone) ?? unreadable;
}

function fromObject(value: Date | { toISO(): string | null }): DateTime | undefined {
	const moment =
		value instanceof Date
			? DateTime.fromJSDate(value, { zone: 'utc' })
			: DateTime.fromISO(value.toISO() ?? '', { setZone: true });
	return moment.isValid ? moment : undefined;
}

function fromFormat(text: string, { format, timezone }: DateReading): DateTime | undefined {
	if (!format) return undefined;
	const moment = DateTime.fromFormat(text, format, { zone: timezone, setZone: true });
	return moment.isValid ? moment : undefined;
}

function fromExcelSerial(serial: number): DateTime | undefined {
	if (serial < 1 || serial > MAX_EXCEL_SERIAL) return undefined;
	return DateTime.fromMillis(EXCEL_EPOCH_UTC_MS + Math.round(serial * DAY_MS), { zone: 'utc' });
}

function fromIso(text: string, timezone: string): DateTime | undefined {
	if (!ISO_DATE.test(text) && !ISO_MOMENT.test(text)) return undefined;
	// Without an offset the wall clock is the workflow's.
	const zone = WITH_OFFSET.test(text) ? { setZone: true } : { zone: timezone };
	const moment = DateTime.fromISO(text.replace(' ', 'T'), zone);
	return moment.isValid && moment.year >= 1000 ? moment : undefined;
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
