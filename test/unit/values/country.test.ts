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
	['U.S.A.', 'US'],
	['Hong Kong', 'HK'],
	['Macau', 'MO'],
	['Viet Nam', 'VN'],
	['Korea, Republic of', 'KR'],
	['Korea', undefined],
	['Russian Federation', 'RU'],
	['Bosnia and Herzegovina', 'BA'],
	['Noreg', 'NO'],
	['', undefined],
])('the country %j is %s', (text, code) => {
	expect(countryCodeOf(text)).toBe(code);
});

it.each(['SE\u200E', "'SE", '="SE"', '\uFEFFSverige'])('%j is Sweden', (value) => {
	expect(normaliseCountry(value)).toBe('SE');
});
