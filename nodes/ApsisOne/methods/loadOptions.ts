import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import {
	getAttributes,
	getEvents as fetchEvents,
	getSections,
	getTags as fetchTags,
	getTopics,
} from '../api/definitions';
import {
	SMS_CHANNEL,
	type Topic,
	TOPIC_CHANNEL_SEPARATOR,
	isUnwritable,
} from '../api/parseDefinitions';
import { type Choice, distinctNames } from './distinctNames';
import { chosenLocator, chosenSection, withEditorErrors } from './editorErrors';

/** Sections the API key may see. */
export async function getSectionOptions(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await withEditorErrors(this, async () => {
		const sections = await getSections(this);
		return toOptions(sections.map(({ name, discriminator }) => ({ name, value: discriminator })));
	});
}

/** Subscriptions (topics) of the section. */
export async function getSubscriptions(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await withEditorErrors(this, async () => {
		const topics = await getTopics(this, chosenSection(this));
		return toOptions(topics.filter(({ isRetired }) => !isRetired).map(topicChoice));
	});
}

function topicChoice({ name, discriminator, folder, channel }: Topic): DescribedChoice {
	const place = folder ? `Folder ${folder}` : '';
	const use = channel ? `${channel === SMS_CHANNEL ? 'SMS' : 'Email'} only` : 'any channel';
	return {
		name,
		id: discriminator,
		value: channel ? `${discriminator}${TOPIC_CHANNEL_SEPARATOR}${channel}` : discriminator,
		description: [place, use].filter(Boolean).join(', '),
		...(folder ? { place: folder } : {}),
	};
}

/** Attributes of the section that may be written through the keyspace chosen so far. */
export async function getAttributeOptions(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await writableOptions(this, async () => await getAttributes(this, chosenSection(this)));
}

/** Tags of the section that may be written through the keyspace chosen so far. */
export async function getTags(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await writableOptions(this, async () => await fetchTags(this, chosenSection(this)));
}

/** Events of the section that may be added through the keyspace chosen so far. */
export async function getEvents(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await writableOptions(this, async () => await fetchEvents(this, chosenSection(this)));
}

interface Writable {
	name: string;
	discriminator: string;
	writableThrough?: readonly string[];
}

async function writableOptions(
	context: ILoadOptionsFunctions,
	fetch: () => Promise<Writable[]>,
): Promise<INodePropertyOptions[]> {
	return await withEditorErrors(context, async () => {
		const keyspace = chosenLocator(context, 'keyspace');
		const usable = (await fetch()).filter(
			(one) => !keyspace || !isUnwritable(one, { discriminator: keyspace }),
		);
		return toOptions(usable.map(({ name, discriminator }) => ({ name, value: discriminator })));
	});
}

interface DescribedChoice extends Choice {
	description?: string;
}

/** By name, no two of which look alike. */
function toOptions(choices: readonly DescribedChoice[]): INodePropertyOptions[] {
	return distinctNames(choices)
		.map(({ name, value, description }) => ({
			name,
			value,
			...(description ? { description } : {}),
		}))
		.sort((one, other) => one.name.localeCompare(other.name));
}
