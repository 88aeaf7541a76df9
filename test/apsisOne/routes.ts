import type { CallName } from './faults';

/** A call that there is. `{s}` stands for a section, `{k}` for a keyspace, `{p}` for a profile key, `{i}` for an import. */
interface TableRow {
	call: CallName;
	method: string;
	path: string;
}

/**
 * Every call of the contract's tables, and no other: the gateway answers whatever is not here like a missing permission
 * (contract: Single-profile calls). A test compares the calls of every operation with this table.
 */
export const ROUTES = {
	token: { call: 'token', method: 'POST', path: '/oauth/token' },

	// Contract: Definitions.
	keyspaces: { call: 'keyspaces', method: 'GET', path: '/audience/keyspaces' },
	channels: { call: 'channels', method: 'GET', path: '/audience/channels' },
	sections: { call: 'sections', method: 'GET', path: '/audience/sections' },
	attributes: { call: 'attributes', method: 'GET', path: '/audience/sections/{s}/attributes' },
	tags: { call: 'tags', method: 'GET', path: '/audience/sections/{s}/tags' },
	topics: { call: 'topics', method: 'GET', path: '/v2/audience/sections/{s}/topics' },
	events: { call: 'events', method: 'GET', path: '/audience/sections/{s}/events' },

	// Contract: Profile import v2.
	requestImport: {
		call: 'importRequest',
		method: 'POST',
		path: '/v2/audience/sections/{s}/imports',
	},
	getImport: { call: 'importStatus', method: 'GET', path: '/audience/sections/{s}/imports/{i}' },

	// Contract: Single-profile calls.
	createProfile: profile('POST', '/audience/keyspaces/{k}/sections/{s}/profiles'),
	setAttributes: profile(
		'PATCH',
		'/v2/audience/keyspaces/{k}/profiles/{p}/sections/{s}/attributes',
	),
	getAttributes: profile('GET', '/audience/keyspaces/{k}/profiles/{p}/sections/{s}/attributes'),
	setTags: profile('PATCH', '/audience/keyspaces/{k}/profiles/{p}/sections/{s}/tags'),
	getTags: profile('GET', '/audience/keyspaces/{k}/profiles/{p}/sections/{s}/tags'),
	addEvents: profile('POST', '/audience/keyspaces/{k}/profiles/{p}/sections/{s}/events'),
	setConsent: profile('POST', '/v2/audience/keyspaces/{k}/profiles/{p}/sections/{s}/consents'),
	getConsents: profile('GET', '/v2/audience/keyspaces/{k}/profiles/{p}/sections/{s}/consents'),
	deleteProfile: profile('DELETE', '/audience/keyspaces/{k}/profiles/{p}'),
	lockProfile: profile('PUT', '/audience/keyspaces/{k}/profiles/{p}/locks'),
} as const satisfies Readonly<Record<string, TableRow>>;

export type RouteName = keyof typeof ROUTES;

const PATTERNS = Object.entries(ROUTES).map(([name, { method, path }]) => ({
	name: name as RouteName,
	method,
	pattern: new RegExp(`^${path.replace(/\{\w\}/g, '([^/]+)')}$`),
}));

/**
 * The row of the table that a call is of.
 *
 * @param pathname without query
 * @returns its name and what stands in the braces, still URL-encoded, in the order of the path; undefined for a call there is not
 */
export function findRoute(
	method: string | undefined,
	pathname: string,
): { name: RouteName; parts: string[] } | undefined {
	for (const { name, method: wanted, pattern } of PATTERNS) {
		const match = method === wanted ? pattern.exec(pathname) : null;
		if (match) return { name, parts: match.slice(1) };
	}
	return undefined;
}

function profile(method: string, path: string) {
	return { call: 'profile', method, path } as const;
}
