import { NodeApiError } from 'n8n-workflow';
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { refuseAutomaticMapping } from '../../aiTool';
import { type Attribute, attributeRule, isUnwritable } from '../../api/parseDefinitions';
import { ApsisOneError } from '../../errors';
import { matchAttributes } from '../../importing/autoMap';
import { mappedValue } from '../../importing/expressionValue';
import { findWritableKeyspace } from '../../importing/plan';
import { isKeyOf, MAX_BODY_BYTES, nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileContext, createProfileContext } from '../common/profileContext';
import { ATTRIBUTES } from '../common/attributesField';
import { forEachItem } from '../common/itemTasks';
import { operationFields } from '../common/operationFields';
import { VALUE_OPTIONS, valueOptions } from '../common/profileFields';
import { typedValue } from '../common/typedValue';
import { hintAtUnusedFields } from '../common/unusedFields';
import { isMapped, itemRead, rawParameter, readOptions } from '../common/parameters';

export const description: INodeProperties[] = [
	...operationFields('profile', 'upsert', [
		{
			...ATTRIBUTES,
			description:
				'Which field goes into which attribute. Automatic mapping matches fields by name, ID and common spellings (e-mail, förnamn). Empty values leave the stored values unchanged. A new Email, Mobile or CRM ID changes the profile key in that keyspace.',
		},
	]),
	valueOptions('profile', ['upsert'], [...VALUE_OPTIONS, 'clearExistingAttributes']),
];

/** From here on an import is quicker and asks less of the account. */
const MANY_ITEMS = 100;

/** Creates the profile of each item where it is not there yet, and sets its attributes. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const profiles = await createProfileContext(this);
	const unused = new Set<string>();
	const output = await forEachItem(this, async (itemIndex) => {
		const profile = profiles.addressOf(itemIndex);
		const attributes = await readAttributes(profiles, profile, itemIndex, unused);
		return {
			subject: nameOf(profile),
			send: async () => await upsert(profiles, profile, attributes),
		};
	});
	hintAtUnusedFields(
		this,
		[...unused],
		'no attribute that can be written through this keyspace takes them',
		'Rename the fields before this node, or map them in Attributes.',
	);
	hintAtImport(this);
	return output;
}

async function upsert(
	{ calls }: ProfileContext,
	profile: ProfileAddress,
	attributes: IDataObject,
): Promise<IDataObject> {
	const isNew = await calls.create(profile);
	const result = { ...profile, created: isNew, attributes, ...changedKey(profile, attributes) };
	if (Object.keys(attributes).length === 0) return result;
	try {
		await calls.setAttributes(profile, attributes);
	} catch (error) {
		throw afterCreation(error, isNew);
	}
	return result;
}

/** From then on the profile is known by that key in its keyspace. */
function changedKey(profile: ProfileAddress, attributes: IDataObject): IDataObject {
	const own = Object.keys(attributes).find((id) => isKeyOf(id, profile.keyspace));
	if (own === undefined) return {};
	const newProfileKey = String(attributes[own]);
	const isSame = nameOf({ ...profile, profileKey: newProfileKey }) === nameOf(profile);
	return isSame ? {} : { newProfileKey };
}

/** The error of attributes that could not be set, with what has happened before: the profile exists. */
function afterCreation(error: unknown, isNew: boolean): unknown {
	const isRefused = error instanceof ApsisOneError || isClientError(error);
	const state = isNew ? 'The profile was created' : 'The profile exists';
	const outcome = isRefused ? 'were not set' : 'may not have been set';
	const sentence = `${state}, but its attributes ${outcome}.`;
	if (error instanceof ApsisOneError) {
		return new ApsisOneError(error.message, joined(error.description, sentence));
	}
	if (error instanceof NodeApiError) {
		error.description = joined(error.description ?? '', sentence);
	}
	return error;
}

/** APSIS One's own words may end without a full stop. */
function joined(description: string, sentence: string): string {
	return `${description.replace(/([^.!?])$/, '$1.')} ${sentence}`.trim();
}

