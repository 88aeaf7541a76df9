import type { AttributeType } from '../../account/parse';
import { ApsisOneError } from '../../errors';
import type { Normaliser } from '../../profileImport/rows/normalisers';
import { InvalidValue, shown } from '../../profileImport/rows/problem';

/**
 * The text of a value by the rules for imports; '' for nothing.
 *
 * @param field its display name
 * @throws ApsisOneError naming the field
 */
export function normalised(normalise: Normaliser, field: string, value: unknown): string {
	const text = normalise(value);
	if (!(text instanceof InvalidValue)) return text;
	const quoted = shown(value);
	throw new ApsisOneError(`${field}: ${text.rule}${quoted ? ` (${quoted})` : ''}`, text.cure);
}

/** JSON tells numbers and booleans apart from text. */
export function typedValue(type: AttributeType, text: string): string | number | boolean {
	if (type === 'boolean') return text === 'true';
	return type === 'number' || type === 'timestamp' ? Number(text) : text;
}
