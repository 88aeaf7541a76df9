import isEmail from 'validator/lib/isEmail';

import { InvalidValue } from './invalidValue';
import { isPlainAscii, strictText } from './plainText';

const INVALID_EMAIL = new InvalidValue(
	'invalid email address',
	'Write it like name@example.com, with a public domain.',
);

const TWO_ALPHABETS = new InvalidValue(
	'invalid email address',
	'Its domain has letters of two alphabets that look alike, such as a Cyrillic а among Latin letters. Type it again.',
);

const OTHER_LETTERS = new InvalidValue(
	'invalid email address',
	'Before the @, APSIS One takes letters without accents only, of the Latin alphabet. Write it like name@example.com.',
);

/**
 * How domains of inner networks end, and those that lead nowhere, which shops give to customers without an address (RFC 2606,
 * 6761, 6762 and 7686, ICANN's reservation of .internal, and what routers give out).
 */
const NOT_PUBLIC =
	'local|lan|localdomain|internal|localhost|intranet|private|corp|home|arpa|test|example|invalid|onion';
const NO_PUBLIC_DOMAIN = new RegExp(`\\.(?:${NOT_PUBLIC})$`, 'i');

/** The everyday address, recognised at once; whatever it does not match is judged by validator. */
const EVERYDAY_ADDRESS = new RegExp(
	[
		/^[a-z0-9](?:[a-z0-9_+-]|\.(?!\.)){0,61}[a-z0-9]@/.source,
		/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}/.source,
		`(?!(?:${NOT_PUBLIC})$)[a-z]{2,18}$`,
	].join(''),
	'i',
);

/**
 * Email address: well-formed, with a public domain (contract: The file). One address out of `mailto:`, quotes or
 * `Anna <anna@example.com>` is taken.
 */
export function normaliseEmail(value: unknown): string | InvalidValue {
	const text = strictText(value);
	if (typeof text !== 'string' || text === '') return text;
	if (EVERYDAY_ADDRESS.test(text) && !text.includes('xn--')) return text;
	const address = bareAddress(text);
	const at = address.lastIndexOf('@');
	const [name, domain] = [address.slice(0, at), address.slice(at + 1)];
	if (isWellFormed(address)) {
		if (mixesAlphabets(domain)) return TWO_ALPHABETS;
		return `${name}@${plainDomain(domain)}`;
	}
	return /^[\p{L}\p{M}\w.+-]*[\u0080-\uFFFF][\p{L}\p{M}\w.+-]*$/u.test(name)
		? OTHER_LETTERS
		: INVALID_EMAIL;
}

function bareAddress(text: string): string {
	return text
		.replace(/^[^@<>,;]*<([^<>]*)>$/, '$1')
		.replace(/^"([^"@]+@[^"@]+)"$/, '$1')
		.replace(/^mailto:(?:\/\/)?/i, '')
		.trim();
}

/** Registries allow no such name; one that has it was made to deceive, or typed on another keyboard. */
function mixesAlphabets(domain: string): boolean {
	return domain
		.split('.')
		.some(
			(label) =>
				/\p{Script=Latin}/u.test(label) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(label),
		);
}

/** `ﬁ.fi` is but a way to write fi.fi; a name that needs more than ASCII stays as it is. */
function plainDomain(domain: string): string {
	const ascii = asciiDomain(domain) ?? domain;
	const isOnlyWritten = /[\u0080-\uFFFF]/.test(domain) && !ascii.includes('xn--');
	return isOnlyWritten ? ascii : domain;
}

/** No address holds characters beyond the basic plane, and halves of them make validator throw. */
const SURROGATE = /[\uD800-\uDFFF]/;
/**
 * What APSIS One's importer takes: an unquoted name, and a domain of letters and digits in any script. An equals sign in
 * front is left over from a formula or from a mail's encoding, and a question mark is a letter that was lost.
 */
const PLAIN_PARTS =
	/^[^\s@",;:<>()[\]\\=?|][^\s@",;:<>()[\]\\?|]*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}$/u;

function isWellFormed(text: string): boolean {
	return (
		!SURROGATE.test(text) &&
		PLAIN_PARTS.test(text) &&
		!NO_PUBLIC_DOMAIN.test(text) &&
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
