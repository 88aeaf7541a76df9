import type { Answers } from './answers';
import type { StoredProfile } from './profiles';

const SUPPRESSION = { reason: 'hard-bounce', modified_at: '2026-10-01T08:00:00Z' };

/** The body of GET consents: where and how it tells of a suppression is our guess (contract: Single-profile calls). */
export function consentsBody(
	{ consents, isSuppressed }: StoredProfile,
	wanted: readonly string[],
	{ suppression }: Answers,
): object {
	const items = Object.entries(consents)
		.filter(([, type]) => wanted.length === 0 || wanted.includes(type))
		.map(([name, type]) => {
			const [topic, channel] = name.split('|');
			return {
				topic_discriminator: topic,
				channel_discriminator: channel,
				type,
				source: 'API',
				reason: 'Asked us to',
				modified_at: '2026-11-01T12:00:00Z',
			};
		});
	if (!isSuppressed) return { items };
	if (suppression === 'flag') return { items, suppressed: true };
	if (suppression === 'list') return { items, suppressions: [SUPPRESSION] };
	if (suppression === 'item') return { items: [...items, { type: 'suppressed', ...SUPPRESSION }] };
	return { items, suppression: SUPPRESSION };
}
