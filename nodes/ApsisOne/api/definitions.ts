import {
	type Attribute,
	type Keyspace,
	parseAttribute,
	parseItems,
	parseKeyspace,
	parseNamed,
	parseTag,
	parseTopic,
	type Section,
	type Tag,
	type Topic,
} from './parseDefinitions';
import { type EventDefinition, parseEvent } from './parseEvents';
import { apiRequest } from '../transport/apiRequest';
import type { ApsisOneContext } from '../transport/context';

/** The sections the API key may see. */
export async function getSections(context: ApsisOneContext): Promise<Section[]> {
	return parseItems(await getList(context, '/audience/sections', 'list the sections'), parseNamed);
}

export async function getKeyspaces(context: ApsisOneContext): Promise<Keyspace[]> {
	return parseItems(
		await getList(context, '/audience/keyspaces', 'list the keyspaces'),
		parseKeyspace,
	);
}

/** Attributes of a section in their current version; those with none left are not listed. */
export async function getAttributes(
	context: ApsisOneContext,
	section: string,
): Promise<Attribute[]> {
	const path = `${sectionPath(section)}/attributes?include_keyspace_permissions=true`;
	return parseItems(
		await getList(context, path, 'list the attributes of the section', section),
		parseAttribute,
	);
}

export async function getTags(context: ApsisOneContext, section: string): Promise<Tag[]> {
	const path = `${sectionPath(section)}/tags?include_keyspace_permissions=true`;
	return parseItems(
		await getList(context, path, 'list the tags of the section', section),
		parseTag,
	);
}

export async function getTopics(context: ApsisOneContext, section: string): Promise<Topic[]> {
	const path = `/v2${sectionPath(section)}/topics`;
	return parseItems(
		await getList(context, path, 'list the subscriptions of the section', section),
		parseTopic,
	);
}

/** Events of a section in their current version; those with none left are not listed. */
export async function getEvents(
	context: ApsisOneContext,
	section: string,
): Promise<EventDefinition[]> {
	// The flag's name is that of attributes and tags: unverified.
	const path = `${sectionPath(section)}/events?include_keyspace_permissions=true`;
	return parseItems(
		await getList(context, path, 'list the events of the section', section),
		parseEvent,
	);
}

/** Path of a section; the discriminator may hold anything, so it is encoded. */
export function sectionPath(section: string): string {
	return `/audience/sections/${encodeURIComponent(section)}`;
}

async function getList(
	context: ApsisOneContext,
	path: string,
	purpose: string,
	section?: string,
): Promise<unknown> {
	const { body } = await apiRequest(context, {
		method: 'GET',
		path,
		purpose,
		repeat: 'always',
		...(section === undefined ? {} : { explain: sectionExplanations(section) }),
	});
	return body;
}

/** Sentences for calls below a section, where 403 and 404 are about the section. */
export function sectionExplanations(section: string) {
	return {
		403: {
			message: `The API key may not use the section "${section}"`,
			description:
				'Choose another Section, or ask your APSIS One admin to give the API key of the credential access to it (Account settings → API management).',
		},
		404: {
			message: `APSIS One has no section "${section}"`,
			description: 'Choose Section from the list, or check the ID.',
		},
	};
}
