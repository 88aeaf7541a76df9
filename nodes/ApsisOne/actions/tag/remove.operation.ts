import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { changeTags } from '../common/tagChange';

/** Removes tags from the profile of each item. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await changeTags(this, 'remove');
}
