import { escaped } from '../regularExpressions';
import { flagIn, isObject, type Outside, trimmed } from './outside';

/**
 * Through which keyspaces an attribute or tag may be written (`include_keyspace_permissions=true`). The shape is unknown to us
 * (contract: Definitions), so lists, maps, words and flags are all read. What cannot be read counts as writable: the user
 * sees it, and APSIS One has the last word.
 */

/** `undefined`: it does not say. */
type Verdict = boolean | undefined;

/**
 * @param holders what may hold permissions: the definition and its current version
 * @returns the keyspaces it may be written through; undefined when that cannot be read
 */
export function readWritableKeyspaces(...holders: Outside[]): string[] | undefined {
	const pairs = holders
		.flatMap((holder) => Object.entries(holder))
		.filter(([name]) => /permission|keyspace|access|right|writ|^read/i.test(name))
		.flatMap(([name, value]) => pairsIn(value, verdictOfHolder(name)));
	const verdicts = new Map<string, Verdict>();
	for (const [keyspace, verdict] of pairs) {
		verdicts.set(keyspace, either(verdicts, keyspace, verdict));
	}
	const isReadable = [...verdicts.values()].some((verdict) => verdict !== undefined);
	if (!isReadable) return undefined;
	return [...verdicts].filter(([, verdict]) => verdict !== false).map(([keyspace]) => keyspace);
}

/** Of two verdicts on one keyspace the one that lets write wins, then the one that says something. */
function either(known: ReadonlyMap<string, Verdict>, keyspace: string, verdict: Verdict): Verdict {
	const before = known.get(keyspace);
	if (before === true || verdict === true) return true;
	return before ?? verdict;
}

/**
 * Finds the keyspaces in a value and what it says of each. Reads `[{ keyspace…: "…", permission…: "WRITE" }]`,
 * `{ "<keyspace>": … }`, `{ write: ["<keyspace>"] }`, `[["<keyspace>", "WRITE"]]` and what nests these.
 *
 * @param verdict what the name of the member says that holds the value
 */
function pairsIn(value: unknown, verdict: Verdict, depth = 0): Array<[string, Verdict]> {
	if (depth > 4) return [];
	if (isKeyspace(value)) return [[value, verdict]];
	if (Array.isArray(value)) {
		const [first, ...rest] = value as unknown[];
		if (isKeyspace(first) && rest.length > 0 && !rest.some(isKeyspace)) {
			return [[first, verdictOf(rest)]];
		}
		return value.flatMap((entry) => pairsIn(entry, verdict, depth + 1));
	}
	if (!isObject(value)) return [];
	const members = Object.entries(value);
	const named = members.flatMap(([name, member]) => keyspacesNamed(name, member, members));
	if (named.length > 0) return named.map((keyspace) => [keyspace, verdictOf(value) ?? verdict]);
	return members.flatMap(([name, member]): Array<[string, Verdict]> => {
		if (isKeyspace(name)) return [[name, verdictOf(member) ?? verdictOfFlag(member, verdict)]];
		return pairsIn(member, verdictOfHolder(name) ?? verdict, depth + 1);
	});
}

/** The keyspaces an entry is about: one by its ID or as an object, or a list of them beside one permission. */
function keyspacesNamed(
	name: string,
	member: unknown,
	all: ReadonlyArray<[string, unknown]>,
): string[] {
	if (isKeyspace(member)) return [member];
	if (isObject(member)) {
		return /keyspace/i.test(name) ? [member.discriminator, member.id].filter(isKeyspace) : [];
	}
	if (!Array.isArray(member) || verdictOfHolder(name) !== undefined) return [];
	const hasPermission = all.some(
		([other, value]) =>
			(WRITE_MEMBERS.test(other) || STRONG_MEMBERS.test(other)) &&
			value !== member &&
			!(Array.isArray(value) && value.some(isKeyspace)),
	);
	return hasPermission ? member.filter(isKeyspace) : [];
}

/** What is true of the keyspaces in a member of this name: `write`, `readable_keyspaces`. */
function verdictOfHolder(name: string): Verdict {
	return verdictOfWord(name, true) ?? (/^read(able)?(_|[A-Z]|$)/.test(name) ? false : undefined);
}

/** `{ "<keyspace>": true }` below a member whose name says what is true of it. */
function verdictOfFlag(value: unknown, verdict: Verdict): Verdict {
	return typeof value === 'boolean' && verdict !== undefined ? value === verdict : undefined;
}

