import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { refuseAutomaticMapping } from '../../aiTool';
import { isObject } from '../../api/outside';
import type { EventDefinition, EventField, EventFieldType } from '../../api/parseEvents';
import { ApsisOneError } from '../../errors';
import { mappedValue } from '../../importing/expressionValue';
import { InvalidValue } from '../../values/invalidValue';
import { isDateObject } from '../../values/plainText';
import { isMapped, itemRead, rawParameter } from './parameters';
import type { ProfileContext } from './profileContext';
import { normalised, typedValue, type Normalisers } from './typedValue';

export interface EventData {
	/** By the field's name in the event, in native JSON types. */
	data: IDataObject;
	/** Fields of the item that automatic mapping found no place for. */
	unused: readonly string[];
}

/**
 * What an item says about an event.
 *
 * @throws ApsisOneError rather than leave out what was meant to be sent
 */
export function readEventData(
	profiles: ProfileContext,
	event: EventDefinition,
	itemIndex: number,
): EventData {
	const { context } = profiles;
	if (context.getNodeParameter('specifyFields', itemIndex, 'fields') === 'json') {
		return { data: readJson(context, itemIndex), unused: [] };
	}
	const mapper = context.getNodeParameter('eventFields', itemIndex, {}) as {
		mappingMode?: string;
		value?: IDataObject | null;
	};
	const isAutomatic = mapper.mappingMode !== 'defineBelow';
	if (isAutomatic) refuseAutomaticMapping(context, 'Fields');
	const fields = readableFields(event);
	const json = context.getInputData()[itemIndex]?.json ?? {};
	const { values, unused } = isAutomatic
		? matchedValues(event.name, fields, json)
		: {
				values: mappedValues(context, event.name, fields, mapper.value ?? {}, itemIndex),
				unused: [],
			};
	return { data: typedValues(profiles.normalisersOf(itemIndex), fields, values), unused };
}

/** An object, sent as it is. */
function readJson(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const given: unknown = context.getNodeParameter('eventData', itemIndex, '');
	const { value, problem } = typeof given === 'string' ? parseJson(given) : { value: given };
	if (problem !== undefined) {
		throw new ApsisOneError(
			'JSON is not valid',
			`${problem}. Enclose names and text in double quotes, and remove any comma after the last member.`,
		);
	}
	if (isObject(value)) {
		refuseInexact(value, 'JSON');
		return value as IDataObject;
	}
	throw new ApsisOneError(
		'JSON is not an object',
		'Enclose it in curly braces, e.g. { "order_id": "A-1001", "total": 249.5 }. For an event without data, enter {}.',
	);
}

/** @throws ApsisOneError for a number in it that JSON cannot carry as it was meant: NaN becomes null, a long one another */
function refuseInexact(value: unknown, path: string): void {
	if (typeof value === 'object' && value !== null && !isDateObject(value)) {
		const members = Array.isArray(value)
			? value.map((one: unknown, index) => [`[${index}]`, one] as const)
			: Object.entries(value).map(([name, one]) => [`.${name}`, one] as const);
		for (const [name, member] of members) refuseInexact(member, path + name);
		return;
	}
	if (typeof value !== 'number') return;
	if (!Number.isFinite(value)) {
		throw new ApsisOneError(
			`${path}: is not a number`,
			'Correct the expression or node that calculates it.',
		);
	}
	if (!Number.isInteger(value) || Number.isSafeInteger(value)) return;
	throw new ApsisOneError(
		`${path}: is too large a number to be exact (${value})`,
		'Its last digits are lost. Send it as text, in double quotes.',
	);
}

function parseJson(text: string): { value?: unknown; problem?: string } {
	if (text.trim() === '') return {};
	try {
		return { value: JSON.parse(text) as unknown };
	} catch (error) {
		return { problem: (error as Error).message };
	}
}

function readableFields({ name, fields }: EventDefinition): readonly EventField[] {
	if (fields) return fields;
	throw new ApsisOneError(
		`The fields of the event "${name}" are not known`,
		'The node does not understand how APSIS One describes them. Set Specify Fields to Using JSON and enter them there.',
	);
}

function matchedValues(
	eventName: string,
	fields: readonly EventField[],
	json: IDataObject,
): { values: Map<string, unknown>; unused: string[] } {
	const values = new Map<string, unknown>();
	const unused = new Set(Object.keys(json).filter((name) => !isEmpty(json[name])));
	const hasValues = unused.size > 0;
	for (const { id, name } of fields) {
		const found = [id, name].find((one) => Object.hasOwn(json, one));
		if (found === undefined) continue;
		values.set(id, json[found]);
		unused.delete(found);
	}
	if (values.size > 0 || !hasValues || fields.length === 0) return { values, unused: [...unused] };
	throw new ApsisOneError(
		`No field of the item matches a field of the event "${eventName}"`,
		`The fields of the event are: ${fields.map(({ name }) => name).join(', ')}. Rename the fields before this node, choose Map Each Column Manually in Fields, or set Specify Fields to Using JSON.`,
	);
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

function mappedValues(
	context: IExecuteFunctions,
	eventName: string,
	fields: readonly EventField[],
	mapped: IDataObject,
	itemIndex: number,
): Map<string, unknown> {
	const stored = (rawParameter(context, 'eventFields.value') ?? {}) as IDataObject;
	const values = Object.entries(mapped).filter(([id]) => isMapped(stored[id]));
	const stranger = values.find(([id]) => !fields.some((field) => field.id === id));
	if (!stranger) {
		const read = itemRead(context, itemIndex);
		return new Map(values.map(([id, value]) => [id, mappedValue(value, stored[id], read)]));
	}
	throw new ApsisOneError(
		`The event "${eventName}" has no field "${stranger[0]}"`,
		'It may have been removed in APSIS One. Remove it from Fields.',
	);
}

function typedValues(
	normalisers: Normalisers,
	fields: readonly EventField[],
	values: ReadonlyMap<string, unknown>,
): IDataObject {
	const data: IDataObject = {};
	for (const { id, name, type, isRequired } of fields) {
		const value = nativeValue(normalisers, type, name, values.get(id));
		if (value !== '') data[id] = value;
		else if (isRequired) {
			throw new ApsisOneError(`${name} is empty`, 'The event requires it. Map a value in Fields.');
		}
	}
	return data;
}

function nativeValue(
	normalisers: Normalisers,
	type: EventFieldType,
	name: string,
	value: unknown,
): IDataObject[string] {
	if (type === 'moment') return normalised(normalisers.moment, name, value);
	// A list or object has no other rule: whether the event takes it is for APSIS One to say.
	if (type === 'unknown' && isListOrObject(value)) {
		refuseInexact(value, name);
		return value;
	}
	return typedValue(normalisers, type, name, value);
}

function isListOrObject(value: unknown): value is IDataObject {
	if (typeof value !== 'object' || value === null) return false;
	return !isDateObject(value) && !(value instanceof InvalidValue);
}
