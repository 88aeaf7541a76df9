import type { SeedProfile } from './seed';

export type ConsentType = 'opt-in' | 'opt-out';

export interface StoredEvent {
	versionId: string;
	eventTime: string;
	data: Record<string, unknown>;
}

export interface StoredProfile {
	/** The keyspace and key it was created with; the key may change since. */
	keyspace: string;
	key: string;
	section: string;
	/** By attribute discriminator, as text. */
	attributes: Record<string, string>;
	/** By `topic|channel`. */
	consents: Record<string, ConsentType>;
	/** Whether APSIS One sends nothing to its address, whatever its consents. */
	isSuppressed: boolean;
	tags: string[];
	events: StoredEvent[];
	isLocked: boolean;
	/** Until then calls about it find nothing; milliseconds. */
	visibleAt: number;
}

/** Profiles by section, keyspace and key; addresses are one whatever their case. A profile may have a key in several keyspaces. */
export class Profiles {
	private readonly byId = new Map<string, StoredProfile>();

	constructor(seed: readonly SeedProfile[]) {
		for (const { keyspace, key, section, attributes, consents } of seed) {
			const profile = this.create(section, keyspace, key);
			Object.assign(profile.attributes, attributes);
			for (const { topic, channel, type } of consents ?? []) {
				profile.consents[consentKey(topic, channel)] = type;
			}
		}
	}

	find(section: string, keyspace: string, key: string): StoredProfile | undefined {
		return this.byId.get(id(section, keyspace, key));
	}

	create(section: string, keyspace: string, key: string): StoredProfile {
		const profile: StoredProfile = {
			keyspace,
			key,
			section,
			attributes: {},
			consents: {},
			isSuppressed: false,
			tags: [],
			events: [],
			isLocked: false,
			visibleAt: 0,
		};
		this.byId.set(id(section, keyspace, key), profile);
		return profile;
	}

	/** Makes a key the profile's only one in that keyspace. */
	setKey(profile: StoredProfile, keyspace: string, key: string): void {
		for (const [profileId, found] of this.byId) {
			if (found === profile && profileId.startsWith(id(profile.section, keyspace, ''))) {
				this.byId.delete(profileId);
			}
		}
		this.byId.set(id(profile.section, keyspace, key), profile);
		if (profile.keyspace === keyspace) profile.key = key;
	}

	/** @returns how many there were, one a section */
	delete(keyspace: string, key: string): number {
		const profiles = this.inAllSections(keyspace, key);
		for (const [profileId, profile] of this.byId) {
			if (profiles.includes(profile)) this.byId.delete(profileId);
		}
		return profiles.length;
	}

	/** One a section. */
	inAllSections(keyspace: string, key: string): StoredProfile[] {
		const ending = id('', keyspace, key);
		return [...this.byId].filter(([one]) => one.endsWith(ending)).map(([, profile]) => profile);
	}

	/** All that were created in one keyspace, or all. */
	all(keyspace?: string): StoredProfile[] {
		return [...new Set(this.byId.values())].filter(
			(profile) => keyspace === undefined || profile.keyspace === keyspace,
		);
	}
}

export function consentKey(topic: string, channel: string): string {
	return `${topic}|${channel}`;
}

function id(section: string, keyspace: string, key: string): string {
	return `${section}\n${keyspace}\n${key.toLowerCase()}`;
}
