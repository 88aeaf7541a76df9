import examples from 'libphonenumber-js/examples.mobile.json';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { DateTime } from 'luxon';

import type { AttributeType } from '../../nodes/ApsisOne/api/parseDefinitions';
import { consentReader } from '../../nodes/ApsisOne/values/consentWord';
import { makeNormalisers, type NormaliserOptions } from '../../nodes/ApsisOne/values/normalisers';
import { InvalidValue } from '../../nodes/ApsisOne/values/invalidValue';

type Options = Partial<NormaliserOptions['dates']> & { defaultCountry?: string };

/** The cell a value becomes, or `✗ rule` when it is refused. */
function cellOf(
	type: AttributeType | 'key',
	value: unknown,
	{ defaultCountry, ...dates }: Options = {},
): string {
	const rules = makeNormalisers({
		defaultCountry,
		dates: { timezone: 'Europe/Stockholm', excelSerials: false, ...dates },
	});
	const cell = rules[type](value);
	return cell instanceof InvalidValue ? `✗ ${cell.rule}` : cell;
}

const EMAIL = '✗ invalid email address';
const PHONE = '✗ invalid phone number';
const CALCULATED = '✗ is a phone number that a spreadsheet has shortened';
const BOOLEAN = '✗ is neither yes nor no';
const NUMBER = '✗ is not a number';
const AMBIGUOUS = '✗ can be read as two numbers';
const COUNTRY = '✗ is not a country';
const DATE = '✗ is not a date';
const ZERO_DATE = '✗ is a date that a program writes for an empty one';
const DIGITS = '✗ is all digits, which APSIS One reads as Unix seconds';
const MOMENT = '✗ is not a point in time';
const OBJECT = '✗ is an object or a list';
const INEXACT = '✗ is too large a number to be exact';
const CONTROL = '✗ contains a control character';
const LONG = '✗ is longer than 1,000 characters';

type Row = [value: unknown, cell: string, options?: Options];

