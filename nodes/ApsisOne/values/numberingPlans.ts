import {
	type CountryCode,
	getCountries,
	parsePhoneNumberFromString,
	type PhoneNumber,
} from 'libphonenumber-js/max';
import { Metadata } from 'libphonenumber-js/core';
import libraryMetadata from 'libphonenumber-js/metadata.max.json';

/** One way to understand what was dialled. */
export interface Reading {
	/** Country code and national number, digits only. */
	msisdn: string;
	callingCode: string;
	/** Whether it is, or may be, a mobile number; in some countries mobile numbers look like any other. */
	isMobile: boolean;
}

/** What the library knows of a country; public in its code, but left out of its types. */
interface LibraryPlan {
	callingCode(): string;
	nationalNumberPattern(): string;
	nationalPrefixForParsing(): string | undefined;
	nationalPrefixTransformRule(): string | undefined;
	type(name: string): { pattern(): string; possibleLengths(): number[] } | undefined;
}

interface CountryPlan {
	callingCode: string;
	/** Whether no other country shares its calling code. */
	isAlone: boolean;
	general: RegExp;
	/** Undefined where mobile numbers cannot be told from others. */
	mobile: RegExp | undefined;
	mobileLengths: ReadonlySet<number>;
	landline: RegExp | undefined;
	/** `none`, a `zero` before national numbers, or something that only the library understands. */
	trunk: 'none' | 'zero' | 'other';
}

const plans = new Map<string, CountryPlan>();

function planOf(country: CountryCode): CountryPlan {
	const known = plans.get(country);
	if (known) return known;
	const metadata = new Metadata(libraryMetadata);
	metadata.selectNumberingPlan(country);
	const library = metadata.numberingPlan as unknown as LibraryPlan;
	const mobile = library.type('MOBILE');
	const pattern = mobile?.pattern() ?? '';
	const landline = library.type('FIXED_LINE')?.pattern();
	const callingCode = library.callingCode();
	const prefix = library.nationalPrefixForParsing();
	const plan: CountryPlan = {
		callingCode,
		isAlone: libraryMetadata.country_calling_codes[callingCode]?.length === 1,
		general: whole(library.nationalNumberPattern()),
		mobile: pattern ? whole(pattern) : undefined,
		mobileLengths: new Set(mobile?.possibleLengths() ?? []),
		landline: landline ? whole(landline) : undefined,
		trunk: !prefix ? 'none' : isZero(prefix, library) ? 'zero' : 'other',
	};
	plans.set(country, plan);
	return plan;
}

function isZero(prefix: string, library: LibraryPlan): boolean {
	return prefix === '0' && !library.nationalPrefixTransformRule();
}

function whole(pattern: string): RegExp {
	return new RegExp(`^(?:${pattern})$`);
}

/** The main country of each calling code; of those that share one, the library names it first. */
const mainCountries = new Map<string, CountryCode>();
for (const [code, [country]] of Object.entries(libraryMetadata.country_calling_codes)) {
	if (country) mainCountries.set(code, country);
}

/** No calling code begins with another. */
function mainCountryOf(digits: string): CountryCode | undefined {
	return (
		mainCountries.get(digits.slice(0, 2)) ??
		mainCountries.get(digits.slice(0, 1)) ??
		mainCountries.get(digits.slice(0, 3))
	);
}

/** Calling codes whose countries the library tells apart without number types, as it does those of one country. */
const CODES_WITHOUT_TYPES: ReadonlySet<string> = new Set(['7', '47', '358']);

/**
 * Reads digits that begin with a country code. The common mobile number is told by the library's own pattern; a full
 * parse takes ten times as long.
 *
 * @param isExplicit whether a plus says so: then a number of the country's general shape is taken, since new and rare
 * ranges are of no type yet
 */
export function readInternational(digits: string, isExplicit = false): Reading | undefined {
	const country = mainCountryOf(digits);
	if (!country || !/^[1-9]\d{6,16}$/.test(digits)) return undefined;
	const plan = planOf(country);
	const national = digits.slice(plan.callingCode.length);
	if (isMobileIn(plan, national)) {
		return { msisdn: digits, callingCode: plan.callingCode, isMobile: true };
	}
	if (plan.isAlone && isNoNumberIn(plan, national)) return undefined;
	const number = parsePhoneNumberFromString(`+${digits}`, { extract: false });
	const reading = readingOf(number, country);
	if (reading || !isExplicit || !number || number.ext) return reading;
	const isShaped = plan.isAlone || CODES_WITHOUT_TYPES.has(plan.callingCode);
	if (!isShaped || !plan.general.test(number.nationalNumber)) return undefined;
	return { msisdn: number.number.slice(1), callingCode: plan.callingCode, isMobile: false };
}

