import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { refuseAutomaticMapping } from '../../aiTool';
import type { EventDefinition } from '../../api/parseDefinitions';
import { ApsisOneError } from '../../errors';
import { nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileRun, startRun } from '../common/profileContext';
import { checkItems, sendTasks } from '../common/itemTasks';
import { normalised, typedValue } from '../common/typedValue';

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
	const run = await startRun(this);
	const { good, failed } = await checkItems(this, async (itemIndex) => {
		const address = run.addressOf(itemIndex);
		return { address, event: await readEvent(run, address, itemIndex) };
	});
	const batches = new Batches();
	for (const { itemIndex, value } of good) batches.add(value.address, value.event, itemIndex);
	const tasks = batches.all.map(({ address, events, itemIndexes }) => ({
		itemIndexes,
		subject: nameOf(address),
		send: async () => {
			await run.calls.addEvents(address, events);
			return events.map((event) => [{ ...address, ...event }]);
		},
	}));
	return await sendTasks(this, tasks, failed);
}

/** Events in calls of their profile that are no larger than APSIS One takes. */
class Batches {
	readonly all: Batch[] = [];
	/** The one of each profile that may take more. */
	private readonly latest = new Map<string, Batch>();

	add(address: ProfileAddress, event: IDataObject, itemIndex: number): void {
		const bytes = bytesOf(event);
		const name = `${address.section} ${nameOf(address)}`;
		const batch = this.latest.get(name);
		if (batch && batch.bytes + bytes <= MAX_BATCH_BYTES) {
			batch.events.push(event);
			batch.itemIndexes.push(itemIndex);
			batch.bytes += bytes;
			return;
		}
		const next: Batch = { address, events: [event], itemIndexes: [itemIndex], bytes };
		this.all.push(next);
		this.latest.set(name, next);
	}
}

function bytesOf(event: IDataObject): number {
	return Buffer.byteLength(JSON.stringify(event));
}

async function readEvent(
	run: ProfileRun,
	{ section }: ProfileAddress,
	itemIndex: number,
): Promise<IDataObject> {
	const { context } = run;
	const chosen = String(context.getNodeParameter('event', itemIndex, ''));
	const events = await run.definitions.events(section);
	const definition = events.find(({ discriminator }) => discriminator === chosen);
	if (!definition) {
		throw new ApsisOneError(
			chosen ? `The section has no event "${chosen}"` : 'Event is not chosen',
			'Choose Event from the list, or check the ID.',
		);
	}
	const event = {
		event_time: readTime(run, itemIndex),
		version_id: definition.versionId,
		data: readData(run, definition, itemIndex),
	};
	if (bytesOf(event) <= MAX_BATCH_BYTES) return event;
	throw new ApsisOneError(
		'The event is larger than the 100 kB that APSIS One takes',
		'Shorten the values in Fields, or map fewer of them.',
	);
}

function readTime({ context, normalisersOf }: ProfileRun, itemIndex: number): string {
	const value = context.getNodeParameter('eventTime', itemIndex, '');
	const time = normalised(normalisersOf(itemIndex).moment, 'Event Time', value);
	if (time !== '') return time;
	throw new ApsisOneError('Event Time is empty', 'Enter when it happened, or {{ $now }}.');
}

function readData(run: ProfileRun, { fields }: EventDefinition, itemIndex: number): IDataObject {
	const mapper = run.context.getNodeParameter('eventFields', itemIndex, {}) as {
		mappingMode?: string;
		value?: IDataObject | null;
	};
	const isAutomatic = mapper.mappingMode !== 'defineBelow';
	if (isAutomatic) refuseAutomaticMapping(run.context, 'Fields');
	const values = isAutomatic
		? (run.context.getInputData()[itemIndex]?.json ?? {})
		: (mapper.value ?? {});
	const normalisers = run.normalisersOf(itemIndex);
	const data: IDataObject = {};
	for (const { id, name, type, isRequired } of fields) {
		const value = typedValue(normalisers, type, name, values[id] ?? values[name]);
		if (value !== '') data[id] = value;
		else if (isRequired) {
			throw new ApsisOneError(`${name} is empty`, 'The event needs it. Map a value in Fields.');
		}
	}
	return data;
}