const TABLE: Partial<Record<AttributeType | 'key', Row[]>> = {
	email: [
		['anna@example.com', 'anna@example.com'],
		['  anna@example.com\t', 'anna@example.com'],
		['\uFEFFanna@example.com\u00A0', 'anna@example.com'],
		['Anna.Berg+news@Example.CO.UK', 'Anna.Berg+news@Example.CO.UK'],
		["o'brien@example.ie", "o'brien@example.ie"],
		['a@b.se', 'a@b.se'],
		['info@åäö.se', 'info@åäö.se'],
		['', ''],
		[null, ''],
		[undefined, ''],
		['   ', ''],
		['anna', EMAIL],
		['anna@localhost', EMAIL],
		['anna@example', EMAIL],
		['anna@@example.com', EMAIL],
		['anna@example..com', EMAIL],
		['anna..berg@example.com', EMAIL],
		['.anna@example.com', EMAIL],
		['anna.@example.com', EMAIL],
		['anna@-example.com', EMAIL],
		['anna@example.c', EMAIL],
		['anna example@example.com', EMAIL],
		['anna@example.com, bo@example.com', EMAIL],
		['Anna <anna@example.com>', 'anna@example.com'],
		['mailto:anna@example.com', 'anna@example.com'],
		['åsa@example.com', EMAIL],
		[`${'x'.repeat(65)}@example.com`, EMAIL],
		['anna@192.168.0.1', EMAIL],
		['anna\uD83D@example.com', EMAIL],
		['anna@exa\uD83D\uDE00mple.com', EMAIL],
		[42, EMAIL],
		[true, EMAIL],
		[{ mail: 'x' }, OBJECT],
		[['anna@example.com'], OBJECT],
	],
	mobile: [
		['46701234567', '46701234567'],
		[46701234567, '46701234567'],
		['+46701234567', '46701234567'],
		['+46 70-123 45 67', '46701234567'],
		['+46 (0)70 123 45 67', '46701234567'],
		['0046701234567', '46701234567'],
		['00 46 70 123 45 67', '46701234567'],
		["'+46701234567", '46701234567'],
		['070-123 45 67', '46701234567', { defaultCountry: 'SE' }],
		['0701234567', '46701234567', { defaultCountry: 'SE' }],
		['701234567', '46701234567', { defaultCountry: 'SE' }],
		[701234567, '46701234567', { defaultCountry: 'SE' }],
		['46701234567', '46701234567', { defaultCountry: 'SE' }],
		['+4791234567', '4791234567', { defaultCountry: 'SE' }],
		['412 34 567', '4741234567', { defaultCountry: 'NO' }],
		['20 12 34 56', '4520123456', { defaultCountry: 'DK' }],
		['040 1234567', '358401234567', { defaultCountry: 'FI' }],
		['(202) 555-0123', '12025550123', { defaultCountry: 'US' }],
		['07400 123456', '447400123456', { defaultCountry: 'GB' }],
		['', ''],
		[null, ''],
		['070-123 45 67', PHONE],
		['0701234567', PHONE],
		['12', PHONE],
		['+46', PHONE],
		['+46701', PHONE],
		['+999701234567', PHONE],
		['not a number', PHONE],
		['+46701234567 ext. 5', PHONE],
		['070-123 45 67 / 08-123 456', PHONE, { defaultCountry: 'SE' }],
		['4.67012E+10', CALCULATED],
		['4,67012E+10', CALCULATED],
		[true, PHONE],
		[{}, OBJECT],
	],
	boolean: [
		[true, 'true'],
		[false, 'false'],
		['true', 'true'],
		['FALSE', 'false'],
		['yes', 'true'],
		['No', 'false'],
		['1.0', 'true'],
		['0.0', 'false'],
		['ja', 'true'],
		['NEJ', 'false'],
		['nei', 'false'],
		['kyllä', 'true'],
		['ei', 'false'],
		[1, 'true'],
		[0, 'false'],
		['1', 'true'],
		['0', 'false'],
		['on', 'true'],
		['off', 'false'],
		[' y ', 'true'],
		['n', 'false'],
		['', ''],
		[null, ''],
		['maybe', BOOLEAN],
		[2, BOOLEAN],
		['-1', BOOLEAN],
		['10', BOOLEAN],
		[[true], OBJECT],
	],
	number: [
		[0, '0'],
		[42, '42'],
		[-3.5, '-3.5'],
		[1e-7, '0.0000001'],
		[0.1, '0.1'],
		[-5e-324, '0'],
		[1.5e-10, '0.00000000015'],
		['42', '42'],
		['+42', '42'],
		['1234.5', '1234.5'],
		['1234,5', '1234.5'],
		['-0,5', '-0.5'],
		['\u22125', '-5'],
		['1 234,50', '1234.50'],
		['1\u00A0234', '1234'],
		["1'234.5", '1234.5'],
		['1,234.50', '1234.50'],
		['1.234,50-', '-1234.50'],
		['12,5-', '-12.5'],
		['500-', NUMBER],
		['1,234-', NUMBER],
		['1,234,567', '1234567'],
		['1.234,50', '1234.50'],
		['1.234.567', '1234567'],
		['0,123', '0.123'],
		['- 5', '-5'],
		['1 234 567', '1234567'],
		['1 2', NUMBER],
		['10 20', NUMBER],
		['1\n2', NUMBER],
		['1\t234', NUMBER],
		['1 234 56', NUMBER],
		['1.234', '1.234'],
		['', ''],
		[null, ''],
		['1,234', AMBIGUOUS],
		['12,500', AMBIGUOUS],
		['1,23,4', NUMBER],
		['1.2.3', NUMBER],
		['12 kr', NUMBER],
		['1e5', NUMBER],
		['NaN', NUMBER],
		[Number.NaN, NUMBER],
		[Number.POSITIVE_INFINITY, NUMBER],
		[2 ** 70, INEXACT],
		['12345678901234567890', '12345678901234567890'],
		[true, NUMBER],
		[{}, OBJECT],
	],
	country: [
		['SE', 'SE'],
		['se', 'SE'],
		['SWE', 'SE'],
		['swe', 'SE'],
		['Sweden', 'SE'],
		['Sverige', 'SE'],
		['Ruotsi', 'SE'],
		['Norge', 'NO'],
		['Danmark', 'DK'],
		['Suomi', 'FI'],
		['Deutschland', 'DE'],
		['Österreich', 'AT'],
		['UK', 'GB'],
		['Great Britain', 'GB'],
		['USA', 'US'],
		['United States', 'US'],
		['The Netherlands', 'NL'],
		['Czech Republic', 'CZ'],
		['Turkey', 'TR'],
		['no', 'NO'],
		['', ''],
		['XX', COUNTRY],
		['Atlantis', COUNTRY],
		['46', COUNTRY],
		[46, COUNTRY],
		[{}, OBJECT],
	],
	date: [
		['2013-02-08', '2013-02-08'],
		[' 2013-02-08 ', '2013-02-08'],
		['2024-02-29', '2024-02-29'],
		['2013-02-08T14:30:00', '2013-02-08'],
		['2013-02-08 14:30', '2013-02-08'],
		['2013-02-08T00:00:00Z', '2013-02-08'],
		['2013-02-08T00:00:00.000-05:00', '2013-02-08'],
		['2013-02-07T23:00:00Z', '2013-02-08'],
		[new Date('2013-02-08T00:00:00Z'), '2013-02-08'],
		[new Date('2013-02-07T23:00:00Z'), '2013-02-08'],
		[DateTime.fromISO('2013-02-08', { zone: 'Europe/Stockholm' }), '2013-02-08'],
		['08.02.2013', '2013-02-08', { format: 'dd.MM.yyyy' }],
		['2/8/2013', '2013-02-08', { format: 'M/d/yyyy' }],
		['20130208', '2013-02-08', { format: 'yyyyMMdd' }],
		[20130208, '2013-02-08', { format: 'yyyyMMdd' }],
		['2013-02-08', '2013-02-08', { format: 'dd.MM.yyyy' }],
		[45000, '2023-03-15', { excelSerials: true }],
		['45000', '2023-03-15', { excelSerials: true }],
		[45000.75, '2023-03-15', { excelSerials: true }],
		['', ''],
		[null, ''],
		['20130208', DIGITS],
		[20130208, DIGITS],
		['1360281600', DIGITS],
		[45000, DIGITS],
		[99999999, DIGITS, { excelSerials: true }],
		['2013-02-30', DATE],
		['2023-02-29', DATE],
		['2013-13-01', DATE],
		['2013-2-8', DATE],
		['08.02.2013', DATE],
		['2/8/2013', DATE],
		['31.02.2013', DATE, { format: 'dd.MM.yyyy' }],
		['yesterday', DATE],
		['0000-00-00', ZERO_DATE],
		['0000-00-00 00:00:00', ZERO_DATE],
		['00000000', ZERO_DATE],
		['00000000', ZERO_DATE, { format: 'yyyyMMdd' }],
		['00.00.0000', ZERO_DATE],
		['0', DIGITS],
		[new Date('nonsense'), DATE],
		[new Date('-000001-12-31T23:06:31.999Z'), DATE],
		[new Date('9999-12-31T23:30:00Z'), DATE],
		[true, DATE],
		[{ date: 1 }, OBJECT],
	],
	timestamp: [
		['1360333800', '1360333800'],
		[1360333800, '1360333800'],
		[0, '0'],
		['2013-02-08T14:30:00Z', '1360333800'],
		['2013-02-08T15:30:00+01:00', '1360333800'],
		['2013-02-08T15:30:00', '1360333800'],
		['2013-02-08 15:30', '1360333800'],
		['2013-02-08', '1360278000'],
		[new Date('2013-02-08T14:30:00.999Z'), '1360333800'],
		[DateTime.fromSeconds(1360333800), '1360333800'],
		['08.02.2013 15:30', '1360333800', { format: 'dd.MM.yyyy HH:mm' }],
		['', ''],
		[null, ''],
		['1360333800000', '✗ looks like milliseconds'],
		['20130208', '✗ looks like a date, but would be read as Unix seconds'],
		[20130208, '✗ looks like a date, but would be read as Unix seconds'],
		['08.02.2013 15:30', MOMENT],
		['soon', MOMENT],
		[{}, OBJECT],
	],
	text: [
		['Anna', 'Anna'],
		['  Anna  ', 'Anna'],
		['\u200BAnna\u200D', 'Anna'],
		['Åsa Öst', 'Åsa Öst'],
		['line\nbreak', 'line\nbreak'],
		['a\tb', 'a\tb'],
		['"quoted", and; more', '"quoted", and; more'],
		['👩‍👩‍👧', '👩‍👩‍👧'],
		['مرحبا', 'مرحبا'],
		['=SUM(A1)', '=SUM(A1)'],
		[42, '42'],
		[0, '0'],
		[false, 'false'],
		[10n, '10'],
		['x'.repeat(1_000), 'x'.repeat(1_000)],
		['', ''],
		['x'.repeat(1_001), LONG],
		['a\u0000b', CONTROL],
		['a\u0007b', CONTROL],
		['a\u007Fb', CONTROL],
		['a\u0085b', CONTROL],
		['broken \uD83D pair', CONTROL],
		[2 ** 60, INEXACT],
		[{ a: 1 }, OBJECT],
		[[1, 2], OBJECT],
	],
	key: [
		['c-1', 'c-1'],
		[17, '17'],
		[' 0017 ', '0017'],
		['', ''],
		['a\nb', '✗ contains a line break or tab'],
		['a\u0001', CONTROL],
		[2 ** 53, INEXACT],
	],
	unknown: [
		['anything', 'anything'],
		['x'.repeat(1_001), LONG],
	],
};

