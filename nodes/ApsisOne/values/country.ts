import isoCountryCodes from 'i18n-iso-countries/codes.json';

import { strictText } from './plainText';
import { InvalidValue } from './invalidValue';
import { LANGUAGES } from './languages';

/** Everyday names that are not the official ones. */
const EVERYDAY_NAMES: Readonly<Record<string, string>> = {
	uk: 'GB',
	'great britain': 'GB',
	england: 'GB',
	scotland: 'GB',
	wales: 'GB',
	us: 'US',
	'united states of america': 'US',
	holland: 'NL',
	'the netherlands': 'NL',
	'czech republic': 'CZ',
	turkey: 'TR',
	'u.s.': 'US',
	'u.s.a.': 'US',
	'northern ireland': 'GB',
	'republic of ireland': 'IE',
	'hong kong': 'HK',
	'hong kong sar': 'HK',
	hongkong: 'HK',
	macau: 'MO',
	macao: 'MO',
	'macao sar': 'MO',
	'viet nam': 'VN',
	'korea, republic of': 'KR',
	'republic of korea': 'KR',
	'taiwan, province of china': 'TW',
	'russian federation': 'RU',
	uae: 'AE',
	burma: 'MM',
	'brunei darussalam': 'BN',
	"lao people's democratic republic": 'LA',
	'bosnia and herzegovina': 'BA',
	'ivory coast': 'CI',
	'slovak republic': 'SK',
	vatican: 'VA',
	noreg: 'NO',
	'amerikas forente stater': 'US',
	'de forente stater': 'US',
};

const INVALID_COUNTRY = new InvalidValue(
	'is not a country',
	'Write the two-letter code, e.g. SE. Three-letter codes and names also work.',
);

let codesByName: Map<string, string> | undefined;

/** Country: ISO 3166-1 alpha-2 (contract: The file), out of alpha-2, alpha-3 or a name. */
export function normaliseCountry(value: unknown): string | InvalidValue {
	const text = strictText(value);
	if (typeof text !== 'string' || text === '') return text;
	return countryCodeOf(text) ?? INVALID_COUNTRY;
}

/** ISO 3166-1 alpha-2 of a country given by that code, alpha-3 or its name in the languages of APSIS One's customers. */
export function countryCodeOf(text: string): string | undefined {
	codesByName ??= buildIndex();
	return codesByName.get(text.normalize('NFC').trim().toLowerCase());
}

/** Built when the first country comes: the names take some milliseconds. */
function buildIndex(): Map<string, string> {
	const index = new Map(Object.entries(EVERYDAY_NAMES));
	const shared = new Set<string>();
	for (const [alpha2, alpha3] of isoCountryCodes as string[][]) {
		if (!alpha2 || !alpha3) continue;
		index.set(alpha3.toLowerCase(), alpha2);
		for (const name of namesOf(alpha2).map((one) => one.toLowerCase())) {
			const other = index.get(name);
			if (other !== undefined && other !== alpha2) shared.add(name);
			else index.set(name, alpha2);
		}
	}
	// Kongo is one country in Polish and another in Czech.
	for (const name of shared) index.delete(name);
	// Codes last: no name of one country may hide the code of another.
	for (const [alpha2] of isoCountryCodes as string[][]) {
		if (alpha2) index.set(alpha2.toLowerCase(), alpha2);
	}
	return index;
}

const displayNames = new Map<string, Intl.DisplayNames>();

function namesOf(alpha2: string): string[] {
	return LANGUAGES.map((language) => {
		const names =
			displayNames.get(language) ?? new Intl.DisplayNames([language], { type: 'region' });
		displayNames.set(language, names);
		return names.of(alpha2) ?? alpha2;
	});
}
