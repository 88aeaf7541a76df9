import type { IDataObject } from 'n8n-workflow';

import { InvalidValue, shown } from '../values/invalidValue';
import { isDateObject } from '../values/plainText';
import { CODE, fieldPaths } from './expressions';
import { valueAt } from './fieldSource';

/** The answer where a missing field would erase what is stored. */
export const MISSING_FIELD = new InvalidValue(
	'is missing, which would erase it',
	'Clear Existing Attributes is on. If a missing field means an empty one, map it with an expression such as {{ $json.City ?? "" }}. Otherwise turn off the option.',
);

/** What JavaScript makes of nothing in a text: `Anna undefined`. */
const TEXT_OF_NOTHING =
	/undefined|\bNaN|NaN\b|(?:^|[\s_-])null(?:[\s_-]|$)|\[object \w+\]|Invalid Date/;
/** What it makes of nothing where a number or date is wanted: `Number("")`, `new Date(null)`. */
const ZERO = /^-?0(?:[.,]0+)?$|^1970-01-01/;
/** The expression names a zero itself, or counts. */
const MEANS_ZERO = /(?<![\w.])0(?:[.,]0+)?(?![\w.])|!!|length|size|count|filter|reduce|index|diff/i;
/** The expression says itself that nothing is to be empty: `$json.City ?? ""`. */
const MEANS_EMPTY = /""|''|``|\bnull\b/;

/**
 * What an expression has given, or the reason why it cannot be meant: it was made of fields that are missing or empty.
 *
 * @param json the item that it reads; undefined where that is not at hand
 */
export function checkedValue(
	value: unknown,
	expression: string,
	json: IDataObject | undefined,
): unknown {
	if (!isOfNothing(value, expression, json)) return value;
	return new InvalidValue(
		'comes from an expression that reads a missing or unusable field',
		`It gives "${shown(value)}". Give the field a fallback, e.g. {{ $json.name ?? "" }}.`,
	);
}

function isOfNothing(value: unknown, expression: string, json: IDataObject | undefined): boolean {
	if (typeof value === 'string' && TEXT_OF_NOTHING.test(value)) return true;
	if (!json) return false;
	// With a fallback of its own, it gives more than the text around it.
	if (isTemplate(expression)) return value === expression.replace(CODE, '');
	const isZero =
		(value === 0 || (typeof value === 'string' && ZERO.test(value)) || isEpoch(value)) &&
		!MEANS_ZERO.test(expression);
	if (!isZero) return false;
	const paths = fieldPaths(expression);
	return paths.length > 0 && paths.every((path) => isBlankAt(json, path));
}

/** A list that is not empty is something, whatever is called on it: `$json.amounts.sum()`. */
function isBlankAt(json: IDataObject, path: readonly string[]): boolean {
	const owner = valueAt(json, path.slice(0, -1));
	return isBlank(valueAt(json, path)) && !(Array.isArray(owner) && owner.length > 0);
}

function isEpoch(value: unknown): boolean {
	return isDateObject(value) && value.valueOf() === 0;
}

/** `Dear {{ $json.name }}`: without the name nobody wants the rest. */
function isTemplate(expression: string): boolean {
	if (expression.startsWith('{{') && expression.endsWith('}}')) return false;
	return /[\p{L}\p{N}]/u.test(expression.replace(CODE, '')) && !MEANS_EMPTY.test(expression);
}

/**
 * What a field of a mapper has given for an item, or the reason why it cannot be meant.
 *
 * @param stored as the workflow has it; an expression begins with `=`
 * @param json the item; undefined where expressions need not mean it
 * @param clears whether nothing is to erase what is stored
 */
export function mappedValue(
	value: unknown,
	stored: unknown,
	json: IDataObject | undefined,
	clears = false,
): unknown {
	if (typeof stored !== 'string' || !stored.startsWith('=')) return value;
	const expression = stored.slice(1);
	if (clears && isOfMissingField(value, expression, json)) return MISSING_FIELD;
	return checkedValue(value, expression, json);
}

/**
 * Whether an expression gives nothing because a field that it reads is missing, and does not say itself that this counts as
 * empty.
 *
 * @param json the item that it reads; undefined where that is not at hand
 */
export function isOfMissingField(
	value: unknown,
	expression: string,
	json: IDataObject | undefined,
): boolean {
	if (!isBlank(value) || MEANS_EMPTY.test(expression)) return false;
	return value === undefined || (json !== undefined && readsMissing(expression, json));
}

function readsMissing(expression: string, json: IDataObject): boolean {
	return fieldPaths(expression).some((path) => !Object.hasOwn(json, path[0] ?? ''));
}

function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}
