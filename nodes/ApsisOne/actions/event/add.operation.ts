import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { isUnwritable } from '../../api/parseDefinitions';
import type { EventDefinition } from '../../api/parseEvents';
import { ApsisOneError } from '../../errors';
import { nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileContext, createProfileContext } from '../common/profileContext';
import { readEventData } from '../common/eventData';
import { checkItems, sendTasks } from '../common/itemTasks';
import { normalised } from '../common/typedValue';
import { hintAtUnusedFields } from '../common/unusedFields';
import { operationFields } from '../common/operationFields';
import { VALUE_OPTIONS, valueOptions } from '../common/profileFields';

export const description: INodeProperties[] = [
	...operationFields('event', 'add', [
		{
			displayName: 'Event Name or ID',
			name: 'event',
			type: 'options',
			typeOptions: {
				loadOptionsMethod: 'getEvents',
				loadOptionsDependsOn: ['section.value', 'keyspace.value'],
			},
			default: '',
			required: true,
			description:
				'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		},
		{
			displayName: 'Event Time',
			name: 'eventTime',
			type: 'dateTime',
			default: '={{ $now }}',
			required: true,
			description: 'When the event happened',
		},
		{
			displayName: 'Specify Fields',
			name: 'specifyFields',
			type: 'options',
			options: [
				{ name: 'Using Fields Below', value: 'fields' },
				{ name: 'Using JSON', value: 'json' },
			],
			default: 'fields',
			description: 'How to specify the data of the event',
		},
		{
			displayName: 'JSON',
			name: 'eventData',
			type: 'json',
			default: '',
			required: true,
			placeholder: 'e.g. { "order_id": "A-1001", "total": 249.5 }',
			description: 'Data of the event as a JSON object. It is sent unchanged.',
			displayOptions: {
				show: { specifyFields: ['json'] },
			},
		},
		{
			displayName: 'Fields',
			name: 'eventFields',
			type: 'resourceMapper',
			noDataExpression: true,
			default: { mappingMode: 'autoMapInputData', value: null },
			description:
				'Which value goes into which field of the event. Automatic mapping matches fields by name.',
			typeOptions: {
				loadOptionsDependsOn: ['section.value', 'event'],
				resourceMapper: {
					resourceMapperMethod: 'getEventFields',
					mode: 'add',
					valuesLabel: 'Fields',
					fieldWords: { singular: 'field', plural: 'fields' },
					addAllFields: true,
					multiKeyMatch: false,
					supportAutoMap: true,
					noFieldsError:
						'No fields found. Choose Section and Event first. If both are chosen, the fields of this event are unknown: set Specify Fields to Using JSON.',
				},
			},
			displayOptions: {
				show: { specifyFields: ['fields'] },
			},
		},
	]),
	valueOptions('event', ['add'], VALUE_OPTIONS),
];

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
	const profiles = await createProfileContext(this);
	const { good, failed } = await checkItems(this, async (itemIndex) => {
		const address = profiles.addressOf(itemIndex);
		return { address, ...(await readEvent(profiles, address, itemIndex)) };
	});
	const batches = new Batches();
	for (const { itemIndex, value } of good) batches.add(value.address, value.event, itemIndex);
	const tasks = batches.all.map(({ address, events, itemIndexes }) => ({
		itemIndexes,
		subject: nameOf(address),
		send: async () => {
			await profiles.calls.addEvents(address, events);
			return events.map((event) => [{ ...address, ...event }]);
		},
	}));
	const output = await sendTasks(this, tasks, failed);
	hintAtUnusedFields(
		this,
		good.flatMap(({ value }) => value.unused),
		'the event has no such field',
		'Map them in Fields, or set Specify Fields to Using JSON.',
	);
	return output;
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
	profiles: ProfileContext,
	address: ProfileAddress,
	itemIndex: number,
): Promise<{ event: IDataObject; unused: readonly string[] }> {
	const definition = await readDefinition(profiles, address, itemIndex);
	const { data, unused } = readEventData(profiles, definition, itemIndex);
	const event = {
		event_time: readTime(profiles, itemIndex),
		version_id: definition.versionId,
		data,
	};
	if (bytesOf(event) <= MAX_BATCH_BYTES) return { event, unused };
	throw new ApsisOneError(
		'The event is larger than the 100 kB that APSIS One accepts',
		'Shorten the values in Fields, or map fewer of them.',
	);
}

async function readDefinition(
	{ context, definitions }: ProfileContext,
	{ section, keyspace }: ProfileAddress,
	itemIndex: number,
): Promise<EventDefinition> {
	const chosen = String(context.getNodeParameter('event', itemIndex, ''));
	const events = await definitions.events(section);
	const definition = events.find(({ discriminator }) => discriminator === chosen);
	if (!definition) {
		throw new ApsisOneError(
			chosen ? `The section has no event "${chosen}"` : 'No event is chosen',
			'Choose an event from the list, or check the ID.',
		);
	}
	if (!isUnwritable(definition, { discriminator: keyspace })) return definition;
	throw new ApsisOneError(
		`The event "${definition.name}" cannot be added through this keyspace`,
		'Choose another Event or Keyspace.',
	);
}

function readTime({ context, normalisersOf }: ProfileContext, itemIndex: number): string {
	const value = context.getNodeParameter('eventTime', itemIndex, '');
	const time = normalised(normalisersOf(itemIndex).moment, 'Event Time', value);
	if (time !== '') return time;
	throw new ApsisOneError('Event Time is empty', 'Enter when the event happened, e.g. {{ $now }}.');
}
