import { InvalidValue } from '../../../nodes/ApsisOne/values/invalidValue';
import { makeNormalisers } from '../../../nodes/ApsisOne/values/normalisers';
import { normaliseKeyText, normaliseText } from '../../../nodes/ApsisOne/values/text';

const REJECTED = 'rejected';

function orRejected(value: string | InvalidValue): string {
	return value instanceof InvalidValue ? REJECTED : value;
}

it.each<[string, string]>([
	['1.23457E+11', REJECTED],
	['1,23457E+11', REJECTED],
	['8.96529E+19', REJECTED],
	['1.2e11', REJECTED],
	['1E+11', REJECTED],
	['-1.5E-07', REJECTED],
	["'1.23457E+11", REJECTED],
	['="1.23457E+11"', REJECTED],
	['1.23457E\u200B+11', REJECTED],
	['1.23457 E+11', REJECTED],
	['1.23457x10^11', REJECTED],
	['1,23457×10^11', REJECTED],
	['123E+9', REJECTED],
	['2023E-0017', '2023E-0017'],
	['12E4', '12E4'],
	['1e5', '1e5'],
	['E+11', 'E+11'],
	["'0017", '0017'],
	["'0017'", '0017'],
	['="0017"', '0017'],
	['=" 0017 "', '0017'],
	['=0017', '=0017'],
	['c-1\u200E', 'c-1'],
	['\u202Ac-1\u202C', 'c-1'],
	['c\u00AD-\u200B1', 'c-1'],
	['c-1\u00A0', 'c-1'],
	['Ö1'.normalize('NFD'), 'Ö1'],
	['c-\uFFFD', REJECTED],
	['\u200B', ''],
	["'", ''],
	['=""', ''],
	...['undefined', 'null', 'NULL', '(null)', '\\N', 'NaN', 'None', 'n/a'].map(
		(word): [string, string] => [word, REJECTED],
	),
	...['[object Object]', '#N/A', '#REF!'].map((error): [string, string] => [error, REJECTED]),
	['nancy', 'nancy'],
	['-17', '-17'],
	['"0017"', '0017'],
	// What looks the same is one key.
	['c\u00A01', 'c 1'],
	['c\u20031', 'c 1'],
	['c\u20111', 'c-1'],
	['c-1\u3164', 'c-1'],
	['c\u115F-1', 'c-1'],
	['c\u2800-1', 'c-1'],
	['c-1\u{1D173}', 'c-1'],
	['c\u20281', REJECTED],
	// What stands for no key, of which many customers would be made one.
	['17.0', REJECTED],
	['123456789012.0', REJECTED],
	['17.5', '17.5'],
	['1.0.0', '1.0.0'],
	['<null>', REJECTED],
	['nullpunkt', 'nullpunkt'],
	['#17', '#17'],
	['TRUE', REJECTED],
	['false', REJECTED],
	['SAND', 'SAND'],
	['NO', 'NO'],
	// 1-2 in a spreadsheet of the world.
	...['02-jan', '2-Jan', 'Jan-02', 'jan.02', '02. Jan', '1-mars', '02-janv', '2.tammi'].map(
		(text): [string, string] => [text, REJECTED],
	),
	['2013-02-01 00:00:00', REJECTED],
	['2013-02-01T00:00:00.000Z', REJECTED],
	...['MAR-12', '12-DEC', '02-xyz', 'mar12', '2013-02-01', 'Juno-12', '1-2'].map(
		(text): [string, string] => [text, text],
	),
	['“0017”', '0017'],
	['„0017“', '0017'],
	['«0017»', '0017'],
	['K?ND-1', REJECTED],
	['{{ $json.id }}', REJECTED],
])('the key %j is %s', (value, right) => {
	expect(orRejected(normaliseKeyText(value))).toBe(right);
});

