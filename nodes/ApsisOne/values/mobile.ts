import { type CountryCode, getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';

import { InvalidValue } from './invalidValue';
import {
	hasMobilePattern,
	isCommonMobile,
	isNationalMobile,
	readInternational,
	type Reading,
	readNational,
	usesZero,
} from './numberingPlans';
import { strictText } from './plainText';

export { isLandline } from './numberingPlans';

const CURE = 'Write it with the country code, like +46 70 123 45 67.';

const INVALID = new InvalidValue('invalid phone number', CURE);

const INVALID_WITHOUT_COUNTRY = new InvalidValue(
	'invalid phone number',
	'Write it with the country code, like +46 70 123 45 67, or set the option Default Country.',
);

const OPEN = new InvalidValue(
	'can be read as two phone numbers',
	'Its first digits may or may not be a country code. Write it with a plus, like +46 70 123 45 67.',
);

const SEVERAL = new InvalidValue(
	'invalid phone number',
	'Write one number without an extension, like +46 70 123 45 67.',
);

const CALCULATED = new InvalidValue(
	'is a phone number that a spreadsheet has shortened',
	'Some of its digits are lost. Format the column as text in the spreadsheet and enter it again.',
);

/**
 * Turns a mobile number into an MSISDN.
 *
 * @param country ISO 3166-1 alpha-2 of this value; comes before the default country
 */
export type MobileNormaliser = (value: unknown, country?: string) => string | InvalidValue;

/**
 * Makes the normaliser of mobile numbers: any common spelling becomes an MSISDN, digits with the country code and
 * nothing else (contract: The file). A number that can be read in two ways is refused, never guessed.
 *
 * @param defaultCountry ISO 3166-1 alpha-2; numbers without a country code are read as its own
 */
export function mobileNormaliser(defaultCountry?: string): MobileNormaliser {
	const byDefault = supported(defaultCountry);
	return function normaliseMobile(value, country) {
		if (typeof value === 'string' && EVERYDAY_NUMBER.test(value)) {
			const digits = value.replace(/\D/g, '');
			if (isCommonMobile(digits)) return digits;
		}
		const text = strictText(value);
		if (typeof text !== 'string' || text === '') return text;
		if (/^\+?\d+([.,]\d+)? ?e[+-]?\d+$/i.test(text)) return CALCULATED;
		const home = country ? supported(country) : byDefault;
		const dialled = parseDialled(text);
		if (!dialled) return /\d\D*[/;,|&]|\d.*(?:ext|[x#])/i.test(text) ? SEVERAL : invalid(home);
		const reading = readDialled(dialled, home);
		if (reading instanceof InvalidValue) return reading;
		if (!reading) return invalid(home);
		if (!reading.isMobile) return hasCodeTwice(reading) ? OPEN : reading.msisdn;
		return hasTail(dialled, home) ? SEVERAL : reading.msisdn;
	};
}

function invalid(home: CountryCode | undefined): InvalidValue {
	return home ? INVALID : INVALID_WITHOUT_COUNTRY;
}

/** @param country ISO 3166-1 alpha-2 */
export function hasPhoneNumbers(country: string): boolean {
	return isSupportedCountry(country);
}

function supported(country: string | undefined): CountryCode | undefined {
	const code = country?.toUpperCase();
	return code && isSupportedCountry(code) ? code : undefined;
}

interface Dialled {
	/** Separators as they were written, each a space, hyphen, dot, slash or parenthesis. */
	written: string;
	/** Without the plus or the zeros of an international call. */
	digits: string;
	isInternational: boolean;
	/** `+46 (0)70`: the digits without the zero in parentheses, and those in front of it. */
	zero?: { digits: string; before: string };
}

/** `+46 70 123 45 67`: a country code, and groups of digits of which none could be an extension. */
const EVERYDAY_NUMBER = /^\+(?:\d+|\d{1,5}(?: \d{1,3})*(?: \d{3,})?)$/;
/** Nothing in it to take off or to even out. */
const PLAIN_NUMBER = /^\+?\d[\d /-]*$/;
const NUMBER = /^\(?\+?\(?\d[\d ().\-/]*$/;
/** @returns undefined when it is something else than one number */
function parseDialled(text: string): Dialled | undefined {
	const written = PLAIN_NUMBER.test(text) ? text : plainSeparators(text);
	if (!NUMBER.test(written)) return undefined;
	if (written.includes('/') && !isAreaCodeSlash(written)) return undefined;
	const all = written.replace(/\D/g, '');
	const hasPlus = /^\(?\+/.test(written);
	const isInternational = hasPlus || all.startsWith('00');
	const digits = all.replace(hasPlus ? '' : /^00/, '');
	const zeroAt = written.indexOf('(0)');
	if (zeroAt < 1) return { written, digits, isInternational };
	const before = written
		.slice(0, zeroAt)
		.replace(/\D/g, '')
		.replace(hasPlus ? '' : /^00/, '');
	const zero = { before, digits: before + digits.slice(before.length + 1) };
	return { written, digits, isInternational, zero };
}

/** `0171/1234567`: between area code and number, as Germans and Austrians write it; any other slash separates two numbers. */
function isAreaCodeSlash(written: string): boolean {
	const [areaCode = '', number = '', ...more] = written.split('/');
	const length = areaCode.replace(/\D/g, '').length;
	const isArea = /^\(?(?:\+|00)/.test(areaCode)
		? length <= 8
		: /^\(?0/.test(areaCode) && length <= 6;
	return isArea && more.length === 0 && number.replace(/\D/g, '').length >= 5;
}

/** Takes off what is no part of a number (`tel:`, the `.0` of spreadsheets) and evens out dashes and spaces. */
function plainSeparators(text: string): string {
	return text
		.normalize('NFKC')
		.replace(/^tel:(?:\/\/)?/i, '')
		.replace(/^(\+?\d{7,})[.,]0{1,2}$/, '$1')
		.replace(/[\u2010-\u2015\u2212]/g, '-')
		.replace(/\u00B7/g, '.')
		.trim();
}

function readDialled(
	dialled: Dialled,
	home: CountryCode | undefined,
): Reading | InvalidValue | undefined {
	const { digits, isInternational, zero } = dialled;
	if (isInternational) {
		return decide([zero && readInternational(zero.digits, true), readInternational(digits, true)]);
	}
	if (zero) {
		const reading = readInternational(zero.digits);
		return reading?.callingCode === zero.before ? reading : undefined;
	}
	if (digits.startsWith('0')) return home && readNational(digits, home);
	return home ? readBare(dialled, home) : readWithoutCountry(dialled);
}

/** One reading is taken; of several the mobile one, as these are mobile numbers; else it stays open. */
function decide(readings: Array<Reading | undefined>): Reading | InvalidValue | undefined {
	const found = distinct(readings);
	if (found.length <= 1) return found[0];
	const mobile = found.filter(({ isMobile }) => isMobile);
	return mobile.length === 1 ? mobile[0] : OPEN;
}

function distinct(readings: Array<Reading | undefined>): Reading[] {
	const byMsisdn = new Map<string, Reading>();
	for (const reading of readings) if (reading) byMsisdn.set(reading.msisdn, reading);
	return [...byMsisdn.values()];
}

/**
 * Digits with neither plus nor zero in front: international like an MSISDN, or national where no zero is written or
 * a spreadsheet has taken it off. A landline without its zero is likelier another country's number.
 */
function readBare(dialled: Dialled, home: CountryCode): Reading | InvalidValue | undefined {
	const national = readNational(dialled.digits, home);
	const international = readInternational(dialled.digits);
	if (!international) return national?.isMobile || !usesZero(home) ? national : undefined;
	const isOwn = international.callingCode === getCountryCallingCode(home);
	if (!national) return isOwn || isSure(international, dialled) ? international : undefined;
	const isGroupedAsNational =
		!isOwn && !startsWithGroup(dialled.written, international.callingCode);
	const isWrittenAsUsual = !usesZero(home) && isRarity(international);
	if (national.isMobile && (isGroupedAsNational || isWrittenAsUsual)) return national;
	return national.isMobile || isOwn || isSure(international, dialled)
		? decide([national, international])
		: OPEN;
}

/** Whether the digits are grouped so that a country code may stand first; without groups anything may. */
function startsWithGroup(written: string, callingCode: string): boolean {
	const [first] = written.match(/\d+/) ?? [];
	return /^\d+$/.test(written) || first === callingCode;
}

/** Digits without plus, in no country. */
function readWithoutCountry(dialled: Dialled): Reading | undefined {
	const reading = readInternational(dialled.digits);
	return reading && isSure(reading, dialled) ? reading : undefined;
}

/**
 * Whether digits without plus, not of the default country, are an MSISDN as APSIS One writes it, and can be nothing else.
 * What some country writes so without its code (986 57 103 in Norway) is not taken for the number of another, and a
 * landline is likelier a typing error.
 */
function isSure(reading: Reading, { digits, written }: Dialled): boolean {
	if (!reading.isMobile || !startsWithGroup(written, reading.callingCode)) return false;
	const hasGroups = written !== digits;
	const isRare = isRarity(reading);
	if (!hasGroups && !isRare && hasMobilePattern(digits)) return true;
	return !isNationalMobile(digits, hasGroups && !isRare);
}

/** Of Europe, the Faroes and Greenland among it, where many countries' numbers are short. */
const NEAR_CODE = /^(?:3|4|29[89])/;
const MAX_SHORT_LENGTH = 7;

/** A short number far away, of an island (687 90 75 91 in New Caledonia): the same digits are common elsewhere. */
function isRarity({ msisdn, callingCode }: Reading): boolean {
	return msisdn.length - callingCode.length <= MAX_SHORT_LENGTH && !NEAR_CODE.test(callingCode);
}

/** `+49 49 151 …`: of a landline, what follows the country code is a mobile number with the same code. */
function hasCodeTwice({ msisdn, callingCode }: Reading): boolean {
	const national = msisdn.slice(callingCode.length);
	return national.startsWith(callingCode) && readInternational(national)?.isMobile === true;
}

/** `0664 1234567-68`: what follows a number that is complete by itself is an extension, or the end of a range. */
function hasTail({ written }: Dialled, home: CountryCode | undefined): boolean {
	// Almost no number ends in a group of one or two digits after a long one: one look at the end is enough.
	if (!/[ -]\d{1,2}$/.test(written.slice(-3))) return false;
	const complete = /^(.*(?:\d{6} |\d{4}-))\d{1,2}$/.exec(written)?.[1];
	if (complete === undefined) return false;
	const dialled = parseDialled(complete);
	const reading = dialled && readDialled(dialled, home);
	return reading !== undefined && !(reading instanceof InvalidValue) && reading.isMobile;
}