const rows = Object.entries(TABLE).flatMap(([type, entries]) =>
	(entries ?? []).map(([value, cell, options]) => ({
		type: type as AttributeType | 'key',
		value,
		cell,
		options,
	})),
);

it('are tried with more than 200 values', () => expect(rows.length).toBeGreaterThan(200));

describe.each(Object.keys(TABLE))('a value for a %s attribute', (type) => {
	it.each(rows.filter((row) => row.type === type))(
		'$value $options becomes $cell',
		({ value, cell, options }) => {
			expect(cellOf(type as AttributeType, value, options)).toBe(cell);
		},
	);
});

describe('a consent cell', () => {
	const read = consentReader({ optIn: ['A', 'prenumerant'], optOut: ['I', 'nix', 'yes!'] });

	it.each([
		['yes', 'opt-in'],
		['Ja', 'opt-in'],
		[1, 'opt-in'],
		[true, 'opt-in'],
		['opt-in', 'opt-in'],
		['Opted in', 'opt-in'],
		['subscribed', 'opt-in'],
		['A', 'opt-in'],
		['Prenumerant', 'opt-in'],
		['no', 'opt-out'],
		['nej', 'opt-out'],
		[0, 'opt-out'],
		[false, 'opt-out'],
		['OPT_OUT', 'opt-out'],
		['unsubscribed', 'opt-out'],
		['i', 'opt-out'],
		['NIX', 'opt-out'],
		['', undefined],
		[null, undefined],
		['  ', undefined],
	])('%j means %s', (value, consent) => {
		expect(read(value)).toBe(consent);
	});

	it.each(['maybe', 'confirmed', '2', 'yes?', 'not subscribed', 'x'])(
		'%j is refused, not guessed',
		(value) => {
			expect(read(value)).toBeInstanceOf(InvalidValue);
		},
	);
});

it('the quick look at international numbers says what the library says', () => {
	for (const country of getCountries()) {
		const example = getExampleNumber(country, examples);
		if (!example) continue;
		const { number } = example;
		for (const text of [
			number,
			`${number}1`,
			number.slice(0, -1),
			number.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
		]) {
			const parsed = parsePhoneNumberFromString(text, { extract: false });
			const expected = parsed?.isValid() ? parsed.number.slice(1) : PHONE;
			expect([text, cellOf('mobile', text)]).toEqual([text, expected]);
		}
	}
});
