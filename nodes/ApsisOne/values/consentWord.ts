import { meaningOf } from './boolean';
import { plainText } from './plainText';
import { InvalidValue } from './invalidValue';

export type ConsentType = 'opt-in' | 'opt-out';

/** Words for a consent besides yes and no; compared without space, hyphens and case. */
const OPT_IN_WORDS = ['optin', 'optedin', 'subscribed', 'subscribe'];
const OPT_OUT_WORDS = ['optout', 'optedout', 'unsubscribed', 'unsubscribe'];

const UNCLEAR = new InvalidValue(
	'is no clear consent',
	'Write yes or no (opt-in/opt-out, subscribed/unsubscribed, 1/0), leave it empty to change nothing, or set Consent Value Mapping.',
);

/** The user's own words for opt-in and opt-out; where given, they come before the built-in ones. */
export interface ConsentWords {
	optIn: readonly string[];
	optOut: readonly string[];
}

/**
 * Makes the reader of a consent cell. Empty leaves consent alone (undefined); an unclear word is refused, never
 * guessed, since a wrong consent is a breach of law.
 */
export function consentReader(words: ConsentWords) {
	const own = new Map<string, ConsentType>([
		...words.optIn.map((word) => [word.trim().toLowerCase(), 'opt-in'] as const),
		...words.optOut.map((word) => [word.trim().toLowerCase(), 'opt-out'] as const),
	]);
	return function readConsent(value: unknown): ConsentType | undefined | InvalidValue {
		const text = plainText(value);
		if (typeof text !== 'string') return text;
		const word = text.toLowerCase();
		return own.get(word) ?? (word === '' ? undefined : builtInMeaning(word));
	};
}

function builtInMeaning(word: string): ConsentType | InvalidValue {
	const meaning = meaningOf(word);
	if (meaning !== undefined) return meaning ? 'opt-in' : 'opt-out';
	const bare = word.replace(/[\s_-]/g, '');
	if (OPT_IN_WORDS.includes(bare)) return 'opt-in';
	if (OPT_OUT_WORDS.includes(bare)) return 'opt-out';
	return UNCLEAR;
}
