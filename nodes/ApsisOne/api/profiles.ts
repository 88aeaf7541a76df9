import type { IDataObject } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import { apiRequest, type ApiRequest, type ApiResponse } from '../transport/apiRequest';
import type { ApsisOneContext } from '../transport/context';
import { pause } from '../transport/pause';
import { problemSentence, quotedProblem } from '../transport/problem';
import type { CallPacer } from './callPacer';
import { isObject, type Outside, text } from './outside';
import { linkOfHeader } from './parseList';
import { ADDRESS_SPACES, EMAIL_ATTRIBUTE, keyRule, MOBILE_ATTRIBUTE } from './parseDefinitions';
import { tagPatch } from './profileTags';

/** A profile as the calls name it; the key is written as APSIS One wants it. */
export interface ProfileIdentity {
	keyspace: string;
	profileKey: string;
}

/** Tells profiles apart; an address is one whatever its case. */
export function nameOf({ keyspace, profileKey }: ProfileIdentity): string {
	const isAddress = keyRule(keyspace) !== 'key';
	return `${keyspace} ${isAddress ? profileKey.toLowerCase() : profileKey}`;
}

/** A profile with what one section knows about it. */
export interface ProfileAddress extends ProfileIdentity {
	section: string;
}

/** Attributes that hold a key of their profile: setting one changes the key in its keyspace (contract: Single-profile calls). */
const KEY_ATTRIBUTES: ReadonlyMap<string, { name: string; space: string }> = new Map([
	[EMAIL_ATTRIBUTE, { name: 'Email', space: ADDRESS_SPACES.email }],
	[MOBILE_ATTRIBUTE, { name: 'Mobile', space: ADDRESS_SPACES.mobile }],
	['com.apsis1.attributes.crmid', { name: 'CRM ID', space: 'com.apsis1.keyspaces.crm-id' }],
]);

/** Whether an attribute holds the key of the profile in the keyspace it is called by. */
export function isKeyOf(attribute: string, keyspace: string): boolean {
	return KEY_ATTRIBUTES.get(attribute)?.space === keyspace;
}

/** Contract: Limits. */
export const MAX_BODY_BYTES = 100_000;

/** How long a new profile may take until calls find it. */
const NEW_PROFILE_DELAYS_MS = [500, 1_000, 2_000];

const MERGE_PATCH = 'application/merge-patch+json';

/**
 * The version of a call is part of its path, and differs from call to call. A wrong one is answered like a missing
 * permission (contract: Single-profile calls).
 */
const VERSIONS = {
	'GET attributes': '',
	'PATCH attributes': '/v2',
	'GET consents': '/v2',
	'POST consents': '/v2',
	'POST events': '',
	'GET tags': '',
	'PATCH tags': '',
} as const;

/** A profile that an import may not have brought yet. */
export type ReadBack = { found: false } | { found: true; body: unknown };

const READ_BACK_ATTEMPTS = 3;

type CallBelow = keyof typeof VERSIONS;

/** The calls about one profile (contract: Single-profile calls), paced. */
export class ProfileCalls {
	constructor(
		private readonly context: ApsisOneContext,
		private readonly pacer: CallPacer,
	) {}

	/** @returns whether it was new; false, too, where the answer was lost and the call repeated */
	async create(address: ProfileAddress): Promise<boolean> {
		const { section, keyspace, profileKey } = address;
		await this.pacer.take(this.context, nameOf(address));
		const { status } = await write(this.context, {
			method: 'POST',
			path: `/audience/keyspaces/${encodeURIComponent(keyspace)}/sections/${encodeURIComponent(section)}/profiles`,
			body: { profile_key: profileKey },
			purpose: 'create the profile',
			// It can exist only once.
			repeat: 'always',
			expectedStatuses: [409],
			explain: {
				403: {
					message: 'APSIS One refused to create the profile',
					description:
						'The API key of the credential is not allowed to write through this keyspace or in this section. Choose another Keyspace or Section, or ask your APSIS One admin.',
				},
				404: {
					message: `APSIS One has no section "${section}" or no keyspace "${keyspace}"`,
					description: 'Choose both from the list, or check their IDs.',
				},
			},
		});
		return status !== 409;
	}

