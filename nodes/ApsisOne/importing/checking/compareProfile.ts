import { isObject, type Outside } from '../../api/outside';
import type { AttributeType } from '../../api/parseDefinitions';
import {
	hasSurelyOptedIn,
	hasSurelyOptedOut,
	isOptedOut,
	typesAbout,
} from '../../api/consentVerdicts';
import { type Consent, parseConsents } from '../../api/parseConsents';
import { parseAttributeValues } from '../../api/parseProfile';
import type { ConsentType } from '../../values/consentWord';
import { hasSameBeginning, isSameValue } from '../../values/sameValue';
import type { SentValue } from '../sampling';

/** One attribute that rows were sent with; JSON, since it is parked. */
export interface CheckedField {
	name: string;
	/** Discriminator and version ID: a profile is answered by either. */
	ids: string[];
	rule: AttributeType | 'key';
}

/** One consent that rows were sent with; JSON, since it is parked. */
export interface CheckedConsent {
	name: string;
	topic: string;
	/** Empty where it is the topic's own. */
	channel: string;
	type: ConsentType;
	resubscribe: boolean;
}

/** What a row was sent with, by index of the fields and consents. */
export interface SentData {
	values: Array<[field: number, value: SentValue]>;
	consents: number[];
}

/** What the calls about a profile answered. */
export interface ProfileAnswers {
	attributes?: unknown;
	consents?: unknown;
}

/** A value that is not as it was sent. */
export interface Difference {
	field: string;
	sent: string;
	found: string;
	/** An opt-in that did not reach somebody who had opted out, as it is meant to be. */
	isKeptOptOut?: boolean;
}

/** `unreadable` holds the shape of the answer, without its values. */
export type Comparison = { differences: Difference[] } | { unreadable: string };

/** Longest value shown of what was found. */
const MAX_SHOWN_CHARACTERS = 200;

/** Compares what a row was sent with, and what its profile has. */
export function compareProfile(
	sent: SentData,
	fields: readonly CheckedField[],
	consents: readonly CheckedConsent[],
	answers: ProfileAnswers,
): Comparison {
	const values = compareValues(sent, fields, answers.attributes);
	const given = compareConsents(sent, consents, answers.consents);
	if (!values) return { unreadable: `attributes: ${shapeOf(answers.attributes)}` };
	if (!given) return { unreadable: `consents: ${shapeOf(answers.consents)}` };
	return { differences: [...values, ...given] };
}

function compareValues(
	{ values }: SentData,
	fields: readonly CheckedField[],
	body: unknown,
): Difference[] | undefined {
	if (values.length === 0) return [];
	const parsed = parseAttributeValues(body);
	if (!parsed || !isAboutAttributes(parsed, fields)) return undefined;
	const found = new Map(parsed);
	const differences: Difference[] = [];
	for (const [index, sent] of values) {
		const field = fields[index];
		if (!field) continue;
		const id = field.ids.find((one) => found.has(one));
		const value = scalarOf(id === undefined ? undefined : found.get(id));
		if (value === undefined) return undefined;
		if (isAsSent(field, sent, value)) continue;
		differences.push({ field: field.name, sent: shown(sent), found: shown(String(value)) });
	}
	return differences;
}

/** Whether an answer is about attributes at all, rather than something in a shape we do not know. */
function isAboutAttributes(
	values: ReadonlyArray<[id: string, value: unknown]>,
	fields: readonly CheckedField[],
): boolean {
	if (values.length === 0) return true;
	const known = new Set(fields.flatMap(({ ids }) => ids));
	return values.some(([id]) => known.has(id) || /^\d+$|\.attributes\./.test(id));
}

/** @returns '' for no value; undefined when it cannot be read */
function scalarOf(value: unknown): string | number | boolean | undefined {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
		return value;
	return isObject(value) && 'value' in value && !isObject(value.value)
		? scalarOf(value.value)
		: undefined;
}

function isAsSent(
	{ rule }: CheckedField,
	sent: SentValue,
	found: string | number | boolean,
): boolean {
	if (typeof sent !== 'string') {
		return hasSameBeginning(sent.start, sent.length, String(found));
	}
	if (sent === '' || found === '') return sent === '' && found === '';
	return isSameValue(rule, sent, found);
}

function compareConsents(
	{ consents: indexes }: SentData,
	consents: readonly CheckedConsent[],
	body: unknown,
): Difference[] | undefined {
	if (indexes.length === 0) return [];
	const found = parseConsents(body);
	if (!found) return undefined;
	const differences: Difference[] = [];
	for (const index of indexes) {
		const sent = consents[index];
		if (!sent) continue;
		const compared = compareConsent(sent, found);
		if (compared === 'unreadable') return undefined;
		if (compared) differences.push(compared);
	}
	return differences;
}

/** @returns undefined when it is as sent */
function compareConsent(
	{ name, topic, channel, type, resubscribe }: CheckedConsent,
	found: readonly Consent[],
): Difference | 'unreadable' | undefined {
	const place = [found, topic, channel || ownChannel(found, topic)] as const;
	const isThere = type === 'opt-in' ? hasSurelyOptedIn(...place) : hasSurelyOptedOut(...place);
	if (isThere) return undefined;
	const { types, unread } = typesAbout(...place);
	const isKeptOptOut = type === 'opt-in' && !resubscribe && hasOptOut(place);
	// A consent on a level that we cannot read may be the one that was sent.
	if (!isKeptOptOut && types.length === 0 && unread.length > 0) return 'unreadable';
	return {
		field: name,
		sent: type,
		found: types.join(', ') || 'none',
		...(isKeptOptOut ? { isKeptOptOut } : {}),
	};
}

function hasOptOut(place: readonly [readonly Consent[], string, string]): boolean {
	return isOptedOut(...place) && hasSurelyOptedOut(...place);
}

/** The channel of a topic that has its own is whatever the profile's consent is by. */
function ownChannel(found: readonly Consent[], topic: string): string {
	return found.find((consent) => consent.topic === topic)?.channel ?? '';
}

function shown(value: SentValue): string {
	if (typeof value !== 'string') return `${value.start}… (${value.length} characters)`;
	return value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}…` : value;
}

const MAX_MEMBERS = 20;
const MAX_DEPTH = 3;

/** The shape of an answer for a log: names of members and types, never a value. */
export function shapeOf(value: unknown, depth = 0): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) {
		return value.length === 0 || depth === MAX_DEPTH ? '[]' : `[${shapeOf(value[0], depth + 1)}]`;
	}
	if (!isObject(value)) return typeof value;
	if (depth === MAX_DEPTH) return '{…}';
	return `{ ${members(value, depth)} }`;
}

/** A name that may be a value, such as an address, is not shown. */
function members(value: Outside, depth: number): string {
	const shapes = Object.entries(value)
		.slice(0, MAX_MEMBERS)
		.map(([name, member]) => {
			const isName = /^[a-z_$][\w.$-]{0,80}$/i.test(name) || /^\d{1,9}$/.test(name);
			return `${isName ? name : '?'}: ${shapeOf(member, depth + 1)}`;
		});
	return shapes.join(', ');
}
