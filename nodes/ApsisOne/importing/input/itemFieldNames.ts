import type { INodeExecutionData } from 'n8n-workflow';

/** Names of all fields of all items, in the order they first come up: the last item may hold one the first lacks. */
export function fieldNamesOfItems(items: readonly INodeExecutionData[]): string[] {
	const names = new Set<string>();
	for (const { json } of items) {
		for (const name in json) names.add(name);
	}
	return [...names];
}
