import {
	ADDRESS_SPACES,
	type Attribute,
	CRM_ID_ATTRIBUTE,
	CRM_ID_SPACE,
	EMAIL_ATTRIBUTE,
	isUnwritable,
	type Keyspace,
	MOBILE_ATTRIBUTE,
} from '../api/parseDefinitions';
import { ApsisOneError } from '../errors';
import { type AttributeMatch, matchAttributes } from './autoMap';
import type { FieldSource } from './fieldSource';
import type { ImportSettings } from './plan';
import { type InputFields, repeatedColumn } from './references';

export interface AutomaticMapping {
	attributes: Array<ImportSettings['attributes'][number]>;
	warnings: string[];
}

/**
 * Maps fields to attributes by their names.
 *
 * @param required discriminators of attributes that must find a field
 * @param clears whether an empty cell erases what is stored
 * @param switches fields that say yes or no to a consent or tag
 * @throws ApsisOneError when a required attribute finds none, or a file would erase what it has no column for
 */
export function mapAutomatically(
	input: InputFields,
	attributes: readonly Attribute[],
	keyspace: Pick<Keyspace, 'discriminator'>,
	{
		required,
		clears,
		switches,
	}: { required: readonly string[]; clears: boolean; switches: ReadonlySet<string> },
): AutomaticMapping {
	const matches = matchAttributes(input.names, attributes, switches);
	const writable = matches.filter(({ attribute }) => !isUnwritable(attribute, keyspace));
	refuseMissingAttributes(required, attributes, writable, input);
	refuseRepeatedColumns(writable, input);
	if (clears) refuseErasingColumns(writable, input);
	return {
		attributes: writable.map((match) => ({
			attribute: match.attribute.discriminator,
			source: sourceOf(match),
		})),
		warnings: [
			...matches
				.filter((match) => !writable.includes(match))
				.map(
					({ attribute, fieldName }) =>
						`The field "${fieldName}" is not sent: the attribute ${attribute.name} cannot be written through this keyspace.`,
				),
			...writable.flatMap((match) => competingFields(match, input)),
		],
	};
}

function sourceOf({ fieldName, alternatives }: AttributeMatch): FieldSource {
	return {
		kind: 'field',
		path: [fieldName],
		...(alternatives.length > 0 ? { alternatives } : {}),
	};
}

function refuseMissingAttributes(
	required: readonly string[],
	attributes: readonly Attribute[],
	matches: readonly AttributeMatch[],
	input: InputFields,
): void {
	const missing = required.find(
		(wanted) => !matches.some(({ attribute }) => attribute.discriminator === wanted),
	);
	if (missing === undefined) return;
	const name = attributes.find(({ discriminator }) => discriminator === missing)?.name ?? missing;
	throw new ApsisOneError(
		`Required Attributes: no ${input.isFile ? 'column' : 'field'} matches the attribute ${name}`,
		`The ${input.isFile ? 'columns' : 'fields'} are: ${input.names.join(', ') || 'none'}. Rename one, map the attribute manually, or remove it from Required Attributes. Nothing was sent.`,
	);
}

function refuseRepeatedColumns(matches: readonly AttributeMatch[], { files }: InputFields): void {
	for (const { attribute, fieldName, alternatives } of matches) {
		for (const { name, repeated } of files) {
			const column = [fieldName, ...alternatives].find((one) => repeated.includes(one));
			if (column !== undefined) throw repeatedColumn(attribute.name, name, column);
		}
	}
}

function refuseErasingColumns(matches: readonly AttributeMatch[], { files }: InputFields): void {
	for (const { attribute, fieldName, alternatives } of matches) {
		const names = [fieldName, ...alternatives];
		const lacking = files.find(({ columns }) => !columns.some((column) => names.includes(column)));
		if (!lacking) continue;
		throw new ApsisOneError(
			`[${lacking.name}] The file has no column for the attribute ${attribute.name}, which another file has`,
			'Clear Existing Attributes is on, so the attribute would be erased from all profiles in this file. Add the column, import the files separately, or turn off the option. Nothing was sent.',
		);
	}
}

/** Fields for one attribute that meet in one row: only the first is read there. */
function competingFields(
	{ attribute, fieldName, alternatives }: AttributeMatch,
	{ isFile, files, items }: InputFields,
): string[] {
	const meet = (other: string) =>
		isFile
			? files.some(({ columns }) => columns.includes(other) && columns.includes(fieldName))
			: items.some(({ json }) => Object.hasOwn(json, other) && Object.hasOwn(json, fieldName));
	return alternatives
		.filter(meet)
		.map(
			(other) =>
				`The fields "${fieldName}" and "${other}" both match the attribute ${attribute.name}: "${fieldName}" is sent, and "${other}" only where "${fieldName}" is missing.`,
		);
}

/** The attribute that holds the keys of a keyspace. */
const KEY_ATTRIBUTES: Readonly<Record<string, string>> = {
	[ADDRESS_SPACES.email]: EMAIL_ATTRIBUTE,
	[ADDRESS_SPACES.mobile]: MOBILE_ATTRIBUTE,
	[CRM_ID_SPACE]: CRM_ID_ATTRIBUTE,
};

/**
 * The source of the profile key where Profile Key Field is empty: what is mapped to the keyspace's own attribute.
 *
 * @throws ApsisOneError when nothing is, or it cannot be known
 */
export function keyFromMapping(
	keyspace: Pick<Keyspace, 'discriminator' | 'name'>,
	mapped: ImportSettings['attributes'],
	attributes: readonly Attribute[],
	input: InputFields,
): FieldSource {
	const own = KEY_ATTRIBUTES[keyspace.discriminator];
	const source = mapped.find(({ attribute }) => attribute === own)?.source;
	const attribute = attributes.find(({ discriminator }) => discriminator === own);
	if (!source || own === undefined) {
		throw new ApsisOneError(
			'Profile Key Field is empty',
			`Enter the name of the field that identifies the profile${attribute ? `: no field matches the attribute ${attribute.name}` : ` in the keyspace "${keyspace.name}"`}. The fields are: ${input.names.join(', ') || 'none'}.`,
		);
	}
	const rivals = source.kind === 'field' ? (source.alternatives ?? []) : [];
	const match = { attribute, fieldName: source.kind === 'field' ? (source.path[0] ?? '') : '' };
	const meeting =
		attribute &&
		competingFields({ attribute, fieldName: match.fieldName, alternatives: [...rivals] }, input);
	if (!meeting || meeting.length === 0) return source;
	throw new ApsisOneError(
		`Profile Key Field is empty, and several fields match the attribute ${attribute.name}: ${[match.fieldName, ...rivals].join(', ')}`,
		'Enter the one that identifies the profile.',
	);
}
