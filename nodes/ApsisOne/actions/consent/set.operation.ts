import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import {
	hasSurelyOptedIn,
	hasSurelyOptedOut,
	isOptedOut,
	isSuppressed,
	typesAbout,
} from '../../api/consentVerdicts';
import { type Consent, parseConsents } from '../../api/parseConsents';
import { ApsisOneError } from '../../errors';
import { consentChannel } from '../../importing/plan';
import { nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileContext, createProfileContext } from '../common/profileContext';
import { forEachItem } from '../common/itemTasks';
import { operationFields } from '../common/operationFields';
import { valueOptions } from '../common/profileFields';
import {
	CHANNEL,
	RESUBSCRIBE,
	RESUBSCRIBE_NOTICE,
	SUBSCRIPTION,
} from '../common/subscriptionFields';
import { TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';

const SOURCE: INodeProperties = {
	displayName: 'Source',
	name: 'source',
	type: 'string',
	default: '',
	placeholder: 'e.g. Signup form',
	description: 'Where the consent was given or withdrawn',
};

export const description: INodeProperties[] = [
	...operationFields('consent', 'set', [
		SUBSCRIPTION,
		CHANNEL,
		{
			displayName: 'Consent',
			name: 'consent',
			type: 'options',
			options: [
				{ name: 'Opt In', value: 'opt-in' },
				{ name: 'Opt Out', value: 'opt-out' },
			],
			default: 'opt-in',
			description: 'What to do with the consent of the profile',
		},
		{
			displayName: 'Reason',
			name: 'reason',
			type: 'string',
			default: 'Set by n8n',
			required: true,
			placeholder: 'e.g. Signed up on example.com',
			description:
				'Why the consent is given or withdrawn. APSIS One stores the reason with the consent.',
		},
		{ ...RESUBSCRIBE, displayOptions: { show: { consent: ['opt-in'] } } },
		{
			...RESUBSCRIBE_NOTICE,
			displayOptions: { show: { consent: ['opt-in'], resubscribe: [true] } },
		},
	]),
	valueOptions('consent', ['set'], ['defaultCountry'], [SOURCE]),
];

interface Wanted {
	topic: string;
	topicName: string;
	channel: string;
	type: 'opt-in' | 'opt-out';
	reason: string;
	source: string;
	mayResubscribe: boolean;
}

/** Types whose names are known; a type that is not might be refused. */
const KNOWN_TYPES = ['opt-in', 'confirmed-opt-in', 'opt-out'];

const SUPPRESSED_NOTE =
	'APSIS One has suppressed this address: nothing is sent to it, whatever its consents.';

/**
 * Opts the profile of each item in to a subscription or out of it. Nobody who has opted out is opted in again unless the
 * user turned that on: APSIS One would do it, so it is asked first, right before.
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const profiles = await createProfileContext(this);
	return await forEachItem(this, async (itemIndex) => {
		const profile = profiles.addressOf(itemIndex);
		const wanted = await readWanted(profiles, profile, itemIndex);
		return {
			subject: nameOf(profile),
			send: async () => await setConsent(profiles, profile, wanted),
		};
	});
}

async function setConsent(
	profiles: ProfileContext,
	profile: ProfileAddress,
	wanted: Wanted,
): Promise<IDataObject> {
	const { topic, channel, type } = wanted;
	const result = { ...profile, topic, channel, type, changed: false, keptOptedOut: false };
	if (type === 'opt-out') return { ...result, changed: await optOut(profiles, profile, wanted) };
	const before = await consentsBefore(profiles, profile, wanted);
	const address = before && isSuppressed(before) ? { suppressed: true, note: SUPPRESSED_NOTE } : {};
	if (!wanted.mayResubscribe && isOptedOut(before ?? [], topic, channel)) {
		return { ...result, ...address, keptOptedOut: true };
	}
	return { ...result, ...address, ...(await optIn(profiles, profile, wanted)) };
}

/**
 * What is known before somebody is opted in.
 *
 * @returns undefined when it cannot be known, and the user wants to override an opt-out anyway
 * @throws ApsisOneError when it cannot be known: then nobody is opted in
 */
async function consentsBefore(
	{ calls }: ProfileContext,
	profile: ProfileAddress,
	{ mayResubscribe }: Wanted,
): Promise<Consent[] | undefined> {
	const consents = parseConsents(await calls.getConsents(profile, ['opt-out']));
	if (consents || mayResubscribe) return consents;
	throw new ApsisOneError(
		`APSIS One's answer could not be read, so it is unknown whether "${profile.profileKey}" has opted out`,
		'The profile was not opted in. If the person has just given a new consent, turn on Resubscribe Opted-Out Profiles. Please report this problem.',
	);
}

/** @throws ApsisOneError where APSIS One refused, and the profile is neither in nor known to be out */
async function optIn(
	profiles: ProfileContext,
	profile: ProfileAddress,
	wanted: Wanted,
): Promise<{ changed: boolean; keptOptedOut?: boolean }> {
	const refused = await profiles.calls.setConsent(profile, bodyOf(wanted));
	if (!refused) return { changed: true };
	const { topic, channel, mayResubscribe } = wanted;
	const after = await consentsAfter(profiles, profile, wanted, refused);
	if (hasSurelyOptedIn(after, topic, channel)) return { changed: false };
	if (!mayResubscribe && hasSurelyOptedOut(after, topic, channel)) {
		return { changed: false, keptOptedOut: true };
	}
	throw refusal(profile, wanted, refused, stateOf(after, topic, channel));
}

/**
 * @returns whether that changed anything
 * @throws ApsisOneError where APSIS One refused, and the profile has not opted out
 */
async function optOut(
	profiles: ProfileContext,
	profile: ProfileAddress,
	wanted: Wanted,
): Promise<boolean> {
	const refused = await profiles.calls.setConsent(profile, bodyOf(wanted));
	if (!refused) return true;
	const after = await consentsAfter(profiles, profile, wanted, refused);
	if (hasSurelyOptedOut(after, wanted.topic, wanted.channel)) return false;
	throw refusal(profile, wanted, refused, stateOf(after, wanted.topic, wanted.channel));
}

function bodyOf({ topic, channel, type, reason, source }: Wanted): IDataObject {
	return {
		topic_discriminator: topic,
		channel_discriminator: channel,
		type,
		reason,
		...(source ? { source } : {}),
	};
}

/** A refusal mostly means "already so", which is no proof: it is looked up (contract: Single-profile calls). */
async function consentsAfter(
	{ calls }: ProfileContext,
	profile: ProfileAddress,
	wanted: Wanted,
	refused: { refusal: string },
): Promise<Consent[]> {
	const consents = parseConsents(await calls.getConsents(profile, KNOWN_TYPES));
	if (consents) return consents;
	throw refusal(
		profile,
		wanted,
		refused,
		"The current consent is unknown, since APSIS One's answer could not be read.",
	);
}

/** What the consents say about a subscription, in sentences. */
function stateOf(consents: readonly Consent[], topic: string, channel: string): string {
	const { types, unread } = typesAbout(consents, topic, channel);
	const known =
		types.length > 0
			? `The consent of the profile for this subscription and channel: ${types.join(', ')}.`
			: 'The profile has no consent for this subscription and channel.';
	if (unread.length === 0) return known;
	return `${known} There is another consent (${unread.join(', ')}), possibly for a whole folder, but the node cannot read what it applies to.`;
}

function refusal(
	{ profileKey }: ProfileAddress,
	{ type, topicName }: Wanted,
	refused: { refusal: string },
	state: string,
): ApsisOneError {
	const what = type === 'opt-in' ? `in to "${topicName}"` : `out of "${topicName}"`;
	const says = refused.refusal && `APSIS One says: ${refused.refusal}`;
	return new ApsisOneError(
		`APSIS One refused to opt "${profileKey}" ${what}`,
		[state, 'Check the profile in APSIS One.', says].filter(Boolean).join(' '),
	);
}

async function readWanted(
	{ context, definitions }: ProfileContext,
	{ section }: ProfileAddress,
	itemIndex: number,
): Promise<Wanted> {
	const type = context.getNodeParameter('consent', itemIndex, '');
	if (type !== 'opt-in' && type !== 'opt-out') {
		throw new ApsisOneError(
			`Consent is neither opt-in nor opt-out (${String(type)})`,
			'Choose Opt In or Opt Out, or let the expression return opt-in or opt-out.',
		);
	}
	const reason = readText(context, 'reason', itemIndex);
	if (reason === '') {
		throw new ApsisOneError(
			'Reason is empty',
			'Enter why the consent is given or withdrawn, e.g. "Signed up on example.com".',
		);
	}
	const chosen = readText(context, 'subscription', itemIndex);
	const [topicId = '', ownChannel = ''] = chosen.split(TOPIC_CHANNEL_SEPARATOR);
	const topics = await definitions.topics(section);
	const topic = topics.find(({ discriminator }) => discriminator === topicId);
	if (!topic) {
		throw new ApsisOneError(
			topicId ? `The section has no subscription "${topicId}"` : 'No subscription is chosen',
			'Choose a subscription from the list, or check the ID.',
		);
	}
	const channel = ownChannel || readText(context, 'channel', itemIndex);
	return {
		topic: topic.discriminator,
		topicName: topic.name,
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
