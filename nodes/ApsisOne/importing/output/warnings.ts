import { sourceName } from '../fieldSource';
import type { ImportPlan } from '../plan';
import type { RowCounts } from '../preparation';
import type { InputFields } from '../references';
import { ADDED_BY_N8N } from '../autoMap';
import { saysOptOut } from '../rows/optOutName';

interface Mapping {
	/** Fields are mapped by their names. */
	isAutomatic: boolean;
	/** Names what is on purpose, too: all fields that are used for nothing, and a consent without an address. */
	isPreview: boolean;
}

/** "Yes" in such a field gives a consent. */
const SAYS_CONSENT =
	/opt.?in|opted.?in|subscri|newsletter|marketing|nyhe[td]s|prenum|p.meld|tilmeld|abonn|consent|samty[ck]|uutiskirje|suostu|nieuwsbrief|einwillig|zgod|accept|permission|utskick|godk.nn|lupa|toestem|erlaub/i;

/** From so many rows on, opt-outs without any opt-in are worth a look. */
const SUSPICIOUS_OPT_OUTS = 10;

/** What is allowed, but probably not meant. Shown by Preview, and by Request in its output and hint. */
export function warningsOf(
	plan: ImportPlan,
	counts: RowCounts,
	input: InputFields,
	mapping: Mapping,
): string[] {
	return [
		...plan.warnings,
		...emptyColumns(plan, counts),
		...untypedColumns(plan, counts),
		...unusedConsents(plan, counts),
		...onlyOptOuts(plan, counts),
		...consentsWithoutAddress(plan, mapping),
		...landlines(counts),
		...doubtfulOptOuts(plan),
		...unmappedFields(plan, input, mapping),
	];
}

function emptyColumns(
	{ columns, settings }: ImportPlan,
	{ filledColumns, accepted }: RowCounts,
): string[] {
	if (accepted === 0) return [];
	return columns
		.filter(({ header }) => !filledColumns.has(header))
		.map(({ field }) =>
			settings.clearExistingAttributes
				? `${field} is empty in every row, and Clear Existing Attributes is on: it is erased in all these profiles.`
				: `${field} is empty in every row.`,
		);
}

/** Where no type can be read, APSIS One may take a value for something else than was meant. */
function untypedColumns({ columns }: ImportPlan, { filledColumns }: RowCounts): string[] {
	const names = columns
		.filter(({ rule, header }) => rule === 'unknown' && filledColumns.has(header))
		.map(({ field }) => field);
	if (names.length === 0) return [];
	return [
		`The node could not read the type of ${names.join(', ')}, so it sends their values as they are. Write dates like 2026-11-25, times as Unix seconds, numbers like 12.5, and true or false.`,
	];
}

function unusedConsents({ consents }: ImportPlan, { usedConsents }: RowCounts): string[] {
	return consents
		.filter((_, index) => !usedConsents.has(index))
		.map(({ name }) => `No row gives or withdraws consent for ${name}.`);
}

/** A column that was turned round overnight opts everybody out; a handful of opt-outs is an ordinary day. */
function onlyOptOuts(
	{ consents }: ImportPlan,
	{ rowsWithOptIn, rowsWithOptOut }: RowCounts,
): string[] {
	const maySayBoth = consents.some(({ consent }) => consent !== 'opt-in' && consent !== 'opt-out');
	if (!maySayBoth || rowsWithOptIn > 0 || rowsWithOptOut < SUSPICIOUS_OPT_OUTS) return [];
	return [
		`${rowsWithOptOut.toLocaleString('en')} rows opt out, and none opts in. Check that the source is right. The safety limit Maximum Opt-Outs can stop such an import.`,
	];
}

/** Contract: Profile import v2, consent 1.0 and 2.0. */
function consentsWithoutAddress({ consents }: ImportPlan, { isPreview }: Mapping): string[] {
	return consents
		.filter(
			({ addressHeader, isOnProfile }) =>
				addressHeader === undefined && (isPreview || !isOnProfile),
		)
		.map(
			({ name }) =>
				`The consent for ${name} is sent without an address. Only accounts with Consent 2.0 accept this. With Consent 1.0, map the email address or mobile number to the attribute Email or Mobile.`,
		);
}

function landlines({ landlineConsents: count }: RowCounts): string[] {
	if (count === 0) return [];
	return [
		`${count.toLocaleString('en')} row${count === 1 ? ' has' : 's have'} a consent to SMS for a landline number, which cannot receive SMS.`,
	];
}

/** "Yes" in a field called `newsletter` or `subscribed` hardly means that the person has left. */
function doubtfulOptOuts({ consents }: ImportPlan): string[] {
	return consents.flatMap(({ name, consent, when, isConfirmed }) => {
		if (isConfirmed || consent !== 'opt-out' || when === 'always' || when.kind !== 'field')
			return [];
		const field = sourceName(when);
		if (saysOptOut(field) || !SAYS_CONSENT.test(field)) return [];
		return [
			`${name}: yes in the field "${field}" opts people out, although its name says the opposite. With As a Field Says, yes opts in and no opts out.`,
		];
	});
}

/** Whoever maps by hand leaves fields out on purpose, but a consent that is forgotten is lost. */
function unmappedFields(
	plan: ImportPlan,
	{ names, isFile }: InputFields,
	{ isAutomatic, isPreview }: Mapping,
): string[] {
	const sources = [
		...plan.columns.map(({ source }) => source),
		...[...plan.consents, ...plan.tags].map(({ when }) => when),
		plan.settings.country,
	].filter((source) => source !== undefined && source !== 'always');
	// An expression may read any field: only a plain mapping tells which one it uses.
	if (sources.some(({ kind }) => kind === 'expression')) return [];
	const used = new Set(
		sources.flatMap((source) =>
			source.kind === 'field'
				? [source.path[0], source.path[0]?.split('.')[0], ...(source.alternatives ?? [])]
				: [],
		),
	);
	const unused = names
		.filter((name) => !used.has(name) && (isFile || name !== ADDED_BY_N8N))
		.filter((name) => isAutomatic || isPreview || saysOptOut(name) || SAYS_CONSENT.test(name));
	const word = isFile ? 'column' : 'field';
	if (unused.length === 0) return [];
	if (isAutomatic && plan.columns.length === 1) {
		return [
			`Automatic mapping found no attribute for any ${word} except the profile key, so only profile keys are sent. Not sent: ${unused.join(', ')}.`,
		];
	}
	return [
		unused.length === 1
			? `The ${word} "${unused[0]}" is not mapped to anything.`
			: `These ${word}s are not mapped to anything: ${unused.join(', ')}.`,
	];
}
