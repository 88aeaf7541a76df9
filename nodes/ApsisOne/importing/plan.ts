import {
	type Attribute,
	type AttributeType,
	EMAIL_ATTRIBUTE,
	EMAIL_CHANNEL,
	type Keyspace,
	MOBILE_ATTRIBUTE,
	SMS_CHANNEL,
	type Tag,
	type Topic,
	attributeRule,
	isUnwritable,
	keyRule,
} from '../api/parseDefinitions';
import { ApsisOneError } from '../errors';
import { type FieldSource, isSameSource, sourceName } from './fieldSource';
import type { ConsentType } from '../values/consentWord';
import type { NamedSubscription } from '../values/subscriptionList';

/** What the user has set, as the action reads it from the node. Discriminators are not yet looked up. */
export interface ImportSettings {
	section: string;
	keyspace: string;
	profileKey: FieldSource;
	attributes: ReadonlyArray<{ attribute: string; source: FieldSource }>;
	subscriptions: readonly SubscriptionSetting[];
	tags: ReadonlyArray<{ tag: string; when: FieldSource | 'always' }>;
	updateExistingProfiles: boolean;
	clearExistingAttributes: boolean;
	additionalFields: Readonly<Record<string, unknown>>;
	/** The country of a row, for phone numbers without a country code. */
	country?: FieldSource;
}

/** What happens: one type for all rows meant, or as a field or a list of subscriptions says. */
export type ConsentChoice = ConsentType | 'asFieldSays' | 'asListSays';

export interface SubscriptionSetting {
	topic: string;
	/** Empty where the topic has its own. */
	channel: string;
	consent: ConsentChoice;
	/** What happens where a list names other subscriptions only. */
	notListed?: 'nothing' | 'opt-out';
	/** The field that decides, or every row. */
	when: FieldSource | 'always';
	/** The address the consent is put on: the one mapped to Email (Mobile for SMS) if any, that of a field, or none. */
	address: 'automatic' | 'none' | FieldSource;
	resubscribe: boolean;
	/** The user has confirmed that the field means what it says, whatever its name. */
	isConfirmed?: boolean;
}

/** What the account has, fetched for this import. */
export interface AccountDefinitions {
	keyspaces: readonly Keyspace[];
	attributes: readonly Attribute[];
	topics: readonly Topic[];
	tags: readonly Tag[];
}

/** One column of values in the file. */
export interface ValueColumn {
	header: string;
	/** Name of the field in messages. */
	field: string;
	source: FieldSource;
	rule: AttributeType | 'key';
	isKey: boolean;
	/** The attributes it is written to; none for a key that is no attribute. */
	attributes: readonly Attribute[];
}

/** One subscription that rows may opt in to or out of. */
export interface ConsentPlan {
	name: string;
	topic: string;
	channel: string;
	consent: ConsentChoice;
	notListed: 'nothing' | 'opt-out';
	when: FieldSource | 'always';
	resubscribe: boolean;
	isConfirmed: boolean;
	/** Column of the address the consent is put on; without one it is put on the profile. */
	addressHeader?: string;
	/** The user has chosen to put it on the profile. */
	isOnProfile: boolean;
	/** Switch column of each type of consent it can give. */
	headers: Readonly<Partial<Record<ConsentType, string>>>;
}

export interface TagPlan {
	name: string;
	tag: string;
	header: string;
	when: FieldSource | 'always';
}

/** Everything that is settled before the first row is read. */
export interface ImportPlan {
	/** What was found by a guess while the fields were looked up. */
	warnings: readonly string[];
	/** All subscriptions of the section, by the names a list may have for them. */
	subscriptionNames: readonly NamedSubscription[];
	settings: ImportSettings;
	keyspace: Keyspace;
	columns: readonly ValueColumn[];
	consents: readonly ConsentPlan[];
	tags: readonly TagPlan[];
}

/**
 * Settles what goes into which column, and refuses whatever APSIS One would refuse.
 *
 * @throws ApsisOneError naming the parameter to correct
 */
export function planImport(
	settings: ImportSettings,
	account: AccountDefinitions,
	warnings: readonly string[] = [],
): ImportPlan {
	const keyspace = findKeyspace(settings.keyspace, account.keyspaces);
	const headers = new HeaderNames();
	const columns = planColumns(settings, keyspace, account.attributes, headers);
	const consents = settings.subscriptions.map((subscription) =>
		planConsent(subscription, columns, account.topics, headers),
	);
	refuseRepeatedConsents(consents);
	const tags = settings.tags.map((tag) => planTag(tag, keyspace, account.tags, headers));
	const subscriptionNames = account.topics.map(({ discriminator, name, folder }) => ({
		id: discriminator,
		names: [name, discriminator, ...(folder ? [`${name} (${folder})`, `${folder}: ${name}`] : [])],
	}));
	return { settings, keyspace, columns, consents, tags, warnings, subscriptionNames };
}

/** Gives each column a header of its own: APSIS One matches them exactly (contract: Profile import v2). */
class HeaderNames {
	private readonly taken = new Set<string>();

