import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { refuseAutomaticMapping } from '../../aiTool';
import { type Attribute, attributeRule, isUnwritable } from '../../api/parseDefinitions';
import { ApsisOneError } from '../../errors';
import { matchAttributes } from '../../importing/autoMap';
import { findWritableKeyspace } from '../../importing/plan';
import { isMapped, rawParameter, readOptions } from '../common/importSettings';
import { nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileRun, startRun } from '../common/profileContext';
import { forEachItem } from '../common/itemTasks';
import { typedValue } from '../common/typedValue';

/** From here on an import is quicker and asks less of the account. */
const MANY_ITEMS = 100;

/** Creates the profile of each item where it is not there yet, and sets its attributes. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = await startRun(this);
	const output = await forEachItem(this, async (itemIndex) => {
		const profile = run.addressOf(itemIndex);
		const attributes = await readAttributes(run, profile, itemIndex);
		return { subject: nameOf(profile), send: async () => await upsert(run, profile, attributes) };
	});
	hintAtImport(this);
	return output;
}

async function upsert(
	{ calls }: ProfileRun,
	profile: ProfileAddress,
	attributes: IDataObject,
): Promise<IDataObject> {
	const isNew = await calls.create(profile);
	if (Object.keys(attributes).length > 0) await calls.setAttributes(profile, attributes);
	return { ...profile, created: isNew, attributes };
}

function hintAtImport(context: IExecuteFunctions): void {
	const count = context.getInputData().length;
	if (count <= MANY_ITEMS) return;
	context.addExecutionHints({
		message: `${count} profiles went to APSIS One one by one. Request Profile Import sends that many at once, and far quicker.`,
		type: 'info',
		location: 'outputPane',
	});
}

/** By discriminator; null where an empty value is to erase what is stored (merge patch). */
async function readAttributes(
	run: ProfileRun,
	{ section, keyspace }: ProfileAddress,
	itemIndex: number,
): Promise<IDataObject> {
	const { context, definitions } = run;
	findWritableKeyspace(keyspace, await definitions.keyspaces());
	const known = await definitions.attributes(section);
	const writable = known.filter(
		(attribute) => !isUnwritable(attribute, { discriminator: keyspace }),
	);
	const clears = readOptions(context, itemIndex).clearExistingAttributes === true;
	const normalisers = run.normalisersOf(itemIndex);
	const attributes: IDataObject = {};
	for (const [attribute, value] of mappedValues(context, writable, itemIndex)) {
		const { discriminator, name } = attribute;
		const typed = typedValue(normalisers, attributeRule(attribute), name, value);
		if (typed !== '') attributes[discriminator] = typed;
		else if (clears) attributes[discriminator] = null;
	}
	return attributes;
}

function mappedValues(
	context: IExecuteFunctions,
	writable: readonly Attribute[],
	itemIndex: number,
): Array<[attribute: Attribute, value: unknown]> {
	const mapper = context.getNodeParameter('attributes', itemIndex, {}) as {
		mappingMode?: string;
		value?: IDataObject | null;
	};
	if (mapper.mappingMode !== 'defineBelow') {
		refuseAutomaticMapping(context, 'Attributes');
		const json = context.getInputData()[itemIndex]?.json ?? {};
		return matchAttributes(Object.keys(json), writable).map(({ attribute, fieldName }) => [
			attribute,
			json[fieldName],
		]);
	}
	const stored = (rawParameter(context, 'attributes.value') ?? {}) as IDataObject;
	const mapped = Object.entries(mapper.value ?? {}).filter(([id]) => isMapped(stored[id]));
	return mapped.map(([discriminator, value]) => {
		const attribute = writable.find((one) => one.discriminator === discriminator);
		if (attribute) return [attribute, value];
		throw new ApsisOneError(
			`The attribute "${discriminator}" cannot be written through this keyspace`,
			'Remove it from Attributes, or choose another Keyspace.',
		);
	});
}
