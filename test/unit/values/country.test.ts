import { countryCodeOf, normaliseCountry } from '../../../nodes/ApsisOne/values/country';

it.each([
	['SE', 'SE'],
	['swe', 'SE'],
	[' Österreich ', 'AT'],
	['Österreich'.normalize('NFD'), 'AT'],
	['Norge', 'NO'],
	['Atlantis', undefined],
	['Kongo', undefined],
	['Ísland', 'IS'],
	['Lietuva', 'LT'],
	['UK', 'GB'],
	['', undefined],
])('the country %j is %s', (text, code) => {
	expect(countryCodeOf(text)).toBe(code);
});

it.each(['SE\u200E', "'SE", '="SE"', '\uFEFFSverige'])('%j is Sweden', (value) => {
	expect(normaliseCountry(value)).toBe('SE');
});
