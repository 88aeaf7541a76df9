import type { IDataObject } from 'n8n-workflow';

import { isObject, text } from './outside';
import { idIn, listIn, unwrapped } from './parseProfile';

/**
 * How the tags of one profile travel (contract: Single-profile calls). Nobody has told us the shape of either body: both
 * are here and nowhere else, unverified.
 */

/** The merge patch that adds or removes tags. */
export function tagPatch(tags: readonly string[], change: 'add' | 'remove'): IDataObject {
	return Object.fromEntries(tags.map((tag) => [tag, change === 'add' ? true : null]));
}

/**
 * Discriminators, out of a list of texts or objects, or `{ "<discriminator>": true }`.
 *
 * @returns undefined when the answer could not be read
 */
export function parseTagIds(answer: unknown): string[] | undefined {
	const body = unwrapped(answer);
	const list = listIn(body, 'tags');
	if (list) {
		const ids = list.map((entry) => text(entry) || idIn(entry));
		return ids.every(Boolean) ? ids.filter((_, index) => isSet(list[index])) : undefined;
	}
	if (!isObject(body)) return undefined;
	const tags = [body.tags, body.items].find(isObject) ?? body;
	const ids = Object.keys(tags);
	const areTags = ids.length > 0 && ids.every((id) => id.includes('.'));
	return areTags ? ids.filter((id) => isSet(tags[id])) : undefined;
}

const NAMES_SET = /^(is_?|has_?)?(value|active|set|tagged|assigned|enabled)$/i;

/** Whether a tag that is named is set: it is unless its value, or a member of it, says no. */
function isSet(value: unknown): boolean {
	if (isObject(value))
		return Object.entries(value).every(([name, one]) => !NAMES_SET.test(name) || isSet(one));
	return !['', 'false', 'no', '0', 'null', 'undefined'].includes(
		String(value).trim().toLowerCase(),
	);
}
