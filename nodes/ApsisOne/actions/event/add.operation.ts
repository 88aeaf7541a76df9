import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getEvents } from '../../account/definitions';
import type { EventDefinition } from '../../account/parse';
import { ApsisOneError } from '../../errors';
import { toNodeError } from '../toNodeError';
import {
	nameItem,
	normalised,
	type ProfileRun,
	startRun,
	typedValue,
} from '../singleProfile/forEachItem';
import type { ProfileAddress } from '../singleProfile/profileCalls';

/** Contract: Limits, request body 100 kB; a little is left for what is around the events. */
const MAX_BATCH_BYTES = 90_000;

/** Events of one profile, with the items they came from. */
interface Batch {
	address: ProfileAddress;
	events: IDataObject[];
	itemIndexes: number[];
	bytes: number;
}

/** Adds the events of all items, those of one profile in one call, in the order of the items. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = startRun(this);
	const output = new Map<number, INodeExecutionData>();
	const fail = (itemIndexes: readonly number[], error: unknown) => {
		const told = toNodeError(this, nameItem(error, itemIndexes[0] ?? 0));
		if (!this.continueOnFail()) throw told;
		for (const item of itemIndexes) {
			const json = { error: told.message, message: told.description ?? '' };
			output.set(item, { json, pairedItem: { item } });
		}
	};

	// Everything is checked before the first call that has an effect.
	const batches: Batch[] = [];
	for (const itemIndex of this.getInputData().keys()) {
		try {
			addTo(batches, run.addressOf(itemIndex), await readEvent(run, itemIndex), itemIndex);
		} catch (error) {
			fail([itemIndex], error);
		}
	}
	for (const { address, events, itemIndexes } of batches) {
		try {
			await run.calls.addEvents(address, events);
			for (const [index, item] of itemIndexes.entries()) {
				output.set(item, { json: { ...address, ...events[index] }, pairedItem: { item } });
			}
		} catch (error) {
			fail(itemIndexes, error);
		}
	}
	return [[...output].sort(([one], [other]) => one - other).map(([, item]) => item)];
}

function addTo(
	batches: Batch[],
	address: ProfileAddress,
	event: IDataObject,
	itemIndex: number,
): void {
	const bytes = Buffer.byteLength(JSON.stringify(event));
	const batch = batches.filter((one) => isSame(one.address, address)).at(-1);
	if (batch && batch.bytes + bytes <= MAX_BATCH_BYTES) {
		batch.events.push(event);
		batch.itemIndexes.push(itemIndex);
		batch.bytes += bytes;
		return;
	}
	batches.push({ address, events: [event], itemIndexes: [itemIndex], bytes });
}

function isSame(one: ProfileAddress, other: ProfileAddress): boolean {
	return (
		one.profileKey === other.profileKey &&
		one.keyspace === other.keyspace &&
		one.section === other.section
	);
}

async function readEvent(run: ProfileRun, itemIndex: number): Promise<IDataObject> {
	const { context } = run;
	const { section } = run.addressOf(itemIndex);
	const chosen = String(context.getNodeParameter('event', itemIndex, ''));
	const events = await run.once(`events of ${section}`, async () => {
		return await getEvents(context, section);
	});
	const definition = events.find(({ discriminator }) => discriminator === chosen);
	if (!definition) {
		throw new ApsisOneError(
			chosen ? `The section has no event "${chosen}"` : 'Event is not chosen',
			'Choose Event from the list, or check the ID.',
		);
	}
	return {
		event_time: readTime(context.getNodeParameter('eventTime', itemIndex, '')),
		version_id: definition.versionId,
		data: readData(run, definition, itemIndex),
	};
}

function readTime(value: unknown): string {
	const text =
		typeof value === 'object' && value !== null && 'toISO' in value
			? String((value as { toISO(): string }).toISO())
			: String(value);
	const time = new Date(text);
	if (!Number.isNaN(time.getTime())) return time.toISOString();
	throw new ApsisOneError(
		`Event Time is no time (${text})`,
		'Write it like 2026-11-24T13:05:00+01:00, or leave {{ $now }}.',
	);
}

function readData(run: ProfileRun, { fields }: EventDefinition, itemIndex: number): IDataObject {
	const mapper = run.context.getNodeParameter('eventFields', itemIndex, {}) as {
		mappingMode?: string;
		value?: IDataObject | null;
	};
	const values =
		mapper.mappingMode === 'defineBelow'
			? (mapper.value ?? {})
			: (run.context.getInputData()[itemIndex]?.json ?? {});
	const data: IDataObject = {};
	for (const { id, name, type, isRequired } of fields) {
		const text = normalised(run.normalise[type], name, values[id] ?? values[name]);
		if (text !== '') data[id] = typedValue(type, text);
		else if (isRequired) {
			throw new ApsisOneError(`${name} is empty`, 'The event needs it. Map a value in Fields.');
		}
	}
	return data;
}
