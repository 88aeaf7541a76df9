import type { INodeProperties } from 'n8n-workflow';

/** Shows fields for one operation of a resource only, besides what they ask for themselves. */
export function operationFields(
	resource: string,
	operation: string,
	fields: readonly INodeProperties[],
): INodeProperties[] {
	return fields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { resource: [resource], operation: [operation], ...field.displayOptions?.show },
		},
	}));
}
