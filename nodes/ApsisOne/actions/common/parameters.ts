import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { OPTION_COLLECTIONS } from './importOptionFields';

/** What the user has set in the collections of options, as one object. */
export function readOptions(context: IExecuteFunctions, itemIndex = 0): IDataObject {
	return Object.assign(
		{},
		...OPTION_COLLECTIONS.map((name) => context.getNodeParameter(name, itemIndex, {})),
	) as IDataObject;
}

/**
 * The discriminator chosen in a resource locator.
 *
 * @throws ApsisOneError when none is
 */
export function readLocator(
	context: IExecuteFunctions,
	name: string,
	displayName: string,
	itemIndex = 0,
): string {
	const value = textOf(context.getNodeParameter(name, itemIndex, '', { extractValue: true }));
	if (value) return value;
	throw new ApsisOneError(
		`${displayName} is empty`,
		`Choose ${displayName} from the list.`,
		itemIndex,
	);
}

/**
 * The import an item is about.
 *
 * @throws ApsisOneError when the item names none
 */
export function readImportId(context: IExecuteFunctions, itemIndex: number): string {
	const importId = textOf(context.getNodeParameter('importId', itemIndex, ''));
	if (importId) return importId;
	throw new ApsisOneError(
		`[Item ${itemIndex}] Import ID is empty`,
		'Enter the ID that Request profile import returned, e.g. {{ $json.importId }}.',
		itemIndex,
	);
}

/**
 * A number among the options.
 *
 * @param preset what holds where the user has not added the option
 * @throws ApsisOneError when it is none: an expression may read what is not there
 */
export function readNumber(
	options: IDataObject,
	name: string,
	displayName: string,
	preset: number,
): number {
	if (!(name in options)) return preset;
	const text = textOf(options[name]);
	const number = Number(text);
	if (text !== '' && number >= 0) return number;
	throw new ApsisOneError(
		`${displayName} is ${text === '' ? 'empty' : `not a number: ${text}`}`,
		'Enter a number, correct the expression, or remove the option. Nothing was sent.',
	);
}

/** A parameter as the workflow stores it, with its expressions unresolved. */
export function rawParameter(context: IExecuteFunctions, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, step) => (value as Record<string, unknown> | undefined)?.[step],
			context.getNode().parameters,
		);
}

/** Whether the user has filled in a field of a mapper, given by what the workflow stores. */
export function isMapped(raw: unknown): boolean {
	return raw !== null && raw !== undefined && raw !== '';
}

/** Text or a number as trimmed text; '' for anything else. */
export function textOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
