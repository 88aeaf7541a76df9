import { meaningOf } from '../../values/boolean';
import {
	type ConsentType,
	type ConsentWords,
	consentReader,
	readConsentForType,
} from '../../values/consentWord';
import { InvalidValue } from '../../values/invalidValue';
import { strictText } from '../../values/plainText';
import { type NamedSubscription, readSubscriptionList } from '../../values/subscriptionList';
import {
	type EvaluateExpression,
	type FieldReader,
	type InputRow,
	makeReader,
} from '../fieldSource';
import type { ConsentPlan, TagPlan, ValueColumn } from '../plan';
import { invertedConsentGuard } from './invertedConsent';
import { truthGuard } from './truthMistake';

/** What a row says about one consent or tag, or why that cannot be read. */
export type Decide<T> = (row: InputRow) => T | InvalidValue;

const UNCLEAR_SWITCH = new InvalidValue(
	'is neither yes nor no',
	'Write yes or no, or leave it empty.',
);

const CONFIRM_YES = ' If the expression is right, turn on Yes Means Opt In for the subscription.';

const CALCULATE_BEFORE =
	' If the expression is right, put it in a field with an Edit Fields node before this one, and use that field instead.';

/** An expression that compares texts has thought of what they say. */
const COMPARES = /[!=]=|\.(?:includes|match|test|startsWith)\(/;

/** For an attribute that says yes or no by an expression: stops where its field says the opposite. */
export function mistakeGuard(
	{ source, rule, field }: ValueColumn,
	words: ConsentWords,
): ReturnType<typeof truthGuard> {
	const isOfItem = source.kind === 'expression' && !source.once;
	if (rule !== 'boolean' || !isOfItem || COMPARES.test(source.expression)) return undefined;
	return truthGuard(field, source.expression, words, CALCULATE_BEFORE);
}

/** @returns undefined for a row that leaves the consent as it is */
export function consentDecision(
	consent: ConsentPlan,
	words: ConsentWords,
	subscriptions: readonly NamedSubscription[],
	evaluate: EvaluateExpression,
): Decide<ConsentType | undefined> {
	const { consent: type, when } = consent;
	if (when === 'always') return () => (isConsentType(type) ? type : undefined);
	const read = makeReader(when, evaluate);
	const guard = invertedConsentGuard(consent, words);
	if (type === 'asListSays') return listDecision(consent, subscriptions, read, guard);
	const readConsent =
		type === 'asFieldSays' ? consentReader(words) : readConsentForType(type, words);
	const mistake =
		when.kind === 'expression' && type !== 'opt-out' && !consent.isConfirmed
			? truthGuard(consent.name, when.expression, words, CONFIRM_YES)
			: undefined;
	return (row) => {
		const value = read(row);
		guard?.(value, row);
		const decision = readConsent(value);
		if (decision === 'opt-in') mistake?.(row);
		return decision;
	};
}

function isConsentType(choice: ConsentPlan['consent']): choice is ConsentType {
	return choice === 'opt-in' || choice === 'opt-out';
}

function listDecision(
	{ topic, notListed }: ConsentPlan,
	subscriptions: readonly NamedSubscription[],
	read: FieldReader,
	guard: ReturnType<typeof invertedConsentGuard>,
): Decide<ConsentType | undefined> {
	return (row) => {
		const value = read(row);
		guard?.(value, row);
		const list = readSubscriptionList(value, subscriptions);
		if (list instanceof InvalidValue) return list;
		if (list.listed.has(topic)) return 'opt-in';
		// An empty list says nothing: it opts nobody out.
		return notListed === 'opt-out' && list.listed.size > 0 ? 'opt-out' : undefined;
	};
}

/** Whether a row sets a tag. */
export function switchDecision(
	{ when, name }: TagPlan,
	words: ConsentWords,
	evaluate: EvaluateExpression,
): Decide<boolean> {
	if (when === 'always') return () => true;
	const read = makeReader(when, evaluate);
	const mistake =
		when.kind === 'expression'
			? truthGuard(name, when.expression, words, CALCULATE_BEFORE)
			: undefined;
	return (row) => {
		const text = strictText(read(row));
		if (typeof text !== 'string') return text;
		const isSet = text === '' ? false : (meaningOf(text) ?? UNCLEAR_SWITCH);
		if (isSet === true) mistake?.(row);
		return isSet;
	};
}
