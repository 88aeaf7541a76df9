/** What kept a call from being answered; an answer with an error status is not a network fault. */
export interface NetworkFault {
	kind:
		| 'refused'
		| 'notFound'
		| 'timeout'
		| 'lost'
		| 'certificate'
		| 'cancelled'
		| 'unreadable'
		| 'other';
	/** Whether APSIS One cannot have received the request, so that repeating is safe whatever it does. */
	neverSent: boolean;
	/** End of the sentence "APSIS One could not be reached: …". */
	sentence: string;
}

/** The user has stopped the execution. */
export const CANCELLED: NetworkFault = {
	kind: 'cancelled',
	neverSent: false,
	sentence: 'the execution was cancelled',
};

const FAULTS: ReadonlyArray<[codes: RegExp, NetworkFault]> = [
	[
		/^(ECONNREFUSED)$/,
		{ kind: 'refused', neverSent: true, sentence: 'the host refused the connection' },
	],
	[
		/^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
		{ kind: 'notFound', neverSent: true, sentence: 'there is no host with that name' },
	],
	[
		/^(EHOSTUNREACH|ENETUNREACH)$/,
		{ kind: 'notFound', neverSent: true, sentence: 'there is no route to the host' },
	],
	[
		/^(ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w*TIMEOUT)$/,
		{ kind: 'timeout', neverSent: false, sentence: 'it did not answer in time' },
	],
	[
		/^(ECONNRESET|EPIPE|ERR_BAD_RESPONSE|UND_ERR_SOCKET|ERR_STREAM_\w+)$/,
		{
			kind: 'lost',
			neverSent: false,
			sentence: 'the connection broke before the answer was complete',
		},
	],
	[
		/^(CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|EPROTO)$/,
		{ kind: 'certificate', neverSent: true, sentence: 'its TLS certificate was not accepted' },
	],
	[/^(ERR_CANCELED|ABORT_ERR)$/, CANCELLED],
];

/** A success status with a body that is not JSON. */
export const UNREADABLE_ANSWER: NetworkFault = {
	kind: 'unreadable',
	neverSent: false,
	sentence: 'the answer is incomplete or does not come from APSIS One',
};

const OTHER: NetworkFault = {
	kind: 'other',
	neverSent: false,
	sentence: 'the connection failed',
};

/**
 * Reads what went wrong out of what n8n's request helpers throw (an AxiosError, bare or inside a NodeApiError).
 * Only the code is looked at: the error itself carries the request, which holds secrets, and goes no further.
 */
export function readNetworkFault(error: unknown): NetworkFault {
	const code = findCode(error, 0);
	return FAULTS.find(([codes]) => codes.test(code))?.[1] ?? OTHER;
}

function findCode(error: unknown, depth: number): string {
	if (typeof error !== 'object' || error === null || depth > 4) return '';
	const { code, httpCode, cause, errorResponse, name } = error as Record<string, unknown>;
	if (name === 'AbortError' || name === 'CanceledError') return 'ERR_CANCELED';
	for (const candidate of [code, httpCode]) {
		if (typeof candidate === 'string' && /^[A-Z]/.test(candidate)) return candidate;
	}
	return findCode(cause, depth + 1) || findCode(errorResponse, depth + 1);
}
