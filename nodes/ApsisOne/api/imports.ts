import { NodeApiError } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { sectionExplanations, sectionPath } from './definitions';
import {
	type ImportLook,
	type ImportTicket,
	parseImportLook,
	parseImportTicket,
} from './parseImport';
import { apiRequest } from '../transport/apiRequest';

/** Body of an import request (contract: Profile import v2, step 1). */
export type ImportRequestBody = Record<string, unknown>;

/** APSIS One has no room for one more import just now: too many unfinished ones, or too many requests. */
export type NoRoom = 'noRoom';

/**
 * Requests an import (contract: Profile import v2, step 1). Not repeated when the answer is lost: an import that was
 * requested cannot be cancelled and holds one of three places.
 *
 * @param keyspaceName for messages
 */
export async function requestImport(
	context: IExecuteFunctions,
	section: string,
	keyspaceName: string,
	body: ImportRequestBody,
): Promise<ImportTicket | NoRoom> {
	const response = await apiRequest(context, {
		method: 'POST',
		path: `/v2${sectionPath(section)}/imports`,
		body: body as IDataObject,
		purpose: 'request the import',
		repeat: 'unlessDone',
		expectedStatuses: [429],
		explain: {
			...sectionExplanations(section),
			400: {
				message: 'APSIS One found a mistake in the import request',
				description:
					'Look at Attributes, Subscriptions and Consent, Tags and Additional Request Fields.',
			},
			403: {
				message: `APSIS One refused the import: the API key may not write all of this through the keyspace "${keyspaceName}"`,
				description:
					'Ask your APSIS One admin which attributes and tags the key may write, and whether the keyspace manages subscriptions.',
			},
		},
	});
	if (response.status === 429) return 'noRoom';
	const ticket = parseImportTicket(response.body);
	if (ticket) return ticket;
	throw new NodeApiError(
		context.getNode(),
		{},
		{
			message:
				"APSIS One accepted the import, but its answer lacks the import's ID or upload address",
			description:
				'Nothing was uploaded. The import ends by itself when its upload address expires. Try again; if it stays so, tell the makers of this node.',
		},
	);
}

/**
 * Asks for the status of an import (contract: Profile import v2, step 4); 404 gives undefined.
 *
 * @param maxAttempts tries of the call; one is enough where there will be another look
 */
export async function lookAtImport(
	context: IExecuteFunctions,
	section: string,
	importId: string,
	maxAttempts?: number,
): Promise<ImportLook | undefined> {
	const response = await apiRequest(context, {
		method: 'GET',
		path: `${sectionPath(section)}/imports/${encodeURIComponent(importId)}`,
		purpose: 'tell the status of the import',
		repeat: 'always',
		maxAttempts,
		expectedStatuses: [404],
		explain: { 403: sectionExplanations(section)[403] },
	});
	return response.status === 404 ? undefined : parseImportLook(response.body);
}
