import type { INodeProperties } from 'n8n-workflow';

import { profileFields, simplifyField, valueOptions } from '../common/profileFields';
import * as getMany from './getMany.operation';
import * as set from './set.operation';
import { TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';
import { CHANNEL_OPTIONS, RESUBSCRIBE_NOTICE } from '../common/subscriptionFields';

export { getMany, set };

const ONLY_SET = { show: { resource: ['consent'], operation: ['set'] } };

const SOURCE: INodeProperties = {
	displayName: 'Source',
	name: 'source',
	type: 'string',
	default: '',
	placeholder: 'e.g. Signup form',
	description: 'Where the consent was given or withdrawn',
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['consent'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getMany',
				description: 'Retrieve the list of consents of a profile',
				action: 'Get many consents',
			},
			{
				name: 'Set',
				value: 'set',
				description: 'Opt a profile in to a subscription, or out of it',
				action: 'Set consent',
			},
		],
		default: 'set',
	},
	...profileFields('consent', ['set', 'getMany']),
	{
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
			'The topic, with its folder. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: ONLY_SET,
	},
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'options',
		options: CHANNEL_OPTIONS,
		default: '',
		description: 'Channel the consent is for. A subscription for several channels needs one.',
		displayOptions: {
			...ONLY_SET,
			hide: { subscription: ['', { _cnd: { includes: TOPIC_CHANNEL_SEPARATOR } }] },
		},
	},
	{
		displayName: 'Consent',
		name: 'consent',
		type: 'options',
		options: [
			{ name: 'Opt In', value: 'opt-in' },
			{ name: 'Opt Out', value: 'opt-out' },
		],
		default: 'opt-in',
		description: 'What happens to the consent of the profile',
		displayOptions: ONLY_SET,
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: 'Set by n8n',
		required: true,
		placeholder: 'e.g. Signed up on example.com',
		description: 'Why, as it is to stand in the history of the consent',
		displayOptions: ONLY_SET,
	},
	{
		displayName: 'Resubscribe Opted-Out Profiles',
		name: 'resubscribe',
		type: 'boolean',
		default: false,
		description:
			'Whether an opt-in overrides an earlier opt-out. Off, who has opted out stays out.',
		displayOptions: {
			show: { resource: ['consent'], operation: ['set'], consent: ['opt-in'] },
		},
	},
	{
		...RESUBSCRIBE_NOTICE,
		displayOptions: {
			show: { resource: ['consent'], operation: ['set'], consent: ['opt-in'], resubscribe: [true] },
		},
	},
	{
		displayName: 'Consent Types',
		name: 'consentTypes',
		type: 'multiOptions',
		options: [
			{ name: 'Confirmed Opt-In', value: 'confirmed-opt-in' },
			{ name: 'Opt-In', value: 'opt-in' },
			{ name: 'Opt-Out', value: 'opt-out' },
			{ name: 'Pending Opt-In', value: 'pending-opt-in' },
		],
		default: [],
		description:
			'Which to get; none chosen gives all. A suppression of the address is always shown.',
		displayOptions: { show: { resource: ['consent'], operation: ['getMany'] } },
	},
	simplifyField('consent', ['getMany']),
	valueOptions('consent', ['getMany']),
	valueOptions('consent', ['set'], ['defaultCountry'], [SOURCE]),
];
