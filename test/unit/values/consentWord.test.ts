import { normaliseBoolean } from '../../../nodes/ApsisOne/values/boolean';
import {
	checkConsentWords,
	consentReader,
	readConsentForType,
} from '../../../nodes/ApsisOne/values/consentWord';
import { InvalidValue } from '../../../nodes/ApsisOne/values/invalidValue';

const NO_WORDS = { optIn: [], optOut: [] };
const REJECTED = 'rejected';

const YES = [
	...['1', 'yes', 'Ja', 'J', 'on', 'TRUE', 'sant', 'SANN', 'sand', 'já', 'kyllä', 'TOSI', 'wahr'],
	...[
		'waar',
		'oui',
		'VRAI',
		'sí',
		'si',
		'sim',
		'vero',
		'tak',
		'PRAWDA',
		'ano',
		'jah',
		'jā',
		'taip',
	],
	...['Ja, tack', 'Ja takk!', 'Yes, please.', 'Ja.'],
	...['ja tack', 'kyllä'.normalize('NFD'), 'yes\u200E', "'1", '="1"'],
];
const NO = [
	...['0', 'no', 'NEJ', 'nei', 'n', 'off', 'FALSE', 'FALSKT', 'falsk', 'USANN', 'usant', 'ósatt'],
	...['ei', 'EPÄTOSI', 'nein', 'FALSCH', 'nee', 'ONWAAR', 'non', 'FAUX', 'não', 'falso', 'nie'],
	...['Nej, tack!', 'No.'],
	...['FAŁSZ', 'ne', 'nē', 'väär', 'nej tack', 'n\u200Bo'],
];

describe.each(YES)('%j', (word) => {
	it('says yes, and opts in', () => {
		expect(normaliseBoolean(word)).toBe('true');
		expect(consentReader(NO_WORDS)(word)).toBe('opt-in');
		expect(readConsentForType('opt-in', NO_WORDS)(word)).toBe('opt-in');
		expect(readConsentForType('opt-out', NO_WORDS)(word)).toBe('opt-out');
	});
});

describe.each(NO)('%j', (word) => {
	it('says no, and opts out', () => {
		expect(normaliseBoolean(word)).toBe('false');
		expect(consentReader(NO_WORDS)(word)).toBe('opt-out');
		expect(readConsentForType('opt-in', NO_WORDS)(word)).toBeUndefined();
		expect(readConsentForType('opt-out', NO_WORDS)(word)).toBeUndefined();
	});
});

it('the words of the user come before the built-in ones with punctuation, too', () => {
	const words = { optIn: [], optOut: ['ja'], ignore: ['nej tack'] };
	expect(consentReader(words)('Ja.')).toBe('opt-out');
	expect(consentReader(words)('Nej, tack!')).toBeUndefined();
});

it.each([
	'1,',
	'1.',
	'ja,nej',
	'ja nej',
	'tack',
	'danke',
	'merci',
	'jo',
	'da',
	'nu',
	'maybe',
	'2',
	'yes/no',
	'j\uFFFD',
])('%j is neither', (word) => {
	expect(normaliseBoolean(word)).toBeInstanceOf(InvalidValue);
	expect(consentReader(NO_WORDS)(word)).toBeInstanceOf(InvalidValue);
});

it.each([
	...['opt\u2011in', 'Opted\u00A0In'],
	...['Subscribed', 'opt-in', 'Opted In', 'prenumererar', 'påmeldt', 'tilmeldt', 'angemeldet'],
	...['aangemeld', 'inscrit', 'abonné', 'suscrito', 'iscritto', 'zapisany', 'přihlášen'],
])('%j opts in', (word) => {
	expect(consentReader(NO_WORDS)(word)).toBe('opt-in');
	expect(readConsentForType('opt-in', NO_WORDS)(word)).toBe('opt-in');
	expect(readConsentForType('opt-out', NO_WORDS)(word)).toBeUndefined();
});

it.each([
	...['Unsubscribed', 'opt_out', 'avregistrerad', 'avmeldt', 'AFMELDT', 'abgemeldet', 'afgemeld'],
	...['désinscrit', 'désabonné'.normalize('NFD'), 'dado de baja', 'disiscritto', 'wypisany'],
])('%j opts out', (word) => {
	expect(consentReader(NO_WORDS)(word)).toBe('opt-out');
	expect(readConsentForType('opt-out', NO_WORDS)(word)).toBe('opt-out');
	expect(readConsentForType('opt-in', NO_WORDS)(word)).toBeUndefined();
});

it.each([
	'',
	null,
	undefined,
	'Pending',
	'cleaned',
	'N/A',
	'#N/A',
	'none',
	'-',
	'–',
	'unknown',
	'\u200B',
])('%j changes nothing', (value) => {
	expect(consentReader(NO_WORDS)(value)).toBeUndefined();
	expect(readConsentForType('opt-out', NO_WORDS)(value)).toBeUndefined();
});

it.each([
	['opt-in', '1', { optIn: ['0'], optOut: ['1'] }, undefined],
	['opt-in', 1, { optIn: ['0'], optOut: ['1'] }, undefined],
	['opt-in', '0', { optIn: ['0'], optOut: ['1'] }, 'opt-in'],
	['opt-in', 0, { optIn: ['0'], optOut: ['1'] }, 'opt-in'],
	['opt-out', 'no', { optIn: ['yes'], optOut: ['no'] }, 'opt-out'],
	['opt-out', 'yes', { optIn: ['yes'], optOut: ['no'] }, undefined],
	['opt-out', 'ja', { optIn: ['yes'], optOut: ['no'] }, 'opt-out'],
	['opt-out', 'yes', { optIn: [], optOut: [], ignore: ['Yes'] }, undefined],
	['opt-in', 'bounced', { optIn: [], optOut: [], ignore: ['bounced'] }, undefined],
	['opt-in', 'pending', { optIn: ['Pending'], optOut: [] }, 'opt-in'],
	['opt-in', 'bounced', NO_WORDS, REJECTED],
] as const)('in a field for %s, %j with the words %j means %s', (type, value, words, right) => {
	const consent = readConsentForType(type, words)(value);
	expect(consent instanceof InvalidValue ? REJECTED : consent).toBe(right);
});

it.each([
	['pending', { optIn: ['pending'], optOut: [] }, 'opt-in'],
	['bounced', { optIn: [], optOut: ['Bounced'] }, 'opt-out'],
	['yes', { optIn: [], optOut: [], ignore: ['yes'] }, undefined],
	['', { optIn: [], optOut: [''] }, 'opt-out'],
])('%j with the words %j means %s', (value, words, right) => {
	expect(consentReader(words)(value)).toBe(right);
});

it('a word in two lists is refused', () => {
	expect(checkConsentWords({ optIn: ['a', 'A'], optOut: ['b'], ignore: ['c'] })).toBeUndefined();
	expect(checkConsentWords({ optIn: ['a', 'x'], optOut: ['X '] })?.message).toBe(
		'Consent Value Mapping has the word "x" in Opt-In Words and in Opt-Out Words',
	);
	expect(checkConsentWords({ optIn: [], optOut: ['x'], ignore: ['x'] })?.message).toContain(
		'Words That Change Nothing',
	);
});
