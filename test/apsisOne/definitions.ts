import { Problem } from './http';
import type { AccountSeed, SeedSection } from './seed';
import type { ApiKey } from './tokens';

/** Definition lists: always `{ items: […] }` (contract: Definitions). */
export class Definitions {
	constructor(readonly account: AccountSeed) {}

	/** @throws Problem 404 for an unknown section, 403 for one the key may not see */
	section(discriminator: string, key: ApiKey): SeedSection {
		const section = this.account.sections.find((one) => one.discriminator === discriminator);
		if (!section) throw new Problem(404, 'Not Found', `There is no section ${discriminator}.`);
		if (!this.maySee(section, key)) {
			throw new Problem(403, 'Forbidden', 'The API key has no access to this section.');
		}
		return section;
	}

	keyspaces() {
		return items(
			this.account.keyspaces.map(({ discriminator, name, manageSubscriptions }) => ({
				discriminator,
				name,
				manage_subscriptions: manageSubscriptions,
			})),
		);
	}

	channels() {
		return items(this.account.channels);
	}

	sections(key: ApiKey) {
		return items(
			this.account.sections
				.filter((section) => this.maySee(section, key))
				.map(({ discriminator, name }) => ({ discriminator, name })),
		);
	}

	attributes(section: SeedSection, withPermissions: boolean) {
		return items(
			section.attributes.map((attribute) => ({
				discriminator: attribute.discriminator,
				name: attribute.name,
				versions: [
					...(attribute.deprecatedVersionId
						? [
								{
									id: attribute.deprecatedVersionId,
									deprecated_at: '2024-03-01T00:00:00Z',
									type: attribute.type,
								},
							]
						: []),
					...(attribute.versionId
						? [{ id: attribute.versionId, deprecated_at: null, type: attribute.type }]
						: []),
				],
				...(withPermissions ? this.permissions(attribute.readOnlyThrough) : {}),
			})),
		);
	}

	tags(section: SeedSection, withPermissions: boolean) {
		return items(
			section.tags.map(({ discriminator, name, readOnlyThrough }) => ({
				discriminator,
				name,
				...(withPermissions ? this.permissions(readOnlyThrough) : {}),
			})),
		);
	}

	topics(section: SeedSection) {
		return items(
			section.topics.map(({ discriminator, name, folder, channel }) => ({
				discriminator,
				name,
				folder_discriminator: folder,
				...(channel ? { channel_discriminator: channel } : {}),
			})),
		);
	}

	events(section: SeedSection, withPermissions: boolean) {
		return items(
			section.events.map(({ discriminator, name, versionId, fields, readOnlyThrough }) => ({
				discriminator,
				name,
				description: `What ${name} tells`,
				versions: [{ id: versionId, deprecated_at: null, fields }],
				...(withPermissions ? this.permissions(readOnlyThrough) : {}),
			})),
		);
	}

	private maySee(section: SeedSection, key: ApiKey): boolean {
		return key.sections === 'all' || key.sections.includes(section.discriminator);
	}

	/** The shape of permissions is unknown; this one is our guess. */
	private permissions(readOnlyThrough: readonly string[] = []) {
		return {
			keyspace_permissions: this.account.keyspaces.map(({ discriminator }) => ({
				keyspace_discriminator: discriminator,
				permission:
					discriminator.endsWith('.export') || readOnlyThrough.includes(discriminator)
						? 'READ'
						: 'WRITE',
			})),
		};
	}
}

function items<T>(list: T[]): { items: T[] } {
	return { items: list };
}
