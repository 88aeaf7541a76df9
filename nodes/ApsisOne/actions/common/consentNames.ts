import type { IDataObject } from 'n8n-workflow';

import type { Consent } from '../../api/parseConsents';
import type { ProfileContext } from './profileContext';
import { CHANNEL_OPTIONS } from './subscriptionFields';

/** Describes a consent in the words of APSIS One's user interface: subscription, folder, channel. */
export async function consentNamer(
	{ definitions }: ProfileContext,
	section: string,
): Promise<(consent: Consent) => IDataObject> {
	const topics = await definitions.topics(section);
	return ({ topic, channel, type, suppression }) => {
		const known = topics.find(({ discriminator }) => discriminator === topic);
		return {
			subscription: known?.name ?? topic ?? 'All',
			...(known?.folder ? { folder: known.folder } : {}),
			channel: channel ? channelName(channel) : 'All',
			type,
			...suppressed(suppression),
		};
	};
}

/** With the reason, if APSIS One gave more than a yes. */
function suppressed(suppression: unknown): IDataObject {
	if (suppression === undefined) return {};
	const isDetailed = typeof suppression === 'object' && suppression !== null;
	return { suppressed: true, ...(isDetailed ? { suppression: suppression as IDataObject } : {}) };
}

function channelName(channel: string): string {
	return CHANNEL_OPTIONS.find(({ value }) => value === channel)?.name ?? channel;
}
