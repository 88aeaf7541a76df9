import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getTopics } from '../../account/definitions';
import { ApsisOneError } from '../../errors';
import { TOPIC_CHANNEL_SEPARATOR } from '../profileImport/fields';
import { itemsOf } from '../singleProfile/answers';
import { forEachItem, type ProfileRun, startRun } from '../singleProfile/forEachItem';
import type { ProfileAddress } from '../singleProfile/profileCalls';

interface Wanted {
	topic: string;
	channel: string;
	type: 'opt-in' | 'opt-out';
}

/**
 * Opts the profile of each item in to a subscription or out of it. Nobody who has opted out is opted in again unless the
 * user turned that on: APSIS One would do it, so it is asked first.
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		const address = run.addressOf(itemIndex);
		const wanted = await readWanted(run, address, itemIndex);
		const reason = String(this.getNodeParameter('reason', itemIndex, '')).trim();
		if (reason === '') {
			throw new ApsisOneError('Reason is empty', 'Say why, e.g. "Signed up on example.com".');
		}
		const source = String(this.getNodeParameter('source', itemIndex, '')).trim();
		const mayResubscribe = this.getNodeParameter('resubscribe', itemIndex, false) === true;
		const result: IDataObject = { ...address, ...wanted };
		if (wanted.type === 'opt-in' && !mayResubscribe && (await hasOptedOut(run, address, wanted))) {
			return { ...result, changed: false, keptOptedOut: true };
		}
		const changed = await run.calls.setConsent(address, {
			topic_discriminator: wanted.topic,
			channel_discriminator: wanted.channel,
			type: wanted.type,
			reason,
			...(source ? { source } : {}),
		});
		return { ...result, changed, keptOptedOut: false };
	});
}

async function readWanted(
	{ context, once }: ProfileRun,
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
	const chosen = String(context.getNodeParameter('subscription', itemIndex, ''));
	const [topicId = '', ownChannel = ''] = chosen.split(TOPIC_CHANNEL_SEPARATOR);
	const topics = await once(`topics of ${section}`, async () => await getTopics(context, section));
	const topic = topics.find(({ discriminator }) => discriminator === topicId);
	if (!topic) {
		throw new ApsisOneError(
			topicId ? `The section has no subscription "${topicId}"` : 'Subscription is not chosen',
			'Choose Subscription from the list, or check the ID.',
		);
	}
	const channel =
		topic.channel ?? (ownChannel || String(context.getNodeParameter('channel', itemIndex, '')));
	if (channel) return { topic: topic.discriminator, channel, type };
	throw new ApsisOneError(
		`The subscription "${topic.name}" has no Channel`,
		'It is used by several channels: choose in Channel which one the consent is for.',
	);
}

async function hasOptedOut(
	{ calls }: ProfileRun,
	address: ProfileAddress,
	{ topic, channel }: Wanted,
): Promise<boolean> {
	const consents = itemsOf(await calls.getConsents(address, ['opt-out']));
	return consents.some(
		(one) =>
			one.topic_discriminator === topic &&
			// A consent without a channel is one for all of them.
			[channel, undefined, null].includes(one.channel_discriminator as string) &&
			(one.type ?? 'opt-out') === 'opt-out',
	);
}
