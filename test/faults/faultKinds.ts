import type { Fault } from '../apsisOne';

/**
 * Where a fault strikes, in the order of an import; `getStatus` is the operation Get Status on its own, and the last ones are
 * calls about one profile: `createProfile` may be repeated, `addEvent` only while it cannot have been done.
 */
export const STEPS = [
	'token',
	'definitions',
	'importRequest',
	'upload',
	'status',
	'getStatus',
	'createProfile',
	'addEvent',
] as const;

export type Step = (typeof STEPS)[number];

/** The call of the local APSIS One that a step makes. Of the definitions, the second of three lists fails. */
export const CALL_OF: Readonly<Record<Step, Fault['call']>> = {
	token: 'token',
	definitions: 'attributes',
	importRequest: 'importRequest',
	upload: 'upload',
	status: 'importStatus',
	getStatus: 'importStatus',
	createProfile: 'profile',
	addEvent: 'profile',
};

const status = (code: number, headers: Record<string, string> = {}): Omit<Fault, 'call'> => ({
	kind: 'status',
	status: code,
	headers,
});

/** What goes wrong, by the name it has in the matrix. */
export const FAULTS = {
	'401': status(401),
	'403': status(403),
	'404': status(404),
	'408': status(408),
	'429, Retry-After': status(429, { 'Retry-After': '7' }),
	'429': status(429),
	'500': status(500),
	'503': status(503),
	timeout: { kind: 'timeout' },
	reset: { kind: 'reset' },
	/** A status and a page of a proxy's: the call has not come through. */
	html: { kind: 'html' },
	// From here on the call is carried out, and only its answer is spoilt.
	'cut JSON': { kind: 'truncatedJson', effect: 'after' },
	'slow body': { kind: 'slowBody', effect: 'after', delayMs: 5_000 },
	'timeout, done': { kind: 'timeout', effect: 'after' },
	'reset, done': { kind: 'reset', effect: 'after' },
} as const satisfies Record<string, Omit<Fault, 'call'>>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** `once`: the first call is hit. `forEver`: all are. `fromSecond`: all but the first, so the first of two imports goes through. */
export type HowOften = 'once' | 'forEver' | 'fromSecond';

export const HITS: Readonly<Record<HowOften, Pick<Fault, 'times' | 'skip'>>> = {
	once: { times: 1 },
	forEver: { times: 1_000 },
	fromSecond: { times: 1_000, skip: 1 },
};
