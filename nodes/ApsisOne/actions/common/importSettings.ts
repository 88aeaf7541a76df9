import type { IDataObject, IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';

import { getAttributes, getKeyspaces, getTags, getTopics } from '../../api/definitions';
import { type Attribute, isUnwritable, TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';
import { isTool, refuseAutomaticMapping, refuseFieldName } from '../../aiTool';
import { ApsisOneError } from '../../errors';
import { matchAttributes } from '../../importing/autoMap';
import { fieldNamed, type FieldSource, parseFieldSource } from '../../importing/fieldSource';
import {
	type AccountDefinitions,
	type ImportPlan,
	type ImportSettings,
	planImport,
	type SubscriptionSetting,
} from '../../importing/plan';
import type { PreparationOptions } from '../../importing/preparation';
import type { DuplicateChoice } from '../../importing/rows/duplicates';
import type { NormaliserOptions } from '../../values/normalisers';

/**
 * Reads the node's fields, fetches what they refer to — each list once — and settles the plan of the import.
 *
 * @param fieldNames of what comes in: fields of the items, or columns of the file
 * @throws ApsisOneError naming the parameter to mend
 */
export async function readPlan(
	context: IExecuteFunctions,
	fieldNames: readonly string[],
): Promise<ImportPlan> {
	const section = readLocator(context, 'section', 'Section');
	const keyspace = readLocator(context, 'keyspace', 'Keyspace');
	const profileKey = readFieldName(context, 'profileKeyField', 'Profile Key Field');
	if (!profileKey) {
		throw new ApsisOneError(
			'Profile Key Field is empty',
			'Enter the name of the field that identifies the profile, e.g. email.',
		);
	}
	const subscriptions = readSubscriptions(context);
	const tags = readTags(context);
	const options = readOptions(context);
	const additionalFields = readAdditionalFields(options.additionalFields);

	const account: AccountDefinitions = {
		keyspaces: await getKeyspaces(context),
		attributes: await getAttributes(context, section),
		topics: subscriptions.length > 0 ? await getTopics(context, section) : [],
		tags: tags.length > 0 ? await getTags(context, section) : [],
	};
	return planImport(
		{
			section,
			keyspace,
			profileKey,
			attributes: readAttributes(context, keyspace, account.attributes, fieldNames),
			subscriptions,
			tags,
			updateExistingProfiles: options.updateExistingProfiles !== false,
			clearExistingAttributes: options.clearExistingAttributes === true,
			additionalFields,
		},
		account,
	);
}

/** How rows are to be checked. */
export function readCheckOptions(context: IExecuteFunctions): PreparationOptions {
	const options = readOptions(context);
	const words = ((options.consentValues as IDataObject | undefined)?.words ?? {}) as IDataObject;
	return {
		checkRows: options.checkRows !== false,
		onInvalidRow:
			(options.onInvalidRow as PreparationOptions['onInvalidRow'] | undefined) ?? 'reject',
		sendAnyway: options.onInvalidRow === 'sendAnyway',
		duplicates: (options.duplicates as DuplicateChoice | undefined) ?? 'keepFirst',
		consentWords: { optIn: wordList(words.optIn), optOut: wordList(words.optOut) },
		...readValueOptions(context, options),
	};
}

/** How values are to be read. */
export function readValueOptions(
	context: IExecuteFunctions,
	options: IDataObject,
): NormaliserOptions {
	return {
		defaultCountry: readCountry(options.defaultCountry),
		dates: {
			timezone: context.getTimezone(),
			format: text(options.dateFormat) || undefined,
			excelSerials: options.excelDates === true,
		},
	};
}

export function readOptions(context: IExecuteFunctions, itemIndex = 0): IDataObject {
	return context.getNodeParameter('options', itemIndex, {}) as IDataObject;
}

/** The discriminator chosen in a resource locator. */
export function readLocator(
	context: IExecuteFunctions,
	name: string,
	displayName: string,
	itemIndex = 0,
): string {
	const value = text(context.getNodeParameter(name, itemIndex, '', { extractValue: true }));
	if (value) return value;
	throw new ApsisOneError(
		`${displayName} is empty`,
		`Choose ${displayName} from the list.`,
		itemIndex,
	);
}

/** The import an item is about. */
export function readImportId(context: IExecuteFunctions, itemIndex: number): string {
	const importId = text(context.getNodeParameter('importId', itemIndex, ''));
	if (importId) return importId;
	throw new ApsisOneError(
		`[Item ${itemIndex}] Import ID is empty`,
		'Enter the ID that Request profile import gave, e.g. {{ $json.importId }}.',
		itemIndex,
	);
}

/**
 * A field that names another field. Typed names are taken as they are; `{{ $json.email }}`, dropped there by many,
 * is understood as the field `email`; any other expression is worked out once and gives the name. In a tool an expression
 * gives the value itself.
 */
function readFieldName(
	context: IExecuteFunctions,
	path: string,
	displayName: string,
): FieldSource | undefined {
	const source = readSource(context, rawParameter(context, path));
	if (source.kind === 'field' || (source.kind === 'expression' && isTool(context))) return source;
	const name = text(context.getNodeParameter(path, 0, ''));
	if (!name) return undefined;
	refuseFieldName(context, displayName, name);
	return fieldNamed(name);
}

/** A tool's item need not be what `$json` means in an expression, so n8n works it out. */
function readSource(context: IExecuteFunctions, value: unknown): FieldSource {
	const isExpression = typeof value === 'string' && value.startsWith('=');
	if (isTool(context) && isExpression) return { kind: 'expression', expression: value.slice(1) };
	return parseFieldSource(value);
}

/** A parameter as the workflow stores it, its expressions not worked out. */
export function rawParameter(context: IExecuteFunctions, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, step) => (value as Record<string, unknown> | undefined)?.[step],
			context.getNode().parameters,
		);
}

