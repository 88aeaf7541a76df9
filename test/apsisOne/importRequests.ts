import type { Definitions } from './definitions';
import { Problem } from './http';
import type { SeedAttribute, SeedSection } from './seed';

/** Accounts with 1.0 put a consent on an address, those with 2.0 on the profile (contract: Profile import v2). */
export type ConsentModel = '1.0' | '2.0';

/** What an import maps, checked and resolved. */
export interface ImportMapping {
	keyspace: string;
	keyField: string;
	updateExisting: boolean;
	clearExisting: boolean;
	attributes: Array<{ field: string; attribute: SeedAttribute }>;
	consents: Array<{
		/** None where the consent is put on the profile, as accounts with Consent 2.0 do. */
		addressField?: string;
		field: string;
		type: 'opt-in' | 'opt-out';
		topic: string;
		channel: string;
		resubscribe: boolean;
	}>;
	tags: Array<{ field: string; tag: string }>;
}

const KNOWN_MEMBERS = new Set([
	'keyspace_mapping',
	'options',
	'attribute_mappings',
	'consent_mappings',
	'tag_mappings',
]);

/**
 * Checks the body of an import request (contract: Profile import v2, step 1).
 *
 * @throws Problem 400, 403 or 404
 */
export function parseImportRequest(
	body: Record<string, unknown>,
	section: SeedSection,
	definitions: Definitions,
	consentModel: ConsentModel,
): ImportMapping {
	if ('keyspace_mappings' in body)
		bad('keyspace_mappings was v1; v2 takes one keyspace_mapping object.');
	for (const member of Object.keys(body)) {
		if (!KNOWN_MEMBERS.has(member) && !member.startsWith('x_')) bad(`Unknown member ${member}.`);
	}
	const keyspaceMapping = object(body.keyspace_mapping, 'keyspace_mapping');
	const keyspace = parseKeyspace(keyspaceMapping, definitions);
	const keyField = text(keyspaceMapping.field_selector, 'keyspace_mapping.field_selector');
	const options = body.options === undefined ? {} : object(body.options, 'options');
	const attributes = list(body.attribute_mappings ?? [], 'attribute_mappings').map(
		(mapping, index) => parseAttribute(mapping, `attribute_mappings[${index}]`, section, keyspace),
	);
	const consents = list(body.consent_mappings ?? [], 'consent_mappings').flatMap((mapping, index) =>
		parseConsents(mapping, `consent_mappings[${index}]`, section, attributes, consentModel),
	);
	refuseTwice(
		attributes.map(({ attribute }) => attribute.discriminator),
		'attribute',
	);
	refuseTwice(
		consents.map(({ topic, channel }) => `${topic} ${channel}`),
		'topic and channel',
	);
	return {
		keyspace,
		keyField,
		updateExisting: flag(
			options.update_existing_profiles,
			'options.update_existing_profiles',
			false,
		),
		clearExisting: flag(
			options.clear_existing_attributes,
			'options.clear_existing_attributes',
			false,
		),
		attributes,
		consents,
		tags: list(body.tag_mappings ?? [], 'tag_mappings').map((mapping, index) =>
			parseTag(mapping, `tag_mappings[${index}]`, section, keyspace),
		),
	};
}

function parseKeyspace(mapping: Record<string, unknown>, definitions: Definitions): string {
	const discriminator = text(
		mapping.keyspace_discriminator,
		'keyspace_mapping.keyspace_discriminator',
	);
	const keyspace = definitions.account.keyspaces.find((one) => one.discriminator === discriminator);
	if (!keyspace) throw new Problem(404, 'Not Found', `There is no keyspace ${discriminator}.`);
	if (!keyspace.manageSubscriptions || discriminator.endsWith('.export')) {
		throw new Problem(403, 'Forbidden', `Keyspace ${discriminator} does not manage subscriptions.`);
	}
	return discriminator;
}

