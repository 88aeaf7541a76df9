import { emailKey, normaliseEmail } from '../../../nodes/ApsisOne/values/email';
import { InvalidValue } from '../../../nodes/ApsisOne/values/invalidValue';
import { valueProblem } from '../../apsisOne/rowProcessing';

const REJECTED = 'rejected';

function read(value: unknown): string {
	const address = normaliseEmail(value);
	return address instanceof InvalidValue ? REJECTED : address;
}

const INVISIBLE = [
	...['\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u00AD', '\u2060', '\uFEFF', '\u061C'],
	...['\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069'],
	...['\u180E', '\u034F', '\u2063', '\uFE0F', '\u{E0041}'],
];

it.each(INVISIBLE)('an invisible character (%j) is taken off anywhere', (character) => {
	const address = 'anna@example.com';
	for (let at = 0; at <= address.length; at++) {
		expect(read(address.slice(0, at) + character + address.slice(at))).toBe(address);
	}
});

it.each([
	['mailto://anna@example.com', 'anna@example.com'],
	['=anna@example.com', REJECTED],
	['=3Danna@example.com', REJECTED],
	['anna=berg@example.com', 'anna=berg@example.com'],
	['anna@fjall.local', REJECTED],
	['anna@mail.corp.internal', REJECTED],
	...['test', 'example', 'invalid', 'localhost', 'corp', 'home', 'home.arpa', 'onion'].map(
		(domain) => [`anna@shop.${domain}`, REJECTED],
	),
	['anna@test.se', 'anna@test.se'],
	['j?rgen@example.com', REJECTED],
	['|anna@example.com', REJECTED],
	['anna@local.se', 'anna@local.se'],
	['anna@internals.se', 'anna@internals.se'],
	// A Cyrillic а and a Greek ο look like Latin letters.
	['anna@ex\u0430mple.com', REJECTED],
	['anna@g\u03BFogle.com', REJECTED],
	['info@яндекс.com', 'info@яндекс.com'],
	['\u0430nna@example.com', REJECTED],
	['anna@\uFB01.example.com', 'anna@fi.example.com'],
	['anna@example.com\u3164', 'anna@example.com'],
	['anna\u2800@example.com', 'anna@example.com'],
	['anna@my\u2011shop.com', 'anna@my-shop.com'],
	['anna@example\uFFFD.com', REJECTED],
	['an\uFFFDna@example.com', REJECTED],
	["'anna@example.com", 'anna@example.com'],
	["'anna@example.com'", 'anna@example.com'],
	["o'brien@example.ie", "o'brien@example.ie"],
	['="anna@example.com"', 'anna@example.com'],
	['"anna@example.com"', 'anna@example.com'],
	['mailto:anna@example.com', 'anna@example.com'],
	['MAILTO:anna@example.com', 'anna@example.com'],
	['mailto:anna@example.com?subject=x', REJECTED],
	['<anna@example.com>', 'anna@example.com'],
	['Anna <anna@example.com>', 'anna@example.com'],
	['"Anna Berg" <anna@example.com>', 'anna@example.com'],
	['<mailto:anna@example.com>', 'anna@example.com'],
	['bo@example.com <anna@example.com>', REJECTED],
	['Anna <anna@example.com>, Bo <bo@example.com>', REJECTED],
	['anna@example.com; bo@example.com', REJECTED],
	['anna@example.com bo@example.com', REJECTED],
	['anna@example.com/bo@example.com', REJECTED],
	['"anna berg"@example.com', REJECTED],
	['anna@example.com.', REJECTED],
	['anna@exam\u00A0ple.com', REJECTED],
	['info@åö.se', 'info@åö.se'],
	['info@åö.se'.normalize('NFD'), 'info@åö.se'],
	['info@xn--5ca8a.se', 'info@xn--5ca8a.se'],
	['info@xn--a.se', REJECTED],
	['info@example.xn--p1ai', REJECTED],
	['info@пример.рф', 'info@пример.рф'],
	['info@ex%61mple.com', REJECTED],
	['info@example.com:80', REJECTED],
])('%j is %s', (value, right) => {
	expect(read(value)).toBe(right);
	if (right !== REJECTED) expect(valueProblem('email', right)).toBeUndefined();
});

it.each([
	['Anna@Example.com', 'anna@example.COM'],
	['info@åö.se', 'INFO@ÅÖ.se'],
	['info@åö.se', 'info@åö.se'.normalize('NFD')],
	['info@åö.se', 'info@xn--5ca8a.se'],
	['info@straße.de', 'info@xn--strae-oqa.de'],
])('%s and %s are one', (one, other) => {
	expect(emailKey(one)).toBe(emailKey(other));
});

it.each([
	['anna@example.com', 'anna@example.org'],
	['info@åö.se', 'info@ao.se'],
	['', 'anna@example.com'],
])('%s and %s are two', (one, other) => {
	expect(emailKey(one)).not.toBe(emailKey(other));
});

it.each([
	['åsa@example.com', 'takes letters without accents only'],
	['\u0430nna@example.com', 'of the Latin alphabet'],
	['anna@ex\u0430mple.com', 'letters of two alphabets'],
	['anna berg@example.com', 'Write it like name@example.com'],
])('the cure for %s names what cannot be seen', (value, cure) => {
	expect((normaliseEmail(value) as InvalidValue).cure).toContain(cure);
});
