import { ApsisOneError } from '../../errors';
import { meaningOf } from '../../values/boolean';
import { type ConsentWords, consentReader } from '../../values/consentWord';
import { strictText } from '../../values/plainText';
import { fieldPaths } from '../expressions';
import { type InputRow, valueAt } from '../fieldSource';
import { saysOptOut } from './optOutName';

const CURE =
	'To JavaScript every text that is not empty is true, "no" included, and what stands after || counts where the field is false. Compare the value, e.g. {{ $json.news === "yes" ? "yes" : "no" }}, or enter the name of the field in place of the expression.';

/** What a field says about itself; undefined where it says nothing, or where the expression plainly turns it round. */
type Saying = 'yes' | 'no' | undefined;

/**
 * Makes the guard against the commonest mistake in expressions: `{{ $json.news ? "yes" : "no" }}` is yes for "no", too, and
 * `{{ $json.news || "yes" }}` for false. It stops where an expression says yes although no field that it reads does, and one
 * says no.
 *
 * @param name of what the expression decides about
 * @param words of the user for consents
 * @param confirmation how the user can say that the expression is right
 * @returns to be called where the expression has said yes; undefined where there is nothing to guard
 */
export function truthGuard(
	name: string,
	expression: string,
	words: ConsentWords,
	confirmation: string,
): ((row: InputRow) => void) | undefined {
	const paths = fieldPaths(expression).filter((path) => !path.some(saysOptOut));
	if (paths.length === 0) return undefined;
	const sayingOf = sayingReader(expression, words);
	return ({ json }) => {
		const sayings = paths.map((path) => sayingOf(valueAt(json, path), path));
		const no = sayings.indexOf('no');
		if (no === -1 || sayings.includes('yes')) return;
		const path = paths[no] ?? [];
		throw new ApsisOneError(
			`${name}: the expression says yes, but the field "${path[0]}" says "${String(valueAt(json, path))}": ${expression.trim()}`,
			`${CURE}${confirmation} Nothing was sent.`,
		);
	};
}

function sayingReader(
	expression: string,
	words: ConsentWords,
): (value: unknown, path: readonly string[]) => Saying {
	const readConsent = consentReader(words);
	const isNegated = expression.replaceAll('!!', '').includes('!');
	const hasFallback = expression.includes('||');
	return (value, path) => {
		if (value === false || value === 0) return hasFallback && !isNegated ? 'no' : undefined;
		if (typeof value !== 'string') return value === true || value === 1 ? 'yes' : undefined;
		const consent = readConsent(value);
		if (consent === 'opt-in') return 'yes';
		const text = strictText(value);
		const isPlainNo = typeof text === 'string' && meaningOf(text) === false;
		const isMeant = isCompared(value, path, expression) || (isPlainNo && isNegated);
		return consent === 'opt-out' && !isMeant ? 'no' : undefined;
	};
}

/**
 * Whether the word stands in the expression, and not only as what it gives: behind `?`, `:`, `||` or `??`. Where the
 * expression changes the case of the field itself, the word as changed.
 */
function isCompared(word: string, path: readonly string[], code: string): boolean {
	const written = [
		word,
		...(path.includes('toLowerCase') ? [word.toLowerCase()] : []),
		...(path.includes('toUpperCase') ? [word.toUpperCase()] : []),
	];
	return written.some((one) => isOperand(one, code));
}

function isOperand(word: string, code: string): boolean {
	return ['"', "'", '`'].some((quote) => {
		const before = code.split(quote + word + quote).slice(0, -1);
		return before.some((part) => !/[?:|]\s*$/.test(part));
	});
}
