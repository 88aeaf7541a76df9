import { attributeRule } from '../api/parseDefinitions';
import type { CheckedConsent } from '../importing/checking/compareProfile';
import type { ImportFile } from '../importing/csv/importFiles';
import type { ImportPlan } from '../importing/plan';
import { chooseSample, type SentRow } from '../importing/sampling';
import { newCheck, type PendingRow, type ProfileCheck } from './profileCheck';

/** How the user wants profiles to be checked. */
export interface CheckSettings {
	/** Rows of the whole import to read back; 0 for none. */
	rows: number;
	/** How long to keep looking for missing profiles. */
	maxMs: number;
	/** Percentage of missing rows at which the check fails. */
	failAtPercent: number;
	stopOnFailure: boolean;
}

/** A key that would mean another place in the address of a call. */
const PATH_STEP = /^\.{0,2}$/;

/**
 * Plans what to read back of each import that was sent.
 *
 * @param files those of the imports, in their order
 * @param nameOf the name of a row in messages
 * @returns a check for each file; undefined where no row of it is read back
 */
export function planChecks(
	plan: ImportPlan,
	files: ReadonlyArray<Pick<ImportFile, 'readBack' | 'consentType'>>,
	nameOf: (rowIndex: number) => string,
	settings: CheckSettings,
): Array<ProfileCheck | undefined> {
	const samples = files.map(({ readBack }) => readBack ?? NO_SAMPLE);
	const chosen = chooseSample(samples, settings.rows);
	const fields = plan.columns.flatMap(({ attributes }, column) =>
		attributes.map((attribute) => ({
			column,
			name: attribute.name,
			ids: [attribute.discriminator, attribute.versionId].filter(Boolean),
			rule: attributeRule(attribute),
		})),
	);
	const pendingRow = ({ rowIndex, profileKey, values, consents }: SentRow): PendingRow => ({
		row: nameOf(rowIndex),
		profileKey,
		// Of profiles that are not to be updated, only that they are there can be expected.
		values: plan.settings.updateExistingProfiles
			? values.flatMap(([column, value]) =>
					[...fields.keys()]
						.filter((index) => fields[index]?.column === column)
						.map((index): PendingRow['values'][number] => [index, value]),
				)
			: [],
		consents: plan.settings.updateExistingProfiles ? consents : [],
	});
	return files.map(({ consentType }, index) => {
		const rows = (chosen[index] ?? []).filter(({ profileKey }) => !PATH_STEP.test(profileKey));
		if (rows.length === 0) return undefined;
		return newCheck({
			keyspace: plan.keyspace.discriminator,
			fields: fields.map(({ name, ids, rule }) => ({ name, ids, rule })),
			consents: plan.consents.map(({ name, topic, channel, resubscribe }): CheckedConsent => ({
				name,
				topic,
				channel,
				// A file without consents has no row with any.
				type: consentType ?? 'opt-in',
				resubscribe,
			})),
			pending: rows.map(pendingRow),
			maxMs: settings.maxMs,
			failAtPercent: settings.failAtPercent,
		});
	});
}

const NO_SAMPLE = { rows: 0, even: [], ofConsents: new Map<number, SentRow[]>() };
