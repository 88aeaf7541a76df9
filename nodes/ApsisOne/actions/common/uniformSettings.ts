import type { IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import { dependsOnItem } from '../../importing/expressions';
import { type InputRow, makeReader, parseFieldSource } from '../../importing/fieldSource';
import { TimeSlices } from '../../importing/timeSlices';
import { rawParameter } from './parameters';

/** Parameters that hold for all items. */
interface UniformSettings {
	parameters: ReadonlyArray<[name: string, displayName: string]>;
	/** Why they do: a whole sentence. */
	why: string;
}

const WHOLE_IMPORT: UniformSettings = {
	why: 'All items go into one import, which can have only one value for this setting.',
	parameters: [
		['section', 'Section'],
		['keyspace', 'Keyspace'],
		['binaryPropertyName', 'Input Binary Field'],
		['subscriptions', 'Subscriptions and Consent'],
		['tags', 'Tags'],
		['waitForCompletion', 'Wait for Completion'],
		['readingOptions', 'Reading and Checking'],
		['safetyLimits', 'Safety Limits'],
		['sendingOptions', 'Sending and Waiting'],
	],
};

export const WHOLE_WAIT: UniformSettings = {
	why: 'The node waits for the imports of all items together.',
	parameters: [['options', 'Options']],
};

/** Members that name a field, and so may give each item a value of its own. */
const FIELD_MEMBERS = new Set(['consentField', 'addressField', 'tagField', 'countryField']);

/**
 * Makes sure that an expression in a setting that holds for all items gives the same for all items: the setting of one must
 * never serve another.
 *
 * @throws ApsisOneError naming the setting and two items that differ
 */
export async function refuseMixedSettings(
	context: IExecuteFunctions,
	{ parameters, why }: UniformSettings = WHOLE_IMPORT,
): Promise<void> {
	const items = context.getInputData();
	if (items.length < 2) return;
	for (const [parameter, displayName] of parameters) {
		for (const expression of itemExpressions(rawParameter(context, parameter))) {
			await refuseMixed(context, displayName, expression, why);
		}
	}
}

/** Expressions in a parameter that depend on the item, except those that name fields. */
function itemExpressions(raw: unknown): string[] {
	if (typeof raw === 'string') {
		return raw.startsWith('=') && dependsOnItem(raw.slice(1)) ? [raw] : [];
	}
	if (typeof raw !== 'object' || raw === null) return [];
	return Object.entries(raw).flatMap(([name, value]) =>
		FIELD_MEMBERS.has(name) ? [] : itemExpressions(value),
	);
}

async function refuseMixed(
	context: IExecuteFunctions,
	displayName: string,
	expression: string,
	why: string,
): Promise<void> {
	const read = makeReader(parseFieldSource(expression), (text, itemIndex) =>
		context.evaluateExpression(text, itemIndex),
	);
	const row: InputRow = { itemIndex: 0, rowIndex: 0, json: {} };
	const slices = new TimeSlices();
	let first: string | undefined;
	for (const [index, { json }] of context.getInputData().entries()) {
		row.itemIndex = index;
		row.json = json;
		const value = JSON.stringify(read(row)) ?? '';
		first ??= value;
		if (value !== first) throw mixed(displayName, expression, why, index, first, value);
		if (slices.isOver()) await slices.next();
	}
}

function mixed(
	displayName: string,
	expression: string,
	why: string,
	index: number,
	first: string,
	other: string,
): ApsisOneError {
	return new ApsisOneError(
		`[Item ${index}] ${displayName} differs between items: ${expression.slice(1).trim()} is ${first || 'empty'} for item 0 and ${other || 'empty'} for item ${index}`,
		`${why} Split the items before this node (Switch or Filter) and use one APSIS One node for each value. Nothing was sent.`,
		index,
	);
}
