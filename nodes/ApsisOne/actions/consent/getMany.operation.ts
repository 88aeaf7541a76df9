import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { itemsOf } from '../singleProfile/answers';
import { forEachItem, startRun } from '../singleProfile/forEachItem';

/** One output item for each consent of the profile of each item. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		const address = run.addressOf(itemIndex);
		const types = this.getNodeParameter('consentTypes', itemIndex, []) as string[];
		const consents = itemsOf(await run.calls.getConsents(address, types));
		return consents.map((consent) => ({ ...address, ...consent }));
	});
}
