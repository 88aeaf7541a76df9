import type { IExecuteFunctions } from 'n8n-workflow';

import type { AttributeType } from '../../api/parseDefinitions';
import { ApsisOneError } from '../../errors';
import type { Normaliser } from '../../values/normalisers';
import { InvalidValue, shown } from '../../values/invalidValue';

/**
 * The text of a value by the rules for imports; '' for nothing.
 *
 * @param field its display name
 * @throws ApsisOneError naming the field
 */
export function normalised(normalise: Normaliser, field: string, value: unknown): string {
	const text = normalise(value);
	if (text instanceof InvalidValue) throw invalid(field, value, text.rule, text.cure);
	return text;
}

/** Types that JSON has as numbers, Mobile among them (contract: Single-profile calls). */
/** By type of attribute; `moment` is a point in time as ISO 8601 writes it. */
export type Normalisers = Readonly<Record<AttributeType | 'key' | 'moment', Normaliser>>;

const NUMBERS: ReadonlySet<AttributeType | 'key'> = new Set(['mobile', 'number', 'timestamp']);

/**
 * A value in the JSON type of its attribute or field, by the rules for imports; '' for nothing. Where the type is not
 * known, the value keeps the JSON type it came with.
 *
 * @throws ApsisOneError naming the field
 */
export function typedValue(
	normalise: Normalisers,
	type: AttributeType | 'key',
	field: string,
	value: unknown,
): string | number | boolean {
	const text = normalised(normalise[type], field, value);
	if (text === '') return text;
	if (type === 'boolean') return text === 'true';
	if (type === 'unknown' && (typeof value === 'number' || typeof value === 'boolean')) return value;
	if (!NUMBERS.has(type)) return text;
	const number = Number(text);
	if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)))
		return number;
	throw invalid(
		field,
		value,
		'is too large a number to be exact',
		'Use Request profile import instead: it keeps every digit.',
	);
}

function invalid(field: string, value: unknown, rule: string, cure: string): ApsisOneError {
	// An expression that failed comes as the reason why.
	const quoted = value instanceof InvalidValue ? '' : shown(value);
	return new ApsisOneError(`${field}: ${rule}${quoted ? ` (${quoted})` : ''}`, cure);
}

/**
 * The choices of a list, of which an expression may also make text with commas.
 *
 * @throws ApsisOneError when it is something else
 */
export function readChoices(
	context: IExecuteFunctions,
	name: string,
	field: string,
	itemIndex: number,
): string[] {
	const value: unknown = context.getNodeParameter(name, itemIndex, []) ?? [];
	const list = typeof value === 'string' ? value.split(',') : value;
	if (Array.isArray(list) && list.every((one) => typeof one === 'string')) {
		return list.map((one) => one.trim()).filter(Boolean);
	}
	throw invalid(
		field,
		value,
		'is not a list of IDs',
		'Choose from the list, or enter IDs separated by commas.',
	);
}
