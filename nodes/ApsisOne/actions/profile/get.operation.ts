import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { itemsOf } from '../singleProfile/answers';
import { forEachItem, startRun } from '../singleProfile/forEachItem';

/** Reads what APSIS One knows about the profile of each item; the shape of attributes is passed through. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		const address = run.addressOf(itemIndex);
		return {
			...address,
			attributes: (await run.calls.getAttributes(address)) as IDataObject,
			tags: itemsOf(await run.calls.getTags(address)),
			consents: itemsOf(await run.calls.getConsents(address, [])),
		};
	});
}
