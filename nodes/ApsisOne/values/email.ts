import isEmail from 'validator/lib/isEmail';

import { plainText } from './plainText';
import { InvalidValue } from './invalidValue';

const INVALID_EMAIL = new InvalidValue(
	'invalid email address',
	'Write it like name@example.com, with a public domain.',
);

/** The everyday address, recognised at once; whatever it does not match is judged by validator. */
const EVERYDAY_ADDRESS =
	/^[a-z0-9](?:[a-z0-9_+-]|\.(?!\.)){0,61}[a-z0-9]@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,18}$/i;

/** Email address: well-formed, with a public domain (contract: The file). */
export function normaliseEmail(value: unknown): string | InvalidValue {
	const text = plainText(value);
	if (typeof text !== 'string' || text === '') return text;
	return EVERYDAY_ADDRESS.test(text) || isWellFormed(text) ? text : INVALID_EMAIL;
}

/** No address holds characters beyond the basic plane, and halves of them make validator throw. */
const SURROGATE = /[\uD800-\uDFFF]/;

function isWellFormed(text: string): boolean {
	return (
		!SURROGATE.test(text) && isEmail(text, { allow_utf8_local_part: false, require_tld: true })
	);
}
