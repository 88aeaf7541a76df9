/**
 * A believable account: a Nordic outdoor retailer. Discriminators follow the patterns of the contract page
 * (Definitions); permission and type members are our guess, since their real shape is unknown.
 */

export type AttributeKind =
	'boolean' | 'country' | 'date' | 'email' | 'mobile' | 'number' | 'text' | 'timestamp';

export interface SeedAttribute {
	discriminator: string;
	name: string;
	type: AttributeKind;
	versionId: string;
	deprecatedVersionId?: string;
	/** Keyspaces through which it may only be read. */
	readOnlyThrough?: string[];
}

export interface SeedTopic {
	discriminator: string;
	name: string;
	folder: string;
	channel?: string;
}

export interface SeedSection {
	discriminator: string;
	name: string;
	attributes: SeedAttribute[];
	tags: Array<{ discriminator: string; name: string; readOnlyThrough?: string[] }>;
	topics: SeedTopic[];
	events: Array<{
		discriminator: string;
		name: string;
		versionId: string;
		fields: Array<{ name: string; type: AttributeKind; required?: boolean }>;
		readOnlyThrough?: string[];
	}>;
}

export interface SeedProfile {
	keyspace: string;
	key: string;
	section: string;
	attributes?: Record<string, string>;
	consents?: Array<{ topic: string; channel: string; type: 'opt-in' | 'opt-out' }>;
}

export interface AccountSeed {
	keys: Array<{ clientId: string; clientSecret: string; sections: string[] | 'all' }>;
	keyspaces: Array<{ discriminator: string; name: string; manageSubscriptions: boolean }>;
	channels: Array<{ discriminator: string; name: string }>;
	sections: SeedSection[];
	profiles: SeedProfile[];
}

export const KEYSPACES = {
	email: 'com.apsis1.keyspaces.email',
	mobile: 'com.apsis1.keyspaces.mobile',
	crmId: 'com.apsis1.keyspaces.crm-id',
	export: 'com.apsis1.keyspaces.export',
	shop: 'com.apsis1.integrations.keyspaces.7a1c90de.webshop',
	/** Does not manage subscriptions. */
	loyalty: 'com.apsis1.integrations.keyspaces.0badcafe.loyalty',
} as const;

export const CHANNELS = {
	email: 'com.apsis1.channels.email',
	sms: 'com.apsis1.channels.sms',
} as const;

export const SECTIONS = {
	shop: 'usercreated.sections.fjall.shop-cbyntm8qnw',
	/** The limited key may not see it. */
	b2b: 'usercreated.sections.b2b-k2m8xq41zz',
} as const;

export const ATTRIBUTES = {
	email: 'com.apsis1.attributes.email',
	mobile: 'com.apsis1.attributes.mobile',
	firstName: 'com.apsis1.attributes.firstname',
	lastName: 'com.apsis1.attributes.lastname',
	birthDate: 'com.apsis1.attributes.birthdate',
	crmId: 'com.apsis1.attributes.crmid',
	country: 'usercreated.attributes.country-a1b2c3d4e5',
	city: 'usercreated.attributes.city-0p9o8i7u6y',
	points: 'usercreated.attributes.club.points-q1w2e3r4t5',
	member: 'usercreated.attributes.club.member-z9x8c7v6b5',
	lastOrder: 'usercreated.attributes.last.order.at-m4n3b2v1c0',
	joined: 'usercreated.attributes.joined-on-h5g4f3d2s1',
	favourite: 'usercreated.attributes.favourite-activity-l0k9j8h7g6',
	/** Only readable through the email keyspace. */
	creditLimit: 'usercreated.attributes.credit-limit-t6y7u8i9o0',
	/** All its versions are deprecated. */
	fax: 'usercreated.attributes.fax-number-w3e4r5t6y7',
} as const;

export const TOPICS = {
	/** Any channel. */
	news: 'usercreated.topics.newsletter-cbyntm8qnw',
	/** Shares its name with `news`, in another folder; email only. */
	clubNews: 'usercreated.topics.newsletter-p5o4i3u2y1',
	offers: 'usercreated.topics.weekly.offers-d8f7g6h5j4',
	/** SMS only. */
	drops: 'usercreated.topics.product-drops-s2d3f4g5h6',
} as const;

export const TAGS = {
	vip: 'usercreated.tags.vip-b5n4m3k2l1',
	winter: 'usercreated.tags.winter.2026-c6v5b4n3m2',
	/** Not writable through the email keyspace. */
	staff: 'usercreated.tags.staff-x1z2a3s4d5',
} as const;

export const EVENTS = {
	purchase: 'com.apsis1.events.transaction.custom-purchase-e1r2t3y4u5',
	/** Not writable through the email keyspace. */
	refund: 'com.apsis1.events.transaction.custom-refund-o9i8u7y6t5',
} as const;

/** Profiles that exist before any import. */
export const EXISTING = {
	/** Has opted out of `news` by email. */
	optedOut: 'ingrid.berg@example.com',
	/** Has opted in to `news` by email. */
	optedIn: 'lars.holm@example.com',
} as const;

