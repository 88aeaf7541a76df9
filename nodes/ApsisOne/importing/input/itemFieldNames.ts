import type { INodeExecutionData } from 'n8n-workflow';

import { TimeSlices } from '../timeSlices';

/** Names of all fields of all items, in the order they first come up: the last item may hold one the first lacks. */
export async function fieldNamesOfItems(items: readonly INodeExecutionData[]): Promise<string[]> {
	const names = new Set<string>();
	const slices = new TimeSlices();
	for (const { json } of items) {
		for (const name in json) names.add(name);
		if (slices.isOver()) await slices.next();
	}
	return [...names];
}
