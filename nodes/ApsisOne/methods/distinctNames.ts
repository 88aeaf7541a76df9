/** One entry of a drop-down. */
export interface Choice {
	name: string;
	value: string;
	/** Its ID, where that is not the value. */
	id?: string;
	/** What it belongs to, as users know it, e.g. its folder. */
	place?: string;
}

/** As long as the random end of a discriminator (contract: Definitions). */
const ID_END_LENGTH = 10;

/**
 * Gives entries of one drop-down names that tell them apart: where two look alike, with what they belong to, else with the end
 * of their ID. An entry that comes twice is listed once.
 */
export function distinctNames<T extends Choice>(choices: readonly T[]): T[] {
	const unique = [...new Map(choices.map((choice) => [choice.value, choice])).values()];
	let named = unique.map((choice) => ({ choice, name: choice.name, level: 0 }));
	for (;;) {
		const repeated = repeatedNames(named.map(({ name }) => name));
		const isClear = (entry: (typeof named)[number]) =>
			entry.level === LEVELS.length - 1 || !repeated.has(lookOf(entry.name));
		if (named.every(isClear)) break;
		named = named.map((entry) => {
			if (isClear(entry)) return entry;
			const level = entry.level + 1;
			return { ...entry, level, name: LEVELS[level]?.(entry.choice) ?? entry.name };
		});
	}
	return named.map(({ choice, name }) => ({ ...choice, name }));
}

/** Names of an entry, each with more to tell it by. */
const LEVELS: ReadonlyArray<(choice: Choice) => string> = [
	({ name }) => name,
	({ name, place }) => withMore(name, place),
	({ name, place, value, id = value }) => withMore(name, place, id.slice(-ID_END_LENGTH)),
	({ name, value, id = value }) => withMore(name, id),
];

function withMore(name: string, ...more: Array<string | undefined>): string {
	const text = more.filter(Boolean).join(', ');
	return text ? `${name} (${text})` : name;
}

function repeatedNames(names: readonly string[]): Set<string> {
	const looks = names.map(lookOf);
	return new Set(looks.filter((look, index) => looks.indexOf(look) !== index));
}

/** Case, spaces and the encoding of letters do not tell names apart. */
function lookOf(name: string): string {
	return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
