import { hasCome, isObject, momentIn, type Outside, text } from './outside';
import { EMAIL_CHANNEL, SMS_CHANNEL } from './parseDefinitions';
import { findNextPage } from './parseList';

/**
 * What APSIS One answers about one profile (contract: Single-profile calls). The shapes of these answers are unknown to us,
 * so they are read forgivingly; `undefined` says that an answer could not be read at all, which is never the same as
 * "there is nothing".
 */

export interface Consent {
	/** Discriminator; without one the consent is for all topics, on a level above them. */
	topic?: string;
	/** Discriminator; without one it is for all channels. */
	channel?: string;
	/** `opt-in`, `opt-out`, `confirmed-opt-in` and others; `suppressed` for a suppression; '' when not given. */
	type: string;
	/** What APSIS One says about the suppression of the address, where there is one: it gets nothing, whatever its consents. */
	suppression?: unknown;
	/** As APSIS One gave it. */
	raw: Outside;
}

const TOPIC = /^[^\s/]*\.topics\.[^\s/]+$/i;
const CHANNEL = /^[^\s/]*\.channels\.[^\s/]+$/i;
/** Texts that people write: a discriminator in them is not what a consent is for. */
const WRITTEN = ['reason', 'source'];
const SUPPRESSED = 'suppressed';

/**
 * Types that are no opt-out; what we do not know is taken for one, `opt-in-revoked` among it, so that nobody is mailed
 * against their will.
 */
const NO_OPT_OUT =
	/^(?:(?:single|double|soft|confirmed|unconfirmed|pending)[-_ ]?)*opt(?:ed)?[-_ ]?in(?:[-_ ]?(?:un)?confirmed|[-_ ]?pending)?$|^pending$|^(?!.*out).*suppress/i;
const OPT_OUT = /^opt(?:ed)?[-_ ]?out$|^unsubscribed?$/i;
const TYPE_WORD = /opt(ed)?[-_ ]?(in|out)|^pending|unsubscri|suppress/i;
/** Pending is not yet in. */
const OPT_IN = /^(confirmed[-_ ]?)?opt(?:ed)?[-_ ]?in$/i;
/** Types that leave somebody who is out as they are. */
const LEAVES_OUT = /pending|suppress/i;

/** What a value says that would name a topic, or the level above it, in a way we cannot read. */
const NAMES_TOPIC = /topic|subscription|list|folder|target/i;
const NAMES_CHANNEL = /channel/i;

/** Members, in snake case, that may say that a consent holds no more, or from when on. */
const NAMES_END =
	/revok|withdr|expir|inactive|invalid|cancel|delet|disabl|until|valid_to|(?:^|_)end(?:s|ed)?(?:_|$)/;
const NAMES_OPT_OUT = /opt(?:ed)?_?out|unsubscri/;
/** Where a consent can be ended. */
const NAMES_LINK = /_(?:url|uri|link|href)$/;
const NAMES_STATE = /^(?:is_)?(?:status|state|active|valid|enabled|granted|subscribed|opted_in)$/;
const HOLDS =
	/^(?:|1|true|yes|ok|active|valid|enabled|current|given|granted|confirmed|subscribed)$/i;

/**
 * Consents, out of `{ items: […] }`, `[…]` or the one list there is. A suppression of the address, which may stand beside
 * the list (`suppression`, `suppressed`, `suppressions`), becomes an entry of its own.
 *
 * @returns undefined when the answer could not be read, or is one page of several
 */
export function parseConsents(answer: unknown): Consent[] | undefined {
	const body = unwrapped(answer);
	const [beside, rest] = isObject(body) ? splitSuppression(body) : [[], body];
	const list = listIn(rest, 'consents');
	if (!list?.every(isObject) || findNextPage(body, undefined, list.length, 1)) return undefined;
	if (isObject(rest) && mayHoldMore(rest, list)) return undefined;
	const entries = list.flatMap((entry) => innerEntries(entry));
	return [...entries.flatMap(parseConsent), ...beside];
}

const MAX_ENTRY_DEPTH = 3;

/** The consents that an entry holds in lists, by topic or channel, each with what the entry says of all of them. */
function innerEntries(entry: Outside, depth = 0): Outside[] {
	const lists = Object.entries(entry).filter(
		([, value]) => Array.isArray(value) && value.every(isObject),
	) as Array<[string, Outside[]]>;
	if (lists.length === 0 || depth === MAX_ENTRY_DEPTH || typeOf(entry) !== '') return [entry];
	const names = new Set(lists.map(([name]) => name));
	const own = Object.fromEntries(Object.entries(entry).filter(([name]) => !names.has(name)));
	const inner = lists.flatMap(([, list]) => list.flatMap((one) => innerEntries(one, depth + 1)));
	const isNone = inner.length === 0 && lists.every(([name]) => /^(topics|consents)$/.test(name));
	if (isNone || inner.some((one) => typeOf(one) !== ''))
		return inner.map((one) => ({ ...own, ...one, of: { ...own, of: one.of } }));
	return [entry];
}

