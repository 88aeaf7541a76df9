import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

import { plainText } from './plainText';
import { InvalidValue } from './problem';

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
	if (dialled.startsWith('+')) return validDigits(dialled);
	if (country) return validDigits(dialled, country) ?? internationalDigits(dialled);
	return internationalDigits(dialled);
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
