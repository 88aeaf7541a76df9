import isEmail from 'validator/lib/isEmail';

import { InvalidValue } from './invalidValue';
import { isPlainAscii, strictText } from './plainText';

const INVALID_EMAIL = new InvalidValue(
	'invalid email address',
	'Write it like name@example.com, with a public domain.',
);

/** The everyday address, recognised at once; whatever it does not match is judged by validator. */
const EVERYDAY_ADDRESS =
	/^[a-z0-9](?:[a-z0-9_+-]|\.(?!\.)){0,61}[a-z0-9]@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,18}$/i;

/**
 * Email address: well-formed, with a public domain (contract: The file). One address out of `mailto:`, quotes or
 * `Anna <anna@example.com>` is taken.
 */
export function normaliseEmail(value: unknown): string | InvalidValue {
	const text = strictText(value);
	if (typeof text !== 'string' || text === '') return text;
	if (EVERYDAY_ADDRESS.test(text) && !text.includes('xn--')) return text;
	const address = bareAddress(text);
	return isWellFormed(address) ? address : INVALID_EMAIL;
}

function bareAddress(text: string): string {
	return text
		.replace(/^[^@<>,;]*<([^<>]*)>$/, '$1')
		.replace(/^"([^"@]+@[^"@]+)"$/, '$1')
		.replace(/^mailto:/i, '')
		.trim();
}

/** No address holds characters beyond the basic plane, and halves of them make validator throw. */
const SURROGATE = /[\uD800-\uDFFF]/;
/** What APSIS One's importer takes: an unquoted name, and a domain of letters and digits in any script. */
const PLAIN_PARTS =
	/^[^\s@",;:<>()[\]\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}$/u;

function isWellFormed(text: string): boolean {
	return (
		!SURROGATE.test(text) &&
		PLAIN_PARTS.test(text) &&
		isEmail(text, { allow_utf8_local_part: false, require_tld: true }) &&
		asciiDomain(text.slice(text.lastIndexOf('@') + 1)) !== undefined
	);
}

/** The domain as the domain name system knows it (`xn--…`), or undefined when it can be none. */
function asciiDomain(domain: string): string | undefined {
	try {
		const { hostname } = new URL(`http://${domain}`);
		return /^[a-z0-9.-]+$/.test(hostname) ? hostname : undefined;
	} catch {
		return undefined;
	}
}

/** By what two spellings of one address are equal: small letters, and the domain in its ASCII form. */
export function emailKey(address: string): string {
	const key = address.toLowerCase();
	if (isPlainAscii(key)) return key;
	const domain = key.slice(key.lastIndexOf('@') + 1);
	if (/^[a-z0-9.-]*$/.test(domain)) return key;
	return (
		key.slice(0, key.length - domain.length) + (asciiDomain(domain) ?? domain.normalize('NFC'))
	);
}
