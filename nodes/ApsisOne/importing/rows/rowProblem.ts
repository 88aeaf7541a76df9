import { InvalidValue, shown } from '../../values/invalidValue';

/** Why a value cannot be sent, in the user's words. */
export interface RowProblem {
	/** Display name of the field: an attribute, "Profile Key", a subscription. */
	field: string;
	/** The value as it came, shortened. */
	value: string;
	/** The rule it breaks, as a few words that also serve to count by, e.g. `invalid phone number`. */
	rule: string;
	/** How to correct it. */
	cure: string;
}

export function rowProblem(field: string, value: unknown, invalid: InvalidValue): RowProblem {
	const { rule, cure } = invalid;
	// An expression that failed has no value; what it gave stands in the cure.
	return { field, value: value instanceof InvalidValue ? '' : shown(value), rule, cure };
}
