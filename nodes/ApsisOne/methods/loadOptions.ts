import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { getEvents as fetchEvents, getTags as fetchTags, getTopics } from '../api/definitions';
import {
	SMS_CHANNEL,
	type Topic,
	TOPIC_CHANNEL_SEPARATOR,
	isUnwritable,
} from '../api/parseDefinitions';
import { type Choice, distinctNames } from './distinctNames';
import { chosenLocator, chosenSection, told } from './editorErrors';

/** Subscriptions (topics) of the section. */
export async function getSubscriptions(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await told(this, async () => {
		const topics = await getTopics(this, chosenSection(this));
		return toOptions(topics.map(topicChoice));
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

/** Tags of the section that may be written through the keyspace chosen so far. */
export async function getTags(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await told(this, async () => {
		const keyspace = chosenLocator(this, 'keyspace');
		const tags = await fetchTags(this, chosenSection(this));
		const usable = tags.filter(
			(tag) => !keyspace || !isUnwritable(tag, { discriminator: keyspace }),
		);
		return toOptions(usable.map(({ name, discriminator }) => ({ name, value: discriminator })));
	});
}

/** Events of the section that may be added through the keyspace chosen so far. */
export async function getEvents(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await told(this, async () => {
		const keyspace = chosenLocator(this, 'keyspace');
		const events = await fetchEvents(this, chosenSection(this));
		const usable = events.filter(
			(event) => !keyspace || !isUnwritable(event, { discriminator: keyspace }),
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
