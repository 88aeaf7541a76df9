import { InvalidValue } from './invalidValue';
import { strictText } from './plainText';

/**
 * Yes and no in the languages of countries that APSIS One serves, and true and false as spreadsheets write them there.
 * A word that means one thing in one of them and the opposite in another would be left out. Two are kept that only
 * other senses speak against: `no` (a casual yes in Polish) and `tak` (thanks in Danish, where `ja tak` and
 * `nej tak` are written out). Thanks alone (`tack`, `danke`, `merci`) is yes here and no there, and left out; so are
 * `jo` and `da`.
 */
const YES = [
	...['1', '1.0', 'true', 'yes', 'y', 'on', 'yes please'],
	// Swedish, Norwegian, Danish, Icelandic, Finnish
	...['ja', 'j', 'sant', 'sann', 'ja tack', 'ja takk', 'sand', 'ja tak', 'já', 'satt'],
	...['kyllä', 'kylla', 'joo', 'tosi', 'kyllä kiitos'],
	// German, Dutch, French, Spanish, Portuguese, Italian
	...['wahr', 'waar', 'oui', 'vrai', 'sí', 'si', 'sì', 'verdadero', 'sim', 'verdadeiro', 'vero'],
	// Polish, Czech, Estonian, Latvian, Lithuanian
	...['tak', 'prawda', 'ano', 'pravda', 'jah', 'tõene', 'jā', 'patiess', 'taip', 'tiesa'],
];
const NO = [
	...['0', '0.0', 'false', 'no', 'n', 'off', 'no thanks'],
	...['nej', 'nä', 'falskt', 'nej tack', 'nei', 'usant', 'usann', 'nei takk', 'falsk', 'nej tak'],
	...['ósatt', 'ei', 'epätosi', 'epatosi', 'ei kiitos'],
	...['nein', 'falsch', 'nee', 'onwaar', 'non', 'faux', 'falso', 'não', 'nao'],
	...['nie', 'fałsz', 'falsz', 'ne', 'nepravda', 'väär', 'nē', 'aplams', 'netiesa'],
];

const MEANINGS: ReadonlyMap<string, boolean> = new Map([
	...YES.map((word) => [word, true] as const),
	...NO.map((word) => [word, false] as const),
]);

/** `Ja, tack!` is `ja tack`; what follows a digit is part of a number. */
const PUNCTUATION = /(?<=\p{L})(?:,(?= )|[.!]$)/gu;

const INVALID_BOOLEAN = new InvalidValue(
	'is neither yes nor no',
	'Write true or false (yes/no and 1/0 also work, as do yes and no in most European languages).',
);

/** Whether a word says yes or no, in the languages of APSIS One's customers; undefined when it says neither. */
export function meaningOf(word: string): boolean | undefined {
	const plain = word.toLowerCase();
	return MEANINGS.get(plain) ?? MEANINGS.get(withoutPunctuation(plain));
}

/** A word or two without what only stands between and behind them. */
export function withoutPunctuation(words: string): string {
	return words.replace(PUNCTUATION, '');
}

/** Boolean: `true` or `false` (contract: The file). */
export function normaliseBoolean(value: unknown): string | InvalidValue {
	const text = strictText(value);
	if (typeof text !== 'string' || text === '') return text;
	const meaning = meaningOf(text);
	if (meaning === undefined) return INVALID_BOOLEAN;
	return meaning ? 'true' : 'false';
}
