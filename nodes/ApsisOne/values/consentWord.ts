import { meaningOf, withoutPunctuation } from './boolean';
import { InvalidValue } from './invalidValue';
import { strictText } from './plainText';
import type { SettingProblem } from './settingProblem';

export type ConsentType = 'opt-in' | 'opt-out';

/** Words for a consent besides yes and no; compared without space, hyphens and case. */
const OPT_IN_WORDS = [
	...['optin', 'optedin', 'subscribed', 'subscribe'],
	...[
		'prenumererar',
		'prenumerant',
		'prenumererad',
		'påmeldt',
		'tilmeldt',
		'abonnerer',
		'abonnent',
	],
	...['skráður', 'skráð', 'áskrifandi', 'tilaaja', 'tilannut'],
	...['angemeldet', 'abonniert', 'aangemeld', 'ingeschreven', 'geabonneerd'],
	...['inscrit', 'inscrite', 'abonné', 'abonnée', 'suscrito', 'suscrita', 'inscrito', 'inscrita'],
	...['subscrito', 'subscrita', 'iscritto', 'iscritta'],
	...['zapisany', 'zapisana', 'subskrybuje', 'přihlášen', 'přihlášena', 'přihlášený', 'odebírá'],
	...['tellija', 'liitunud', 'abonējis', 'pierakstījies', 'prenumeruoja'],
];
const OPT_OUT_WORDS = [
	...['optout', 'optedout', 'unsubscribed', 'unsubscribe'],
	...[
		'avregistrerad',
		'avregistrerat',
		'avprenumererad',
		'avanmäld',
		'avmeldt',
		'afmeldt',
		'frameldt',
	],
	...['afskráður', 'afskráð', 'peruutettu', 'perunut'],
	...['abgemeldet', 'abbestellt', 'ausgetragen', 'afgemeld', 'uitgeschreven'],
	...['désinscrit', 'désinscrite', 'désabonné', 'désabonnée', 'desinscrit', 'desabonne'],
	...['dadodebaja', 'dadadebaja', 'desuscrito', 'desuscrita', 'desinscrito', 'desinscrita'],
	...['disiscritto', 'disiscritta', 'wypisany', 'wypisana', 'odhlášen', 'odhlášena', 'odhlášený'],
	...['loobunud', 'atrakstījies', 'atsisakė', 'atsiprenumeravęs'],
];

const MEANINGS: ReadonlyMap<string, ConsentType> = new Map([
	...OPT_IN_WORDS.map((word) => [word, 'opt-in'] as const),
	...OPT_OUT_WORDS.map((word) => [word, 'opt-out'] as const),
]);

/** What other mailing tools write for people who have said neither yes nor no. */
const WORDS_THAT_CHANGE_NOTHING: ReadonlySet<string> = new Set([
	...['pending', 'cleaned', 'unknown', 'none', 'null', 'n/a', '#n/a', 'na', '-', '–', '—'],
]);

const UNCLEAR = new InvalidValue(
	'is not a clear consent',
	'Write yes or no (opt-in/opt-out, subscribed/unsubscribed, 1/0), leave it empty to change nothing, or set Consent Value Mapping.',
);

/** The user's own words; where given, they come before the built-in ones. */
export interface ConsentWords {
	optIn: readonly string[];
	optOut: readonly string[];
	/** Words that change nothing, besides the built-in ones. */
	ignore?: readonly string[];
}

/** What a word says: a consent, or that nothing is to change; undefined when it says neither. */
type Meaning = ConsentType | 'nothing';

type ConsentReader = (value: unknown) => ConsentType | undefined | InvalidValue;

/**
 * Makes the reader of a consent cell. Empty leaves consent alone (undefined); an unclear word is refused, never
 * guessed, since a wrong consent is a breach of law.
 */
export function consentReader(words: ConsentWords): ConsentReader {
	return makeReader(words, (isYes) => (isYes ? 'opt-in' : 'opt-out'));
}

/**
 * Makes the reader of a field that says for which rows a consent of one type is meant. "yes" means "do it" and "no"
 * "do nothing", whatever the type; the user's own words and words for a consent mean what they say, and one of the
 * other type leaves the row alone.
 */
export function readConsentForType(type: ConsentType, words: ConsentWords): ConsentReader {
	const read = makeReader(words, (isYes) => (isYes ? type : 'nothing'));
	return function readConsentOfType(value) {
		const consent = read(value);
		return consent instanceof InvalidValue || consent === type ? consent : undefined;
	};
}

function makeReader(words: ConsentWords, ofYesOrNo: (isYes: boolean) => Meaning): ConsentReader {
	const own = new Map(ownMeanings(words));
	return function readConsent(value) {
		const text = strictText(value);
		if (typeof text !== 'string') return text;
		const word = text.toLowerCase();
		// The user's `ja` counts for `Ja!`, too, before the built-in one does.
		const meaning =
			own.get(word) ??
			own.get(withoutPunctuation(word)) ??
			(word === '' ? 'nothing' : builtInMeaning(word, ofYesOrNo));
		return meaning === 'nothing' ? undefined : (meaning ?? UNCLEAR);
	};
}

function ownMeanings({ optIn, optOut, ignore = [] }: ConsentWords): Array<[string, Meaning]> {
	return [
		...ignore.map((word): [string, Meaning] => [comparable(word), 'nothing']),
		...optIn.map((word): [string, Meaning] => [comparable(word), 'opt-in']),
		...optOut.map((word): [string, Meaning] => [comparable(word), 'opt-out']),
	];
}

/** A word as a value with that word is read. */
function comparable(word: string): string {
	const text = strictText(word);
	return (typeof text === 'string' ? text : word).toLowerCase();
}

function builtInMeaning(word: string, ofYesOrNo: (isYes: boolean) => Meaning): Meaning | undefined {
	if (WORDS_THAT_CHANGE_NOTHING.has(word)) return 'nothing';
	const isYes = meaningOf(word);
	return isYes === undefined ? MEANINGS.get(word.replace(/[\s_-]/g, '')) : ofYesOrNo(isYes);
}

const LIST_NAMES: Readonly<Record<Meaning, string>> = {
	'opt-in': 'Opt-In Words',
	'opt-out': 'Opt-Out Words',
	nothing: 'Words That Change Nothing',
};

/** Looks for a word that stands in two of the user's lists. To be called once, before the first value is read. */
export function checkConsentWords(words: ConsentWords): SettingProblem | undefined {
	const seen = new Map<string, Meaning>();
	for (const [word, meaning] of ownMeanings(words)) {
		const other = seen.get(word);
		if (other !== undefined && other !== meaning) {
			return {
				message: `Consent Value Mapping has the word "${word}" in ${LIST_NAMES[other]} and in ${LIST_NAMES[meaning]}`,
				cure: 'Remove it from one of the two: a word can have one meaning only.',
			};
		}
		seen.set(word, meaning);
	}
	return undefined;
}