function parseAttribute(mapping: unknown, path: string, section: SeedSection, keyspace: string) {
	const { field_selector: field, attribute_version_id: versionId } = object(mapping, path);
	if (typeof versionId !== 'string') bad(`${path}.attribute_version_id must be a string.`);
	const attribute = section.attributes.find(
		(one) => one.versionId !== '' && one.versionId === versionId,
	);
	if (!attribute) {
		const isDeprecated = section.attributes.some((one) => one.deprecatedVersionId === versionId);
		bad(`${path}: version ${versionId} is ${isDeprecated ? 'deprecated' : 'unknown'}.`);
	}
	if (attribute.readOnlyThrough?.includes(keyspace)) {
		throw new Problem(
			403,
			'Forbidden',
			`Attribute ${attribute.discriminator} is not writable through ${keyspace}.`,
		);
	}
	return { field: text(field, `${path}.field_selector`), attribute };
}

function parseConsents(
	mapping: unknown,
	path: string,
	section: SeedSection,
	attributes: ImportMapping['attributes'],
	consentModel: ConsentModel,
): ImportMapping['consents'] {
	const { address_field_selector: address, consents } = object(mapping, path);
	const addressField =
		consentModel === '2.0' && address === undefined
			? undefined
			: text(address, `${path}.address_field_selector`);
	const entries = list(consents, `${path}.consents`);
	if (entries.length === 0) bad(`${path}.consents is empty.`);
	return entries.map((entry, index) => {
		const at = `${path}.consents[${index}]`;
		const consent = object(entry, at);
		if (consent.type !== 'opt-in' && consent.type !== 'opt-out') {
			bad(`${at}.type must be opt-in or opt-out.`);
		}
		const topic = section.topics.find((one) => one.discriminator === consent.topic_discriminator);
		if (!topic)
			throw new Problem(
				404,
				'Not Found',
				`There is no topic ${String(consent.topic_discriminator)}.`,
			);
		const channel = consent.channel_discriminator ?? topic.channel;
		if (typeof channel !== 'string') bad(`${at}.channel_discriminator is required for this topic.`);
		if (topic.channel && channel !== topic.channel)
			bad(`${at}.channel_discriminator is not the topic's.`);
		const kind = channel.endsWith('.sms') ? 'mobile' : 'email';
		// A key column alone does not count (contract: Profile import v2).
		const isAddress =
			addressField === undefined ||
			attributes.some(({ field, attribute }) => field === addressField && attribute.type === kind);
		if (!isAddress) bad(`${path}.address_field_selector is not mapped to the ${kind} attribute.`);
		return {
			...(addressField === undefined ? {} : { addressField }),
			field: text(consent.field_selector, `${at}.field_selector`),
			type: consent.type,
			topic: topic.discriminator,
			channel,
			resubscribe: flag(consent.resubscribe_if_opted_out, `${at}.resubscribe_if_opted_out`, false),
		};
	});
}

/** The name and shape of tags in an import are unknown; this is our guess, matching `tagMapping.ts` of the node. */
function parseTag(mapping: unknown, path: string, section: SeedSection, keyspace: string) {
	const { field_selector: field, tag_discriminator: discriminator } = object(mapping, path);
	const tag = section.tags.find((one) => one.discriminator === discriminator);
	if (!tag) throw new Problem(404, 'Not Found', `There is no tag ${String(discriminator)}.`);
	if (tag.readOnlyThrough?.includes(keyspace)) {
		throw new Problem(
			403,
			'Forbidden',
			`Tag ${tag.discriminator} is not writable through ${keyspace}.`,
		);
	}
	return { field: text(field, `${path}.field_selector`), tag: tag.discriminator };
}

function refuseTwice(keys: readonly string[], what: string): void {
	const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
	if (repeated !== undefined) bad(`The ${what} ${repeated} is mapped twice.`);
}

function object(value: unknown, path: string): Record<string, unknown> {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as Record<string, unknown>;
	}
	return bad(`${path} must be an object.`);
}

function list(value: unknown, path: string): unknown[] {
	return Array.isArray(value) ? value : bad(`${path} must be an array.`);
}

function text(value: unknown, path: string): string {
	return typeof value === 'string' && value !== '' ? value : bad(`${path} must be a text.`);
}

function flag(value: unknown, path: string, otherwise: boolean): boolean {
	if (value === undefined) return otherwise;
	return typeof value === 'boolean' ? value : bad(`${path} must be true or false.`);
}

function bad(detail: string): never {
	throw new Problem(400, 'Bad Request', detail);
}
