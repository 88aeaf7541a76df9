import { ApsisOneError } from '../../errors';
import type { ImportRequestBody } from '../../api/imports';
import { isObject } from '../../api/outside';
import type { ConsentPlan, ImportPlan } from '../plan';
import type { ConsentType } from '../../values/consentWord';
import { buildTagMappings } from './tagMapping';

/** Contract: Limits. Counted in bytes of UTF-8. */
const MAX_REQUEST_BYTES = 100_000;

/**
 * Builds the body of an import request: the only place that knows its shape.
 *
 * @param type the kind of consent this import carries: one import carries one type (contract: APSIS's own client
 * makes separate imports for opt-ins and opt-outs); undefined for none
 * @throws ApsisOneError when Additional Request Fields clash, or the body is larger than APSIS One takes
 */
export function buildImportRequest(
	plan: ImportPlan,
	type: ConsentType | undefined,
): ImportRequestBody {
	const { settings, columns } = plan;
	const body = {
		keyspace_mapping: {
			keyspace_discriminator: plan.keyspace.discriminator,
			field_selector: columns.find((column) => column.isKey)?.header ?? '',
		},
		options: {
			update_existing_profiles: settings.updateExistingProfiles,
			clear_existing_attributes: settings.clearExistingAttributes,
		},
		attribute_mappings: columns.flatMap(({ header, attributes }) =>
			attributes.map(({ versionId }) => ({
				field_selector: header,
				attribute_version_id: versionId,
			})),
		),
		...(type ? buildConsentMappings(plan.consents, type) : {}),
		...buildTagMappings(plan.tags),
	};
	const merged = mergeAdditionalFields(body, settings.additionalFields, []);
	refuseTooLarge(merged);
	return merged;
}

function buildConsentMappings(
	consents: readonly ConsentPlan[],
	type: ConsentType,
): Record<string, unknown> {
	const byAddress = new Map<string | undefined, unknown[]>();
	for (const consent of consents) {
		const header = consent.headers[type];
		if (!header) continue;
		const entry = {
			field_selector: header,
			type,
			channel_discriminator: consent.channel,
			topic_discriminator: consent.topic,
			resubscribe_if_opted_out: type === 'opt-in' && consent.resubscribe,
		};
		byAddress.set(consent.addressHeader, [...(byAddress.get(consent.addressHeader) ?? []), entry]);
	}
	if (byAddress.size === 0) return {};
	return {
		consent_mappings: [...byAddress].map(([address, entries]) => ({
			...(address === undefined ? {} : { address_field_selector: address }),
			consents: entries,
		})),
	};
}

/** Adds the user's own members; one that the node has set itself is never overridden. */
function mergeAdditionalFields(
	body: Record<string, unknown>,
	additional: Readonly<Record<string, unknown>>,
	path: readonly string[],
): Record<string, unknown> {
	const merged = { ...body };
	for (const [name, value] of Object.entries(additional)) {
		const ours = merged[name];
		if (ours === undefined) {
			merged[name] = value;
		} else if (isObject(ours) && isObject(value)) {
			merged[name] = mergeAdditionalFields(ours, value, [...path, name]);
		} else {
			throw new ApsisOneError(
				`Additional Request Fields may not set "${[...path, name].join('.')}"`,
				'The node sets this member itself, from its own fields. Remove it from Additional Request Fields.',
			);
		}
	}
	return merged;
}

function refuseTooLarge(body: ImportRequestBody): void {
	const bytes = Buffer.byteLength(JSON.stringify(body), 'utf8');
	if (bytes <= MAX_REQUEST_BYTES) return;
	throw new ApsisOneError(
		`The import request is too large: ${bytes.toLocaleString('en')} bytes`,
		'APSIS One accepts 100,000 bytes (100 kB). Map fewer Attributes, Subscriptions or Tags, or shorten Additional Request Fields.',
	);
}