	claim(wanted: string): string {
		const name = wanted.replace(/\s+/g, ' ').trim() || 'column';
		let header = name;
		for (let count = 2; this.taken.has(header.toLowerCase()); count++) header = `${name} ${count}`;
		this.taken.add(header.toLowerCase());
		return header;
	}
}

function findKeyspace(discriminator: string, keyspaces: readonly Keyspace[]): Keyspace {
	const keyspace = findWritableKeyspace(discriminator, keyspaces);
	if (keyspace.managesSubscriptions !== false) return keyspace;
	throw new ApsisOneError(
		`Profiles cannot be imported through the keyspace "${keyspace.name}"`,
		'It does not manage subscriptions. Choose another Keyspace, or ask your APSIS One admin to let it manage subscriptions.',
	);
}

/**
 * The keyspace that profiles are to be made in.
 *
 * @throws ApsisOneError when there is none, or it is for reading only
 */
export function findWritableKeyspace(
	discriminator: string,
	keyspaces: readonly Keyspace[],
): Keyspace {
	const keyspace = keyspaces.find((candidate) => candidate.discriminator === discriminator);
	if (!keyspace) {
		throw new ApsisOneError(
			`APSIS One has no keyspace "${discriminator}"`,
			'Choose a keyspace from the list, or check the ID. The wrong keyspace would create duplicate profiles.',
		);
	}
	if (!keyspace.isReadOnly) return keyspace;
	throw new ApsisOneError(
		`Profiles cannot be written through the keyspace "${keyspace.name}"`,
		'It is read-only. Choose another Keyspace.',
	);
}

function planColumns(
	settings: ImportSettings,
	keyspace: Keyspace,
	attributes: readonly Attribute[],
	headers: HeaderNames,
): ValueColumn[] {
	const { profileKey } = settings;
	const keyColumn = {
		header: headers.claim(profileKey.kind === 'field' ? sourceName(profileKey) : 'Profile Key'),
		field: 'Profile Key',
		source: profileKey,
		rule: keyRule(keyspace.discriminator),
		isKey: true,
		attributes: [] as Attribute[],
	};
	const columns: ValueColumn[] = [keyColumn];
	for (const mapping of settings.attributes) {
		const attribute = findAttribute(mapping.attribute, attributes, keyspace);
		// The key column serves an attribute too when both would hold the same text, as in APSIS's own example.
		if (attribute.type === keyColumn.rule && isSameSource(mapping.source, keyColumn.source)) {
			keyColumn.attributes.push(attribute);
			continue;
		}
		columns.push({
			header: headers.claim(attribute.name),
			field: attribute.name,
			source: mapping.source,
			rule: attributeRule(attribute),
			isKey: false,
			attributes: [attribute],
		});
	}
	return columns;
}

function findAttribute(
	discriminator: string,
	attributes: readonly Attribute[],
	keyspace: Keyspace,
): Attribute {
	const attribute = attributes.find((candidate) => candidate.discriminator === discriminator);
	if (!attribute) {
		throw new ApsisOneError(
			`The section has no attribute "${discriminator}"`,
			'It may have been deleted, or all its versions may be deprecated. Open the node and refresh the list of Attributes.',
		);
	}
	if (isUnwritable(attribute, keyspace)) {
		throw new ApsisOneError(
			`The attribute "${attribute.name}" cannot be written through the keyspace "${keyspace.name}"`,
			'Remove it from Attributes, choose another Keyspace, or ask your APSIS One admin to make it writable.',
		);
	}
	return attribute;
}

const CHANNEL_NAMES: Readonly<Record<string, string>> = {
	[EMAIL_CHANNEL]: 'email',
	[SMS_CHANNEL]: 'SMS',
};

function planConsent(
	setting: SubscriptionSetting,
	columns: readonly ValueColumn[],
	topics: readonly Topic[],
	headers: HeaderNames,
): ConsentPlan {
	const topic = topics.find((candidate) => candidate.discriminator === setting.topic);
	if (!topic) {
		throw new ApsisOneError(
			`The section has no subscription "${setting.topic}"`,
			'It may have been deleted. Choose a subscription from the list, or check the ID.',
		);
	}
	const channel = consentChannel(topic, setting.channel);
	const address = findAddressColumn(setting, topic, channel, columns);
	const notListed = setting.notListed ?? 'nothing';
	const types = typesOf(setting.consent, notListed);
	return {
		name: topic.folder ? `${topic.name} (${topic.folder})` : topic.name,
		topic: topic.discriminator,
		channel,
		consent: setting.consent,
		notListed,
		when: setting.when,
		resubscribe: setting.resubscribe && setting.consent !== 'opt-out',
		isConfirmed: setting.isConfirmed === true,
		isOnProfile: setting.address === 'none',
		...(address ? { addressHeader: address.header } : {}),
		headers: Object.fromEntries(
			types.map((type) => [
				type,
				headers.claim(`${topic.name} ${CHANNEL_NAMES[channel] ?? channel} ${type}`),
			]),
		),
	};
}

