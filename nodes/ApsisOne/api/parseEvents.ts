/**
 * The events an account defines (contract: Single-profile calls). How APSIS One describes their fields is not known, so lists,
 * maps and JSON Schema are read; fields that cannot be read are `undefined`, which is not the same as none.
 */

import { isObject, type Outside, parsedJson, text } from './outside';
import { type AttributeType, attributeType } from './attributeType';
import { currentVersion, parseNamed, readableName } from './parseDefinitions';
import { readWritableKeyspaces } from './parsePermissions';

/** Something that can happen to a profile. */
export interface EventDefinition {
	discriminator: string;
	name: string;
	/** Id of the version that is not deprecated. */
	versionId: string;
	/** Undefined when they cannot be read. */
	fields?: readonly EventField[];
	/** Keyspaces it may be written through; undefined when that cannot be read. */
	writableThrough?: readonly string[];
}

export interface EventField {
	/** Its name in the event's data. */
	id: string;
	name: string;
	type: EventFieldType;
	isRequired: boolean;
}

/** `moment` is a point in time that travels as ISO 8601, where a `timestamp` travels as Unix seconds. */
export type EventFieldType = AttributeType | 'moment';

/** Members that may hold fields, and those that never do, whatever is in them. */
const FIELD_HOLDER = /field|attribut|propert|schema|data|param|payload|definition|model/i;
const NO_FIELD_HOLDER = /permission|keyspace|version|section|channel|topic|tag|link/i;
const MAX_DEPTH = 4;

/** What a map of fields may give as the type of one. */
const TYPE_WORD =
	/^(string|str|text|(var)?char|bool(ean)?|true\/false|num(ber|eric)?( with decimals)?|int(eger)?(32|64)?|long|float|double|decimal|date|date-?time|time|timestamp( \(unix\))?|unix\w*|e-?mail|mobile|phone|country|object|array|list|json|any|uuid|ur[il])$/i;
const TYPE_MEMBERS = ['type', 'data_type', 'value_type', 'attribute_type', 'format', 'schema'];

export function parseEvent(item: Outside): EventDefinition | undefined {
	const named = parseNamed(item);
	const version = currentVersion(item.versions);
	if (!named || !version) return undefined;
	const fields = fieldsBelow(version.fields, 0) ?? fieldsBelow(item, 0);
	const writableThrough = readWritableKeyspaces(item, version.fields);
	return {
		...named,
		versionId: version.id,
		...(fields ? { fields } : {}),
		...(writableThrough ? { writableThrough } : {}),
	};
}

/** The fields in an object that is a schema, or in a member of it: of one whose name says so, else of one that can be nothing else. */
function fieldsBelow(holder: Outside, depth: number): EventField[] | undefined {
	const own = isJsonSchema(holder) ? fieldsOfSchema(holder, depth) : undefined;
	if (own) return own;
	const members = Object.entries(holder).filter(([name]) => !NO_FIELD_HOLDER.test(name));
	const named = members.filter(([name]) => FIELD_HOLDER.test(name));
	for (const [, value] of named) {
		const fields = readFields(parsedJson(value), depth);
		if (fields) return fields;
	}
	for (const [, value] of members) {
		const fields = isTypedList(value) || isJsonSchema(value) ? readFields(value, depth) : undefined;
		if (fields) return fields;
	}
	return undefined;
}

function readFields(value: unknown, depth: number): EventField[] | undefined {
	if (depth > MAX_DEPTH) return undefined;
	if (Array.isArray(value)) return fieldsOfList(value);
	if (!isObject(value)) return undefined;
	if (isJsonSchema(value)) return fieldsOfSchema(value, depth);
	return isFieldMap(value) ? fieldsOfMap(value, []) : fieldsBelow(value, depth + 1);
}

function fieldsOfList(list: unknown[]): EventField[] | undefined {
	if (list.some(namesKeyspace)) return undefined;
	const fields = list.map((entry) =>
		isObject(entry) ? toField(idOf(entry), entry, false) : toField(text(entry), {}, false),
	);
	return fields.every(({ id }) => id) ? withoutRepeats(fields) : undefined;
}