function readAttributes(
	context: IExecuteFunctions,
	keyspace: string,
	attributes: readonly Attribute[],
	fieldNames: readonly string[],
): ImportSettings['attributes'] {
	const mapper = (rawParameter(context, 'attributes') ?? {}) as {
		mappingMode?: string;
		value?: Record<string, NodeParameterValueType> | null;
	};
	if (mapper.mappingMode !== 'defineBelow') {
		refuseAutomaticMapping(context, 'Attributes');
		const writable = attributes.filter(
			(attribute) => !isUnwritable(attribute, { discriminator: keyspace }),
		);
		return matchAttributes(fieldNames, writable).map(({ attribute, fieldName }) => ({
			attribute: attribute.discriminator,
			source: { kind: 'field', path: [fieldName] },
		}));
	}
	const isFile = context.getNodeParameter('inputSource', 0, 'items') === 'file';
	return Object.entries(mapper.value ?? {})
		.filter(([, value]) => isMapped(value))
		.map(([attribute, value]) => ({ attribute, source: mappedSource(context, value, isFile) }));
}

/** Whether the user has filled in a field of a mapper, given by what the workflow stores. */
export function isMapped(raw: unknown): boolean {
	return raw !== null && raw !== undefined && raw !== '';
}

/** In a file's mapping plain text is the name of a column; for items it is a value for all. */
function mappedSource(context: IExecuteFunctions, value: unknown, isFile: boolean): FieldSource {
	const source = readSource(context, value);
	return isFile && source.kind === 'constant' ? fieldNamed(text(source.value)) : source;
}

/** By the value of the field Consent; `All` and `Where` say which rows it is for. */
const CONSENT_BY_CHOICE: Readonly<Record<string, SubscriptionSetting['consent']>> = {
	asFieldSays: 'asFieldSays',
	optInAll: 'opt-in',
	optInWhere: 'opt-in',
	optOutAll: 'opt-out',
	optOutWhere: 'opt-out',
};

function readSubscriptions(context: IExecuteFunctions): SubscriptionSetting[] {
	const entries = context.getNodeParameter('subscriptions.values', 0, []) as IDataObject[];
	return entries.map((entry, index) => {
		const [topic = '', ownChannel = ''] = text(entry.subscription).split(TOPIC_CHANNEL_SEPARATOR);
		if (!topic) {
			throw new ApsisOneError(
				`Subscription ${index + 1} of Subscriptions and Consent is not chosen`,
				'Choose Subscription from the list, or remove the entry.',
			);
		}
		const choice = text(entry.consent);
		const path = `subscriptions.values.${index}`;
		return {
			topic,
			channel: ownChannel || text(entry.channel),
			consent: CONSENT_BY_CHOICE[choice] ?? 'asFieldSays',
			when: choice.endsWith('All')
				? 'always'
				: requiredField(context, `${path}.consentField`, 'Consent Field', index),
			addressField: readFieldName(context, `${path}.addressField`, 'Address Field'),
			resubscribe: entry.resubscribe === true,
		};
	});
}

function requiredField(
	context: IExecuteFunctions,
	path: string,
	displayName: string,
	index: number,
): FieldSource {
	const field = `${displayName} ${index + 1}`;
	const source = readFieldName(context, path, field);
	if (source) return source;
	throw new ApsisOneError(
		`${field} is empty`,
		'Enter the name of the field that says yes or no, or choose to apply it to all rows.',
	);
}

function readTags(context: IExecuteFunctions): Array<ImportSettings['tags'][number]> {
	const entries = context.getNodeParameter('tags.values', 0, []) as IDataObject[];
	return entries.map((entry, index) => {
		const tag = text(entry.tag);
		if (!tag) {
			throw new ApsisOneError(
				`Tag ${index + 1} of Tags is not chosen`,
				'Choose Tag from the list, or remove the entry.',
			);
		}
		const isForAll = entry.applyTo !== 'field';
		return {
			tag,
			when: isForAll
				? 'always'
				: requiredField(context, `tags.values.${index}.tagField`, 'Tag Field', index),
		};
	});
}

function readAdditionalFields(value: unknown): Record<string, unknown> {
	const parsed = typeof value === 'string' ? parseJson(value) : (value ?? {});
	if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
		return parsed as Record<string, unknown>;
	}
	throw new ApsisOneError(
		'Additional Request Fields is not a JSON object',
		'Write it in curly braces, like { "name": "value" }, or leave it empty.',
	);
}

function parseJson(value: string): unknown {
	if (value.trim() === '') return {};
	try {
		return JSON.parse(value);
	} catch {
		return undefined;
	}
}

function readCountry(value: unknown): string | undefined {
	const country = text(value).toUpperCase();
	if (country === '') return undefined;
	if (/^[A-Z]{2}$/.test(country)) return country;
	throw new ApsisOneError(
		`Default Country "${text(value)}" is not a two-letter code`,
		'Enter the ISO 3166-1 code of the country, e.g. SE.',
	);
}

function wordList(value: unknown): string[] {
	return text(value)
		.split(',')
		.map((word) => word.trim())
		.filter(Boolean);
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
