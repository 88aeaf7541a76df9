import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import { sectionExplanations, sectionPath } from './definitions';
import {
	type ImportLook,
	type ImportTicket,
	type IncompleteTicket,
	parseImportLook,
	parseImportTicket,
} from './parseImport';
import { type DefinitionId, findMentioned } from './parsePermissions';
import { apiRequest, type Explanation } from '../transport/apiRequest';
import { readRetryAfterMs } from '../transport/retryPolicy';

/** Body of an import request (contract: Profile import v2, step 1). */
export type ImportRequestBody = Record<string, unknown>;

/** APSIS One has no room for one more import just now: too many unfinished ones, or too many requests. */
export interface NoRoom {
	noRoom: true;
	/** How long APSIS One wants not to be asked, in milliseconds, where it says so. */
	retryAfterMs?: number;
}

/** What an import request is for, besides its body. */
export interface ImportRequestTarget {
	section: string;
	/** For messages. */
	keyspaceName: string;
	/** What the import writes, so that a refusal can name it. */
	writes: readonly DefinitionId[];
}

const STRANDED =
	"holds one of the account's three places until its upload address expires; nothing was changed by it.";

/**
 * Requests an import (contract: Profile import v2, step 1). Not repeated when the answer is lost: an import that was
 * requested cannot be cancelled and holds one of three places.
 *
 * @throws ApsisOneError when APSIS One's answer lacks what the upload needs, NodeApiError when it refuses
 */
export async function requestImport(
	context: IExecuteFunctions,
	target: ImportRequestTarget,
	body: ImportRequestBody,
): Promise<ImportTicket | NoRoom> {
	const { section } = target;
	const response = await apiRequest(context, {
		method: 'POST',
		path: `/v2${sectionPath(section)}/imports`,
		body: body as IDataObject,
		purpose: 'request the import',
		repeat: 'unlessDone',
		expectedStatuses: [429],
		mayHaveLeft: `An import may have been made, though: it ${STRANDED}`,
		explain: {
			...sectionExplanations(section),
			400: {
				message: 'APSIS One found a mistake in the import request',
				description:
					'Look at Attributes, Subscriptions and Consent, Tags and Additional Request Fields.',
			},
			403: (answer) => explainForbidden(target, answer),
		},
	});
	if (response.status === 429) {
		const retryAfterMs = readRetryAfterMs(response.headers['retry-after'], Date.now());
		return { noRoom: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
	}
	const ticket = parseImportTicket(response.body);
	if ('lacks' in ticket) throw incompleteTicket(ticket);
	return ticket;
}

function explainForbidden(
	{ keyspaceName, writes }: ImportRequestTarget,
	answer: unknown,
): Explanation {
	const named = findMentioned(writes, answer).map(({ name }) => `"${name}"`);
	if (named.length > 0) {
		return {
			message: `APSIS One refused the import: the API key may not write ${named.join(', ')} through the keyspace "${keyspaceName}"`,
			description:
				'Leave it out, choose another Keyspace, or ask your APSIS One admin to let the keyspace write it.',
		};
	}
	return {
		message: `APSIS One refused the import: the API key may not write all of this through the keyspace "${keyspaceName}"`,
		description:
			'Ask your APSIS One admin which attributes and tags the key may write, and whether the keyspace manages subscriptions.',
	};
}

/** An import that was requested cannot be cancelled (contract: Limits). */
function incompleteTicket({ lacks, importId }: IncompleteTicket): ApsisOneError {
	const which = importId === undefined ? 'An import' : `The import ${importId}`;
	return new ApsisOneError(
		`APSIS One accepted the import, but its answer lacks ${lacks.join(', ').replace(/, ([^,]*)$/, ' and $1')}`,
		`Nothing was uploaded. ${which} stays without its file and ${STRANDED} Run the workflow again later; if it stays so, report it to the makers of this node.`,
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
