import type { Attribute } from '../api/parseDefinitions';

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
	fieldName: string;
}

/**
 * Finds the attribute each incoming field belongs to: by ID, then by name, then by common spellings. Each field and
 * each attribute is used once; the first field wins.
 */
export function matchAttributes(
	fieldNames: readonly string[],
	attributes: readonly Attribute[],
): AttributeMatch[] {
	const matches = new Map<string, AttributeMatch>();
	const usedFields = new Set<string>();
	const rounds = [
		(attribute: Attribute, field: string) => field.trim() === attribute.discriminator,
		(attribute: Attribute, field: string) => plain(field) === plain(attribute.name),
		(attribute: Attribute, field: string) =>
			COMMON_SPELLINGS[attribute.discriminator]?.includes(plain(field)) ?? false,
	];
	for (const isMatch of rounds) {
		for (const fieldName of fieldNames) {
			if (usedFields.has(fieldName)) continue;
			const attribute = attributes.find(
				(candidate) => !matches.has(candidate.discriminator) && isMatch(candidate, fieldName),
			);
			if (!attribute) continue;
			matches.set(attribute.discriminator, { attribute, fieldName });
			usedFields.add(fieldName);
		}
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
