/**
 * What APSIS One tells about one profile (contract: Single-profile calls). The shapes of these answers are unknown to us,
 * so they are read forgivingly; `undefined` says that an answer could not be read at all.
 */

type Outside = Record<string, unknown>;

export interface Consent {
	/** Discriminator; without one the consent is for all topics, on a level above them. */
	topic?: string;
	/** Discriminator; without one it is for all channels. */
	channel?: string;
	/** `opt-in`, `opt-out`, `confirmed-opt-in` and others; '' when not told. */
	type: string;
	/** As APSIS One gave it. */
	raw: Outside;
}

const TOPIC = /\.topics\./;
const CHANNEL = /\.channels\./;
/** Types that are no opt-out; what we do not know is taken for one, so that nobody is mailed against their will. */
const NO_OPT_OUT = /opt-?in|pending/i;

export function parseConsents(body: unknown): Consent[] | undefined {
	const list = listIn(body);
	return list?.every(isObject) ? list.map(parseConsent) : undefined;
}

function parseConsent(raw: Outside): Consent {
	const topic = text(raw.topic_discriminator) || textLike(raw, TOPIC);
	const channel = text(raw.channel_discriminator) || textLike(raw, CHANNEL);
	return {
		...(topic ? { topic } : {}),
		...(channel ? { channel } : {}),
		type: text(raw.type) || text(raw.consent_type),
		raw,
	};
}

/** Whether one of the consents is an opt-out from this topic by this channel, on whatever level. */
export function isOptedOut(consents: readonly Consent[], topic: string, channel: string): boolean {
	return consents.some(
		(consent) =>
			!NO_OPT_OUT.test(consent.type) &&
			(consent.topic ?? topic) === topic &&
			(consent.channel ?? channel) === channel,
	);
}

/**
 * Values by discriminator or version ID, out of `{ "<ID>": value }` or `[{ discriminator: "<ID>", value }]`, bare or
 * below `attributes` or `items`.
 */
export function parseAttributeValues(
	body: unknown,
): Array<[id: string, value: unknown]> | undefined {
	const list = listIn(body);
	if (list && !isAttributeValue(body)) {
		const values = list.map((entry): [string, unknown] => [idIn(entry), valueIn(entry)]);
		return values.every(([id, value]) => id && value !== undefined) ? values : undefined;
	}
	if (!isObject(body)) return undefined;
	return Object.entries(isObject(body.attributes) ? body.attributes : body);
}

/** Whether the one member of an object is an attribute whose value is a list, and not a list of attributes. */
function isAttributeValue(body: unknown): boolean {
	return isObject(body) && Object.keys(body).some((id) => /\.attributes\.|^\d+$/.test(id));
}

/** Discriminators, out of a list of texts or objects, or `{ "<discriminator>": true }`. */
export function parseTagIds(body: unknown): string[] | undefined {
	const list = listIn(body);
	if (list) {
		const ids = list.map((entry) => text(entry) || idIn(entry));
		return ids.every(Boolean) ? ids : undefined;
	}
	if (!isObject(body)) return undefined;
	const tags = isObject(body.tags) ? body.tags : body;
	return Object.keys(tags).filter((id) => Boolean(tags[id]));
}

/** The list in an answer: `[…]`, `{ items: […] }`, or the one member there is. */
function listIn(body: unknown): unknown[] | undefined {
	if (Array.isArray(body)) return body;
	if (!isObject(body)) return undefined;
	if (Array.isArray(body.items)) return body.items;
	const [member, ...others] = Object.values(body);
	return Array.isArray(member) && others.length === 0 ? member : undefined;
}

function idIn(entry: unknown): string {
	if (!isObject(entry)) return '';
	const name = Object.keys(entry).find((key) => /discriminator$/.test(key) && text(entry[key]));
	return text(name && entry[name]) || text(entry.version_id) || text(entry.id);
}

function valueIn(entry: unknown): unknown {
	return isObject(entry) ? entry.value : undefined;
}

/** The first text below that looks like a discriminator of that kind. */
function textLike(value: unknown, pattern: RegExp): string {
	if (typeof value === 'string') return pattern.test(value) ? value : '';
	if (typeof value !== 'object' || value === null) return '';
	for (const member of Object.values(value)) {
		const found = textLike(member, pattern);
		if (found) return found;
	}
	return '';
}

function isObject(value: unknown): value is Outside {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
