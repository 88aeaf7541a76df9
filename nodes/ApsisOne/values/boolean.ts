import { strictText } from './plainText';
import { InvalidValue } from './invalidValue';

const YES = ['1', 'true', 'yes', 'y', 'on', 'ja', 'j', 'kyllä', 'sant', 'sand', 'sann'];
const NO = ['0', 'false', 'no', 'n', 'off', 'nej', 'nei', 'ei', 'falskt', 'falsk', 'usant'];

const MEANINGS: ReadonlyMap<string, boolean> = new Map([
	...YES.map((word) => [word, true] as const),
	...NO.map((word) => [word, false] as const),
]);

const INVALID_BOOLEAN = new InvalidValue(
	'is neither yes nor no',
	'Write true or false (yes/no, ja/nej and 1/0 are understood too).',
);

/** Whether a word says yes or no, in English and the Nordic languages; undefined when it says neither. */
export function meaningOf(word: string): boolean | undefined {
	return MEANINGS.get(word.toLowerCase());
}

/** Boolean: `true` or `false` (contract: The file). */
export function normaliseBoolean(value: unknown): string | InvalidValue {
	const text = strictText(value);
	if (typeof text !== 'string' || text === '') return text;
	const meaning = meaningOf(text);
	if (meaning === undefined) return INVALID_BOOLEAN;
	return meaning ? 'true' : 'false';
}
