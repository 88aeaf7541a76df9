import examples from 'libphonenumber-js/examples.mobile.json';
import { getExampleNumber, type PhoneNumber } from 'libphonenumber-js/max';

import { InvalidValue } from '../../../nodes/ApsisOne/values/invalidValue';
import { isLandline, mobileNormaliser } from '../../../nodes/ApsisOne/values/mobile';

const REJECTED = 'rejected';

function read(value: unknown, defaultCountry?: string, country?: string): string {
	const msisdn = mobileNormaliser(defaultCountry)(value, country);
	return msisdn instanceof InvalidValue ? REJECTED : msisdn;
}

const COUNTRIES = [
	...['SE', 'NO', 'DK', 'FI', 'IS', 'DE', 'AT', 'CH', 'NL', 'BE', 'FR'],
	...['ES', 'PT', 'IT', 'GB', 'IE', 'PL', 'CZ', 'EE', 'LV', 'LT'],
] as const;

function exampleOf(country: (typeof COUNTRIES)[number]): PhoneNumber {
	const example = getExampleNumber(country, examples);
	if (!example) throw new Error(`The library has no example for ${country}.`);
	return example;
}

/** Default country and country of which the digits without a plus are a mobile number in both. */
const CAN_BE_EITHER = new Set(['FI NO', 'FI DK', 'IT IS']);

describe.each(COUNTRIES)('example numbers under the default country %s', (defaultCountry) => {
	it.each(COUNTRIES)('of %s keep their meaning in every spelling', (country) => {
		const example = exampleOf(country);
		const right = example.number.slice(1);
		expect(read(example.number, defaultCountry)).toBe(right);
		expect(read(example.formatInternational(), defaultCountry)).toBe(right);
		expect(read(`00${right}`, defaultCountry)).toBe(right);
		const bare = CAN_BE_EITHER.has(`${defaultCountry} ${country}`) ? REJECTED : right;
		expect(read(right, defaultCountry)).toBe(bare);
		expect(read(Number(right), defaultCountry)).toBe(bare);
		expect(read(`${right}.0`, defaultCountry)).toBe(bare);
		expect(read(`="${right}"`, defaultCountry)).toBe(bare);
		expect(read(`tel:+${right}`, defaultCountry)).toBe(right);
	});

	it('are right as they are dialled there', () => {
		const example = exampleOf(defaultCountry);
		const right = example.number.slice(1);
		expect(read(example.formatNational(), defaultCountry)).toBe(right);
		expect(read(example.formatNational().replace(/\D/g, ''), defaultCountry)).toBe(right);
		// A spreadsheet takes the zero off; what is left may be another number, but never becomes one.
		expect([right, REJECTED]).toContain(read(Number(example.nationalNumber), defaultCountry));
	});
});

describe.each(COUNTRIES)('a mobile number of %s without a default country', (country) => {
	it('is read with its country code, and never as another without', () => {
		const example = exampleOf(country);
		const right = example.number.slice(1);
		expect(read(example.number)).toBe(right);
		expect(read(`00 ${right}`)).toBe(right);
		expect(read(right)).toBe(right);
		// 354 611 1234 may be Italian.
		expect(read(example.formatInternational().slice(1))).toBe(country === 'IS' ? REJECTED : right);
		expect(read(example.formatNational())).toBe(REJECTED);
		expect(read(example.nationalNumber)).toBe(REJECTED);
	});
});

