import { isObject, type Outside, text } from './outside';
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

const TOPIC = /\.topics\./;
const CHANNEL = /\.channels\./;
const SUPPRESSED = 'suppressed';

/**
 * Types that are no opt-out; what we do not know is taken for one, `opt-in-revoked` among it, so that nobody is mailed
 * against their will.
 */
const NO_OPT_OUT =
	/^(?:(?:single|double|soft|confirmed|unconfirmed|pending)[-_ ]?)*opt(?:ed)?[-_ ]?in(?:[-_ ]?(?:un)?confirmed|[-_ ]?pending)?$|^pending$|suppress/i;
const OPT_OUT = /^opt(?:ed)?[-_ ]?out$|^unsubscribed?$/i;
const TYPE_WORD = /opt(ed)?[-_ ]?(in|out)|^pending|unsubscri|suppress/i;
/** Pending is not yet in. */
const OPT_IN = /^(confirmed[-_ ]?)?opt(?:ed)?[-_ ]?in$/i;

/** What a value says that would name a topic, or the level above it, in a way we cannot read. */
const NAMES_TOPIC = /topic|subscription|list|folder|target/i;
const NAMES_CHANNEL = /channel/i;

/** Members that may say that a consent holds no more. */
const NAMES_END = /revok|withdr|expire|ended|inactive|invalid|cancel|delet|disabl/i;
const NAMES_STATE = /^(?:is_?)?(?:status|state|active|valid|enabled)$/i;
const HOLDS = /^(?:true|yes|active|valid|enabled|current|given|granted|confirmed)$/i;

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
	if (!list?.every(isObject) || announcesMore(body, list.length)) return undefined;
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

/** Consents that stand elsewhere than in the list, or were left out of it with a word. */
function mayHoldMore(body: Outside, list: unknown[]): boolean {
	return Object.entries(body).some(([name, value]) => {
		if (value === list || isEmpty(value) || PAGING.test(name)) return false;
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
	const topics = oneOr(text(raw.topic_discriminator), () => textsLike(raw, TOPIC));
	const channels = oneOr(text(raw.channel_discriminator), () => channelsIn(raw));
	const type = typeOf(raw);
	const flag = Object.keys(raw).find((name) => isSuppression(name) && saysYes(raw[name]));
	const typed = isSuppression(type) ? raw : undefined;
	const suppression = flag === undefined ? typed : raw[flag];
	return topics.flatMap((topic) =>
		channels.map((channel) => ({
			...(topic ? { topic } : {}),
			...(channel ? { channel } : {}),
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

function channelsIn(raw: Outside): string[] {
	const found = textsLike(raw, CHANNEL);
	if (found.length > 0) return found;
	const names = Array.isArray(raw.channels) ? raw.channels : [raw.channel];
	const channels = names.map((name) => channelNamed(text(name)));
	// One that we do not know leaves the level unread.
	return channels.every(Boolean) ? channels : [];
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
		return !/^\s*(|no|none|false|inactive|not.?suppressed)\s*$/i.test(value);
	if (Array.isArray(value)) return value.some(saysYes);
	if (!isObject(value)) return Boolean(value);
	const flag = [value.suppressed, value.is_suppressed, value.active, value.status].find(
		(one) => typeof one === 'boolean' || typeof one === 'string',
	);
	return flag === undefined ? Object.values(value).some(saysYes) : saysYes(flag);
}

const PAGING = /^_?links?$|^pag|^meta(?:data)?$/i;

/** Further pages: the list is not all there is. */
function announcesMore(body: unknown, length: number): boolean {
	if (!isObject(body)) return false;
	if (findNextPage(body, undefined, length, 1)) return true;
	const places = Object.entries(body)
		.filter(([name]) => PAGING.test(name))
		.map(([, value]) => value);
	return [body, ...places]
		.filter(isObject)
		.some((place) =>
			Object.entries(place).some(([name, value]) => /^next|^has_?more$/i.test(name) && value),
		);
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
		if (NAMES_STATE.test(name)) return text(value) !== type && !HOLDS.test(String(value ?? true));
		return NAMES_END.test(name) && saysYes(value);
	});
}

/** Whether the profile has surely opted out of this topic by this channel, or of a level above both. */
export function hasSurelyOptedOut(
	consents: readonly Consent[],
	topic: string,
	channel: string,
): boolean {
	return isSurely(OPT_OUT, OPT_IN, consents, topic, channel);
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
		!isOptedOut(consents, topic, channel) && isSurely(OPT_IN, OPT_OUT, consents, topic, channel)
	);
}

function isSurely(
	wanted: RegExp,
	contrary: RegExp,
	consents: readonly Consent[],
	topic: string,
	channel: string,
): boolean {
	const about = consents.filter(
		(consent) =>
			isAbout(consent, topic, channel) && !hasUnreadLevel(consent) && !mayHaveEnded(consent),
	);
	return about.some(
		(consent) =>
			wanted.test(consent.type) &&
			!about.some((other) => contrary.test(other.type) && isOverruled(consent, other)),
	);
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
		types: typesOf(about.filter((consent) => !hasUnreadLevel(consent))),
		unread: typesOf(about.filter(hasUnreadLevel)),
	};
}

function isAbout(consent: Consent, topic: string, channel: string): boolean {
	return isSameId(consent.topic ?? topic, topic) && isSameId(consent.channel ?? channel, channel);
}

function isSameId(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** Whether it is for something that we cannot read, such as a folder: then it is not known to be for all. */
function hasUnreadLevel({ topic, channel, raw }: Consent): boolean {
	const names = Object.keys(raw).filter((name) => (raw[name] ?? '') !== '');
	return (
		(topic === undefined && names.some((name) => NAMES_TOPIC.test(name))) ||
		(channel === undefined && names.some((name) => NAMES_CHANNEL.test(name)))
	);
}

/** Of two that contradict each other on one level, the later one holds; where that cannot be told, neither does. */
function isOverruled(consent: Consent, other: Consent): boolean {
	if (consent.topic !== other.topic || consent.channel !== other.channel) return false;
	const [own, others] = [consent, other].map(({ raw }) => momentIn(raw.modified_at));
	return !(Number(own) > Number(others));
}

/** A date, or seconds or milliseconds: those of two consents are of one kind. */
function momentIn(value: unknown): number {
	const written = text(value);
	return /^\d+(?:\.\d+)?$/.test(written) ? Number(written) : Date.parse(written);
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
		(key) => typeof body[key] === 'object' && !PAGING.test(key),
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
	if (typeof value === 'string') return pattern.test(value) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap((member) => textsLike(member, pattern));
}
