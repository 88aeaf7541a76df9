import { type AttributeType, attributeType, CRM_ID_ATTRIBUTE } from './attributeType';
import { readWritableKeyspaces } from './parsePermissions';
import { flagIn, hasCome, isObject, type Outside, trimmed } from './outside';

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
	/** It is there, but no longer offered. */
	isRetired?: true;
}

export type { AttributeType } from './attributeType';
export { CRM_ID_ATTRIBUTE, EMAIL_ATTRIBUTE, MOBILE_ATTRIBUTE } from './attributeType';

export const EMAIL_CHANNEL = 'com.apsis1.channels.email';
export const SMS_CHANNEL = 'com.apsis1.channels.sms';
export const CRM_ID_SPACE = 'com.apsis1.keyspaces.crm-id';
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

export function parseNamed(item: Outside): { discriminator: string; name: string } | undefined {
	const discriminator = trimmed(item.discriminator);
	if (!discriminator) return undefined;
	return { discriminator, name: trimmed(item.name) || readableName(discriminator) };
}

export function parseKeyspace(item: Outside): Keyspace | undefined {
	const named = parseNamed(item);
	if (!named) return undefined;
	const flag = flagIn(item.manage_subscriptions);
	return {
		...named,
		...(flag === undefined ? {} : { managesSubscriptions: flag }),
		isReadOnly: named.discriminator.endsWith('.export'),
	};
}

export function parseAttribute(item: Outside): Attribute | undefined {
	const named = parseNamed(item);
	const version = currentVersion(item.versions) ?? onlyVersion(item);
	if (!named || !version) return undefined;
	const writableThrough = readWritableKeyspaces(item, version.fields);
	return {
		...named,
		versionId: version.id,
		type: attributeType(named.discriminator, version.fields, item),
		...(writableThrough ? { writableThrough } : {}),
	};
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
	const folder = folderOf(item);
	const channel = channelOf(item);
	return {
		...named,
		...(folder ? { folder } : {}),
		...(channel ? { channel } : {}),
		...(isDeprecated(item) ? { isRetired: true } : {}),
	};
}

const MAX_FOLDER_DEPTH = 4;

/** The topics of a folder and of those in it, each with its folder; a topic is itself. */
export function topicsIn(entry: Outside, depth = 0): Outside[] {
	const { topics, folders, ...own } = entry;
	const inside = [folders].flat().filter((one) => isObject(one) && (one.topics ?? one.folders));
	const isFolder = Array.isArray(topics) || inside.length > 0;
	if (!isFolder || depth === MAX_FOLDER_DEPTH) return [entry];
	return [topics, inside]
		.flat(2)
		.filter(isObject)
		.flatMap((one) => topicsIn({ folder: own, ...one }, depth + 1));
}

/** Members that say which folder a topic is in, names before discriminators. */
const FOLDER_MEMBERS = [
	'folder_name',
	'folder',
	'folders',
	'folder_path',
	'consent_list',
	'target',
	'folder_discriminator',
	'consent_list_discriminator',
	'target_discriminator',
];

/** The folder as users know it, with those it is in: `Club / Members`. '' when there is none. */
function folderOf(item: Outside): string {
	for (const member of FOLDER_MEMBERS) {
		const path = folderPath(item[member]);
		if (path.length > 0) return path.join(' / ');
	}
	return '';
}

/** Names from the outermost folder on, out of a name, a discriminator, an object with its parent in it, or a list. */
function folderPath(value: unknown, depth = 0): string[] {
	if (depth > 5) return [];
	if (Array.isArray(value)) return value.flatMap((one) => folderPath(one, depth + 1));
	if (typeof value === 'string') return value.trim() ? [folderName(value.trim())] : [];
	if (!isObject(value)) return [];
	const members = [value.name, value.folder_name, value.discriminator, value.folder_discriminator];
	const name = folderName(members.map(trimmed).find(Boolean) ?? '');
	const parent = value.parent ?? value.parent_folder ?? value.folder;
	return [...folderPath(parent, depth + 1), ...(name ? [name] : [])];
}

function folderName(folder: string): string {
	return /^(usercreated|com\.apsis1)\.\w+\./.test(folder) ? readableName(folder) : folder;
}

/** The channel of a topic that belongs to one; a topic of several may be used with any. */
function channelOf(item: Outside): string {
	const members = [
		item.channel_discriminator,
		item.channel,
		item.channels,
		item.channel_discriminators,
	];
	for (const member of members) {
		const channels = new Set(channelsIn(member));
		if (channels.size > 0) return channels.size === 1 ? ([...channels][0] ?? '') : '';
	}
	return '';
}

function channelsIn(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(channelsIn);
	if (isObject(value)) {
		return channelsIn(value.discriminator ?? value.channel_discriminator ?? value.id ?? value.name);
	}
	const word = trimmed(value);
	if (word.includes('.channels.')) return [word];
	if (/^e-?mail$/i.test(word)) return [EMAIL_CHANNEL];
	return /^(sms|mobile)$/i.test(word) ? [SMS_CHANNEL] : [];
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

/** The version that is not deprecated; the one with the highest ID where nothing says which of several is the current one. */
export function currentVersion(versions: unknown): { id: string; fields: Outside } | undefined {
	if (!Array.isArray(versions)) return undefined;
	const [first, ...others] = versions.filter(
		(version): version is Outside => isObject(version) && !isDeprecated(version),
	);
	if (!first) return undefined;
	const current = others.reduce(
		(newest, version) => (Number(idOf(version)) > Number(idOf(newest)) ? version : newest),
		first,
	);
	return versionWith(idOf(current), current);
}

function idOf(version: Outside): unknown {
	return version.id ?? version.version_id;
}

/** Where there is no list of versions, the one that the definition names. */
function onlyVersion(item: Outside): { id: string; fields: Outside } | undefined {
	if (Array.isArray(item.versions)) return undefined;
	const version = item.current_version ?? item.version;
	const fields = isObject(version) ? version : {};
	return versionWith(fields.id ?? item.version_id ?? item.current_version_id, fields);
}

function versionWith(id: unknown, fields: Outside): { id: string; fields: Outside } | undefined {
	if (typeof id === 'number') return { id: String(id), fields };
	return typeof id === 'string' && id !== '' ? { id, fields } : undefined;
}

/** Whether every version of a definition is deprecated, so that it is rightly not offered. */
export function isRetired(item: Outside): boolean {
	const { versions } = item;
	if (!parseNamed(item) || !Array.isArray(versions)) return false;
	return versions.every((version) => isObject(version) && isDeprecated(version));
}

const NAMES_END = /^(is_?)?(deprecat(ed|ion)|retired|archived|deleted|obsolete)/i;
const NAMES_STATE = /^(status|state)$/i;
const NAMES_USE = /^(is_?)?(active|current|enabled)$/i;
const ENDED = /^(deprecated|retired|archived|deleted|obsolete|inactive|disabled)$/i;

/** Whether a member says that it is no longer to be used, whatever that member is called. */
function isDeprecated(item: Outside): boolean {
	return Object.entries(item).some(([name, value]) => {
		if (NAMES_STATE.test(name)) return ENDED.test(trimmed(value));
		if (NAMES_USE.test(name)) return flagIn(value) === false;
		return NAMES_END.test(name) && saysEnded(value);
	});
}

/** Not by a date that is still to come. */
function saysEnded(value: unknown): boolean {
	if (isObject(value)) return Object.values(value).some(saysEnded);
	const flag = flagIn(value);
	if (flag !== undefined || Array.isArray(value)) return flag === true;
	return hasCome(value) ?? Boolean(value);
}
