import type {
	FieldType,
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { getAttributes, getEvents } from '../api/definitions';
import { type Attribute, type AttributeType, isUnwritable } from '../api/parseDefinitions';
import type { EventField } from '../api/parseEvents';
import { distinctNames } from './distinctNames';
import { chosenLocator, chosenSection, withEditorErrors } from './editorErrors';

/*
 * `emptyFieldsNotice` is not used: once given, n8n keeps showing it, also when the user has chosen something else that has
 * fields. What there is to say stands in the fields' `noFieldsError`.
 */

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
		return { fields };
	});
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
		return { fields: (event?.fields ?? []).map(toEventField) };
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