it.each([
	// Already international, without a plus.
	['4917112345678', 'DE', '4917112345678'],
	['4915112345678', 'DE', '4915112345678'],
	['491512345678', 'DE', '491512345678'],
	['46701234567', 'DE', '46701234567'],
	['46701234567', 'AT', '46701234567'],
	['46701234567', 'IT', '46701234567'],
	['46701234567', 'FI', '46701234567'],
	['46 70 123 45 67', 'FI', '46701234567'],
	['46 (0)70 123 45 67', 'FI', '46701234567'],
	['46793699558', 'DE', '46793699558'],
	['436641234567', 'DE', '436641234567'],
	// Two readings, and nothing that decides.
	['496128966000', 'DE', REJECTED],
	['49 7755 91155', 'DE', REJECTED],
	['15123456789', 'DE', REJECTED],
	['4687654321', 'DE', REJECTED],
	// The zero decides, and so do a plus and groups.
	['015123456789', 'DE', '4915123456789'],
	['+15123456789', 'DE', '15123456789'],
	['(479) 345-6789', 'US', '14793456789'],
	['4793456789', 'US', REJECTED],
	// A plus says what it is, even where the library knows no such range.
	['+47 4 415 1952', undefined, '4744151952'],
	['4744151952', 'SE', REJECTED],
	// The country code twice, which makes some landline of a mobile number.
	['+49 4915123456789', undefined, REJECTED],
	['00494915123456789', 'DE', REJECTED],
	['04915123456789', 'DE', REJECTED],
	['049 15123456789', 'DE', REJECTED],
	['+6262812345678', undefined, REJECTED],
	['0491 711234', 'DE', '49491711234'],
	['+49 4921 123456', undefined, '494921123456'],
	// A landline is a phone number, too.
	['08-123 456 78', 'SE', '46812345678'],
	['+46 8 123 456 78', undefined, '46812345678'],
	// Two numbers, extensions, ranges.
	['0664 1234567/68', 'AT', REJECTED],
	['0664/1234567/68', 'AT', REJECTED],
	['0664 1234567-68', 'AT', REJECTED],
	['0664 1234567 68', 'AT', REJECTED],
	['0171 1234567/8', 'DE', REJECTED],
	['0171 1234567 oder 0172 1234567', 'DE', REJECTED],
	['0171 1234567 / 0172 1234567', 'DE', REJECTED],
	['0171 1234567; 0172 1234567', 'DE', REJECTED],
	['0171 1234567, 0172 1234567', 'DE', REJECTED],
	['0171 1234567\n0172 1234567', 'DE', REJECTED],
	['070-123 45 67 or 070-123 45 68', 'SE', REJECTED],
	['+46701234567 +46701234568', 'SE', REJECTED],
	['070-123 45 67 / 08-123 456', 'SE', REJECTED],
	['0701234567 ext 5', 'SE', REJECTED],
	['0701234567x5', 'SE', REJECTED],
	['0701234567#5', 'SE', REJECTED],
	['tel:+46701234567;ext=5', 'SE', REJECTED],
	['tel:070-123;phone-context=+46', 'SE', REJECTED],
	// Groups as they are written.
	['0664 123 45 67', 'AT', '436641234567'],
	['0664/123 45 67', 'AT', '436641234567'],
	['0171/1234567', 'DE', '491711234567'],
	['+49 (0)171/1234567', undefined, '491711234567'],
	['(0171) 1234567', 'DE', '491711234567'],
	['070.123.45.67', 'SE', '46701234567'],
	['070–123 45 67', 'SE', '46701234567'],
	['(+46) 70 123 45 67', undefined, '46701234567'],
	['+46 (0) 70 123 45 67', undefined, '46701234567'],
	['+39 (0)312 345 6789', undefined, '393123456789'],
	['00 46 (0)70 123 45 67', undefined, '46701234567'],
	['011 46 70 123 45 67', 'US', '46701234567'],
	['8 612 34567', 'LT', '37061234567'],
	// Spreadsheets and the web.
	['701234567.0', 'SE', '46701234567'],
	['46701234567.0', undefined, '46701234567'],
	['46701234567,00', undefined, '46701234567'],
	["'0701234567", 'SE', '46701234567'],
	['="0701234567"', 'SE', '46701234567'],
	['tel:+46-70-123-45-67', undefined, '46701234567'],
	['TEL:0701234567', 'SE', '46701234567'],
	['\u202A+46701234567\u202C', undefined, '46701234567'],
	['+46\u200B701234567', undefined, '46701234567'],
	['070\u00AD123\u206045 67', 'SE', '46701234567'],
	['+46\u00A070\u2009123\u202F45 67', undefined, '46701234567'],
	['+46 70 123 45 6�', undefined, REJECTED],
	// Without a default country.
	['328 123 4567', undefined, REJECTED],
	['3281234567', undefined, REJECTED],
	['986 57 103', undefined, REJECTED],
	['98657103', undefined, REJECTED],
	['354 611 1234', undefined, REJECTED],
	['15123456789', undefined, REJECTED],
	['12025550123', undefined, '12025550123'],
	['4915123456789', undefined, '4915123456789'],
	['46793699558', undefined, '46793699558'],
	['47 93 45 67 89', undefined, '4793456789'],
	// What is common in one country is no number of an island far away, nor of a third country.
	['687907591', undefined, REJECTED],
	['687907591', 'SE', REJECTED],
	['687907591', 'FR', REJECTED],
	['687907591', 'ES', '34687907591'],
	['27812753', undefined, REJECTED],
	['27812753', 'DK', '4527812753'],
	['508597212', undefined, REJECTED],
	['508597212', 'PL', '48508597212'],
	['68254225', 'SE', REJECTED],
	['6807760452', undefined, REJECTED],
	['17259520662', 'SE', REJECTED],
	['12025550123', 'SE', '12025550123'],
	['298211234', undefined, '298211234'],
	['299221234', 'DK', '299221234'],
	['680 7760452', undefined, REJECTED],
	['986 57 103', 'NO', '4798657103'],
	['986 57 103', 'SE', REJECTED],
	['328 123 4567', 'IT', '393281234567'],
	['328 123 4567', 'SE', REJECTED],
	// A landline without its zero is likelier another country's number.
	['912 34 567', 'SE', REJECTED],
	['912 34 567', 'DE', REJECTED],
	['328 123 4567', 'DE', REJECTED],
	['812345678', 'SE', REJECTED],
	['22 12 34 56', 'NO', '4722123456'],
	['46812345678', 'SE', '46812345678'],
	// No number at all.
	['+46 70 123 45 6', undefined, REJECTED],
	['+46 70 123 45 678', undefined, REJECTED],
	['+0046701234567', undefined, REJECTED],
	['++46701234567', undefined, REJECTED],
	['46+701234567', undefined, REJECTED],
	['0000000000', 'SE', REJECTED],
	['-', 'SE', REJECTED],
	['()', 'SE', REJECTED],
	['1e400', 'SE', REJECTED],
	['+4.6701234567E+10', undefined, REJECTED],
])('%j under %s is %s', (value, defaultCountry, right) => {
	expect(read(value, defaultCountry)).toBe(right);
});

it.each([
	['0664 1234567', 'DE', 'AT', '436641234567'],
	['070-123 45 67', undefined, 'se', '46701234567'],
	['+46701234567', 'DE', 'AT', '46701234567'],
	['070-123 45 67', 'SE', '', '46701234567'],
	['070-123 45 67', 'SE', 'AQ', REJECTED],
])('%j under %s in a row of %s is %s', (value, defaultCountry, country, right) => {
	expect(read(value, defaultCountry, country)).toBe(right);
});

it.each([
	['46812345678', true],
	['493012345678', true],
	['46701234567', false],
	['46200123456', true],
	['12025550123', false],
	['999123', false],
	['', false],
])('whether %s is a landline: %s', (msisdn, answer) => {
	expect(isLandline(msisdn)).toBe(answer);
});
