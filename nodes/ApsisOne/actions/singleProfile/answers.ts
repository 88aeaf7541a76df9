import type { IDataObject } from 'n8n-workflow';

/** The list in an answer: `{ items: […] }`, a bare list, or what else came as one entry. */
export function itemsOf(body: unknown): IDataObject[] {
	const items = (body as { items?: unknown } | null | undefined)?.items ?? body;
	if (Array.isArray(items)) return items as IDataObject[];
	return typeof items === 'object' && items !== null ? [items as IDataObject] : [];
}