	/**
	 * Sets the attributes of a profile that has just been created, or was there.
	 *
	 * @param attributes by discriminator, in native JSON types; null erases
	 * @throws ApsisOneError where Email, Mobile or CRM ID is another profile's
	 */
	async setAttributes(address: ProfileAddress, attributes: IDataObject): Promise<void> {
		for (const delayMs of [...NEW_PROFILE_DELAYS_MS, undefined]) {
			const { status, body } = await this.call('PATCH attributes', address, {
				body: attributes,
				contentType: MERGE_PATCH,
				purpose: 'set the attributes of the profile',
				repeat: 'always',
				expectedStatuses: delayMs === undefined ? [400, 409] : [400, 404, 409],
				explain: {
					404: {
						message: `APSIS One does not find the profile "${address.profileKey}", although it has just said that it is there`,
						description:
							'A new profile may take a while to be found. Run the workflow again later.',
					},
				},
			});
			if (status === 400 || status === 409)
				throw attributesRefused(address, attributes, status, body);
			if (status !== 404 || delayMs === undefined) return;
			await pause(this.context, delayMs);
		}
	}

	async getAttributes(address: ProfileAddress): Promise<unknown> {
		const { body } = await this.read('GET attributes', address, {
			purpose: 'read the attributes of the profile',
			repeat: 'always',
		});
		return body;
	}

	/**
	 * Reads back what an import was to write, for a caller that comes back later where a call fails.
	 *
	 * @returns `found: false` where APSIS One has no such profile
	 * @throws NodeApiError at any other status outside 2xx
	 */
	async readBack(
		call: 'GET attributes' | 'GET consents',
		address: ProfileAddress,
	): Promise<ReadBack> {
		const { status, body, headers } = await this.call(call, address, {
			purpose: `read the ${call === 'GET consents' ? 'consents' : 'attributes'} of profiles`,
			repeat: 'always',
			maxAttempts: READ_BACK_ATTEMPTS,
			expectedStatuses: [404],
		});
		if (status === 404) return { found: false };
		// No content: the profile is there, and has none of them.
		return { found: true, body: status === 204 ? { items: [] } : withNextPage(body, headers) };
	}

	async getTags(address: ProfileAddress): Promise<unknown> {
		const { body } = await this.read('GET tags', address, {
			purpose: 'read the tags of the profile',
			repeat: 'always',
		});
		return body;
	}

	/** @param tags discriminators */
	async changeTags(
		address: ProfileAddress,
		tags: readonly string[],
		change: 'add' | 'remove',
	): Promise<void> {
		await this.call('PATCH tags', address, {
			body: tagPatch(tags, change),
			contentType: MERGE_PATCH,
			purpose: `${change} tags of the profile`,
			repeat: 'always',
		});
	}

	/**
	 * @param types empty for all
	 * @returns what APSIS One answered; an empty list where it had no content to give
	 */
	async getConsents(address: ProfileAddress, types: readonly string[]): Promise<unknown> {
		const query = types.map((type) => `consent_types=${encodeURIComponent(type)}`).join('&');
		const { status, body, headers } = await this.read(
			'GET consents',
			address,
			{ purpose: 'read the consents of the profile', repeat: 'always' },
			query ? `?${query}` : '',
		);
		return status === 204 ? { items: [] } : withNextPage(body, headers);
	}

	/**
	 * @returns APSIS One's own sentence where it refused the change as one that is not supported, mostly because the consent
	 * is so already; undefined where the consent was set
	 */
	async setConsent(
		address: ProfileAddress,
		consent: IDataObject,
	): Promise<{ refusal: string } | undefined> {
		const { status, body } = await this.call('POST consents', address, {
			body: consent,
			purpose: 'set the consent of the profile',
			// A second time it is "already so".
			repeat: 'always',
			expectedStatuses: [409],
		});
		return status === 409 ? { refusal: problemSentence(body) } : undefined;
	}

	async addEvents(address: ProfileAddress, items: IDataObject[]): Promise<void> {
		await this.call('POST events', address, {
			body: { items },
			purpose: 'add events to the profile',
			repeat: 'unlessDone',
			mustNotDouble: true,
			mayHaveLeft: 'The events may have been added all the same.',
		});
	}

	/** @returns whether there was one */
	async delete(profile: ProfileIdentity): Promise<boolean> {
		await this.pacer.take(this.context, nameOf(profile));
		const { status } = await write(this.context, {
			method: 'DELETE',
			path: profilePath(profile),
			purpose: 'delete the profile',
			repeat: 'always',
			expectedStatuses: [404],
		});
		return status !== 404;
	}

	/** @throws ApsisOneError where the answer, though a success, is a word about a failure and not what was asked for */
	private async read(
		...[call, address, request, query]: Parameters<ProfileCalls['call']>
	): Promise<ApiResponse> {
		const response = await this.call(call, address, request, query);
		const failure = failureIn(response.body, MAX_FAILURE_DEPTH);
		if (failure !== undefined) throw failedAnswer(request.purpose, response.status, failure);
		return response;
	}