/**
 * The channel a consent is for.
 *
 * @param chosen empty where the topic has its own
 * @throws ApsisOneError when there is none, or the topic belongs to another
 */
export function consentChannel(topic: Topic, chosen: string): string {
	if (topic.channel && chosen && topic.channel !== chosen) {
		throw new ApsisOneError(
			`The subscription "${topic.name}" belongs to the channel ${CHANNEL_NAMES[topic.channel] ?? topic.channel}, not to ${CHANNEL_NAMES[chosen] ?? chosen}`,
			'Choose that channel in Channel, or choose the subscription from the list, which sets the channel automatically.',
		);
	}
	const channel = topic.channel ?? chosen;
	if (channel && !channel.includes('.')) {
		throw new ApsisOneError(
			`APSIS One has no channel "${channel}"`,
			'Choose it from the list in Channel, or enter its ID, e.g. com.apsis1.channels.email.',
		);
	}
	if (channel) return channel;
	throw new ApsisOneError(
		`No Channel is chosen for the subscription "${topic.name}"`,
		'It is used in several channels. Choose the one that the consent applies to in Channel.',
	);
}

/**
 * The column whose address the consent is put on (contract: Profile import v2, `address_field_selector`). On accounts with
 * Consent 1.0 that is the one mapped to the attribute Email or Mobile, and a key column alone does not count; on accounts
 * with Consent 2.0 a consent is put on the profile and needs none.
 */
function findAddressColumn(
	{ address }: SubscriptionSetting,
	topic: Topic,
	channel: string,
	columns: readonly ValueColumn[],
): ValueColumn | undefined {
	if (address === 'none') return undefined;
	const attribute = channel === SMS_CHANNEL ? MOBILE_ATTRIBUTE : EMAIL_ATTRIBUTE;
	const addressed = columns.filter((column) =>
		column.attributes.some(({ discriminator }) => discriminator === attribute),
	);
	if (address === 'automatic') return addressed[0];
	const found = addressed.find((column) => isSameSource(column.source, address));
	if (found) return found;
	const name = channel === SMS_CHANNEL ? 'Mobile' : 'Email';
	throw new ApsisOneError(
		`The Address Field "${sourceName(address)}" of the subscription "${topic.name}" is not mapped to the attribute ${name}`,
		`Map it to the attribute ${name} in Attributes, or set Consent Address to Automatic.`,
	);
}

/** The types of consent that a setting can give. */
function typesOf(consent: ConsentChoice, notListed: 'nothing' | 'opt-out'): ConsentType[] {
	if (consent === 'asFieldSays') return ['opt-in', 'opt-out'];
	if (consent !== 'asListSays') return [consent];
	return notListed === 'opt-out' ? ['opt-in', 'opt-out'] : ['opt-in'];
}

/** One import carries one type per subscription and channel; two settings for one would contradict or repeat. */
function refuseRepeatedConsents(consents: readonly ConsentPlan[]): void {
	const seen = new Set<string>();
	for (const { topic, channel, consent, notListed, name } of consents) {
		for (const type of typesOf(consent, notListed)) {
			const key = `${topic} ${channel} ${type}`;
			if (seen.has(key)) {
				throw new ApsisOneError(
					`The subscription "${name}" is set twice for ${type}`,
					'Remove one of the two from Subscriptions and Consent.',
				);
			}
			seen.add(key);
		}
	}
}

function planTag(
	setting: ImportSettings['tags'][number],
	keyspace: Keyspace,
	tags: readonly Tag[],
	headers: HeaderNames,
): TagPlan {
	const tag = findWritableTag(setting.tag, tags, keyspace);
	return {
		name: tag.name,
		tag: tag.discriminator,
		header: headers.claim(`${tag.name} tag`),
		when: setting.when,
	};
}

/** @throws ApsisOneError when there is no such tag, or it cannot be written through the keyspace */
export function findWritableTag(
	discriminator: string,
	tags: readonly Tag[],
	keyspace: { discriminator: string; name?: string },
): Tag {
	const tag = tags.find((candidate) => candidate.discriminator === discriminator);
	if (!tag) {
		throw new ApsisOneError(
			`The section has no tag "${discriminator}"`,
			'It may have been deleted. Choose a tag from the list, or check the ID.',
		);
	}
	if (!isUnwritable(tag, keyspace)) return tag;
	throw new ApsisOneError(
		`The tag "${tag.name}" cannot be written through the keyspace "${keyspace.name ?? keyspace.discriminator}"`,
		'Remove it from Tags, choose another Keyspace, or ask your APSIS One admin to make it writable.',
	);
}

/** @returns the column of the address that a consent is put on, by index in the plan; -1 for none */
export function addressColumn(
	{ columns }: Pick<ImportPlan, 'columns'>,
	{ addressHeader }: ConsentPlan,
): number {
	return columns.findIndex(({ header }) => header === addressHeader);
}
