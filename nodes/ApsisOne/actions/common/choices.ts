import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
} from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { shown } from '../../values/invalidValue';

/** They take more than they offer, and are checked where they are read. */
const OPEN_CHOICES: ReadonlySet<string> = new Set(['channel', 'csvDelimiter', 'csvEncoding']);

/**
 * Holds what expressions give against what the parameters offer: `optOut` in place of `optOutAll` would count as the
 * default, and opt people in.
 *
 * @param properties of the operation
 * @throws ApsisOneError naming the parameter to correct
 */
export function refuseUnknownChoices(
	context: IExecuteFunctions,
	properties: readonly INodeProperties[],
): void {
	const names = Object.keys(context.getNode().parameters);
	const given = names.map((name) => [name, context.getNodeParameter(name, 0, undefined)] as const);
	checkAll(properties, Object.fromEntries(given) as IDataObject);
}

function checkAll(properties: readonly INodeProperties[], given: IDataObject): void {
	for (const property of properties) {
		if (!Object.hasOwn(given, property.name)) continue;
		const value = given[property.name];
		if (property.type === 'options') checkChoice(property, value);
		else if (property.type === 'collection') {
			checkAll((property.options ?? []) as INodeProperties[], objectOf(value));
		} else if (property.type === 'fixedCollection') {
			for (const { name, values } of (property.options ?? []) as INodePropertyCollection[]) {
				for (const entry of [objectOf(value)[name]].flat()) checkAll(values, objectOf(entry));
			}
		}
	}
}

function checkChoice({ name, displayName, options }: INodeProperties, value: unknown): void {
	if (!options || OPEN_CHOICES.has(name)) return;
	const choices = options as INodePropertyOptions[];
	if (choices.some((choice) => choice.value === value)) return;
	throw new ApsisOneError(
		`${displayName} is none of its choices: ${value === undefined || value === '' ? 'empty' : shown(value)}`,
		`Choose from the list, or let the expression return one of: ${choices.map((choice) => choice.value).join(', ')}. Nothing was sent.`,
	);
}

function objectOf(value: unknown): IDataObject {
	return typeof value === 'object' && value !== null ? (value as IDataObject) : {};
}