/** Members about the answer: its pages, and what was asked for. */
const ABOUT_ANSWER =
	/^_?links?$|^pag|^meta(?:data)?$|^(?:consent_?)?types?$|^(?:self|url|query|filters?)$/i;

/** Consents that stand elsewhere than in the list, or were left out of it with a word. */
function mayHoldMore(body: Outside, list: unknown[]): boolean {
	return Object.entries(body).some(([name, value]) => {
		if (value === list || isEmpty(value) || ABOUT_ANSWER.test(name)) return false;
		const text = JSON.stringify({ [name]: value });
		return /error|warning|partial/i.test(name) || /opt(?:ed)?[-_ ]?out|unsubscri/i.test(text);
	});
}

function isEmpty(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return value === undefined || value === null || value === '' || value === false || value === 0;
}

function splitSuppression(body: Outside): [suppressions: Consent[], rest: Outside] {
	const entries = Object.entries(body);
	const below = entries.flatMap(([name, value]) =>
		isObject(value) && !isSuppression(name) ? Object.entries(value) : [],
	);
	const suppressions = [...entries, ...below]
		.filter(([name, value]) => (isSuppression(name) ? saysYes(value) : isSuppressedWord(value)))
		.flatMap(([name, value]) => {
			const list = Array.isArray(value) ? value : [value];
			return list.flatMap((one) =>
				parseConsent(isSuppression(name) ? { [name]: one } : { suppression: { [name]: one } }),
			);
		});
	return [suppressions, Object.fromEntries(entries.filter(([name]) => !isSuppression(name)))];
}

/** One for each topic and channel that an entry names. */
function parseConsent(raw: Outside): Consent[] {
	const topics = oneOr(text(raw.topic_discriminator), () =>
		namedIn(raw, /topic|subscription/i, topicsIn),
	);
	const channel = text(raw.channel_discriminator);
	const channels = oneOr(channelNamed(channel) || channel, () =>
		namedIn(raw, NAMES_CHANNEL, channelsIn),
	);
	const type = typeOf(raw);
	const flag = Object.keys(raw).find((name) => isSuppression(name) && saysYes(raw[name]));
	const typed = isSuppression(type) ? raw : undefined;
	const suppression = flag === undefined ? typed : raw[flag];
	return topics.flatMap((topic) =>
		channels.map((one) => ({
			...(topic ? { topic } : {}),
			...(one ? { channel: one } : {}),
			type: type === '' && suppression !== undefined ? SUPPRESSED : type,
			...(suppression === undefined ? {} : { suppression }),
			raw,
		})),
	);
}

/** The type of a consent; of members that may also say something else, only what can be a type. */
function typeOf({ type, consent_type: consentType, consent, status, state }: Outside): string {
	const known = text(type) || nameIn(type) || text(consentType);
	if (known) return known;
	const others = [nameIn(consent), text(consent), text(status), text(state)];
	return others.find((word) => TYPE_WORD.test(word)) ?? '';
}

function nameIn(value: unknown): string {
	return isObject(value) ? text(value.type) || text(value.name) || text(value.value) : '';
}

/** An entry that names none is for all, or for something that we cannot read. */
function oneOr(known: string, find: () => string[]): string[] {
	if (known) return [known];
	const found = [...new Set(find())];
	return found.length > 0 ? found : [''];
}

/** All of one kind that an entry names, and '' where a list of them holds one that we cannot read. */
function namedIn(raw: Outside, members: RegExp, read: (value: unknown) => string[]): string[] {
	const named = Object.entries(raw)
		.filter(([name]) => members.test(name))
		.map(([, value]) => value);
	const isUnread = named.some(
		(list) => Array.isArray(list) && list.some((one) => read(one).length === 0),
	);
	return [...read(raw), ...named.flat().flatMap(read), ...(isUnread ? [''] : [])];
}

function topicsIn(value: unknown): string[] {
	return textsLike(value, TOPIC);
}

function channelsIn(value: unknown): string[] {
	const channel = channelNamed(text(value));
	return channel ? [channel] : textsLike(value, CHANNEL);
}

function channelNamed(word: string): string {
	if (/^sms$/i.test(word)) return SMS_CHANNEL;
	return /^e-?mail$/i.test(word) ? EMAIL_CHANNEL : '';
}

function isSuppression(name: string): boolean {
	return /suppress/i.test(name);
}

/** `{ address_status: "suppressed" }` */
function isSuppressedWord(value: unknown): boolean {
	return typeof value === 'string' && /^suppressed$/i.test(value.trim());
}

/** Whether what is said about a suppression says that there is one. */
function saysYes(value: unknown): boolean {
	if (typeof value === 'string')
		return !/^\s*(|no|none|false|inactive|not.?suppressed|null|0)\s*$/i.test(value);
	if (Array.isArray(value)) return value.some(saysYes);
	if (!isObject(value)) return Boolean(value);
	const flag = [value.suppressed, value.is_suppressed, value.active, value.status].find(
		(one) => typeof one === 'boolean' || typeof one === 'string',
	);
	return flag === undefined ? Object.values(value).some(saysYes) : saysYes(flag);
}