function fieldsOfSchema(schema: Outside, depth: number): EventField[] | undefined {
	const { properties, required } = schema;
	if (!isObject(properties)) return readFields(properties, depth + 1);
	return fieldsOfMap(properties, Array.isArray(required) ? required : []);
}

function fieldsOfMap(map: Outside, required: readonly unknown[]): EventField[] {
	return Object.entries(map).map(([id, field]) =>
		toField(id, isObject(field) ? field : { type: field }, required.includes(id)),
	);
}

function isJsonSchema(value: unknown): value is Outside {
	return isObject(value) && typeof value.properties === 'object' && value.properties !== null;
}

function isFieldMap(value: Outside): boolean {
	const fields = Object.values(value);
	return (
		fields.length > 0 &&
		!Object.keys(value).some(namesKeyspace) &&
		fields.every((field) => (isObject(field) ? hasType(field) : TYPE_WORD.test(text(field))))
	);
}

function isTypedList(value: unknown): boolean {
	return (
		Array.isArray(value) &&
		value.length > 0 &&
		value.every((entry) => isObject(entry) && hasType(entry))
	);
}

function hasType(field: Outside): boolean {
	return TYPE_MEMBERS.some((name) => name in field);
}

/** A list of keyspaces with permissions is no list of fields. */
function namesKeyspace(entry: unknown): boolean {
	const texts = isObject(entry) ? Object.values(entry) : [entry];
	return texts.some((one) => text(one).includes('.keyspaces.'));
}

/** What names a field in the event's data; a number or UUID only tells it apart. */
function idOf(field: Outside): string {
	const { discriminator, key, field: name, field_name: fieldName, id } = field;
	const own = [discriminator, key, name, fieldName].map(text).find(Boolean);
	const isName = /^[a-z_][\w.-]*$/i.test(text(id)) && !/^[\da-f-]{20,}$/i.test(text(id));
	return own || (isName ? text(id) : '') || text(field.name) || text(id);
}

function toField(id: string, field: Outside, isRequired: boolean): EventField {
	const { display_name: displayName, label, title, name, required, is_required: needed } = field;
	const shown = [displayName, label, title, name].map(text).find(Boolean);
	return {
		id,
		name: shown ?? (id.includes('.') ? readableName(id) : id),
		type: fieldType(id, field),
		isRequired: isRequired || required === true || needed === true,
	};
}

/** Hint and format say more than the type; the type says what JSON has for it. */
function fieldType(id: string, field: Outside): EventFieldType {
	const schema = isObject(field.schema) ? field.schema : {};
	const format = text(field.render_hint) || text(field.format) || text(schema.format);
	const jsonType = [
		field.type,
		field.data_type,
		field.value_type,
		field.attribute_type,
		schema.type,
	]
		.map(typeName)
		.find(Boolean);
	// A time of day is not a point in time.
	const hinted = format === 'time' ? 'unknown' : attributeType('', { type: format }, {});
	const type = hinted === 'unknown' ? attributeType(id, { type: jsonType }, {}) : hinted;
	if (jsonType === 'string') return asText(type);
	const isNumber = jsonType === 'integer' || jsonType === 'number';
	return isNumber && type === 'date' ? 'timestamp' : type;
}

/** JSON Schema may list several, null among them. */
function typeName(type: unknown): string {
	const names = Array.isArray(type)
		? type.map(text).filter((name) => name !== 'null')
		: [text(type)];
	return names.length === 1 ? (names[0] ?? '') : '';
}

/** The type of a field that JSON has as text. */
function asText(type: AttributeType): EventFieldType {
	if (type === 'timestamp') return 'moment';
	return ['boolean', 'mobile', 'number', 'unknown'].includes(type) ? 'text' : type;
}

function withoutRepeats(fields: readonly EventField[]): EventField[] {
	return fields.filter(({ id }, index) => fields.findIndex((one) => one.id === id) === index);
}
