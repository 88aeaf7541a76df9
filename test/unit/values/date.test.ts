import { DateTime, Info } from 'luxon';

import {
	checkDateFormat,
	dateNormaliser,
	type DateReading,
	momentNormaliser,
	timestampNormaliser,
} from '../../../nodes/ApsisOne/values/date';
import { InvalidValue } from '../../../nodes/ApsisOne/values/invalidValue';
import { LANGUAGES } from '../../../nodes/ApsisOne/values/languages';

type Options = Partial<DateReading>;

const REJECTED = 'rejected';
const EXCEL: Options = { excelSerials: true };

function readingOf(options: Options = {}): DateReading {
	return { timezone: 'Europe/Stockholm', excelSerials: false, ...options };
}

type Row = [value: unknown, right: string, options?: Options];

function rows(list: Row[]): Array<[unknown, string, Options]> {
	return list.map(([value, right, options = {}]) => [value, right, options]);
}

function orRejected(value: string | InvalidValue): string {
	return value instanceof InvalidValue ? REJECTED : value;
}

it.each(
	rows([
		// Two-digit years lie in the past.
		['17.03.55', '1955-03-17', { format: 'dd.MM.yy' }],
		['1/17/59', '1959-01-17', { format: 'M/d/yy' }],
		['550317', '1955-03-17', { format: 'yyMMdd' }],
		[550317, '1955-03-17', { format: 'yyMMdd' }],
		['17.03.61', '1961-03-17', { format: 'dd.MM.yy' }],
		['17.03.05', '2005-03-17', { format: 'dd.MM.yy' }],
		['29.02.00', '2000-02-29', { format: 'dd.MM.yy' }],
		['17.03.2055', '2055-03-17', { format: 'dd.MM.yyyy' }],
		["17 yy '55", REJECTED, { format: 'dd.MM.yyyy' }],
		['17.3.55', REJECTED, { format: 'd.M.y' }],
		// A format that misreads dates reads none.
		['08.02.2013', REJECTED, { format: 'dd.mm.yyyy' }],
		['2013-02-08', '2013-02-08', { format: 'dd.mm.yyyy' }],
		['2013-02-08T14:30:00Z', '2013-02-08', { format: 'dd.mm.yyyy' }],
		['31.02.2013', REJECTED, { format: 'dd.MM.yyyy' }],
		['29.02.2023', REJECTED, { format: 'dd.MM.yyyy' }],
		['00.00.0000', REJECTED, { format: 'dd.MM.yyyy' }],
		// A format that reads 2013-02-08 as August does so for dates, too; what a machine writes stays ISO.
		['2013-02-08', '2013-08-02', { format: 'yyyy-dd-MM' }],
		['2013-13-02', '2013-02-13', { format: 'yyyy-dd-MM' }],
		['2013-02-13', REJECTED, { format: 'yyyy-dd-MM' }],
		['2013-02-08 14:30', REJECTED, { format: 'yyyy-dd-MM' }],
		['2013-02-08T14:30:00Z', '2013-02-08', { format: 'yyyy-dd-MM' }],
		['2013-02-08', '2013-02-08', { format: 'yyyy-MM-dd' }],
		// Names of months in any language of APSIS One's countries.
		['8 maj 2013', '2013-05-08', { format: 'd MMM yyyy' }],
		['8 May 2013', '2013-05-08', { format: 'd MMM yyyy' }],
		['8 OKT. 2013', '2013-10-08', { format: 'd MMM yyyy' }],
		['8. helmikuuta 2013', '2013-02-08', { format: 'd. MMMM yyyy' }],
		['8 février 2013', '2013-02-08', { format: 'd MMMM yyyy' }],
		['8 listopada 2013', '2013-11-08', { format: 'd MMMM yyyy' }],
		['fredag 8 februari 2013', '2013-02-08', { format: 'EEEE d MMMM yyyy' }],
		['måndag 8 februari 2013', REJECTED, { format: 'EEEE d MMMM yyyy' }],
		['8 foo 2013', REJECTED, { format: 'd MMM yyyy' }],
		['8 maj 2013', REJECTED, { format: 'dd.MM.yyyy' }],
		// Excel's days.
		[1, '1900-01-01', EXCEL],
		[2, '1900-01-02', EXCEL],
		[59, '1900-02-28', EXCEL],
		['59.99', '1900-02-28', EXCEL],
		[60, REJECTED, EXCEL],
		[60.5, REJECTED, EXCEL],
		[61, '1900-03-01', EXCEL],
		[0, REJECTED, EXCEL],
		[0.5, REJECTED, EXCEL],
		[-1, REJECTED, EXCEL],
		[45092.979166666664, '2023-06-15', EXCEL],
		['45092.979166666664', '2023-06-15', EXCEL],
		['45092,979166666664', '2023-06-15', EXCEL],
		['36526.96', '2000-01-01', EXCEL],
		[45091.99999999999, '2023-06-15', EXCEL],
		[2_958_465, '9999-12-31', EXCEL],
		[2_958_465.9, '9999-12-31', EXCEL],
		[2_958_466, REJECTED, EXCEL],
		['45.092', REJECTED, EXCEL],
		['45,092', REJECTED, EXCEL],
		['1985', REJECTED, EXCEL],
		[1985, REJECTED, EXCEL],
		['1985.5', '1905-06-07', EXCEL],
		['130208', REJECTED, EXCEL],
		['080213', REJECTED, EXCEL],
		[100_000, '2173-10-14', EXCEL],
		[80213, REJECTED, { ...EXCEL, format: 'ddMMyy' }],
		[80213, REJECTED, { format: 'ddMMyy' }],
		['080213', '2013-02-08', { ...EXCEL, format: 'ddMMyy' }],
		[41313, '2013-02-08', { ...EXCEL, format: 'dd.MM.yyyy' }],
		[45092, REJECTED],
		[45092.5, REJECTED],
		['2020', REJECTED],
		// Offsets.
		['1985-04-15 00:00:00+99', REJECTED],
		['1985-04-15T00:00:00+25:00', REJECTED],
		['1985-04-15T00:00:00-14:30', REJECTED],
		['Sun, 07 Mar 1993 04:22:23 +9900', REJECTED],
		['1985-04-15 00:00:00+03', '1985-04-15'],
		['1985-04-15 00:00:00 +03', '1985-04-15'],
		['1985-04-15 00:00:00+0300', '1985-04-15'],
		['1985-04-15T00:00:00+03:00', '1985-04-15'],
		['1985-04-15 00:00:00-11', '1985-04-15'],
		['1985-04-15 00:00:00.000+14', '1985-04-15'],
		['1985-04-15 00:00Z', '1985-04-15'],
		['1985-04-15 00:00:00 UTC', '1985-04-15'],
		['1985-04-15T00:00:00.000Z', '1985-04-15'],
		['1985-04-14 23:30:00+00', '1985-04-15'],
		['1985-04-15 23:30:00', '1985-04-15'],
		['1985-04-15T23:30', '1985-04-15'],
		['1985-04-31 00:00:00+03', REJECTED],
		['1985-04-15 25:00:00', REJECTED],
		// RFC 2822, as APSIS One's importer takes it; the weekday was a Sunday.
		['Tue, 07 Mar 1993 04:22:23 +0300', '1993-03-07'],
		['Sun, 07 Mar 1993 04:22:23 +0300', '1993-03-07'],
		['7 Mar 1993 04:22 +0300', '1993-03-07'],
		['Sun, 07 Mar 1993 00:00:00 +1100', '1993-03-07'],
		['Sun, 07 Mar 1993 04:22:23 GMT', '1993-03-07'],
		['Sun, 07 Mar 1993 04:22:23 +0300 (MSK)', '1993-03-07'],
		['Sun, 31 Feb 1993 04:22:23 +0300', REJECTED],
		['Sun, 07 Foo 1993 04:22:23 +0300', REJECTED],
		['Sun, 07 Mar 93 04:22:23 +0300', REJECTED],
		// What programs write for no date at all.
		['1753-01-01 00:00:00.000', REJECTED],
		['1753-01-01', REJECTED],
		['1601-01-01T00:00:00.000Z', REJECTED],
		['1899-12-30', REJECTED],
		['31.12.1899', REJECTED, { format: 'dd.MM.yyyy' }],
		['1899-12-29', '1899-12-29'],
		['1847-05-01', '1847-05-01'],
		// What nobody sees.
		['2013-02\u200B-08', '2013-02-08'],
		['\u202D2013-02-08\u202C', '2013-02-08'],
		["'2013-02-08", '2013-02-08'],
		['="2013-02-08"', '2013-02-08'],
		['2013-02-0\uFFFD', REJECTED],
	]),
)('the date %j is %s %j', (value, right, options) => {
	expect(orRejected(dateNormaliser(readingOf(options))(value))).toBe(right);
});

