import { type Choice, distinctNames } from '../../nodes/ApsisOne/methods/distinctNames';

const namesOf = (choices: Choice[]) => distinctNames(choices).map(({ name }) => name);

describe('entries of one drop-down', () => {
	it('keep their names where these differ', () => {
		expect(
			namesOf([
				{ name: 'Anna', value: '1', place: 'A' },
				{ name: 'Bo', value: '2' },
			]),
		).toEqual(['Anna', 'Bo']);
	});

	it('say what they belong to where they look alike', () => {
		expect(
			namesOf([
				{ name: 'Newsletter', value: '1', place: 'Shop' },
				{ name: 'newsletter ', value: '2', place: 'Club' },
				{ name: 'Offers', value: '3', place: 'Club' },
			]),
		).toEqual(['Newsletter (Shop)', 'newsletter  (Club)', 'Offers']);
	});

	it('say the end of their ID where that does not tell them apart', () => {
		expect(
			namesOf([
				{ name: 'News', value: 'usercreated.topics.news-aaaaaaaaaa', place: 'Shop' },
				{ name: 'News', value: 'usercreated.topics.news-bbbbbbbbbb', place: 'Shop' },
				{ name: 'News', value: 'usercreated.topics.news-cccccccccc', place: 'Club' },
			]),
		).toEqual(['News (Shop, aaaaaaaaaa)', 'News (Shop, bbbbbbbbbb)', 'News (Club)']);
		expect(
			namesOf([
				{ name: 'City', value: 'usercreated.attributes.city-aaaaaaaaaa' },
				{ name: 'City', value: 'usercreated.attributes.city-bbbbbbbbbb' },
			]),
		).toEqual(['City (aaaaaaaaaa)', 'City (bbbbbbbbbb)']);
	});

	it('say all of their ID where its end is the same', () => {
		expect(
			namesOf([
				{ name: 'City', value: 'a.city-aaaaaaaaaa' },
				{ name: 'City', value: 'b.city-aaaaaaaaaa' },
			]),
		).toEqual(['City (a.city-aaaaaaaaaa)', 'City (b.city-aaaaaaaaaa)']);
	});

	it('do not take the name of another', () => {
		const names = namesOf([
			{ name: 'News', value: 'news-aaaaaaaaaa', place: 'Shop' },
			{ name: 'News', value: 'news-bbbbbbbbbb' },
			{ name: 'News (Shop)', value: 'news-cccccccccc' },
		]);
		expect(new Set(names).size).toBe(3);
	});

	it('are listed once', () => {
		expect(
			namesOf([
				{ name: 'City', value: '1' },
				{ name: 'City', value: '1' },
			]),
		).toEqual(['City']);
	});
});