/** Whether one of the consents may be an opt-out from this topic by this channel, on whatever level. */
export function isOptedOut(consents: readonly Consent[], topic: string, channel: string): boolean {
	return consents.some(
		(consent) =>
			(!NO_OPT_OUT.test(consent.type) || mayHaveEnded(consent)) && isAbout(consent, topic, channel),
	);
}

/** Whether something in it may say that it holds no more: who has withdrawn an opt-in has opted out. */
function mayHaveEnded({ type, raw }: Consent): boolean {
	if (/suppress/i.test(type)) return false;
	return Object.entries(raw).some(([name, value]) => {
		const member = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
		if (NAMES_STATE.test(member)) return !agrees(String(value ?? ''), type);
		const isEnd = NAMES_END.test(member) || (NAMES_OPT_OUT.test(member) && !OPT_OUT.test(type));
		return isEnd && !NAMES_LINK.test(member) && (hasCome(value) ?? saysYes(value));
	});
}

function agrees(state: string, type: string): boolean {
	if (state === type || HOLDS.test(state)) return true;
	return [OPT_IN, OPT_OUT].some((side) => side.test(state) && side.test(type));
}

/**
 * Whether the profile has surely opted out of this topic by this channel, or of a level above both. Of two consents that
 * contradict each other on one level, the later one holds; where that cannot be told, neither does.
 */
export function hasSurelyOptedOut(
	consents: readonly Consent[],
	topic: string,
	channel: string,
): boolean {
	const about = consents.filter((consent) => isAbout(consent, topic, channel));
	const contrary = about.filter(({ type }) => !OPT_OUT.test(type) && !LEAVES_OUT.test(type));
	return about.some(
		(consent) =>
			OPT_OUT.test(consent.type) &&
			isSure(consent, topic, channel) &&
			!contrary.some((other) => isOverruled(consent, other)),
	);
}

export function isSuppressed(consents: readonly Consent[]): boolean {
	return consents.some(({ suppression }) => suppression !== undefined);
}

/** Whether the profile has surely opted in to this topic by this channel, or to a level above both, and not out of it. */
export function hasSurelyOptedIn(
	consents: readonly Consent[],
	topic: string,
	channel: string,
): boolean {
	return (
		!isOptedOut(consents, topic, channel) &&
		consents.some(
			(consent) =>
				OPT_IN.test(consent.type) &&
				isAbout(consent, topic, channel) &&
				isSure(consent, topic, channel),
		)
	);
}

function isSure(consent: Consent, topic: string, channel: string): boolean {
	return !hasUnreadLevel(consent, topic, channel) && !mayHaveEnded(consent);
}

/** The types of the consents about a topic and channel; `unread` are those on a level that we cannot read. */
export function typesAbout(
	consents: readonly Consent[],
	topic: string,
	channel: string,
): { types: string[]; unread: string[] } {
	const about = consents.filter((consent) => isAbout(consent, topic, channel));
	const typesOf = (list: readonly Consent[]) => [...new Set(list.map(({ type }) => type || '?'))];
	return {
		types: typesOf(about.filter((consent) => !hasUnreadLevel(consent, topic, channel))),
		unread: typesOf(about.filter((consent) => hasUnreadLevel(consent, topic, channel))),
	};
}

function isAbout(consent: Consent, topic: string, channel: string): boolean {
	return mayBe(topic, consent.topic, TOPIC) && mayBe(channel, consent.channel, CHANNEL);
}

/** What has no name, or one that is no discriminator of its kind, such as `all` or a folder's, may be any. */
function mayBe(wanted: string, found: string | undefined, kind: RegExp): boolean {
	return found === undefined || isSameId(found, wanted) || !kind.test(found);
}

function isSameId(one = '', other = ''): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/**
 * Whether a consent that is about this topic and channel is for something that we cannot read, such as a folder: then it is
 * not known to be for all.
 */
function hasUnreadLevel(consent: Consent, topic: string, channel: string): boolean {
	return (
		isUnread(consent.topic, topic, NAMES_TOPIC, consent.raw) ||
		isUnread(consent.channel, channel, NAMES_CHANNEL, consent.raw)
	);
}

function isUnread(found: string | undefined, wanted: string, names: RegExp, raw: Outside): boolean {
	if (found !== undefined) return !isSameId(found, wanted);
	return Object.keys(raw).some((name) => names.test(name) && (raw[name] ?? '') !== '');
}

function isOverruled(consent: Consent, other: Consent): boolean {
	const isOneLevel =
		isSameId(consent.topic, other.topic) && isSameId(consent.channel, other.channel);
	return isOneLevel && !(momentIn(consent.raw.modified_at) > momentIn(other.raw.modified_at));
}

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

/** All texts below that look like a discriminator of that kind. */
function textsLike(value: unknown, pattern: RegExp): string[] {
	if (typeof value === 'string') return pattern.test(value.trim()) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value)
		.filter(([name]) => !WRITTEN.includes(name))
		.flatMap(([, member]) => textsLike(member, pattern));
}
