import type { SeedProfile } from './seed';

export type ConsentType = 'opt-in' | 'opt-out';

export interface StoredEvent {
	versionId: string;
	eventTime: string;
	data: Record<string, unknown>;
}

export interface StoredProfile {
	keyspace: string;
	key: string;
	section: string;
	/** By attribute discriminator, as text. */
	attributes: Record<string, string>;
	/** By `topic|channel`. */
	consents: Record<string, ConsentType>;
	tags: string[];
	events: StoredEvent[];
	isLocked: boolean;
}

/** Profiles by section, keyspace and key; addresses are one whatever their case. */
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
			tags: [],
			events: [],
			isLocked: false,
		};
		this.byId.set(id(section, keyspace, key), profile);
		return profile;
	}

	delete(keyspace: string, key: string): number {
		const hits = [...this.byId].filter(
			([, profile]) =>
				profile.keyspace === keyspace && profile.key.toLowerCase() === key.toLowerCase(),
		);
		for (const [profileId] of hits) this.byId.delete(profileId);
		return hits.length;
	}

	/** All of one keyspace, or all. */
	all(keyspace?: string): StoredProfile[] {
		return [...this.byId.values()].filter(
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
