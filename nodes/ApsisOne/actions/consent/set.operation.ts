import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { isOptedOut, parseConsents } from '../../api/parseProfile';
import { ApsisOneError } from '../../errors';
import { consentChannel } from '../../importing/plan';
import { nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileRun, startRun } from '../common/profileContext';
import { forEachItem } from '../common/itemTasks';
import { TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';

interface Wanted {
	topic: string;
	channel: string;
	type: 'opt-in' | 'opt-out';
	reason: string;
	source: string;
	mayResubscribe: boolean;
}

/**
 * Opts the profile of each item in to a subscription or out of it. Nobody who has opted out is opted in again unless the
 * user turned that on: APSIS One would do it, so it is asked first, right before.
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = await startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		const profile = run.addressOf(itemIndex);
		const wanted = await readWanted(run, profile, itemIndex);
		return { subject: nameOf(profile), send: async () => await setConsent(run, profile, wanted) };
	});
}

async function setConsent(
	run: ProfileRun,
	profile: ProfileAddress,
	{ topic, channel, type, reason, source, mayResubscribe }: Wanted,
): Promise<IDataObject> {
	const result = { ...profile, topic, channel, type };
	const mustAsk = type === 'opt-in' && !mayResubscribe;
	if (mustAsk && (await hasOptedOut(run, profile, topic, channel))) {
		return { ...result, changed: false, keptOptedOut: true };
	}
	const changed = await run.calls.setConsent(profile, {
		topic_discriminator: topic,
		channel_discriminator: channel,
		type,
		reason,
		...(source ? { source } : {}),
	});
	return { ...result, changed, keptOptedOut: false };
}

/** @throws ApsisOneError when it cannot be known: then nobody is opted in */
async function hasOptedOut(
	{ calls }: ProfileRun,
	profile: ProfileAddress,
	topic: string,
	channel: string,
): Promise<boolean> {
	const consents = parseConsents(await calls.getConsents(profile, ['opt-out']));
	if (consents) return isOptedOut(consents, topic, channel);
	throw new ApsisOneError(
		`It is not known whether "${profile.profileKey}" has opted out: APSIS One's answer could not be read`,
		'The profile was not opted in. Please report it. If the profile has just given a new consent, turn on Resubscribe Opted-Out Profiles.',
	);
}

async function readWanted(
	{ context, definitions }: ProfileRun,
	{ section }: ProfileAddress,
	itemIndex: number,
): Promise<Wanted> {
	const type = context.getNodeParameter('consent', itemIndex, '');
	if (type !== 'opt-in' && type !== 'opt-out') {
		throw new ApsisOneError(
			`Consent is neither opt-in nor opt-out (${String(type)})`,
			'Choose one of them; nothing is guessed.',
		);
	}
	const reason = readText(context, 'reason', itemIndex);
	if (reason === '') {
		throw new ApsisOneError('Reason is empty', 'Say why, e.g. "Signed up on example.com".');
	}
	const chosen = readText(context, 'subscription', itemIndex);
	const [topicId = '', ownChannel = ''] = chosen.split(TOPIC_CHANNEL_SEPARATOR);
	const topics = await definitions.topics(section);
	const topic = topics.find(({ discriminator }) => discriminator === topicId);
	if (!topic) {
		throw new ApsisOneError(
			topicId ? `The section has no subscription "${topicId}"` : 'Subscription is not chosen',
			'Choose Subscription from the list, or check the ID.',
		);
	}
	const channel = ownChannel || readText(context, 'channel', itemIndex);
	return {
		topic: topic.discriminator,
		channel: consentChannel(topic, channel),
		type,
		reason,
		source: readText(context, 'options.source', itemIndex),
		mayResubscribe: context.getNodeParameter('resubscribe', itemIndex, false) === true,
	};
}

function readText(context: IExecuteFunctions, name: string, itemIndex: number): string {
	return String(context.getNodeParameter(name, itemIndex, '') ?? '').trim();
}
