import { asObject, type Outside, parsedJson } from './outside';

export type AttributeType =
	'boolean' | 'country' | 'date' | 'email' | 'mobile' | 'number' | 'text' | 'timestamp' | 'unknown';

export const EMAIL_ATTRIBUTE = 'com.apsis1.attributes.email';
export const MOBILE_ATTRIBUTE = 'com.apsis1.attributes.mobile';
export const CRM_ID_ATTRIBUTE = 'com.apsis1.attributes.crmid';

const WELL_KNOWN_TYPES: Readonly<Record<string, AttributeType>> = {
	[EMAIL_ATTRIBUTE]: 'email',
	[MOBILE_ATTRIBUTE]: 'mobile',
	'com.apsis1.attributes.birthdate': 'date',
	'com.apsis1.attributes.firstname': 'text',
	'com.apsis1.attributes.lastname': 'text',
	[CRM_ID_ATTRIBUTE]: 'text',
};

/** Order matters: `datetime` is a timestamp before it is a date. */
const TYPE_WORDS: ReadonlyArray<[words: RegExp, type: AttributeType]> = [
	[/bool|checkbox|true|yes.?no/i, 'boolean'],
	[/time(?!s\b)|unix|epoch/i, 'timestamp'],
	[/(?<!up|vali)date(?!d)|(^|[^a-z]|birth)day\b|y{4}.?mm.?dd/i, 'date'],
	[/country/i, 'country'],
	[/mail(?!ing)/i, 'email'],
	[/mobile|phone|msisdn/i, 'mobile'],
	[
		/(?<!e)num|(^|[^a-z])(u|big|small|tiny)?int(?![a-z])|integer|long(?![ _-]?(str|text|char|var))|float|double|decimal|currency/i,
		'number',
	],
	[/str|text|char/i, 'text'],
];

/** Members that say how a value is meant, where its type only says how it is stored. */
const HINT_MEMBERS = [
	'render_hint',
	'renderHint',
	'render_hints',
	'hint',
	'format',
	'semantic_type',
	'semanticType',
];
const TYPE_MEMBERS = [
	'type',
	'attribute_type',
	'value_type',
	'data_type',
	'dataType',
	'primitive_type',
	'primitiveType',
	'kind',
];
/** Members that may hold both. */
const TYPE_HOLDER = /schema|validation|propert|definition|type$/i;

/**
 * The type of an attribute or of a field of an event. Its hint counts before its type: a date is "text with a render hint",
 * a timestamp "number with a Unix time hint" (contract: Single-profile calls).
 *
 * @param id its discriminator, or its name in the event
 * @param holders what may say the type: the definition and its current version, in any order
 */
export function attributeType(id: string, ...holders: Outside[]): AttributeType {
	const known = WELL_KNOWN_TYPES[id];
	if (known) return known;
	const withSchemas = holders.flatMap((holder) => [
		holder,
		...Object.keys(holder)
			.filter((name) => TYPE_HOLDER.test(name))
			.map((name) => asObject(parsedJson(holder[name]))),
	]);
	const stored = firstType(withSchemas, TYPE_MEMBERS);
	const meant = firstType(withSchemas, HINT_MEMBERS);
	if (!meant) return stored?.type ?? 'unknown';
	// A number can only hold a date as Unix time, and a text a time only as it was written.
	if (stored?.type === 'number' && meant.type === 'date') return 'timestamp';
	if (stored?.type === 'text' && meant.type === 'timestamp' && !/unix|epoch/i.test(meant.word)) {
		return 'text';
	}
	return meant.type;
}

function firstType(
	holders: readonly Outside[],
	members: readonly string[],
): { type: AttributeType; word: string } | undefined {
	for (const member of members) {
		for (const holder of holders) {
			const word = wordOf(holder[member]);
			const type = TYPE_WORDS.find(([words]) => words.test(word))?.[1];
			if (type) return { type, word };
		}
	}
	return undefined;
}

/** `"number"`, `{ name: "number" }`, `["number", "null"]`. */
function wordOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (Array.isArray(value)) return wordOf(value.find((one) => one !== 'null' && one !== null));
	const { name, type, format } = asObject(value);
	return [format, name, type].find((word): word is string => typeof word === 'string') ?? '';
}