function isClientError(error: unknown): boolean {
	return error instanceof NodeApiError && /^4/.test(error.httpCode ?? '');
}

function hintAtImport(context: IExecuteFunctions): void {
	const count = context.getInputData().length;
	if (count <= MANY_ITEMS) return;
	context.addExecutionHints({
		message: `${count} profiles were sent one by one. Request profile import sends that many at once, which is much faster.`,
		type: 'info',
		location: 'outputPane',
	});
}

/**
 * By discriminator; null where an empty value is to erase what is stored (merge patch).
 *
 * @param unused takes the names of fields that automatic mapping finds no place for
 */
async function readAttributes(
	profiles: ProfileContext,
	{ section, keyspace }: ProfileAddress,
	itemIndex: number,
	unused: Set<string>,
): Promise<IDataObject> {
	const { context, definitions } = profiles;
	findWritableKeyspace(keyspace, await definitions.keyspaces());
	const known = await definitions.attributes(section);
	const writable = known.filter(
		(attribute) => !isUnwritable(attribute, { discriminator: keyspace }),
	);
	const clears = readOptions(context, itemIndex).clearExistingAttributes === true;
	const normalisers = profiles.normalisersOf(itemIndex);
	const attributes: IDataObject = {};
	for (const [attribute, value] of mappedValues(context, writable, itemIndex, { clears, unused })) {
		const { discriminator, name } = attribute;
		const typed = typedValue(normalisers, attributeRule(attribute), name, value);
		if (typed !== '') attributes[discriminator] = typed;
		else if (clears) attributes[discriminator] = erased(attribute, keyspace);
	}
	refuseLargeBody(attributes);
	return attributes;
}

/** What erases a stored value. */
function erased({ discriminator, name }: Attribute, keyspace: string): null {
	if (!isKeyOf(discriminator, keyspace)) return null;
	throw new ApsisOneError(
		`${name} is empty, but it is the profile key and cannot be cleared`,
		'Map a value, remove it from Attributes, or turn off the option Clear Existing Attributes.',
	);
}

/** The profile would have been created before APSIS One refused its attributes. */
function refuseLargeBody(attributes: IDataObject): void {
	if (Buffer.byteLength(JSON.stringify(attributes)) <= MAX_BODY_BYTES) return;
	throw new ApsisOneError(
		'The attributes are larger than the 100 kB that APSIS One accepts',
		'Shorten the values in Attributes, or map fewer of them.',
	);
}

function mappedValues(
	context: IExecuteFunctions,
	writable: readonly Attribute[],
	itemIndex: number,
	{ clears, unused }: { clears: boolean; unused: Set<string> },
): Array<[attribute: Attribute, value: unknown]> {
	const mapper = context.getNodeParameter('attributes', itemIndex, {}) as {
		mappingMode?: string;
		value?: IDataObject | null;
	};
	if (mapper.mappingMode !== 'defineBelow') {
		refuseAutomaticMapping(context, 'Attributes');
		const json = context.getInputData()[itemIndex]?.json ?? {};
		const matches = matchAttributes(Object.keys(json), writable);
		const used = new Set(matches.map(({ fieldName }) => fieldName));
		for (const [name, value] of Object.entries(json)) {
			if (!used.has(name) && (value ?? '') !== '') unused.add(name);
		}
		return matches.map(({ attribute, fieldName }) => [attribute, json[fieldName]]);
	}
	const stored = (rawParameter(context, 'attributes.value') ?? {}) as IDataObject;
	const mapped = Object.entries(mapper.value ?? {}).filter(([id]) => isMapped(stored[id]));
	const read = itemRead(context, itemIndex);
	return mapped.map(([discriminator, value]) => {
		const attribute = writable.find((one) => one.discriminator === discriminator);
		if (attribute) return [attribute, mappedValue(value, stored[discriminator], read, clears)];
		throw new ApsisOneError(
			`The attribute "${discriminator}" cannot be written through this keyspace`,
			'Remove it from Attributes, or choose another Keyspace.',
		);
	});
}
