import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { EMAIL_CHANNEL, SMS_CHANNEL, TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';

export const CHANNEL_OPTIONS: INodePropertyOptions[] = [
	{
		name: 'Select a Channel',
		value: '',
		description: 'Only for subscriptions that have their own channel',
	},
	{ name: 'Email', value: EMAIL_CHANNEL },
	{ name: 'SMS', value: SMS_CHANNEL },
];

/** The subscription a consent is for. */
export const SUBSCRIPTION: INodeProperties = {
	displayName: 'Subscription Name or ID',
	name: 'subscription',
	type: 'options',
	typeOptions: {
		loadOptionsMethod: 'getSubscriptions',
		loadOptionsDependsOn: ['section.value'],
	},
	default: '',
	required: true,
	description:
		'The subscription, shown with its folder. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/** The channel of a subscription that has none of its own. */
export const CHANNEL: INodeProperties = {
	displayName: 'Channel',
	name: 'channel',
	type: 'options',
	options: CHANNEL_OPTIONS,
	default: '',
	description:
		'Channel that the consent applies to. Required for subscriptions that are used in several channels.',
	displayOptions: {
		hide: { subscription: ['', { _cnd: { includes: TOPIC_CHANNEL_SEPARATOR } }] },
	},
};

export const RESUBSCRIBE: INodeProperties = {
	displayName: 'Resubscribe Opted-Out Profiles',
	name: 'resubscribe',
	type: 'boolean',
	default: false,
	description:
		'Whether an opt-in overrides an earlier opt-out. If off, profiles that have opted out stay opted out.',
};

/** To be shown while Resubscribe Opted-Out Profiles is on. */
export const RESUBSCRIBE_NOTICE: INodeProperties = {
	displayName:
		'Mailing people who have opted out breaks the law (GDPR, ePrivacy) unless each of them has consented again after the opt-out and you can prove it',
	name: 'resubscribeNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { resubscribe: [true] } },
};
