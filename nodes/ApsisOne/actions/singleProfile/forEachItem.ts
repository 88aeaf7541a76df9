import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ADDRESS_SPACES, type AttributeType } from '../../account/parse';
import { ApsisOneError } from '../../errors';
import { makeNormalisers, type Normaliser } from '../../profileImport/rows/normalisers';
import { InvalidValue, shown } from '../../profileImport/rows/problem';
import { readLocator, readOptions, readValueOptions } from '../profileImport/settings';
import { toNodeError } from '../toNodeError';
import { CallPacer } from './pacer';
import { type ProfileAddress, ProfileCalls } from './profileCalls';

/** What an operation about single profiles works with. */
export interface ProfileRun {
	context: IExecuteFunctions;
	calls: ProfileCalls;
	normalise: Readonly<Record<AttributeType | 'key', Normaliser>>;
	/** The profile an item is about. */
	addressOf(itemIndex: number): ProfileAddress;
	/** The result of a load, kept by name: definitions are fetched once an execution. */
	once<T>(name: string, load: () => Promise<T>): Promise<T>;
}

export function startRun(context: IExecuteFunctions): ProfileRun {
	const normalise = makeNormalisers(readValueOptions(context, readOptions(context)));
	const loaded = new Map<string, Promise<unknown>>();
	return {
		context,
		calls: new ProfileCalls(context, new CallPacer()),
		normalise,
		addressOf: (itemIndex) => readAddress(context, normalise, itemIndex),
		once: async <T>(name: string, load: () => Promise<T>) => {
			const found = (loaded.get(name) as Promise<T> | undefined) ?? load();
			loaded.set(name, found);
			return await found;
		},
	};
}

/**
 * Runs something for every item. With "Continue on Fail" an item that fails is handed on with the reason, and the others
 * go on.
 */
export async function forEachItem(
	context: IExecuteFunctions,
	run: (itemIndex: number) => Promise<IDataObject | IDataObject[]>,
): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const pairedItem = { item: itemIndex };
		try {
			const results = [await run(itemIndex)].flat();
			output.push(...results.map((json) => ({ json, pairedItem })));
		} catch (error) {
			const told = toNodeError(context, nameItem(error, itemIndex));
			if (!context.continueOnFail()) throw told;
			output.push({ json: { error: told.message, message: told.description ?? '' }, pairedItem });
		}
	}
	return [output];
}

/** @throws ApsisOneError naming the field */
export function normalised(normalise: Normaliser, field: string, value: unknown): string {
	const text = normalise(value);
	if (!(text instanceof InvalidValue)) return text;
	throw new ApsisOneError(
		`${field}: ${text.rule}${shown(value) ? ` (${shown(value)})` : ''}`,
		text.cure,
	);
}

/** JSON tells numbers and booleans apart from text. */
export function typedValue(type: AttributeType, text: string): string | number | boolean {
	if (type === 'boolean') return text === 'true';
	return type === 'number' || type === 'timestamp' ? Number(text) : text;
}

function readAddress(
	context: IExecuteFunctions,
	normalise: ProfileRun['normalise'],
	itemIndex: number,
): ProfileAddress {
	const keyspace = readLocator(context, 'keyspace', 'Keyspace', itemIndex);
	const rule =
		keyspace === ADDRESS_SPACES.email
			? normalise.email
			: keyspace === ADDRESS_SPACES.mobile
				? normalise.mobile
				: normalise.key;
	const profileKey = normalised(
		rule,
		'Profile Key',
		context.getNodeParameter('profileKey', itemIndex, ''),
	);
	if (profileKey === '') {
		throw new ApsisOneError(
			'Profile Key is empty',
			'Enter what identifies the profile in this keyspace, e.g. {{ $json.email }}.',
		);
	}
	return {
		keyspace,
		profileKey,
		section: readLocator(context, 'section', 'Section', itemIndex),
	};
}

/** Sentences about values say which item they are about. */
export function nameItem(error: unknown, itemIndex: number): unknown {
	if (!(error instanceof ApsisOneError)) return error;
	return new ApsisOneError(
		error.message.startsWith('[Item') ? error.message : `[Item ${itemIndex}] ${error.message}`,
		error.description,
		itemIndex,
	);
}
