import { isObject } from '../api/outside';
import { InvalidValue, shown } from './invalidValue';
import { nearestName } from './nearest';
import { strictText } from './plainText';

/** A subscription and all it may be called in a list: its name, its name with the folder, its ID. */
export interface NamedSubscription {
	id: string;
	names: readonly string[];
}

/** The subscriptions of a list, by id; an empty list has none. */
export interface SubscriptionList {
	listed: ReadonlySet<string>;
}

const SAYS_MORE = new InvalidValue(
	'lists objects that say more than a name',
	'One of their members may say whether the person is subscribed. List only those that are, by name: e.g. {{ $json.lists.filter((list) => list.subscribed).map((list) => list.name) }}.',
);

const NAMELESS = new InvalidValue(
	'lists an object whose name is empty',
	'Which subscription is meant cannot be known. Give it its name, or leave it out.',
);

/** Members that may say whether somebody is subscribed. */
const STATE =
	/(?<!(?:^|_|real)e)stat(?:us|e)|subscri|opt(?:ed)?[ _-]?(?:in|out)|consent|permission|active|enabled|select|check(?!sum)|remov|delet|archiv|cancel|expir|left|(?<!recomm|ext|app|am)ended|^value$/i;
/** What is said about the subscription itself: its ID, its address, how many have it. */
const ABOUT_LIST =
	/(?:^|_)(?:id|ur[il]|link|href|count|subscribers)$|(?:Id|ID|Ur[il]|URL|Link|Count|Subscribers)$/;
/** A state, whatever its member is called. */
const SAYS_STATE = /^\s*(?:(?:un)?subscribed?|(?:[a-z]+[ _-])?opt(?:ed)?[ _-]?(?:in|out))\s*$/i;

/** Kept when a text is split at them: a name may hold some. */
const SEPARATORS = /([,;|\r\n])/;

/**
 * Reads a value that lists subscriptions by name: a list of texts or of objects with a `name` and no state, or text
 * separated by commas, semicolons, pipes or line breaks. Names are compared without regard to case and space around them,
 * and may hold separators themselves.
 *
 * @returns an InvalidValue for a name that fits no subscription, or two
 */
export function readSubscriptionList(
	value: unknown,
	names: readonly NamedSubscription[],
): SubscriptionList | InvalidValue {
	const texts = textsOf(value);
	if (texts instanceof InvalidValue) return texts;
	const index = indexOf(names);
	const listed = new Set<string>();
	for (const text of texts) {
		const problem = addNames(text, index, listed);
		if (problem) return problem;
	}
	return { listed };
}

/** The texts in a value, be it one or a list, also as JSON writes it. */
function textsOf(value: unknown): string[] | InvalidValue {
	if (!Array.isArray(value)) return textOf(value);
	const texts: string[] = [];
	for (const entry of value) {
		const found = textOf(entry);
		if (found instanceof InvalidValue) return found;
		texts.push(...found);
	}
	return texts;
}

function textOf(value: unknown): string[] | InvalidValue {
	if (isNamed(value)) return nameOf(value);
	const text = strictText(value);
	if (typeof text !== 'string') return text;
	return parseJsonList(text) ?? [text];
}

function nameOf({ name, ...others }: { name: unknown }): string[] | InvalidValue {
	if (Object.entries(others).some(([member, value]) => mayBeState(member, value))) return SAYS_MORE;
	const text = strictText(name);
	if (typeof text !== 'string') return text;
	return text === '' ? NAMELESS : [text];
}

function mayBeState(member: string, value: unknown): boolean {
	if (typeof value === 'boolean') return true;
	if (typeof value === 'string' && SAYS_STATE.test(value)) return true;
	return STATE.test(member) && !ABOUT_LIST.test(member) && (value ?? '') !== '';
}

function isNamed(value: unknown): value is { name: unknown } {
	return isObject(value) && 'name' in value;
}

/** Databases and CSV files keep lists as JSON. */
function parseJsonList(text: string): string[] | undefined {
	if (!text.startsWith('[')) return undefined;
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) && list.every((entry) => typeof entry === 'string')
			? list
			: undefined;
	} catch {
		return undefined;
	}
}

/** The ids of each name in its comparable form, and the names as they are for messages. */
interface NameIndex {
	ids: ReadonlyMap<string, ReadonlySet<string>>;
	names: readonly string[];
}

/** By the list of names, which is one for all rows. */
const indexes = new WeakMap<readonly NamedSubscription[], NameIndex>();

function indexOf(names: readonly NamedSubscription[]): NameIndex {
	const index = indexes.get(names) ?? indexByName(names);
	indexes.set(names, index);
	return index;
}

function indexByName(subscriptions: readonly NamedSubscription[]): NameIndex {
	const ids = new Map<string, Set<string>>();
	for (const { id, names } of subscriptions) {
		for (const name of names) {
			const key = comparable(name);
			ids.set(key, (ids.get(key) ?? new Set()).add(id));
		}
	}
	return { ids, names: subscriptions.flatMap(({ names }) => names) };
}

function comparable(name: string): string {
	const text = strictText(name);
	return (typeof text === 'string' ? text : name).replace(/\s+/g, ' ').trim().toLowerCase();
}

/** Takes the longest name that stands at each place, so that a name with a comma is found before its parts. */
function addNames(text: string, index: NameIndex, listed: Set<string>): InvalidValue | undefined {
	const parts = text.split(SEPARATORS);
	let at = 0;
	while (at < parts.length) {
		const part = parts[at] ?? '';
		if (part.trim() === '') {
			at += 2;
			continue;
		}
		const end = longestName(parts, at, index);
		if (end === undefined) return unknownName(part.trim(), index.names);
		const name = parts.slice(at, end).join('');
		const ids = index.ids.get(comparable(name)) ?? new Set();
		if (ids.size > 1) return severalOf(name.trim());
		if (end > at + 1 && isListOfNames(parts.slice(at, end), index)) return severalWays(name.trim());
		for (const id of ids) listed.add(id);
		at = end + 1;
	}
	return undefined;
}

/** @returns where it ends among the parts, every second of which is a separator */
function longestName(parts: readonly string[], at: number, { ids }: NameIndex): number | undefined {
	for (let end = parts.length; end > at; end -= 2) {
		if (ids.has(comparable(parts.slice(at, end).join('')))) return end;
	}
	return undefined;
}

function isListOfNames(parts: readonly string[], { ids }: NameIndex): boolean {
	return parts.every((part, index) => index % 2 === 1 || ids.has(comparable(part)));
}

function unknownName(name: string, names: readonly string[]): InvalidValue {
	const nearest = nearestName(name, names);
	return new InvalidValue(
		`contains an unknown subscription: "${shown(name)}"`,
		nearest === undefined
			? 'Write the name as APSIS One shows it, and choose the subscription in the node.'
			: `Did you mean "${nearest}"?`,
	);
}

function severalOf(name: string): InvalidValue {
	return new InvalidValue(
		`contains a name that several subscriptions have: "${shown(name)}"`,
		'Add the folder to the name: Name (Folder).',
	);
}

function severalWays(name: string): InvalidValue {
	return new InvalidValue(
		`can be read as one subscription or as several: "${shown(name)}"`,
		'Use a list of texts instead of one text, or separate the names with another character.',
	);
}
