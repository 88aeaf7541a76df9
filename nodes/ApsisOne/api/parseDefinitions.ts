/**
 * What an account defines (contract: Definitions), parsed once at the border into named types.
 *
 * Members whose shape is unknown to us (permissions, types) are read forgivingly: what cannot be read is shown to
 * the user rather than hidden, and APSIS One has the last word.
 */

export interface Section {
	discriminator: string;
	name: string;
}

export interface Keyspace {
	discriminator: string;
	name: string;
	/** Whether profiles can be imported through it; undefined when APSIS One does not say. */
	managesSubscriptions?: boolean;
	isReadOnly: boolean;
}

export type AttributeType =
	'boolean' | 'country' | 'date' | 'email' | 'mobile' | 'number' | 'text' | 'timestamp' | 'unknown';

export interface Attribute {
	discriminator: string;
	name: string;
	/** Id of the version that is not deprecated. */
	versionId: string;
	type: AttributeType;
	/** Keyspaces it may be written through; undefined when that cannot be read. */
	writableThrough?: readonly string[];
}

export interface Tag {
	discriminator: string;
	name: string;
	writableThrough?: readonly string[];
}

/** A subscription, in the words of APSIS One's user interface. */
export interface Topic {
	discriminator: string;
	name: string;
	folder?: string;
	/** Set when the topic belongs to one channel. */
	channel?: string;
}

/** Something that can happen to a profile. */
export interface EventDefinition {
	discriminator: string;
	name: string;
	/** Id of the version that is not deprecated. */
	versionId: string;
	fields: EventField[];
}

export interface EventField {
	/** Its name in the event's data. */
	id: string;
	name: string;
	type: AttributeType;
	isRequired: boolean;
}

type Outside = Record<string, unknown>;

export const EMAIL_CHANNEL = 'com.apsis1.channels.email';
export const SMS_CHANNEL = 'com.apsis1.channels.sms';
export const EMAIL_ATTRIBUTE = 'com.apsis1.attributes.email';
export const CRM_ID_ATTRIBUTE = 'com.apsis1.attributes.crmid';
export const MOBILE_ATTRIBUTE = 'com.apsis1.attributes.mobile';
/** Keyspaces whose key is an address. */
export const ADDRESS_SPACES = {
	email: 'com.apsis1.keyspaces.email',
	mobile: 'com.apsis1.keyspaces.mobile',
} as const;

/** Stands between the discriminators of a topic and its own channel in the value of a drop-down; neither can contain it. */
export const TOPIC_CHANNEL_SEPARATOR = '|';

/** How the profile keys of a keyspace, given by its discriminator, are written. */
export function keyRule(keyspace: string): 'email' | 'mobile' | 'key' {
	if (keyspace === ADDRESS_SPACES.email) return 'email';
	return keyspace === ADDRESS_SPACES.mobile ? 'mobile' : 'key';
}

/** How the values of an attribute are written: the CRM ID as the profile key it is, the others by their type. */
export function attributeRule({ discriminator, type }: Attribute): AttributeType | 'key' {
	return discriminator === CRM_ID_ATTRIBUTE ? 'key' : type;
}

/** Whether APSIS One says that it may not be written; where its answer could not be read, it may. */
export function isUnwritable(
	definition: { writableThrough?: readonly string[] },
	keyspace: { discriminator: string },
): boolean {
	return (
		definition.writableThrough !== undefined &&
		!definition.writableThrough.includes(keyspace.discriminator)
	);
}

/** Definition lists are always `{ items: […] }`; anything else counts as an empty list. */
export function parseItems<T>(body: unknown, parse: (item: Outside) => T | undefined): T[] {
	const items = (body as { items?: unknown } | null | undefined)?.items;
	if (!Array.isArray(items)) return [];
	return items
		.filter((item): item is Outside => typeof item === 'object' && item !== null)
		.map(parse)
		.filter((item): item is Awaited<T> & NonNullable<T> => item !== undefined);
}

export function parseNamed(item: Outside): { discriminator: string; name: string } | undefined {
	const discriminator = text(item.discriminator);
	if (!discriminator) return undefined;
	return { discriminator, name: text(item.name) || readableName(discriminator) };
}

export function parseKeyspace(item: Outside): Keyspace | undefined {
	const named = parseNamed(item);
	if (!named) return undefined;
	const flag = item.manage_subscriptions;
	return {
		...named,
		...(typeof flag === 'boolean' ? { managesSubscriptions: flag } : {}),
		isReadOnly: named.discriminator.endsWith('.export'),
	};
}

export function parseAttribute(item: Outside): Attribute | undefined {
	const named = parseNamed(item);
	const version = currentVersion(item.versions);
	if (!named || !version) return undefined;
	const writableThrough = readWritableKeyspaces(item);
	return {
		...named,
		versionId: version.id,
		type: attributeType(named.discriminator, item, version.fields),
		...(writableThrough ? { writableThrough } : {}),
	};
}

export function parseEvent(item: Outside): EventDefinition | undefined {
	const named = parseNamed(item);
	const version = currentVersion(item.versions);
	if (!named || !version) return undefined;
	return { ...named, versionId: version.id, fields: eventFields(version.fields, item) };
}

