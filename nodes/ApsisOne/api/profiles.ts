import type { IDataObject } from 'n8n-workflow';

import { apiRequest, type ApiRequest, type ApiResponse } from '../transport/apiRequest';
import type { ApsisOneContext } from '../transport/context';
import type { CallPacer } from './callPacer';
import { keyRule } from './parseDefinitions';

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

const MERGE_PATCH = 'application/merge-patch+json';

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
		const { status } = await apiRequest(this.context, {
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
						'The API key of the credential may not write through this keyspace or in this section. Choose another Keyspace or Section, or ask your APSIS One admin.',
				},
				404: {
					message: `APSIS One has no section "${section}" or no keyspace "${keyspace}"`,
					description: 'Choose both from the list, or check their IDs.',
				},
			},
		});
		return status !== 409;
	}

	async setAttributes(address: ProfileAddress, attributes: IDataObject): Promise<void> {
		await this.call(address, 'attributes', {
			method: 'PATCH',
			body: attributes,
			contentType: MERGE_PATCH,
			purpose: 'set the attributes of the profile',
			repeat: 'always',
		});
	}

	async getAttributes(address: ProfileAddress): Promise<unknown> {
		const { body } = await this.call(address, 'attributes', {
			method: 'GET',
			purpose: 'read the attributes of the profile',
			repeat: 'always',
		});
		return body;
	}

	async getTags(address: ProfileAddress): Promise<unknown> {
		const { body } = await this.call(address, 'tags', {
			method: 'GET',
			purpose: 'read the tags of the profile',
			repeat: 'always',
		});
		return body;
	}

	/** @param tags by discriminator: true to add, null to remove (merge patch; the shape is not verified) */
	async setTags(address: ProfileAddress, tags: IDataObject): Promise<void> {
		await this.call(address, 'tags', {
			method: 'PATCH',
			body: tags,
			contentType: MERGE_PATCH,
			purpose: 'set the tags of the profile',
			repeat: 'always',
		});
	}

	/**
	 * @param types empty for all
	 * @returns what APSIS One answered; an empty list where it had no content to give
	 */
	async getConsents(address: ProfileAddress, types: readonly string[]): Promise<unknown> {
		const query = types.map((type) => `consent_types=${encodeURIComponent(type)}`).join('&');
		const { status, body } = await this.call(address, query ? `consents?${query}` : 'consents', {
			method: 'GET',
			purpose: 'read the consents of the profile',
			repeat: 'always',
		});
		return status === 204 ? { items: [] } : body;
	}

	/** @returns whether that changed anything; a consent that is already so does not */
	async setConsent(address: ProfileAddress, consent: IDataObject): Promise<boolean> {
		const { status } = await this.call(address, 'consents', {
			method: 'POST',
			body: consent,
			purpose: 'set the consent of the profile',
			// A second time it is "already so".
			repeat: 'always',
			expectedStatuses: [409],
		});
		return status !== 409;
	}

	async addEvents(address: ProfileAddress, items: IDataObject[]): Promise<void> {
		await this.call(address, 'events', {
			method: 'POST',
			body: { items },
			purpose: 'add events to the profile',
			repeat: 'unlessDone',
		});
	}

	/** @returns whether there was one */
	async delete(profile: ProfileIdentity): Promise<boolean> {
		await this.pacer.take(this.context, nameOf(profile));
		const { status } = await apiRequest(this.context, {
			method: 'DELETE',
			path: profilePath(profile),
			purpose: 'delete the profile',
			repeat: 'always',
			expectedStatuses: [404],
		});
		return status !== 404;
	}

	private async call(
		address: ProfileAddress,
		rest: string,
		request: Omit<ApiRequest, 'path'>,
	): Promise<ApiResponse> {
		await this.pacer.take(this.context, nameOf(address));
		return await apiRequest(this.context, {
			...request,
			path: `/v2${profilePath(address)}/sections/${encodeURIComponent(address.section)}/${rest}`,
			explain: {
				404: {
					message: `APSIS One has no profile "${address.profileKey}" in this keyspace and section`,
					description:
						'Create it first (Profile: Create or Update), or check Profile Key, Keyspace and Section.',
				},
			},
		});
	}
}

/** The key may hold anything: it is encoded. */
function profilePath({ keyspace, profileKey }: ProfileIdentity): string {
	return `/audience/keyspaces/${encodeURIComponent(keyspace)}/profiles/${encodeURIComponent(profileKey)}`;
}