it('a two-digit year that may lie ahead is refused for a date, since it may be of the last century', () => {
	const inThreeYears = DateTime.now().plus({ years: 3 });
	const normalise = dateNormaliser(readingOf({ format: 'dd.MM.yy' }));
	expect(orRejected(normalise(inThreeYears.toFormat('dd.MM.yy')))).toBe(REJECTED);
	const inTwentyYears = DateTime.now().plus({ years: 20, days: -1 });
	expect(orRejected(normalise(inTwentyYears.toFormat('dd.MM.yy')))).toBe(
		inTwentyYears.minus({ years: 100 }).toISODate(),
	);
});

it('a two-digit year that may lie ahead is taken for a point in time', () => {
	const inThreeYears = DateTime.now().plus({ years: 3 }).setZone('Europe/Stockholm').startOf('day');
	const normalise = timestampNormaliser(readingOf({ format: 'dd.MM.yy' }));
	expect(normalise(inThreeYears.toFormat('dd.MM.yy'))).toBe(String(inThreeYears.toSeconds()));
	expect(normalise('01.02.90')).toBe('633826800');
});

it.each(
	rows([
		[45092.84722222222, '1686853200', EXCEL],
		['45092.84722222222', '1686853200', EXCEL],
		['45092,84722222222', '1686853200', EXCEL],
		[45092, '1686780000', EXCEL],
		[45092, '1686787200', { excelSerials: true, timezone: 'UTC' }],
		[45092, REJECTED],
		['45092', REJECTED],
		[45092.84722222222, REJECTED],
		['2020', REJECTED],
		[1999, REJECTED],
		[36526, REJECTED],
		[1, REJECTED],
		[20130208, REJECTED],
		['15042013', REJECTED],
		['04152013', REJECTED],
		['850415', REJECTED],
		['150485', REJECTED],
		[0, '0'],
		[-1000000, '-1000000'],
		['1686853200', '1686853200'],
		[1686853200000, REJECTED],
		// As Luxon's toSeconds and Python's time give them.
		[1686853200.123, '1686853200'],
		['1686853200.9', '1686853200'],
		['1686853200.0', '1686853200'],
		[-1000000.5, '-1000001'],
		[1686853200000.5, REJECTED],
		['45.092', REJECTED],
		[0.5, REJECTED],
		['2020.0', REJECTED],
		['2023-06-15 20:20:00+02', '1686853200'],
		['2023-06-15 18:20:00 UTC', '1686853200'],
		['2023-06-15T18:20:00Z', '1686853200'],
		['2023-06-15 20:20', '1686853200'],
		['Thu, 15 Jun 2023 20:20:00 +0200', '1686853200'],
		['15.06.2023 20:20', '1686853200', { format: 'dd.MM.yyyy HH:mm' }],
		['15.06.2023 20:20', REJECTED, { format: 'dd.mm.yyyy HH:MM' }],
		['2023-06-15\u200E 20:20', '1686853200'],
		['1899-12-30 00:00:00', REJECTED],
	]),
)('the timestamp %j is %s %j', (value, right, options) => {
	expect(orRejected(timestampNormaliser(readingOf(options))(value))).toBe(right);
});

