import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { getKeyspaces, getSections } from '../api/definitions';
import { distinctNames } from './distinctNames';
import { withEditorErrors } from './editorErrors';

/** Sections the API key may see. */
export async function searchSections(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await withEditorErrors(this, async () => toResults(await getSections(this), filter));
}

/** Keyspaces that profiles can be imported through: those that manage subscriptions and are not for reading only. */
export async function searchKeyspaces(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await withEditorErrors(this, async () => {
		const keyspaces = await getKeyspaces(this);
		const usable = keyspaces.filter(
			({ managesSubscriptions, isReadOnly }) => managesSubscriptions !== false && !isReadOnly,
		);
		return toResults(usable, filter);
	});
}

function toResults(
	definitions: ReadonlyArray<{ discriminator: string; name: string }>,
	filter = '',
): INodeListSearchResult {
	const wanted = filter.toLowerCase();
	const choices = definitions.map(({ name, discriminator }) => ({ name, value: discriminator }));
	return {
		// Named before they are searched, so that an entry has one name whatever is searched for.
		results: distinctNames(choices)
			.filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted))
			.sort((one, other) => one.name.localeCompare(other.name)),
	};
}
