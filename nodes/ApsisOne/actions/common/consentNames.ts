import type { IDataObject } from 'n8n-workflow';

import type { Consent } from '../../api/parseProfile';
import type { ProfileRun } from './profileContext';
import { CHANNEL_OPTIONS } from './subscriptionFields';

/** Makes what tells a consent in the words of APSIS One's user interface: subscription, folder, channel. */
export async function consentNamer(
	{ definitions }: ProfileRun,
	section: string,
): Promise<(consent: Consent) => IDataObject> {
	const topics = await definitions.topics(section);
	return ({ topic, channel, type }) => {
		const known = topics.find(({ discriminator }) => discriminator === topic);
		return {
			subscription: known?.name ?? topic ?? 'All',
			...(known?.folder ? { folder: known.folder } : {}),
			channel: channel ? channelName(channel) : 'All',
			type,
		};
	};
}

function channelName(channel: string): string {
	return CHANNEL_OPTIONS.find(({ value }) => value === channel)?.name ?? channel;
}
