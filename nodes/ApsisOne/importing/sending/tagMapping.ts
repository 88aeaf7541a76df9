import type { TagPlan } from '../plan';

/**
 * Tags in the import request.
 *
 * UNVERIFIED: the contract page says that tags can be mapped, but not the member's name or shape. This is the shape
 * by analogy with attributes and consents, and this module the only place that knows it. Until it is proven, the
 * option Additional Request Fields can carry whatever the real one wants.
 */
export function buildTagMappings(tags: readonly TagPlan[]): Record<string, unknown> {
	if (tags.length === 0) return {};
	return {
		tag_mappings: tags.map(({ header, tag }) => ({
			field_selector: header,
			tag_discriminator: tag,
		})),
	};
}