/** Members of an entry that say whether it may be written, before those that may say it among other things. */
const WRITE_MEMBERS = /writ|edit|update|modify|read_?only/i;
const STRONG_MEMBERS = /permission|access|right|grant|scope|role/i;
const WEAK_MEMBERS = /level|mode|flag|allow|action|operation|value|type/i;

/** What a permission says: a word, a list of words, or an object of flags or words. */
function verdictOf(permission: unknown): Verdict {
	if (typeof permission === 'string') return verdictOfWord(permission);
	if (Array.isArray(permission)) {
		return verdictOfAll(permission.map((entry) => verdictOf(entry)));
	}
	if (!isObject(permission)) return undefined;
	const members = Object.entries(permission);
	const writeVerdicts = members
		.filter(([name]) => WRITE_MEMBERS.test(name))
		.map(([name, value]) => verdictOfNamedFlag(name, value))
		.filter((verdict) => verdict !== undefined);
	if (writeVerdicts.length > 0) return writeVerdicts.some(Boolean);
	return [STRONG_MEMBERS, WEAK_MEMBERS]
		.map((names) => members.filter(([name, value]) => names.test(name) && !isKeyspace(value)))
		.filter((others) => others.length > 0)
		.map((others) => verdictOfAll(others.map(([, value]) => verdictOf(value))))
		.find((verdict) => verdict !== undefined);
}

/** A list lets write when one entry does, and does not when all say so; an empty one grants nothing. */
function verdictOfAll(verdicts: readonly Verdict[]): Verdict {
	if (verdicts.includes(true)) return true;
	return verdicts.includes(undefined) ? undefined : false;
}

/** `can_write: true`, `write: "no"`, `read_only: 1`, `no_write: true`. */
function verdictOfNamedFlag(name: string, value: unknown): Verdict {
	const said = verdictOfWord(name, true);
	const flag = permissionFlag(value);
	if (flag === undefined || said === undefined) return verdictOf(value);
	return flag ? said : !said;
}

function permissionFlag(value: unknown): boolean | undefined {
	const word = trimmed(value);
	if (/^(allowed|granted|enabled)$/i.test(word)) return true;
	return /^(none|denied|forbidden|disabled)$/i.test(word) ? false : flagIn(value);
}

/**
 * What a word says: `WRITE`, `READ_WRITE` and `rw` let write; `READ`, `read-only`, `NO_WRITE` and `none` do not.
 *
 * @param isName whether it names a member, where words of everyday use (`type`, `full name`) say nothing
 */
function verdictOfWord(text: string, isName = false): Verdict {
	const words = text
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.split(/[^a-z]+/)
		.filter(Boolean);
	const has = (pattern: RegExp) => words.some((word) => pattern.test(word));
	const isDenied = has(
		/^(no|not|non|cannot|none|never|without|deny|denied|forbidden|disabled|un\w*abl?e)$/,
	);
	const isWrite = has(
		/^(write|writes|writable|writeable|readwrite|writing|edit|editable|update|modify)$/,
	);
	if (isWrite) return !isDenied;
	if (isName) return has(/^(readonly)$/) || (has(/^read$/) && has(/^only$/)) ? false : undefined;
	if (has(/^(rw|w|wo|wr|crud|editor|manage|full|all|admin|owner|readwrite)$/)) return !isDenied;
	if (isDenied) return false;
	return has(/^(r|ro|read|reads|readonly|readable|view|viewer|reader)$/) ? false : undefined;
}

function isKeyspace(value: unknown): value is string {
	return typeof value === 'string' && /\.keyspaces\.[^\s]+$/.test(value);
}

/** What an answer may call a definition by. */
export interface DefinitionId {
	name: string;
	discriminator: string;
	versionId?: string;
}

/** The definitions that the body of an answer names, by the ID of their version or by their discriminator. */
export function findMentioned<T extends DefinitionId>(
	definitions: readonly T[],
	answer: unknown,
): T[] {
	const text = typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? '');
	return definitions.filter(({ discriminator, versionId }) =>
		[discriminator, versionId].some((id) => id !== undefined && id !== '' && holdsWord(text, id)),
	);
}

/** Whether the text holds the ID as a whole, not as part of a longer one. */
function holdsWord(text: string, id: string): boolean {
	return new RegExp(`(?<![\\w-]|\\w\\.)${escaped(id)}(?![\\w-]|\\.\\w)`).test(text);
}
