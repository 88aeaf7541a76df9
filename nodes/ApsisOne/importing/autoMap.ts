import { type Attribute, EMAIL_ATTRIBUTE, MOBILE_ATTRIBUTE } from '../api/parseDefinitions';

/** Spellings by the attribute they mean, without case, space and punctuation; English and Nordic. */
const COMMON_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
	'com.apsis1.attributes.email': [
		'email',
		'mail',
		'emailaddress',
		'epost',
		'epostadress',
		'epostadresse',
		'mailadress',
		'mailadresse',
		'sahkoposti',
	],
	'com.apsis1.attributes.mobile': [
		'mobile',
		'mobil',
		'mobilephone',
		'mobilenumber',
		'mobilnummer',
		'mobiltelefon',
		'cell',
		'cellphone',
		'phone',
		'phonenumber',
		'telefon',
		'telefonnummer',
		'msisdn',
		'sms',
		'matkapuhelin',
	],
	'com.apsis1.attributes.firstname': [
		'firstname',
		'givenname',
		'fornamn',
		'fornavn',
		'etunimi',
		'vorname',
	],
	'com.apsis1.attributes.lastname': [
		'lastname',
		'surname',
		'familyname',
		'efternamn',
		'etternavn',
		'efternavn',
		'sukunimi',
		'nachname',
	],
	'com.apsis1.attributes.birthdate': [
		'birthdate',
		'dateofbirth',
		'birthday',
		'dob',
		'fodelsedatum',
		'fodselsdato',
		'fodelsedag',
		'syntymaaika',
	],
	'com.apsis1.attributes.crmid': [
		'crmid',
		'customerid',
		'customernumber',
		'kundnummer',
		'kundenummer',
		'asiakasnumero',
	],
};

export interface AttributeMatch {
	attribute: Attribute;
	/** The field it takes its value from. */
	fieldName: string;
	/** Further fields that match it, looked at where the first is missing. */
	alternatives: string[];
}

const ADDRESSES: ReadonlySet<string> = new Set([EMAIL_ATTRIBUTE, MOBILE_ATTRIBUTE]);

/** n8n's Google Sheets node adds it to every row: nobody misses it. */
export const ADDED_BY_N8N = 'row_number';

type Matcher = (attribute: Attribute, field: string) => boolean;

/** From the surest to the least sure. */
const MATCHERS: readonly Matcher[] = [
	(attribute, field) => field.trim() === attribute.discriminator,
	(attribute, field) => plain(field) === plain(attribute.name),
	(attribute, field) => COMMON_SPELLINGS[attribute.discriminator]?.includes(plain(field)) ?? false,
];

/**
 * Finds the attribute each incoming field belongs to: by ID, then by name, then by common spellings. Each field is used
 * once. Of several fields for one attribute the first is its value, and the others stand in for it in rows that lack it
 * (files with headers of their own, items of several sources).
 *
 * @param switches fields that say yes or no to a consent or tag, such as `sms`: they hold no address
 */
export function matchAttributes(
	fieldNames: readonly string[],
	attributes: readonly Attribute[],
	switches: ReadonlySet<string> = new Set(),
): AttributeMatch[] {
	const mayMatch = ({ discriminator }: Attribute, field: string) =>
		!(ADDRESSES.has(discriminator) && switches.has(field));
	const matches = new Map<string, AttributeMatch>();
	const used = new Set<string>();
	for (const isMatch of MATCHERS) {
		for (const fieldName of fieldNames) {
			if (used.has(fieldName)) continue;
			const attribute = attributes.find(
				(candidate) =>
					!matches.has(candidate.discriminator) &&
					mayMatch(candidate, fieldName) &&
					isMatch(candidate, fieldName),
			);
			if (!attribute) continue;
			matches.set(attribute.discriminator, { attribute, fieldName, alternatives: [] });
			used.add(fieldName);
		}
	}
	for (const fieldName of fieldNames.filter((name) => !used.has(name))) {
		const attribute = attributes.find(
			(one) => mayMatch(one, fieldName) && MATCHERS.some((isMatch) => isMatch(one, fieldName)),
		);
		if (attribute) matches.get(attribute.discriminator)?.alternatives.push(fieldName);
	}
	return attributes
		.map(({ discriminator }) => matches.get(discriminator))
		.filter((match) => match !== undefined);
}

/** Without case, accents, space and punctuation: `E-postadress` and `epostadress` are one. */
function plain(name: string): string {
	return name
		.toLowerCase()
		.replace(/[æ]/g, 'ae')
		.replace(/[ø]/g, 'o')
		.normalize('NFD')
		.replace(/[^\p{L}\p{N}]/gu, '');
}
