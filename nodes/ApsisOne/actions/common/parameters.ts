import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isTool } from '../../aiTool';
import { ApsisOneError } from '../../errors';
import { meaningOf } from '../../values/boolean';
import { shown } from '../../values/invalidValue';
import { OPTION_COLLECTIONS } from './importOptionFields';

/** Options that are on or off, with their display names. */
const SWITCHES: Readonly<Record<string, string>> = {
	checkRows: 'Check Rows',
	clearExistingAttributes: 'Clear Existing Attributes',
	excelDates: 'Excel Dates',
	updateExistingProfiles: 'Update Existing Profiles',
};

/**
 * What the user has set in the collections of options, as one object.
 *
 * @throws ApsisOneError when an expression leaves open whether an option is on
 */
export function readOptions(context: IExecuteFunctions, itemIndex = 0): IDataObject {
	const options = Object.assign(
		{},
		...OPTION_COLLECTIONS.map((name) => context.getNodeParameter(name, itemIndex, {})),
	) as IDataObject;
	for (const [name, displayName] of Object.entries(SWITCHES)) {
		if (Object.hasOwn(options, name)) options[name] = readSwitch(options[name], displayName);
	}
	return options;
}

/**
 * Whether something is on. An expression may give the text "false", which is true to JavaScript.
 *
 * @throws ApsisOneError when it is neither on nor off
 */
export function readSwitch(value: unknown, displayName: string): boolean {
	const isOn = typeof value === 'boolean' ? value : meaningOf(textOf(value));
	if (isOn !== undefined) return isOn;
	const given = value === undefined || value === null || value === '' ? 'empty' : shown(value);
	throw new ApsisOneError(
		`${displayName} is neither true nor false: its expression gives ${given}`,
		'Turn it on or off, or let the expression return true or false.',
	);
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

/** The item that an expression reads; undefined in a tool of an AI agent, where it need not be the one that came in. */
export function itemRead(context: IExecuteFunctions, itemIndex: number): IDataObject | undefined {
	return isTool(context) ? undefined : context.getInputData()[itemIndex]?.json;
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