it.each<[string, string]>([
	['J\uFFFDrgen', REJECTED],
	['\uFFFD', REJECTED],
	[`${'x'.repeat(80)}\uFFFD`, REJECTED],
	["'s-Hertogenbosch", "'s-Hertogenbosch"],
	['="0150"', '0150'],
	['=SUM(A1)', '=SUM(A1)'],
	...['#N/A', '#REF!', '#NAME?', '#DIV/0!', '#VALUE!', '#SAKNAS!', '#VÄRDEFEL!', '#NV', '#N/D'].map(
		(error): [string, string] => [error, REJECTED],
	),
	...['#BEZUG!', '#I/T', '#PUUTTUU!', '[object Object]', '[object Promise]'].map(
		(error): [string, string] => [error, REJECTED],
	),
	['#vip', '#vip'],
	['#VIP', '#VIP'],
	['#1 in Malmö!', '#1 in Malmö!'],
	['[VIP]', '[VIP]'],
	['Null', 'Null'],
	['-', '-'],
	['1.23457E+11', '1.23457E+11'],
	['#REFERENS!', REJECTED],
	['#¡VALOR!', REJECTED],
	['#NENÍ_K_DISPOZICI', REJECTED],
	['#Wow!', '#Wow!'],
	['Undefined behaviour', 'Undefined behaviour'],
	['\u200E', ''],
	['\u00AD', ''],
	['\u3164', ''],
	['\u00A0\u200F', ''],
	['❤️', '❤️'],
	['👩‍👩‍👧', '👩‍👩‍👧'],
	...[
		'NULL',
		'null',
		'(null)',
		'undefined',
		'NaN',
		'[object Object]',
		'Invalid DateTime',
		'\\N',
	].map((text): [string, string] => [text, REJECTED]),
	...[
		'Dear [object Object]',
		'#N/A',
		'#NAME?',
		'#VÄRDEFEL!',
		'#DIVISION/0!',
		'#SAKNAS!',
		'#NV',
	].map((text): [string, string] => [text, REJECTED]),
	...[
		'#¿NOMBRE?',
		'#I/T',
		'########',
		'Err:508',
		'Ã…sa',
		'MalmÃ¶',
		'O\u00e2\u20ac\u2122Brien',
		'a\u00c2\u00a0b',
	].map((text): [string, string] => [text, REJECTED]),
	...[
		'Null',
		'None',
		'nada',
		'Nullarbor',
		'#1!',
		'#winter',
		'# 7',
		'Nan',
		'(nil)',
		'Invalid',
		'[x]',
	].map((text): [string, string] => [text, text]),
	...['JOÃO', 'São Paulo', 'CAFÉ®', 'Âne', 'â', 'Åsa', 'Lê Thị Ánh', 'Борис', 'Ærø'].map(
		(text): [string, string] => [text, text],
	),
	['Åsa'.normalize('NFD'), 'Åsa'],
	['Zoë Müller'.normalize('NFD'), 'Zoë Müller'],
	// Letters lost, misread or left as codes.
	...[
		'J?rgen',
		'?sa',
		'J??rgen',
		'Bo ?berg',
		'??????',
		'???? ????',
		'Bj√∂rn',
		'Bj├╢rn',
		'Sm├©r',
	].map((text): [string, string] => [text, REJECTED]),
	...[
		'What?',
		'Hur mår du? Bra',
		'?',
		'a ? b',
		'https://x.se/a?b',
		'page.php?id=1',
		'√2',
		'├── a',
	].map((text): [string, string] => [text, text]),
	...[
		'&Aring;sa',
		'O&#39;Brien',
		'H&amp;M',
		'Jos&#xE9;',
		'\\u00c5sa',
		'=?UTF-8?Q?=C3=85sa?=',
		'%C3%85sa',
	].map((text): [string, string] => [text, REJECTED]),
	...[
		'H&M',
		'Marks & Spencer; Co',
		'100 %',
		'<b>H&amp;M</b>',
		'https://x.se/%C3%85',
		'C:\\Users',
	].map((text): [string, string] => [text, text]),
	...[
		'*|FNAME|*',
		'%%First Name%%',
		'{{ contact.firstname }}',
		'${name}',
		'#{name}',
		'##name##',
	].map((text): [string, string] => [text, REJECTED]),
	...['Hi {{ name }}', '50%% off', '##', '{a}'].map((text): [string, string] => [text, text]),
	...['<NA>', 'NaT', '<nil>', 'Loading...', '#GETTING_DATA', 'Fel:502', 'Virhe:504', 'Err:502'].map(
		(text): [string, string] => [text, REJECTED],
	),
	...['Fel: 502', 'Kapitel 1:502', 'NATO', 'Loading'].map((text): [string, string] => [text, text]),
	['👍'.repeat(1_000), '👍'.repeat(1_000)],
	['👍'.repeat(1_001), REJECTED],
])('the text %j is %s', (value, right) => {
	expect(orRejected(normaliseText(value))).toBe(right);
});

describe.each([
	...['boolean', 'country', 'date', 'email', 'key', 'mobile'],
	...['number', 'text', 'timestamp', 'unknown'],
] as const)('a value of the type %s', (type) => {
	const normalise = makeNormalisers({
		dates: { timezone: 'Europe/Stockholm', excelSerials: false },
	})[type];

	it.each([
		'\uFFFD',
		'J\uFFFDrgen',
		'2013-02-0\uFFFD',
		'+4670123456\uFFFD',
		'anna@example\uFFFD.com',
	])('is refused where a character was lost: %j', (value) => {
		expect(normalise(value)).toBeInstanceOf(InvalidValue);
		expect((normalise(value) as InvalidValue).rule).toContain('lost before this node');
	});
});

it.each([true, false])('the key %j of many rows would make one profile of many people', (value) => {
	expect(normaliseKeyText(value)).toBeInstanceOf(InvalidValue);
	expect(normaliseText(value)).toBe(String(value));
});

it('a date as the key was a code before, such as 1-2', () => {
	expect(normaliseKeyText(new Date('2013-02-01T00:00:00Z'))).toBeInstanceOf(InvalidValue);
	expect(normaliseText(new Date('2013-02-01T00:00:00Z'))).toBe('2013-02-01T00:00:00.000Z');
});
