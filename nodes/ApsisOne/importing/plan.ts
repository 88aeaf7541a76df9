import {
	ADDRESS_SPACES,
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
}

export interface SubscriptionSetting {
	topic: string;
	/** Empty where the topic has its own. */
	channel: string;
	consent: ConsentType | 'asFieldSays';
	/** The field that decides, or every row. */
	when: FieldSource | 'always';
	/** Where the address comes from; left out to take the one mapped to Email or Mobile. */
	addressField?: FieldSource;
	resubscribe: boolean;
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
	consent: ConsentType | 'asFieldSays';
	when: FieldSource | 'always';
	resubscribe: boolean;
	addressHeader: string;
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
	settings: ImportSettings;
	keyspace: Keyspace;
	columns: readonly ValueColumn[];
	consents: readonly ConsentPlan[];
	tags: readonly TagPlan[];
}

/**
 * Settles what goes into which column, and refuses whatever APSIS One would refuse.
 *
 * @throws ApsisOneError naming the parameter to mend
 */
export function planImport(settings: ImportSettings, account: AccountDefinitions): ImportPlan {
	const keyspace = findKeyspace(settings.keyspace, account.keyspaces);
	const headers = new HeaderNames();
	const columns = planColumns(settings, keyspace, account.attributes, headers);
	const consents = settings.subscriptions.map((subscription) =>
		planConsent(subscription, columns, keyspace, account.topics, headers),
	);
	refuseRepeatedConsents(consents);
	const tags = settings.tags.map((tag) => planTag(tag, keyspace, account.tags, headers));
	return { settings, keyspace, columns, consents, tags };
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
			'Choose Keyspace from the list, or check the ID. A wrong keyspace would make duplicate profiles.',
		);
	}
	if (!keyspace.isReadOnly) return keyspace;
	throw new ApsisOneError(
		`Profiles cannot be written through the keyspace "${keyspace.name}"`,
		'It is for reading only. Choose another Keyspace.',
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
			'It may have been deleted, or all its versions deprecated. Open the node and refresh the list of Attributes.',
		);
	}
	if (isUnwritable(attribute, keyspace)) {
		throw new ApsisOneError(
			`The attribute "${attribute.name}" may not be written through the keyspace "${keyspace.name}"`,
			'Remove it from Attributes, choose another Keyspace, or ask your APSIS One admin to allow writing it.',
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
	keyspace: Keyspace,
	topics: readonly Topic[],
	headers: HeaderNames,
): ConsentPlan {
	const topic = topics.find((candidate) => candidate.discriminator === setting.topic);
	if (!topic) {
		throw new ApsisOneError(
			`The section has no subscription "${setting.topic}"`,
			'It may have been deleted. Choose Subscription from the list, or check the ID.',
		);
	}
	const channel = consentChannel(topic, setting.channel);
	const types: ConsentType[] =
		setting.consent === 'asFieldSays' ? ['opt-in', 'opt-out'] : [setting.consent];
	return {
		name: topic.folder ? `${topic.name} (${topic.folder})` : topic.name,
		topic: topic.discriminator,
		channel,
		consent: setting.consent,
		when: setting.when,
		resubscribe: setting.resubscribe && setting.consent !== 'opt-out',
		addressHeader: findAddressColumn(setting, topic, channel, columns, keyspace).header,
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
			'Choose its own Channel, or choose Subscription from the list, which sets the channel by itself.',
		);
	}
	const channel = topic.channel ?? chosen;
	if (channel) return channel;
	throw new ApsisOneError(
		`The subscription "${topic.name}" has no Channel`,
		'It is used by several channels: choose in Channel which one the consent is for.',
	);
}

/** The column whose address the consent is put on (contract: Profile import v2, `address_field_selector`). */
function findAddressColumn(
	setting: SubscriptionSetting,
	topic: Topic,
	channel: string,
	columns: readonly ValueColumn[],
	keyspace: Keyspace,
): ValueColumn {
	const attribute = channel === SMS_CHANNEL ? MOBILE_ATTRIBUTE : EMAIL_ATTRIBUTE;
	const name = channel === SMS_CHANNEL ? 'Mobile' : 'Email';
	const addressed = columns.filter(
		(column) =>
			column.attributes.some(({ discriminator }) => discriminator === attribute) ||
			(column.isKey && isAddressKeyspace(keyspace, channel)),
	);
	const { addressField } = setting;
	const found = addressField
		? addressed.find((column) => isSameSource(column.source, addressField))
		: (addressed.find((column) => column.attributes.length > 0) ?? addressed[0]);
	if (found) return found;
	throw new ApsisOneError(
		addressField
			? `The Address Field "${sourceName(addressField)}" of the subscription "${topic.name}" is not mapped to the attribute ${name}`
			: `The subscription "${topic.name}" has no address to put the consent on`,
		`Map the field that holds the address to the attribute ${name} in Attributes: a consent belongs to an address.`,
	);
}

function isAddressKeyspace(keyspace: Keyspace, channel: string): boolean {
	return (
		keyspace.discriminator ===
		(channel === SMS_CHANNEL ? ADDRESS_SPACES.mobile : ADDRESS_SPACES.email)
	);
}

/** One import carries one type per subscription and channel; two settings for one would contradict or repeat. */
function refuseRepeatedConsents(consents: readonly ConsentPlan[]): void {
	const seen = new Set<string>();
	for (const { topic, channel, consent, name } of consents) {
		const types = consent === 'asFieldSays' ? ['opt-in', 'opt-out'] : [consent];
		for (const type of types) {
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

/** @throws ApsisOneError when there is no such tag, or it may not be written through the keyspace */
export function findWritableTag(
	discriminator: string,
	tags: readonly Tag[],
	keyspace: { discriminator: string; name?: string },
): Tag {
	const tag = tags.find((candidate) => candidate.discriminator === discriminator);
	if (!tag) {
		throw new ApsisOneError(
			`The section has no tag "${discriminator}"`,
			'It may have been deleted. Choose Tag from the list, or check the ID.',
		);
	}
	if (!isUnwritable(tag, keyspace)) return tag;
	throw new ApsisOneError(
		`The tag "${tag.name}" may not be written through the keyspace "${keyspace.name ?? keyspace.discriminator}"`,
		'Remove it from Tags, choose another Keyspace, or ask your APSIS One admin to allow writing it.',
	);
}
