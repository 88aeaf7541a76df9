import type { IDataObject } from 'n8n-workflow';

import { EMAIL_CHANNEL, SMS_CHANNEL } from '../../account/parse';
import type { Consent } from '../../account/parseProfile';
import type { ProfileRun } from './profileRun';

const CHANNEL_NAMES: Readonly<Record<string, string>> = {
	[EMAIL_CHANNEL]: 'Email',
	[SMS_CHANNEL]: 'SMS',
};

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
			channel: channel ? (CHANNEL_NAMES[channel] ?? channel) : 'All',
			type,
		};
	};
}
