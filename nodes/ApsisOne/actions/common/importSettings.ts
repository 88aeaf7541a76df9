import type { IDataObject, IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';

import { refuseAutomaticMapping, refuseFieldName, isTool } from '../../aiTool';
import { getAttributes, getKeyspaces, getTags, getTopics } from '../../api/definitions';
import { isObject } from '../../api/outside';
import { type Attribute, TOPIC_CHANNEL_SEPARATOR } from '../../api/parseDefinitions';
import { ApsisOneError } from '../../errors';
import { keyFromMapping, mapAutomatically } from '../../importing/automaticMapping';
import { dependsOnItem } from '../../importing/expressions';
import { fieldNamed, type FieldSource, parseFieldSource } from '../../importing/fieldSource';
import {
	type AccountDefinitions,
	type ImportPlan,
	type ImportSettings,
	planImport,
	type SubscriptionSetting,
} from '../../importing/plan';
import { type InputFields, type Reference, References } from '../../importing/references';
import { isMapped, rawParameter, readLocator, readOptions, textOf } from './parameters';

/**
 * Reads the node's parameters, fetches what they refer to — each list once — and settles the plan of the import.
 *
 * @param input the names of what comes in, which the parameters are held against
 * @throws ApsisOneError naming the parameter to correct
 */
export async function readPlan(
	context: IExecuteFunctions,
	input: InputFields,
): Promise<ImportPlan> {
	const section = readLocator(context, 'section', 'Section');
	const keyspaceId = readLocator(context, 'keyspace', 'Keyspace');
	const options = readOptions(context);
	const reader = new SettingsReader(context, input, options);
	const subscriptions = reader.subscriptions();
	const tags = reader.tags();
	const country = reader.country();
	const additionalFields = readAdditionalFields(options.additionalFields);

	const account: AccountDefinitions = {
		keyspaces: await getKeyspaces(context),
		attributes: await getAttributes(context, section),
		topics: subscriptions.length > 0 ? await getTopics(context, section) : [],
		tags: tags.length > 0 ? await getTags(context, section) : [],
	};
	const attributes = reader.attributes(
		account.attributes,
		keyspaceId,
		switchFields([...subscriptions, ...tags]),
	);
	const keyspace = account.keyspaces.find(({ discriminator }) => discriminator === keyspaceId) ?? {
		discriminator: keyspaceId,
		name: keyspaceId,
	};
	return planImport(
		{
			section,
			keyspace: keyspaceId,
			profileKey:
				reader.profileKey() ?? keyFromMapping(keyspace, attributes, account.attributes, input),
			attributes,
			subscriptions,
			tags,
			updateExistingProfiles: options.updateExistingProfiles !== false,
			clearExistingAttributes: options.clearExistingAttributes === true,
			additionalFields,
			...(country ? { country } : {}),
		},
		account,
		reader.warnings,
	);
}

/** Whether fields are mapped to attributes by their names. */
export function isMappedAutomatically(context: IExecuteFunctions): boolean {
	const mapper = (rawParameter(context, 'attributes') ?? {}) as { mappingMode?: string };
	return mapper.mappingMode !== 'defineBelow';
}

/** By the value of the field Consent; `All` and `Where` say which rows it is for. */
const CONSENT_BY_CHOICE: Readonly<Record<string, SubscriptionSetting['consent']>> = {
	asFieldSays: 'asFieldSays',
	asListSays: 'asListSays',
	optInAll: 'opt-in',
	optInWhere: 'opt-in',
	optOutAll: 'opt-out',
	optOutWhere: 'opt-out',
};

function switchFields(
	settings: ReadonlyArray<{ when: FieldSource | 'always' }>,
): ReadonlySet<string> {
	return new Set(
		settings.flatMap(({ when }) =>
			when !== 'always' && when.kind === 'field'
				? [when.path.join('.'), ...(when.alternatives ?? [])]
				: [],
		),
	);
}

/** Reads parameters, and holds the fields they name against the input. */
class SettingsReader {
	readonly warnings: string[];
	private readonly references: References;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly input: InputFields,
		private readonly options: IDataObject,
	) {
		this.references = new References(input, {
			onMissingField: options.missingFields === 'stop' ? 'stop' : 'warn',
		});
		this.warnings = this.references.warnings;
	}

	/** @returns undefined where it is left empty */
	profileKey(): FieldSource | undefined {
		return this.field('profileKeyField', 'Profile Key Field', { isKey: true });
	}

	/** @returns undefined where Country Field is not set */
	country(): FieldSource | undefined {
		return this.field('readingOptions.countryField', 'Country Field');
	}

	/** @param switches fields that say yes or no to a consent or tag */
	attributes(
		attributes: readonly Attribute[],
		keyspace: string,
		switches: ReadonlySet<string>,
	): ImportSettings['attributes'] {
		const clears = this.options.clearExistingAttributes === true;
		if (isMappedAutomatically(this.context)) {
			refuseAutomaticMapping(this.context, 'Attributes');
			const mapping = mapAutomatically(
				this.input,
				attributes,
				{ discriminator: keyspace },
				{ required: listOf(this.options.requiredAttributes), clears, switches },
			);
			this.warnings.push(...mapping.warnings);
			return mapping.attributes;
		}
		const mapper = rawParameter(this.context, 'attributes') as {
			value?: Record<string, NodeParameterValueType> | null;
		};
		return Object.entries(mapper.value ?? {})
			.filter(([, value]) => isMapped(value))
			.map(([attribute, value]) => {
				const name = attributes.find(({ discriminator }) => discriminator === attribute)?.name;
				const source = this.references.resolve({
					label: name ?? attribute,
					source: this.mappedSource(value),
					mustExist: clears,
					isValue: !isTool(this.context),
				});
				return { attribute, source };
			});
	}

	subscriptions(): SubscriptionSetting[] {
		const entries = this.context.getNodeParameter('subscriptions.values', 0, []) as IDataObject[];
		return entries.map((entry, index) => this.subscription(entry, index));
	}

	tags(): Array<ImportSettings['tags'][number]> {
		const entries = this.context.getNodeParameter('tags.values', 0, []) as IDataObject[];
		return entries.map((entry, index) => {
			const tag = textOf(entry.tag);
			if (!tag) {
				throw new ApsisOneError(
					`No tag is chosen in entry ${index + 1} of Tags`,
					'Choose a tag from the list, or remove the entry.',
				);
			}
			const path = `tags.values.${index}.tagField`;
			return {
				tag,
				when:
					entry.applyTo === 'field'
						? this.requiredField(path, `Tag Field ${index + 1}`)
						: ('always' as const),
			};
		});
	}

	private subscription(entry: IDataObject, index: number): SubscriptionSetting {
		const [topic = '', ownChannel = ''] = textOf(entry.subscription).split(TOPIC_CHANNEL_SEPARATOR);
		if (!topic) {
			throw new ApsisOneError(
				`No subscription is chosen in entry ${index + 1} of Subscriptions and Consent`,
				'Choose a subscription from the list, or remove the entry.',
			);
		}
		const choice = textOf(entry.consent);
		const path = `subscriptions.values.${index}`;
		return {
			topic,
			channel: ownChannel || textOf(entry.channel),
			consent: CONSENT_BY_CHOICE[choice] ?? 'asFieldSays',
			notListed: entry.notListed === 'optOut' ? 'opt-out' : 'nothing',
			when: choice.endsWith('All')
				? 'always'
				: this.requiredField(`${path}.consentField`, `Consent Field ${index + 1}`),
			address: this.address(entry, path, index),
			resubscribe: entry.resubscribe === true,
			isConfirmed: entry.confirmConsent === true,
		};
	}

	private address(entry: IDataObject, path: string, index: number): SubscriptionSetting['address'] {
		if (entry.consentAddress === 'none') return 'none';
		if (entry.consentAddress !== 'field') return 'automatic';
		const label = `Address Field ${index + 1}`;
		const source = this.field(`${path}.addressField`, label, { mustExist: true });
		if (source) return source;
		throw new ApsisOneError(
			`${label} is empty`,
			'Enter the name of the field that contains the address, or set Consent Address to Automatic.',
		);
	}

	private requiredField(path: string, label: string): FieldSource {
		const source = this.field(path, label, { decides: true });
		if (source) return source;
		throw new ApsisOneError(
			`${label} is empty`,
			'Enter the name of the field that says yes or no, or apply the consent or tag to all rows.',
		);
	}

	/**
	 * A parameter that names a field, or gives its value by an expression.
	 *
	 * @returns undefined where it is empty
	 */
	private field(
		path: string,
		label: string,
		more: Partial<Reference> = {},
	): FieldSource | undefined {
		const raw = rawParameter(this.context, path);
		if (!isMapped(raw)) return undefined;
		const source = this.source(raw);
		if (isTool(this.context)) return this.toolSource(source, label);
		const named = this.asName(source);
		return named && this.references.resolve({ label, source: named, ...more });
	}

	/** An expression that does not depend on the item gives the name of a field; one that does gives its value. */
	private asName(source: FieldSource): FieldSource | undefined {
		if (source.kind === 'field') return source;
		if (source.kind === 'expression' && dependsOnItem(source.expression)) return source;
		const name =
			source.kind === 'expression'
				? this.context.evaluateExpression(source.expression, 0)
				: source.value;
		return textOf(name) === '' ? undefined : fieldNamed(textOf(name));
	}

	/** In a tool of an AI agent an expression gives the value itself, and names cannot be read. */
	private toolSource(source: FieldSource, label: string): FieldSource {
		if (source.kind === 'constant') refuseFieldName(this.context, label, textOf(source.value));
		return source;
	}

	/** In a file's mapping plain text is the name of a column; for items it is a value for all. */
	private mappedSource(value: unknown): FieldSource {
		const source = this.source(value);
		const isName = this.input.isFile && source.kind === 'constant';
		return isName ? fieldNamed(textOf(source.value)) : source;
	}

	/** A tool's item need not be what `$json` means in an expression, so n8n works it out. */
	private source(value: unknown): FieldSource {
		const isExpression = typeof value === 'string' && value.startsWith('=');
		if (isTool(this.context) && isExpression) {
			return { kind: 'expression', expression: value.slice(1) };
		}
		return parseFieldSource(value);
	}
}

function listOf(value: unknown): string[] {
	const list: unknown[] = Array.isArray(value) ? value : textOf(value).split(',');
	return list.map(textOf).filter(Boolean);
}

function readAdditionalFields(value: unknown): Record<string, unknown> {
	const parsed = typeof value === 'string' ? parseJson(value) : (value ?? {});
	if (isObject(parsed)) return parsed;
	throw new ApsisOneError(
		'Additional Request Fields is not a JSON object',
		'Enclose it in curly braces, e.g. { "name": "value" }, or leave it empty.',
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
