import { isObject, type Outside, text } from './outside';
import { EMAIL_CHANNEL, SMS_CHANNEL } from './parseDefinitions';
import { findNextPage } from './parseList';
import { ABOUT_ANSWER, listIn, unwrapped } from './parseProfile';

/** A consent of a profile (contract: Single-profile calls), or what suppresses its address. */
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

export const TOPIC = /^[^\s/]*\.topics\.[^\s/]+$/i;
export const CHANNEL = /^[^\s/]*\.channels\.[^\s/]+$/i;
/** Texts that people write: a discriminator in them is not what a consent is for. */
const WRITTEN = ['reason', 'source'];
export const NAMES_CHANNEL = /channel/i;
const SUPPRESSED = 'suppressed';
const TYPE_WORD = /opt(ed)?[-_ ]?(in|out)|^pending|unsubscri|suppress/i;

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
export function saysYes(value: unknown): boolean {
	if (typeof value === 'string')
		return !/^\s*(|no|none|false|inactive|not.?suppressed|null|0)\s*$/i.test(value);
	if (Array.isArray(value)) return value.some(saysYes);
	if (!isObject(value)) return Boolean(value);
	const flag = [value.suppressed, value.is_suppressed, value.active, value.status].find(
		(one) => typeof one === 'boolean' || typeof one === 'string',
	);
	return flag === undefined ? Object.values(value).some(saysYes) : saysYes(flag);
}

/** All texts below that look like a discriminator of that kind. */
function textsLike(value: unknown, pattern: RegExp): string[] {
	if (typeof value === 'string') return pattern.test(value.trim()) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value)
		.filter(([name]) => !WRITTEN.includes(name))
		.flatMap(([, member]) => textsLike(member, pattern));
}