it.each<[value: unknown, right: string]>([
	['2023-06-15 20:20:00+02', '2023-06-15T18:20:00.000Z'],
	[1686853200, '2023-06-15T18:20:00.000Z'],
	[45092, REJECTED],
	['2020', REJECTED],
])('the moment %j is %s', (value, right) => {
	expect(orRejected(momentNormaliser(readingOf())(value))).toBe(right);
});

it('no two languages call different months, or morning and afternoon, by one name', () => {
	const meanings = new Map<string, Set<number>>();
	const note = (name: string, meaning: number) => {
		const key = name.toLowerCase().replace(/[.\s]/g, '');
		meanings.set(key, (meanings.get(key) ?? new Set()).add(meaning));
	};
	for (const locale of LANGUAGES) {
		for (const length of ['short', 'long'] as const) {
			Info.months(length, { locale }).forEach(note);
			Info.monthsFormat(length, { locale }).forEach(note);
		}
		Info.meridiems({ locale }).forEach((name, index) => note(name, 100 + index));
	}
	expect([...meanings].filter(([, { size }]) => size > 1)).toEqual([]);
});

it('the cure for what does not fit the Date Format names it', () => {
	const curesOf = (value: unknown, format: string) => {
		const invalid = dateNormaliser(readingOf({ format }))(value);
		return invalid instanceof InvalidValue ? invalid.cure : invalid;
	};
	expect(curesOf('2/8/13', 'dd.MM.yyyy')).toBe(
		'Write it as the option Date Format says (dd.MM.yyyy), or like 2013-02-08.',
	);
	expect(curesOf('20130208', 'dd.MM.yyyy')).toBe(
		'Write it as the option Date Format says (dd.MM.yyyy), or like 2013-02-08.',
	);
	expect(curesOf('2013-02-13', 'yyyy-dd-MM')).toBe(
		'Write it as the option Date Format says (yyyy-dd-MM), or like 2013-02-08T00:00:00.',
	);
});

