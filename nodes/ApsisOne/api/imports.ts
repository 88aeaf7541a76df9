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
import { accountId, readAccount } from '../transport/context';
import type { FormFile } from '../transport/multipartForm';
import { isCancelled, pause } from '../transport/pause';
import { uploadFile, type UploadOutcome } from '../transport/uploadFile';
import { quotedProblem } from '../transport/problem';
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
	/** Whether it carries a consent without an address, which accounts with Consent 1.0 refuse. */
	lacksAddress: boolean;
}

const STRANDED =
	"counts as one of the account's three unfinished imports until its upload URL expires, but changes no profiles.";

/**
 * The calls about imports (contract: Profile import v2), made for one node that runs. What imports are for is not known
 * here, and n8n not to those who use it.
 */
export class ImportClient {
	private constructor(
		private readonly context: IExecuteFunctions,
		/** Tells the account apart from others; its limits are shared by all executions. */
		readonly account: string,
	) {}

	/** @throws ApsisOneError when the credential's address cannot be used */
	static async of(context: IExecuteFunctions): Promise<ImportClient> {
		return new ImportClient(context, accountId(await readAccount(context)));
	}

	/**
	 * Requests an import (step 1). Not repeated when the answer is lost: an import that was requested cannot be cancelled and
	 * holds one of three places.
	 *
	 * @throws ApsisOneError when APSIS One's answer lacks what the upload needs, NodeApiError when it refuses
	 */
	async request(
		target: ImportRequestTarget,
		body: ImportRequestBody,
	): Promise<ImportTicket | NoRoom> {
		const { section } = target;
		const response = await apiRequest(this.context, {
			method: 'POST',
			path: `/v2${sectionPath(section)}/imports`,
			body: body as IDataObject,
			purpose: 'request the import',
			repeat: 'unlessDone',
			expectedStatuses: [429],
			mayHaveLeft: `An import may have been created anyway. If so, it ${STRANDED}`,
			explain: {
				...sectionExplanations(section),
				400: target.lacksAddress ? ADDRESS_MISSING : MISTAKE,
				403: (answer) => explainForbidden(target, answer),
				...(target.lacksAddress ? { 422: ADDRESS_MISSING } : {}),
			},
		});
		if (response.status === 429) {
			const retryAfterMs = readRetryAfterMs(response.headers['retry-after'], Date.now());
			return { noRoom: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
		}
		const ticket = parseImportTicket(response.body);
		if ('lacks' in ticket) throw incompleteTicket(ticket, quotedProblem(response.body));
		return ticket;
	}

	/**
	 * Asks for the status of an import (step 4).
	 *
	 * @param maxAttempts attempts of the call; one is enough if there will be another look
	 * @returns undefined for an import that APSIS One does not know, or not yet
	 * @throws NodeApiError when the call fails
	 */
	async look(
		section: string,
		importId: string,
		maxAttempts?: number,
	): Promise<ImportLook | undefined> {
		const response = await apiRequest(this.context, {
			method: 'GET',
			path: `${sectionPath(section)}/imports/${encodeURIComponent(importId)}`,
			purpose: 'get the status of the import',
			repeat: 'always',
			maxAttempts,
			expectedStatuses: [404],
			explain: { 403: sectionExplanations(section)[403] },
		});
		return response.status === 404 ? undefined : parseImportLook(response.body);
	}

	/**
	 * Uploads the file of an import (step 3).
	 *
	 * @throws NodeApiError when the upload host refuses the file or stays out of reach
	 */
	async upload(ticket: ImportTicket, file: FormFile): Promise<UploadOutcome> {
		const { uploadUrl: url, uploadExpiresAt: expiresAt, uploadFields: fields } = ticket;
		return await uploadFile(this.context, { url, expiresAt, fields }, file);
	}

	/** @throws ApsisOneError when the execution is cancelled meanwhile */
	async wait(durationMs: number): Promise<void> {
		if (await pause(this.context, durationMs)) return;
		throw new ApsisOneError('The execution was cancelled', 'It was waiting for APSIS One.');
	}

	get isCancelled(): boolean {
		return isCancelled(this.context);
	}
}

const MISTAKE: Explanation = {
	message: 'APSIS One refused the import request as invalid',
	description: 'Check Attributes, Subscriptions and Consent, Tags and Additional Request Fields.',
};

/** Contract: Profile import v2, Consent 1.0 and 2.0. */
const ADDRESS_MISSING: Explanation = {
	message: 'APSIS One refused the import: a consent has no address',
	description:
		'In an account with Consent 1.0, a consent belongs to an email address or mobile number. Map the field that contains it to the attribute Email (Mobile for SMS) in Attributes, and set Consent Address to Automatic.',
};

function explainForbidden(
	{ keyspaceName, writes }: ImportRequestTarget,
	answer: unknown,
): Explanation {
	const named = findMentioned(writes, answer).map(({ name }) => `"${name}"`);
	if (named.length > 0) {
		return {
			message: `APSIS One refused the import: the API key is not allowed to write ${named.join(', ')} through the keyspace "${keyspaceName}"`,
			description:
				'Leave it out, choose another Keyspace, or ask your APSIS One admin to let the keyspace write it.',
		};
	}
	return {
		message: `APSIS One refused the import: the API key is not allowed to write all of this through the keyspace "${keyspaceName}"`,
		description:
			'Ask your APSIS One admin which attributes and tags the API key is allowed to write, and whether the keyspace manages subscriptions.',
	};
}

/** An import that was requested cannot be cancelled (contract: Limits). */
function incompleteTicket({ lacks, importId }: IncompleteTicket, says: string): ApsisOneError {
	const which = importId === undefined ? 'An import' : `The import ${importId}`;
	return new ApsisOneError(
		`APSIS One accepted the import, but its answer lacks ${lacks.join(', ').replace(/, ([^,]*)$/, ' and $1')}`,
		`Nothing was uploaded. ${which} has no file. It ${STRANDED} Run the workflow again later. If this keeps happening, report it to the maintainers of this node. ${says}`.trimEnd(),
	);
}
