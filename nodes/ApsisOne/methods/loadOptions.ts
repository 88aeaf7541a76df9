import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { getEvents as fetchEvents, getTags as fetchTags, getTopics } from '../api/definitions';
import {
	SMS_CHANNEL,
	type Topic,
	TOPIC_CHANNEL_SEPARATOR,
	isUnwritable,
} from '../api/parseDefinitions';
import { chosenLocator, chosenSection, told } from './editorErrors';

/** Subscriptions (topics) of the section, with their folder where one name comes twice. */
export async function getSubscriptions(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await told(this, async () => {
		const topics = await getTopics(this, chosenSection(this));
		return byName(topics.map((topic) => topicOption(topic, topics)));
	});
}

function topicOption(topic: Topic, all: readonly Topic[]): INodePropertyOptions {
	const isRepeated = all.filter(({ name }) => name === topic.name).length > 1;
	const folder = topic.folder ?? '';
	const channel = topic.channel && (topic.channel === SMS_CHANNEL ? 'SMS' : 'Email');
	return {
		name: isRepeated && folder ? `${topic.name} (${folder})` : topic.name,
		value: topic.channel
			? `${topic.discriminator}${TOPIC_CHANNEL_SEPARATOR}${topic.channel}`
			: topic.discriminator,
		description: [folder && `Folder ${folder}`, channel ? `${channel} only` : 'any channel']
			.filter(Boolean)
			.join(', '),
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
		return byName(usable.map(({ name, discriminator }) => ({ name, value: discriminator })));
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
		return byName(usable.map(({ name, discriminator }) => ({ name, value: discriminator })));
	});
}

function byName(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.sort((one, other) => one.name.localeCompare(other.name));
}
