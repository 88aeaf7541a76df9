import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	NodeHelpers,
} from 'n8n-workflow';

/** Built-in nodes of n8n that hand their input on, for workflows that need no more of them. */
class PassThrough implements INodeType {
	description: INodeType['description'];

	constructor(name: string, isTrigger: boolean) {
		this.description = {
			displayName: name,
			name,
			group: [isTrigger ? 'trigger' : 'transform'],
			version: [1, 1.1, 1.2, 2, 2.1],
			description: '',
			defaults: { name },
			inputs: isTrigger ? [] : ['main'],
			outputs: ['main'],
			properties: [],
		};
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

const BUILT_IN: Record<string, INodeType> = {
	'n8n-nodes-base.manualTrigger': new PassThrough('manualTrigger', true),
	'n8n-nodes-base.scheduleTrigger': new PassThrough('scheduleTrigger', true),
	'n8n-nodes-base.webhook': new PassThrough('webhook', true),
	'n8n-nodes-base.executeWorkflowTrigger': new PassThrough('executeWorkflowTrigger', true),
	'n8n-nodes-base.noOp': new PassThrough('noOp', false),
	// Never run: nothing leads to a note.
	'n8n-nodes-base.stickyNote': new PassThrough('stickyNote', false),
};

/** Node types by full name, as n8n's own registry answers. */
export function nodeTypesOf(own: Readonly<Record<string, INodeType>>): INodeTypes {
	const types: Record<string, INodeType> = { ...BUILT_IN, ...own };
	const find = (name: string): INodeType => {
		const type = types[name];
		if (!type) throw new Error(`The engine has no node type ${name}.`);
		return type;
	};
	return {
		getByName: find,
		getByNameAndVersion: (name, version) => NodeHelpers.getVersionedNodeType(find(name), version),
		getKnownTypes: () => Object.fromEntries(Object.keys(types).map((name) => [name, {}])),
	};
}