function attributesOfShop(): SeedAttribute[] {
	const of = (
		discriminator: string,
		name: string,
		type: AttributeKind,
		versionId: string,
		more: Partial<SeedAttribute> = {},
	): SeedAttribute => ({ discriminator, name, type, versionId, ...more });
	return [
		of(ATTRIBUTES.email, 'Email', 'email', '9820534'),
		of(ATTRIBUTES.mobile, 'Mobile', 'mobile', '9820535'),
		of(ATTRIBUTES.firstName, 'First name', 'text', '9820536'),
		of(ATTRIBUTES.lastName, 'Last name', 'text', '9820537'),
		of(ATTRIBUTES.birthDate, 'Birth date', 'date', '9820538'),
		of(ATTRIBUTES.crmId, 'CRM ID', 'text', '9820539'),
		of(ATTRIBUTES.country, 'Country', 'country', '9911001'),
		of(ATTRIBUTES.city, 'City', 'text', '9911002'),
		of(ATTRIBUTES.points, 'Club points', 'number', '9911013', { deprecatedVersionId: '9911003' }),
		of(ATTRIBUTES.member, 'Club member', 'boolean', '9911004'),
		of(ATTRIBUTES.lastOrder, 'Last order at', 'timestamp', '9911005'),
		of(ATTRIBUTES.joined, 'Joined on', 'date', '9911006'),
		of(ATTRIBUTES.favourite, 'Favourite activity', 'text', '9911007'),
		of(ATTRIBUTES.creditLimit, 'Credit limit', 'number', '9911008', {
			readOnlyThrough: [KEYSPACES.email, KEYSPACES.mobile],
		}),
		of(ATTRIBUTES.fax, 'Fax number', 'text', '', { deprecatedVersionId: '9911009' }),
	];
}

/** The account a new local APSIS One starts with. */
export function defaultAccount(): AccountSeed {
	return {
		keys: [
			{ clientId: 'local-demo-key', clientSecret: 'local-demo-phrase', sections: 'all' },
			{ clientId: 'local-shop-key', clientSecret: 'local-shop-phrase', sections: [SECTIONS.shop] },
		],
		keyspaces: [
			{ discriminator: KEYSPACES.email, name: 'Email', manageSubscriptions: true },
			{ discriminator: KEYSPACES.mobile, name: 'Mobile', manageSubscriptions: true },
			{ discriminator: KEYSPACES.crmId, name: 'CRM ID', manageSubscriptions: true },
			{ discriminator: KEYSPACES.export, name: 'Export', manageSubscriptions: true },
			{ discriminator: KEYSPACES.shop, name: 'Web shop', manageSubscriptions: true },
			{ discriminator: KEYSPACES.loyalty, name: 'Loyalty card', manageSubscriptions: false },
		],
		channels: [
			{ discriminator: CHANNELS.email, name: 'Email' },
			{ discriminator: CHANNELS.sms, name: 'SMS' },
		],
		sections: [
			{
				discriminator: SECTIONS.shop,
				name: 'Fjäll shop',
				attributes: attributesOfShop(),
				tags: [
					{ discriminator: TAGS.vip, name: 'VIP' },
					{ discriminator: TAGS.winter, name: 'Winter 2026' },
					{ discriminator: TAGS.staff, name: 'Staff', readOnlyThrough: [KEYSPACES.email] },
				],
				topics: [
					{
						discriminator: TOPICS.news,
						name: 'Newsletter',
						folder: 'usercreated.targets.shop-news-f1g2h3j4k5',
					},
					{
						discriminator: TOPICS.clubNews,
						name: 'Newsletter',
						folder: 'usercreated.targets.fjall-club-v6b7n8m9q1',
						channel: CHANNELS.email,
					},
					{
						discriminator: TOPICS.offers,
						name: 'Weekly offers',
						folder: 'usercreated.targets.shop-news-f1g2h3j4k5',
					},
					{
						discriminator: TOPICS.drops,
						name: 'Product drops',
						folder: 'usercreated.targets.fjall-club-v6b7n8m9q1',
						channel: CHANNELS.sms,
					},
				],
				events: [
					{
						discriminator: EVENTS.purchase,
						name: 'Purchase',
						versionId: '7700001',
						fields: [
							{ name: 'order_id', type: 'text', required: true },
							{ name: 'total', type: 'number' },
							{ name: 'paid_at', type: 'timestamp' },
						],
					},
					{
						discriminator: EVENTS.refund,
						name: 'Refund',
						versionId: '7700002',
						fields: [{ name: 'order_id', type: 'text', required: true }],
						readOnlyThrough: [KEYSPACES.email],
					},
				],
			},
			{
				discriminator: SECTIONS.b2b,
				name: 'B2B',
				attributes: attributesOfShop().slice(0, 4),
				tags: [],
				topics: [
					{
						discriminator: 'usercreated.topics.dealer-news-r4t5y6u7i8',
						name: 'Dealer news',
						folder: 'usercreated.targets.dealers-e3r4t5y6u7',
						channel: CHANNELS.email,
					},
				],
				events: [],
			},
		],
		profiles: [
			{
				keyspace: KEYSPACES.email,
				key: EXISTING.optedOut,
				section: SECTIONS.shop,
				attributes: {
					[ATTRIBUTES.email]: EXISTING.optedOut,
					[ATTRIBUTES.firstName]: 'Ingrid',
					[ATTRIBUTES.city]: 'Bergen',
				},
				consents: [{ topic: TOPICS.news, channel: CHANNELS.email, type: 'opt-out' }],
			},
			{
				keyspace: KEYSPACES.email,
				key: EXISTING.optedIn,
				section: SECTIONS.shop,
				attributes: { [ATTRIBUTES.email]: EXISTING.optedIn, [ATTRIBUTES.firstName]: 'Lars' },
				consents: [{ topic: TOPICS.news, channel: CHANNELS.email, type: 'opt-in' }],
			},
		],
	};
}