/** Whether digits with their country code are a mobile number of the plainest kind, the common case. */
export function isCommonMobile(digits: string): boolean {
	const country = mainCountryOf(digits);
	if (!country) return false;
	const plan = planOf(country);
	return isMobileIn(plan, digits.slice(plan.callingCode.length));
}

/** Whether the library would find no number either, which takes it ten times as long. */
function isNoNumberIn(plan: CountryPlan, national: string): boolean {
	if (plan.trunk === 'other' || national.startsWith('0')) return false;
	return !plan.general.test(national);
}

/**
 * Reads digits as they are dialled within a country, with or without the zero in front.
 *
 * @param country ISO 3166-1 alpha-2, one that the library knows
 */
export function readNational(digits: string, country: CountryCode): Reading | undefined {
	const plan = planOf(country);
	const isTrunk = plan.trunk === 'zero' && digits.startsWith('0');
	const national = isTrunk ? digits.slice(1) : digits;
	if (plan.trunk !== 'other' && isMobileIn(plan, national)) {
		return { msisdn: plan.callingCode + national, callingCode: plan.callingCode, isMobile: true };
	}
	if (isNoNumberIn(plan, digits)) return undefined;
	const number = parsePhoneNumberFromString(digits, { defaultCountry: country, extract: false });
	// The library takes some digits for the prefix of international calls; those all begin with a zero.
	if (number?.countryCallingCode !== plan.callingCode && !digits.startsWith('0')) return undefined;
	return readingOf(number, isTrunk ? country : undefined);
}

/** Whether national numbers are written with a zero in front. */
export function usesZero(country: CountryCode): boolean {
	return planOf(country).trunk === 'zero';
}

function isMobileIn(plan: CountryPlan, national: string): boolean {
	return (
		plan.mobile !== undefined &&
		plan.mobileLengths.has(national.length) &&
		plan.mobile.test(national)
	);
}

/** @param country where numbers that are a digit short may still be in use; undefined where they may not */
function readingOf(
	number: PhoneNumber | undefined,
	country: CountryCode | undefined,
): Reading | undefined {
	if (!number || number.ext) return undefined;
	const { countryCallingCode: callingCode, nationalNumber } = number;
	const msisdn = number.number.slice(1);
	const type = number.getType();
	if (type) {
		const isMobile = type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
		return { msisdn, callingCode, isMobile };
	}
	if (!country || !isShortMobile(planOf(country), nationalNumber)) return undefined;
	return { msisdn, callingCode, isMobile: true };
}

/** Germany's early mobile numbers are a digit shorter than the library knows, and some are still in use. */
function isShortMobile(plan: CountryPlan, national: string): boolean {
	return (
		plan.callingCode === '49' &&
		plan.mobileLengths.has(national.length) &&
		plan.general.test(national) &&
		isMobileIn(plan, `${national}0`)
	);
}

/**
 * Whether digits are a mobile number as some country writes it without its own code.
 *
 * @param hasGroups whether a person wrote it, who leaves out no zero in front as spreadsheets do
 */
export function isNationalMobile(digits: string, hasGroups: boolean): boolean {
	return getCountries().some((country) => {
		const plan = planOf(country);
		if (!isMobileIn(plan, digits)) return false;
		return !hasGroups || (plan.trunk === 'none' && !plan.landline?.test(digits));
	});
}

/** Whether mobile numbers of the calling code look like any other, as in North America. */
export function hasMobilePattern(msisdn: string): boolean {
	const country = mainCountryOf(msisdn);
	return country !== undefined && planOf(country).mobile !== undefined;
}

const NEVER_MOBILE: ReadonlySet<string> = new Set([
	'FIXED_LINE',
	'PREMIUM_RATE',
	'SHARED_COST',
	'TOLL_FREE',
	'UAN',
	'VOICEMAIL',
]);

/**
 * Whether a number certainly takes no text messages: a landline or a service number by the library's number types.
 *
 * @param msisdn digits with the country code, as the normaliser gives them
 */
export function isLandline(msisdn: string): boolean {
	const country = mainCountryOf(msisdn);
	if (!country) return false;
	const plan = planOf(country);
	if (isMobileIn(plan, msisdn.slice(plan.callingCode.length))) return false;
	const type = parsePhoneNumberFromString(`+${msisdn}`, { extract: false })?.getType();
	return type !== undefined && NEVER_MOBILE.has(type);
}
