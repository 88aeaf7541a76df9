import {
	type CountryCode,
	getCountries,
	getCountryCallingCode,
	Metadata,
	parsePhoneNumberFromString,
} from 'libphonenumber-js/min';

import { plainText } from './plainText';
import { InvalidValue } from './invalidValue';

const CURE_WITHOUT_COUNTRY =
	'Write it with the country code, like +46 70 123 45 67, or set the option Default Country.';
const CURE = 'Write it with the country code, like +46 70 123 45 67.';

/**
 * Makes the normaliser of mobile numbers: any common spelling becomes an MSISDN, digits with the country code and
 * nothing else (contract: The file).
 *
 * @param defaultCountry ISO 3166-1 alpha-2; numbers without a country code are read as its own
 */
export function mobileNormaliser(defaultCountry?: string) {
	const country = defaultCountry ? (defaultCountry.toUpperCase() as CountryCode) : undefined;
	const invalid = new InvalidValue('invalid phone number', country ? CURE : CURE_WITHOUT_COUNTRY);
	const scientific = new InvalidValue(
		'is a phone number turned into a calculated number',
		'A spreadsheet has cut its digits off. Format the column as text there and enter it again.',
	);

	return function normaliseMobile(value: unknown): string | InvalidValue {
		const text = plainText(value);
		if (typeof text !== 'string' || text === '') return text;
		if (/^\d+([.,]\d+)?e[+-]?\d+$/i.test(text)) return scientific;
		return toMsisdn(text, country) ?? invalid;
	};
}

function toMsisdn(text: string, country: CountryCode | undefined): string | undefined {
	// Spreadsheets put an apostrophe before a number to keep it as text.
	const dialled = text.replace(/^'/, '').replace(/^\(?00/, '+');
	if (dialled.startsWith('+')) return plainInternational(dialled) ?? validDigits(dialled);
	if (country) return validDigits(dialled, country) ?? internationalDigits(dialled);
	return internationalDigits(dialled);
}

/** National patterns by calling code, of the codes that one country has to itself. */
let nationalPatterns: Map<string, RegExp> | undefined;

/**
 * The common number with its country code, judged by the library's own pattern; a full parse takes ten times as long.
 * What this does not recognise is left to the library.
 */
function plainInternational(dialled: string): string | undefined {
	const digits = dialled.slice(1).replace(/[ \u00A0().-]/g, '');
	if (!/^[1-9]\d{6,14}$/.test(digits)) return undefined;
	nationalPatterns ??= buildNationalPatterns();
	for (let length = 1; length <= 3; length++) {
		const pattern = nationalPatterns.get(digits.slice(0, length));
		if (pattern) return pattern.test(digits.slice(length)) ? digits : undefined;
	}
	return undefined;
}

function buildNationalPatterns(): Map<string, RegExp> {
	const patterns = new Map<string, RegExp>();
	const shared = new Set<string>();
	for (const country of getCountries()) {
		const code = getCountryCallingCode(country);
		if (patterns.has(code)) shared.add(code);
		const metadata = new Metadata();
		metadata.selectNumberingPlan(country);
		// Public in the library's code, but left out of its types.
		const plan = metadata.numberingPlan as unknown as { nationalNumberPattern(): string };
		patterns.set(code, new RegExp(`^(?:${plan.nationalNumberPattern()})$`));
	}
	for (const code of shared) patterns.delete(code);
	return patterns;
}

/** A number that starts with its country code but lacks the plus, as MSISDNs do. */
function internationalDigits(dialled: string): string | undefined {
	return dialled.startsWith('0') ? undefined : validDigits(`+${dialled}`);
}

function validDigits(dialled: string, defaultCountry?: CountryCode): string | undefined {
	const options = { extract: false, ...(defaultCountry ? { defaultCountry } : {}) };
	const number = parsePhoneNumberFromString(dialled, options);
	return number?.isValid() && !number.ext ? number.number.slice(1) : undefined;
}
