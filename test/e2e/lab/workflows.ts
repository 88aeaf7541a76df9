/** Short ways to write workflows. */
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

/** A node; its name is its id too. */
export function node(
	name: string,
	type: string,
	parameters: INodeParameters = {},
	more: Partial<INode> = {},
): INode {
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters, ...more };
}

/** The trigger for runs by hand. */
export function manualTrigger(name = 'Start'): INode {
	return node(name, 'n8n-nodes-base.manualTrigger');
}

/** A webhook trigger for POST; `responseMode` as in n8n, by default it answers at once. */
export function webhook(path: string, responseMode = 'onReceived', name = 'Webhook'): INode {
	const parameters = { path, httpMethod: 'POST', responseMode };
	return node(name, 'n8n-nodes-base.webhook', parameters, { typeVersion: 2, webhookId: path });
}

/** *Edit Fields*, giving the JSON that this expression makes, e.g. `={{ { "sum": 1 + 1 } }}`. */
export function editFields(name: string, jsonOutput: string): INode {
	return node(name, 'n8n-nodes-base.set', { mode: 'raw', jsonOutput }, { typeVersion: 3.4 });
}

/** *Code*, in JavaScript, once for all items. */
export function code(name: string, jsCode: string): INode {
	return node(name, 'n8n-nodes-base.code', { jsCode }, { typeVersion: 2 });
}

/** Connects the first output of each node to the next one. */
export function chain(...names: string[]): IConnections {
	return Object.fromEntries(
		names
			.slice(0, -1)
			.map((name, index) => [name, { main: [[connectionTo(names[index + 1] ?? '')]] }]),
	);
}

/** Connects the outputs of one node, in order, to one node each. */
export function fork(name: string, ...targets: string[]): IConnections {
	return { [name]: { main: targets.map((target) => [connectionTo(target)]) } };
}

function connectionTo(target: string) {
	return { node: target, type: 'main' as const, index: 0 };
}

/** Spreads nodes over the canvas, so that the editor does not draw them on top of each other. */
export function spread(nodes: INode[]): INode[] {
	return nodes.map((each, index) => ({ ...each, position: [index * 240, 0] }));
}