/** The shape of an event's fields is unknown to us: the first list of named things is taken for them. */
function eventFields(...holders: Outside[]): EventField[] {
	const list = holders.flatMap((holder) => Object.values(holder)).find(isListOfNamed) ?? [];
	return list.flatMap((field) => {
		const id = text(field.discriminator) || text(field.name) || text(field.id);
		if (!id) return [];
		return [
			{
				id,
				name: text(field.name) || readableName(id),
				type: attributeType(id, field, field),
				isRequired: field.required === true || field.is_required === true,
			},
		];
	});
}

function isListOfNamed(value: unknown): value is Outside[] {
	return (
		Array.isArray(value) &&
		value.length > 0 &&
		value.every(
			(one) =>
				typeof one === 'object' &&
				one !== null &&
				!('deprecated_at' in one) &&
				('name' in one || 'discriminator' in one),
		)
	);
}

export function parseTag(item: Outside): Tag | undefined {
	const named = parseNamed(item);
	if (!named) return undefined;
	const writableThrough = readWritableKeyspaces(item);
	return { ...named, ...(writableThrough ? { writableThrough } : {}) };
}

export function parseTopic(item: Outside): Topic | undefined {
	const named = parseNamed(item);
	if (!named) return undefined;
	const folder = text(item.folder_name) || readableName(text(item.folder_discriminator));
	const channel = text(item.channel_discriminator);
	return { ...named, ...(folder ? { folder } : {}), ...(channel ? { channel } : {}) };
}

/**
 * A name for a discriminator that came without one: its last part without the ten-character suffix
 * (`usercreated.targets.monthly-offers-cbyntm8qnw` → `Monthly offers`). For show only: the slug may hold dots, so
 * nothing is ever decided on it.
 */
export function readableName(discriminator: string): string {
	const slug = discriminator
		.replace(/^usercreated\.\w+\./, '')
		.replace(/^com\.apsis1\.(?:integrations\.)?\w+\./, '')
		.replace(/-[a-z0-9]{10}$/, '');
	const words = slug.replace(/[-_.]+/g, ' ').trim();
	return words ? words.charAt(0).toUpperCase() + words.slice(1) : discriminator;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function currentVersion(versions: unknown): { id: string; fields: Outside } | undefined {
	if (!Array.isArray(versions)) return undefined;
	const current = versions.find(
		(version): version is Outside =>
			typeof version === 'object' && version !== null && !version.deprecated_at,
	);
	if (!current || (typeof current.id !== 'string' && typeof current.id !== 'number'))
		return undefined;
	return { id: String(current.id), fields: current };
}

const WELL_KNOWN_TYPES: Readonly<Record<string, AttributeType>> = {
	[EMAIL_ATTRIBUTE]: 'email',
	[MOBILE_ATTRIBUTE]: 'mobile',
	'com.apsis1.attributes.birthdate': 'date',
	'com.apsis1.attributes.firstname': 'text',
	'com.apsis1.attributes.lastname': 'text',
	[CRM_ID_ATTRIBUTE]: 'text',
};

/** Order matters: `datetime` is a timestamp before it is a date. */
const TYPE_WORDS: ReadonlyArray<[words: RegExp, type: AttributeType]> = [
	[/bool|checkbox/i, 'boolean'],
	[/time|unix|epoch/i, 'timestamp'],
	[/date|day/i, 'date'],
	[/country/i, 'country'],
	[/mail/i, 'email'],
	[/mobile|phone|msisdn/i, 'mobile'],
	[/num|int|float|double|decimal/i, 'number'],
	[/str|text|char/i, 'text'],
];

function attributeType(discriminator: string, item: Outside, version: Outside): AttributeType {
	const known = WELL_KNOWN_TYPES[discriminator];
	if (known) return known;
	const told = [
		version.type,
		version.data_type,
		item.type,
		item.data_type,
		item.attribute_type,
		version.format,
		item.format,
	].map((value) => text(value) || text((value as Outside | undefined)?.name));
	const word = told.find(Boolean) ?? '';
	return TYPE_WORDS.find(([words]) => words.test(word))?.[1] ?? 'unknown';
}

/**
 * Keyspaces through which an attribute or tag may be written, out of whatever member holds them
 * (`include_keyspace_permissions=true`; the shape is unknown to us).
 */
function readWritableKeyspaces(item: Outside): string[] | undefined {
	const entry = Object.entries(item).find(([name]) => /permission/i.test(name));
	if (!entry) return undefined;
	const pairs = permissionPairs(entry[1]);
	if (pairs.length === 0) return undefined;
	return pairs.filter(([, permission]) => /write/i.test(permission)).map(([keyspace]) => keyspace);
}

/** Reads `[{ keyspace…: "…", permission…: "WRITE" }]` as well as `{ "<keyspace>": "WRITE" }`. */
function permissionPairs(value: unknown): Array<[keyspace: string, permission: string]> {
	if (Array.isArray(value)) return value.map(pairOfEntry).filter((pair) => pair !== undefined);
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value)
		.filter(([keyspace]) => keyspace.includes('.keyspaces.'))
		.map(([keyspace, permission]) => [keyspace, JSON.stringify(permission) ?? '']);
}

function pairOfEntry(entry: unknown): [string, string] | undefined {
	if (typeof entry !== 'object' || entry === null) return undefined;
	const keyspace = Object.values(entry).find(
		(value): value is string => typeof value === 'string' && value.includes('.keyspaces.'),
	);
	if (!keyspace) return undefined;
	const rest = Object.values(entry).filter((value) => value !== keyspace);
	return rest.length === 0 ? undefined : [keyspace, JSON.stringify(rest)];
}
