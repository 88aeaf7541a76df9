import { isObject, text } from './outside';

/**
 * What APSIS One answers about one profile (contract: Single-profile calls). The shapes of these answers are unknown to us,
 * so they are read forgivingly; `undefined` says that an answer could not be read at all, which is never the same as
 * "there is nothing".
 */

/** Members about the answer: its pages, and what was asked for. */
export const ABOUT_ANSWER =
	/^_?links?$|^pag|^meta(?:data)?$|^(?:consent_?)?types?$|^(?:self|url|query|filters?)$/i;

/**
 * Values by discriminator or version ID, out of `{ "<ID>": value }` or `[{ discriminator: "<ID>", value }]`, bare or
 * below `attributes` or `items`.
 */
export function parseAttributeValues(
	answer: unknown,
): Array<[id: string, value: unknown]> | undefined {
	const body = unwrapped(answer);
	const list = listIn(body, 'attributes');
	if (list && !isAttributeValue(body)) {
		const values = list.map((entry): [string, unknown] => [idIn(entry), valueIn(entry)]);
		return values.every(([id, value]) => id && value !== undefined) ? values : undefined;
	}
	if (!isObject(body)) return undefined;
	const values = Object.entries(isObject(body.attributes) ? body.attributes : body);
	return values.map(([id, value]) => [
		id,
		isObject(value) && 'value' in value ? value.value : value,
	]);
}

/** What an answer holds in the one member that it consists of. */
export function unwrapped(body: unknown): unknown {
	if (!isObject(body)) return body;
	const [name = '', ...others] = Object.keys(body);
	return others.length === 0 && ['result', 'data'].includes(name) ? body[name] : body;
}

/** Whether the one member of an object is an attribute whose value is a list, and not a list of attributes. */
function isAttributeValue(body: unknown): boolean {
	return isObject(body) && Object.keys(body).some((id) => /\.attributes\.|^\d+$/.test(id));
}

/**
 * The list in an answer: `[…]`, `{ items: […] }`, or one by a name that says so. Under a name we do not know it has to
 * stand alone and hold something: `{ errors: [] }` is no empty list of consents.
 *
 * @param name what the list is of, in the plural
 */
export function listIn(body: unknown, name: string): unknown[] | undefined {
	if (Array.isArray(body)) return body;
	if (!isObject(body)) return undefined;
	const own = body[name];
	if (Array.isArray(body.items)) {
		return body.items.length === 0 && Array.isArray(own) ? own : body.items;
	}
	const [member, ...others] = Object.keys(body).filter(
		(key) => typeof body[key] === 'object' && !ABOUT_ANSWER.test(key),
	);
	const list = member === undefined ? undefined : body[member];
	if (!Array.isArray(list) || others.length > 0) return undefined;
	const isNamed = [name, 'data', 'results'].includes(member ?? '');
	const isAlone = Object.keys(body).length === 1 && list.length > 0;
	return isNamed || isAlone ? list : undefined;
}

export function idIn(entry: unknown): string {
	if (!isObject(entry)) return '';
	const name = Object.keys(entry).find((key) => /discriminator$/.test(key) && text(entry[key]));
	const version = isObject(entry.version) ? text(entry.version.id) : '';
	return text(name && entry[name]) || text(entry.version_id) || version || text(entry.id);
}

function valueIn(entry: unknown): unknown {
	return isObject(entry) ? entry.value : undefined;
}
