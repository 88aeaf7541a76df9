import type {
	FieldType,
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { getAttributes, getEvents } from '../api/definitions';
import { type Attribute, type AttributeType, isUnwritable } from '../api/parseDefinitions';
import type { EventDefinition, EventField } from '../api/parseEvents';
import { distinctNames } from './distinctNames';
import { chosenLocator, chosenSection, withEditorErrors } from './editorErrors';

/**
 * n8n's type by ours. Text where n8n's own conversion would refuse what the row check understands (phone numbers,
 * decimal commas, national dates) or change it; and for booleans, into which n8n writes `false` as soon as the mapper
 * shows them, whether the user wants to send them or not.
 */
const FIELD_TYPES: Readonly<Record<AttributeType, FieldType>> = {
	boolean: 'string',
	country: 'string',
	date: 'dateTime',
	email: 'string',
	mobile: 'string',
	number: 'number',
	text: 'string',
	timestamp: 'dateTime',
	unknown: 'string',
};

/** Attributes of the section that may be written through the keyspace chosen so far, for the mapper. */
export async function getAttributeFields(
	this: ILoadOptionsFunctions,
): Promise<ResourceMapperFields> {
	return await withEditorErrors(this, async () => {
		const keyspace = chosenLocator(this, 'keyspace');
		const attributes = await getAttributes(this, chosenSection(this));
		const writable = attributes
			.filter((attribute) => !keyspace || !isUnwritable(attribute, { discriminator: keyspace }))
			.map((attribute) => ({ ...attribute, value: attribute.discriminator }));
		const fields = distinctNames(writable)
			.sort((one, other) => one.name.localeCompare(other.name))
			.map(toField);
		return withNotice(
			fields,
			'No attribute of this section may be written through this keyspace. Choose another Section or Keyspace.',
		);
	});
}

/** n8n shows the notice whenever it is given, so it is given only where there are no fields. */
function withNotice(
	fields: ResourceMapperField[],
	emptyFieldsNotice: string,
): ResourceMapperFields {
	return fields.length > 0 ? { fields } : { fields, emptyFieldsNotice };
}

function toField(attribute: Attribute): ResourceMapperField {
	return {
		id: attribute.discriminator,
		displayName: attribute.name,
		type: FIELD_TYPES[attribute.type],
		required: false,
		defaultMatch: false,
		display: true,
	};
}

/** Fields of the event chosen so far, for the mapper. */
export async function getEventFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await withEditorErrors(this, async () => {
		const chosen = this.getCurrentNodeParameter('event');
		const events = await getEvents(this, chosenSection(this));
		const event = events.find(({ discriminator }) => discriminator === chosen);
		const fields = (event?.fields ?? []).map(toEventField);
		return withNotice(fields, noFieldsNotice(event));
	});
}

function toEventField({ id, name, type, isRequired }: EventField): ResourceMapperField {
	return {
		id,
		displayName: name,
		type: type === 'moment' ? 'dateTime' : FIELD_TYPES[type],
		required: isRequired,
		defaultMatch: false,
		display: true,
	};
}

function noFieldsNotice(event: EventDefinition | undefined): string {
	if (!event) return 'Choose Event first.';
	if (event.fields) return 'This event has no fields.';
	return 'The fields of this event are not known. Set Specify Fields to Using JSON, and enter them there.';
}
