import type { INodeProperties } from 'n8n-workflow';

/** The mapper of fields to attributes. */
export const ATTRIBUTES: INodeProperties = {
	displayName: 'Attributes',
	name: 'attributes',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'autoMapInputData', value: null },
	description:
		'Which field goes into which attribute. Automatic mapping matches fields by name, ID and common spellings (e-mail, förnamn). For a CSV file, type the name of the column.',
	typeOptions: {
		loadOptionsDependsOn: ['section.value', 'keyspace.value'],
		resourceMapper: {
			resourceMapperMethod: 'getAttributeFields',
			mode: 'add',
			valuesLabel: 'Attributes',
			fieldWords: { singular: 'attribute', plural: 'attributes' },
			addAllFields: true,
			multiKeyMatch: false,
			supportAutoMap: true,
			noFieldsError:
				'No attributes found. Choose Section and Keyspace first. If both are chosen, no attribute of this section can be written through this keyspace.',
		},
	},
};