it.each([
	...['dd.MM.yyyy', 'd/M/yy', 'yyyyMMdd', 'ddMMyy', 'dd MMM yyyy', "d 'de' MMMM 'de' yyyy"],
	...['yyyy-ooo', "kkkk-'W'WW-c", 'EEE dd MMM yyyy', 'dd-LLL-yyyy', 'dd.MM.yyyy HH.mm'],
	...['hh:mm a dd/MM/yyyy', "yyyy-MM-dd'T'HH:mm:ssZZ", 'yyyy-MM-dd HH:mm:ss.SSS', 'dd.MM.yyyy T'],
	...['', undefined],
])('the Date Format %j is fine', (format) => {
	expect(checkDateFormat(format)).toBeUndefined();
});

it.each([
	['dd.mm.yyyy', 'has minutes (mm) where the month (MM) is meant', 'Write dd.MM.yyyy.'],
	['m/d/yyyy', 'has minutes (mm) where the month (MM) is meant', 'Write M/d/yyyy.'],
	['dd/mm/yy hh:mm', 'has minutes (mm) where the month (MM) is meant', 'Write dd/MM/yy hh:mm.'],
	['yyyy-MM-dd mm', 'has minutes (mm) without hours', 'MM for the month'],
	['DD.MM.YYYY', 'has DD, which is a token of another program', 'Write dd.MM.yyyy.'],
	['YYYY-MM-DD', 'has YYYY, which is a token of another program', 'Write yyyy-MM-dd.'],
	[
		'YYYY-MM-DDTHH:mm',
		'has YYYY, which is a token of another program',
		"Write yyyy-MM-dd'T'HH:mm.",
	],
	['DD/mm/YY', 'has DD, which is a token of another program', 'Write dd/MM/yy.'],
	['dd.MM.yyyy HH:MM', 'has MM twice', 'Write dd.MM.yyyy HH:mm.'],
	['yyyy-MM-ddTHH:mm', 'has a T outside quotes', "Write yyyy-MM-dd'T'HH:mm."],
	['dd.MM', 'has no year (yyyy)', 'yyyy for the year'],
	['MM/yyyy', 'has no day (dd)', 'dd for the day'],
	['yyyy', 'has no day (dd) and no month (MM)', 'dd for the day'],
	['HH:mm', 'has minutes (mm) where the month (MM) is meant', 'MM for the month'],
	['TT.MM.JJJJ', 'has JJJJ, which has no meaning', 'yyyy for the year'],
	['%d.%m.%Y', 'has Y, which is a token of another program', 'dd for the day'],
	['dddd d MMMM yyyy', 'has dddd, which has no meaning', 'dd for the day'],
	['DD', 'has DD, which is a token of another program', 'dd for the day'],
])('the Date Format %j is refused: it %s', (format, problem, cure) => {
	const found = checkDateFormat(format);
	expect(found?.message).toBe(`Date Format "${format}" ${problem}`);
	expect(found?.cure).toContain(cure);
});
