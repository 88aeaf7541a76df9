import { ApsisOneError } from '../../errors';
import { meaningOf } from '../../values/boolean';
import type { ConsentWords } from '../../values/consentWord';
import { plainText, strictText } from '../../values/plainText';
import { fieldPaths } from '../expressions';
import { type FieldSource, type InputRow, valueAt } from '../fieldSource';
import type { ConsentPlan } from '../plan';
import { saysOptOut } from './optOutName';

const LIST_CURE =
	'As a List Says opts people in to what the list names. To opt them out, use Opt Out Rows Where a Field Says Yes with an expression such as {{ $json.left.includes("News") ? "yes" : "" }}. If the list names consents, turn on Yes Means Opt In for the subscription. Nothing was sent.';
const FIELD_CURE =
	'If yes in this field means that the person has unsubscribed, set Consent to Opt Out Rows Where a Field Says Yes. If yes in this field is a consent, turn on Yes Means Opt In for the subscription. Nothing was sent.';

/** Throws when a value would be read the wrong way round. */
type Guard = (value: unknown, row: InputRow) => void;

/**
 * Makes the guard against a consent read the wrong way round: "yes" in a field called `unsubscribed` would opt in all who
 * have left. Words that say it themselves (`opted out`) are never wrong, and neither are the user's own.
 *
 * @param words of the user, who has said what they mean
 * @returns undefined where no name gives cause
 */
export function invertedConsentGuard(plan: ConsentPlan, words: ConsentWords): Guard | undefined {
	const { consent, when, isConfirmed } = plan;
	if (isConfirmed || consent === 'opt-out' || when === 'always') return undefined;
	const path = optOutPath(when);
	if (!path) return undefined;
	if (consent === 'asListSays') return listGuard(plan, path);
	return when.kind === 'field' ? fieldGuard(plan, path, words) : expressionGuard(plan, path);
}

/** The field that says opt-out, of those that a source reads; any step of its path may say it. */
function optOutPath(source: FieldSource): readonly string[] | undefined {
	if (source.kind === 'constant') return undefined;
	const paths = source.kind === 'field' ? [source.path] : fieldPaths(source.expression);
	return paths.find((path) => path.some(saysOptOut));
}

function fieldGuard(plan: ConsentPlan, path: readonly string[], words: ConsentWords): Guard {
	const own = new Set(
		[...words.optIn, ...words.optOut, ...(words.ignore ?? [])].map((word) => word.toLowerCase()),
	);
	return (value) => {
		const text = strictText(value);
		if (typeof text !== 'string' || own.has(text.toLowerCase())) return;
		const isYes = meaningOf(text);
		if (isYes !== undefined) throw inverted(plan, path, text, isYes);
	};
}

/**
 * An expression may turn the field round (`!$json.unsubscribed`). It does not where it says yes although the field is filled
 * in; and where it reads nothing else, not where it says no although the field is empty either.
 */
function expressionGuard(plan: ConsentPlan, path: readonly string[]): Guard {
	const { when } = plan;
	const isAlone = when !== 'always' && when.kind === 'expression' && isOnlyPath(when.expression);
	return (value, row) => {
		const text = strictText(value);
		const isYes = typeof text === 'string' ? meaningOf(text) : undefined;
		if (typeof text !== 'string' || isYes === undefined) return;
		const hasLeft = isFilledIn(valueAt(row.json, path));
		if (hasLeft === isYes && (isYes || isAlone)) throw inverted(plan, path, text, isYes);
	};
}

function isOnlyPath(expression: string): boolean {
	return new Set(fieldPaths(expression).map((path) => path.join('.'))).size === 1;
}

/** Whether a field says that the person has left: yes, or a date or reason, but not no. */
function isFilledIn(value: unknown): boolean {
	const text = plainText(value);
	if (typeof text !== 'string') return value !== null && value !== undefined;
	return text !== '' && meaningOf(text) !== false;
}

function listGuard(plan: ConsentPlan, path: readonly string[]): Guard {
	return (value) => {
		const isEmpty = Array.isArray(value) ? value.length === 0 : plainText(value) === '';
		if (isEmpty) return;
		throw new ApsisOneError(
			`${plan.name}: the list in the field "${shownName(path)}" would opt profiles in, but the name of the field says opt-out`,
			LIST_CURE,
		);
	};
}

/** Without methods at the end: of `unsubscribed.trim` what says opt-out. */
function shownName(path: readonly string[]): string {
	const last = path.findIndex((_, index) => !path.slice(index).some(saysOptOut));
	return path.slice(0, last === -1 ? undefined : last).join('.');
}

function inverted(
	{ name, consent, when }: ConsentPlan,
	path: readonly string[],
	text: string,
	isYes: boolean,
): ApsisOneError {
	const isExpression = when !== 'always' && when.kind === 'expression';
	const field = isExpression ? shownName(path) : path.join('.');
	const optsOut = consent === 'asFieldSays' ? 'opt the profile out' : 'not opt the profile out';
	return new ApsisOneError(
		`${name}: "${text}" ${isExpression ? 'from the expression with' : 'in'} the field "${field}" would ${isYes ? 'opt the profile in' : optsOut}, but the name of the field says opt-out`,
		`${
			consent === 'asFieldSays'
				? 'With As a Field Says, yes opts in and no opts out. '
				: 'Opt In Rows Where a Field Says Yes opts these people in. '
		}${FIELD_CURE}`,
	);
}