	private async call(
		call: CallBelow,
		address: ProfileAddress,
		request: Omit<ApiRequest, 'method' | 'path'>,
		query = '',
	): Promise<ApiResponse> {
		await this.pacer.take(this.context, nameOf(address));
		const [method, rest] = call.split(' ') as ['GET' | 'PATCH' | 'POST', string];
		const section = encodeURIComponent(address.section);
		const send = method === 'GET' ? apiRequest : write;
		return await send(this.context, {
			...request,
			method,
			path: `${VERSIONS[call]}${profilePath(address)}/sections/${section}/${rest}${query}`,
			explain: {
				404: {
					message: `APSIS One has no profile "${address.profileKey}" in this keyspace and section`,
					description:
						'Create it first (Profile: Create or Update), or check Profile Key, Keyspace and Section.',
				},
				...request.explain,
			},
		});
	}
}

/**
 * A call with an effect.
 *
 * @throws ApsisOneError where APSIS One answers with success, but its body says that it failed
 */
async function write(context: ApsisOneContext, request: ApiRequest): Promise<ApiResponse> {
	const response = await apiRequest(context, { ...request, ignoresBody: true });
	const { status, body } = response;
	const failure = status < 300 ? failureIn(body) : undefined;
	if (failure === undefined) return response;
	throw failedAnswer(request.purpose, status, failure);
}

function failedAnswer(purpose: string, status: number, failure: unknown): ApsisOneError {
	return new ApsisOneError(
		`APSIS One failed to ${purpose}`,
		`It answered with status ${status}, but its answer says that it failed. ${quotedProblem(failure)}`.trimEnd(),
	);
}

const MAX_FAILURE_DEPTH = 1;
const FAILED = /^(?:error|fail(?:ed|ure)?|rejected|refused|invalid)$/i;

/** The answer, or the entry of it, that says that the call or a part of it failed. */
function failureIn(body: unknown, depth = 0): Outside | undefined {
	if (!isObject(body) || depth > MAX_FAILURE_DEPTH) return undefined;
	const { success, ok, error, errors, status, status_code: code, failed, rejected } = body;
	const isRefused = [status, code].some((one) =>
		typeof one === 'number' ? one >= 400 : FAILED.test(text(one)),
	);
	const isPartly = [failed, rejected].some((count) => typeof count === 'number' && count > 0);
	const says = [error, ...(Array.isArray(errors) ? (errors as unknown[]) : [errors])];
	const isFailure = isRefused || isPartly || [success, ok].some((one) => String(one) === 'false');
	if (isFailure || says.some(saysFailure)) return body;
	const entries = [body.items, body.results, body.result, body.data].flat();
	return entries.map((entry) => failureIn(entry, depth + 1)).find((one) => one !== undefined);
}

/** An empty object or text is none, nor is the number 0. */
function saysFailure(error: unknown): boolean {
	if (isObject(error)) return Object.values(error).some(Boolean);
	return error === true || !['', '0'].includes(text(error));
}

/** A page that says in a header only that there are more: said in the body, too, it is not taken for all there is. */
function withNextPage(body: unknown, headers: ApiResponse['headers']): unknown {
	const next = linkOfHeader(headers.link);
	return next ? { page: body, next } : body;
}

/** Another profile's key is refused with 409, or with 400 and a sentence about it: which of them is not known. */
function attributesRefused(
	address: ProfileAddress,
	attributes: IDataObject,
	status: 400 | 409,
	body: unknown,
): ApsisOneError {
	const detail = problemSentence(body);
	const says = quotedProblem(body);
	const keys = newKeys(address, attributes);
	const isTaken = status === 409 || /exist|already|another|duplicate|in use|taken/i.test(detail);
	if (keys.length > 0 && isTaken) {
		const cure = `A new ${keys.join(' or ')} becomes the profile key, which must be unique. Remove it from Attributes, or find out in APSIS One which profile has it.`;
		return new ApsisOneError(
			`Another profile has this ${keys.join(' or ')}`,
			[cure, says].filter(Boolean).join(' '),
		);
	}
	return new ApsisOneError(
		'APSIS One refused to set the attributes of the profile',
		says || `It answered with status ${status}.`,
	);
}

/** The attributes that would change a key of the profile, by name. */
function newKeys(address: ProfileAddress, attributes: IDataObject): string[] {
	return [...KEY_ATTRIBUTES].flatMap(([id, { name, space }]) => {
		const value = attributes[id];
		if (value === undefined || value === null) return [];
		const isSame = nameOf({ keyspace: space, profileKey: String(value) }) === nameOf(address);
		return isSame ? [] : [name];
	});
}

/** The key may hold anything: it is encoded. */
function profilePath({ keyspace, profileKey }: ProfileIdentity): string {
	return `/audience/keyspaces/${encodeURIComponent(keyspace)}/profiles/${encodeURIComponent(profileKey)}`;
}
