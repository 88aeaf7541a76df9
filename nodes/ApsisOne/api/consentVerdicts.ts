import { anyOf } from '../regularExpressions';
import { hasCome, momentIn, type Outside } from './outside';
import { CHANNEL, type Consent, NAMES_CHANNEL, saysYes, TOPIC } from './parseConsents';

/** What the consents of a profile say of one topic and channel; where that is in doubt, nobody is taken to have opted in. */

/**
 * Types that are no opt-out; what we do not know is taken for one, `opt-in-revoked` among it, so that nobody is mailed
 * against their will.
 */
const NO_OPT_OUT = anyOf('i', [
	// opt-in, double-opt-in, confirmed_opt_in, opted-in-pending
	/^(?:(?:single|double|soft|confirmed|unconfirmed|pending)[-_ ]?)*opt(?:ed)?[-_ ]?in(?:[-_ ]?(?:(?:un)?confirmed|pending))?$/,
	/^pending$/,
	/^(?!.*out).*suppress/,
]);
const OPT_OUT = /^opt(?:ed)?[-_ ]?out$|^unsubscribed?$/i;
/** Pending is not yet in. */
const OPT_IN = /^(confirmed[-_ ]?)?opt(?:ed)?[-_ ]?in$/i;
/** Types that leave somebody who is out as they are. */
const LEAVES_OUT = /pending|suppress/i;

/** Members that name a topic, or the level above it, maybe in a way we cannot read. */
const NAMES_TOPIC = /topic|subscription|list|folder|target/i;

/** Members, in snake case, that may say that a consent holds no more, or from when on. */
const NAMES_END =
	/revok|withdr|expir|inactive|invalid|cancel|delet|disabl|until|valid_to|(?:^|_)end(?:s|ed)?(?:_|$)/;
const NAMES_OPT_OUT = /opt(?:ed)?_?out|unsubscri/;
/** Where a consent can be ended. */
const NAMES_LINK = /_(?:url|uri|link|href)$/;
const NAMES_STATE = /^(?:is_)?(?:status|state|active|valid|enabled|granted|subscribed|opted_in)$/;
const HOLDS =
	/^(?:|1|true|yes|ok|active|valid|enabled|current|given|granted|confirmed|subscribed)$/i;

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
