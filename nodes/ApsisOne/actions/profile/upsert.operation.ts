import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getAttributes } from '../../account/definitions';
import type { Attribute } from '../../account/parse';
import { ApsisOneError } from '../../errors';
import { matchAttributes } from '../../profileImport/autoMap';
import { isUnwritable } from '../../profileImport/plan';
import {
	forEachItem,
	normalised,
	type ProfileRun,
	startRun,
	typedValue,
} from '../singleProfile/forEachItem';

/** From here on an import is quicker and asks less of the account. */
const MANY_ITEMS = 100;

/** Creates the profile of each item where it is not there yet, and sets its attributes. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = startRun(this);
	const count = this.getInputData().length;
	if (count > MANY_ITEMS) {
		this.addExecutionHints({
			message: `${count} profiles went to APSIS One one by one. Request Profile Import sends that many at once, and far quicker.`,
			type: 'info',
			location: 'outputPane',
		});
	}
	return await forEachItem(this, async (itemIndex) => {
		const address = run.addressOf(itemIndex);
		const attributes = await readAttributes(run, address, itemIndex);
		const isNew = await run.calls.create(address);
		if (Object.keys(attributes).length > 0) await run.calls.setAttributes(address, attributes);
		return { ...address, created: isNew, attributes };
	});
}

/** Everything is checked before the first call that has an effect. */
async function readAttributes(
	run: ProfileRun,
	{ section, keyspace }: { section: string; keyspace: string },
	itemIndex: number,
): Promise<IDataObject> {
	const { context } = run;
	const known = await run.once(`attributes of ${section}`, async () => {
		return await getAttributes(context, section);
	});
	const writable = known.filter(
		(attribute) => !isUnwritable(attribute, { discriminator: keyspace }),
	);
	const values = mappedValues(context, writable, itemIndex);
	return Object.fromEntries(
		values.flatMap(([attribute, value]) => {
			const text = normalised(run.normalise[attribute.type], attribute.name, value);
			return text === '' ? [] : [[attribute.discriminator, typedValue(attribute.type, text)]];
		}),
	);
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
		const json = context.getInputData()[itemIndex]?.json ?? {};
		return matchAttributes(Object.keys(json), writable).map(({ attribute, fieldName }) => [
			attribute,
			json[fieldName],
		]);
	}
	return Object.entries(mapper.value ?? {}).map(([discriminator, value]) => {
		const attribute = writable.find((one) => one.discriminator === discriminator);
		if (attribute) return [attribute, value];
		throw new ApsisOneError(
			`The attribute "${discriminator}" cannot be written through this keyspace`,
			'Remove it from Attributes, or choose another Keyspace.',
		);
	});
}
