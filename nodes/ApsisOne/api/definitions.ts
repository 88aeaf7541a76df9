import { getList } from './getList';
import {
	type Attribute,
	type Keyspace,
	isRetired,
	parseAttribute,
	parseKeyspace,
	parseNamed,
	parseTag,
	parseTopic,
	topicsIn,
	type Section,
	type Tag,
	type Topic,
} from './parseDefinitions';
import { type EventDefinition, parseEvent } from './parseEvents';
import type { ApsisOneContext } from '../transport/context';

/** Every account has these lists: where one is not found, the address is another's. */
const NO_API = {
	404: {
		message: 'The address in the credential is not that of the API of APSIS One',
		description: 'Nothing was found there. Check Region or Base URL in the credential.',
	},
};

/** The sections the API key may see. */
export async function getSections(context: ApsisOneContext): Promise<Section[]> {
	return await getList(context, {
		path: '/audience/sections',
		name: 'sections',
		purpose: 'list the sections',
		explain: NO_API,
		parse: parseNamed,
	});
}

export async function getKeyspaces(context: ApsisOneContext): Promise<Keyspace[]> {
	return await getList(context, {
		path: '/audience/keyspaces',
		name: 'keyspaces',
		purpose: 'list the keyspaces',
		explain: NO_API,
		parse: parseKeyspace,
	});
}

/** Attributes of a section in their current version; those with none left are not listed. */
export async function getAttributes(
	context: ApsisOneContext,
	section: string,
): Promise<Attribute[]> {
	return await getList(context, {
		path: `${sectionPath(section)}/attributes?include_keyspace_permissions=true`,
		name: 'attributes',
		purpose: 'list the attributes of the section',
		explain: sectionExplanations(section),
		parse: parseAttribute,
		isHidden: isRetired,
	});
}

export async function getTags(context: ApsisOneContext, section: string): Promise<Tag[]> {
	return await getList(context, {
		path: `${sectionPath(section)}/tags?include_keyspace_permissions=true`,
		name: 'tags',
		purpose: 'list the tags of the section',
		explain: sectionExplanations(section),
		parse: parseTag,
	});
}

export async function getTopics(context: ApsisOneContext, section: string): Promise<Topic[]> {
	return await getList(context, {
		path: `/v2${sectionPath(section)}/topics`,
		name: 'topics',
		purpose: 'list the subscriptions of the section',
		explain: sectionExplanations(section),
		spread: topicsIn,
		parse: parseTopic,
	});
}

/** Events of a section in their current version; those with none left are not listed. */
export async function getEvents(
	context: ApsisOneContext,
	section: string,
): Promise<EventDefinition[]> {
	return await getList(context, {
		// The flag's name is that of attributes and tags: unverified.
		path: `${sectionPath(section)}/events?include_keyspace_permissions=true`,
		name: 'events',
		purpose: 'list the events of the section',
		explain: sectionExplanations(section),
		parse: parseEvent,
		isHidden: isRetired,
	});
}

/** Path of a section; the discriminator may hold anything, so it is encoded. */
export function sectionPath(section: string): string {
	return `/audience/sections/${encodeURIComponent(section)}`;
}

/** Sentences for calls below a section, where 403 and 404 are about the section. */
export function sectionExplanations(section: string) {
	return {
		403: {
			message: `The API key is not allowed to use the section "${section}"`,
			description:
				'Choose another Section, or ask your APSIS One admin to give the API key of the credential access to it (Account settings → API management).',
		},
		404: {
			message: `APSIS One has no section "${section}"`,
			description: 'Choose a section from the list, or check the ID.',
		},
	};
}
