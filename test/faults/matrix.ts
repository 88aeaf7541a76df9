import type { FaultName, HowOften, Step } from './faultKinds';

/** One clear sentence, and what it leaves behind. */
export interface Told {
	says: RegExp;
	/**
	 * Imports that were requested and never got their file. `unknowable`: their answer was lost, so the node cannot name
	 * them. `named`: the sentence must hold the ID of each.
	 */
	orphans?: 'unknowable' | 'named';
}

export type Outcome = 'recovered' | Told;

type Row = Readonly<Record<FaultName, readonly [once: Outcome, forEver: Outcome]>>;
type RowOfTwoImports = Readonly<
	Record<FaultName, readonly [once: Outcome, forEver: Outcome, fromSecond: Outcome]>
>;

const recovered = 'recovered';
const told = (says: RegExp): Told => ({ says });
/** The import request was carried out, or may have been: nobody can take it back. */
const lost = (says: RegExp): Told => ({ says, orphans: 'unknowable' });

/** The file of an import did not arrive; the sentence holds the import's ID. */
const named = (says: RegExp): Told => ({ says, orphans: 'named' });

const WRONG_KEY = told(/does not know this Client ID and Client Secret \| Check both/);
const NO_TOKEN = (status: number) =>
	told(
		new RegExp(
			`issued no access token \\(status ${status}: Scripted fault\\) \\| Try again later\\.$`,
		),
	);
const TOKENS_USED_UP = told(
	/^APSIS One issues ten access tokens a minute .* are used up \| Try again in a/,
);
const NOT_A_TOKEN = told(/ answered, but not with an access token \| .*Check Region or Base URL/);
const UNREACHABLE = (why: string) =>
	told(
		new RegExp(
			`^APSIS One could not be reached( at [\\d.:]+)?: ${why} \\| .*Check the network, and Region`,
		),
	);
const SILENT = 'it did not answer in time';
const BROKEN = 'the connection broke before the answer was complete';
const UNREADABLE = 'the answer is incomplete or does not come from APSIS One';

const token: Row = {
	'401': [WRONG_KEY, WRONG_KEY],
	'403': [WRONG_KEY, WRONG_KEY],
	'404': [NO_TOKEN(404), NO_TOKEN(404)],
	'408': [recovered, NO_TOKEN(408)],
	'429, Retry-After': [recovered, TOKENS_USED_UP],
	'429': [recovered, TOKENS_USED_UP],
	'500': [recovered, NO_TOKEN(500)],
	'503': [recovered, NO_TOKEN(503)],
	timeout: [recovered, UNREACHABLE(SILENT)],
	reset: [recovered, UNREACHABLE(BROKEN)],
	html: [recovered, NOT_A_TOKEN],
	'cut JSON': [recovered, NOT_A_TOKEN],
	'slow body': [recovered, recovered],
	'timeout, done': [recovered, UNREACHABLE(SILENT)],
	'reset, done': [recovered, UNREACHABLE(BROKEN)],
};

const LIST = 'list the attributes of the section';
const NO_SECTION = told(
	/^APSIS One has no section "usercreated\.sections\.fjall\.shop-\w+" \| Choose/,
);
const SECTION_FORBIDDEN = told(
	/^The API key is not allowed to use the section "[^"]+" \| Choose another/,
);
const FORBIDDEN = (purpose: string) =>
	told(new RegExp(`^APSIS One refused to ${purpose} \\| The API key .* lacks the permission\\.`));
const TOO_MANY = (purpose: string) =>
	told(new RegExp(`^APSIS One refused to ${purpose} \\| .*too many requests, .* in a minute\\.`));
const TIMED_OUT_ITSELF = (purpose: string) =>
	told(new RegExp(`^APSIS One refused to ${purpose} \\| It answered with status 408\\.`));
const FAILED = (purpose: string, status: number) =>
	told(new RegExp(`^APSIS One failed to ${purpose} \\| It answered with status ${status} each`));

/** A call that does no harm when repeated. */
const repeatable = (purpose: string, forbidden: Told, missing: Told): Row => ({
	'401': [recovered, FORBIDDEN(purpose)],
	'403': [recovered, forbidden],
	'404': [missing, missing],
	'408': [recovered, TIMED_OUT_ITSELF(purpose)],
	'429, Retry-After': [recovered, TOO_MANY(purpose)],
	'429': [recovered, TOO_MANY(purpose)],
	'500': [recovered, FAILED(purpose, 500)],
	'503': [recovered, FAILED(purpose, 503)],
	timeout: [recovered, UNREACHABLE(SILENT)],
	reset: [recovered, UNREACHABLE(BROKEN)],
	html: [recovered, UNREACHABLE(UNREADABLE)],
	'cut JSON': [recovered, UNREACHABLE(UNREADABLE)],
	'slow body': [recovered, recovered],
	'timeout, done': [recovered, UNREACHABLE(SILENT)],
	'reset, done': [recovered, UNREACHABLE(BROKEN)],
});

const definitions = repeatable(LIST, SECTION_FORBIDDEN, NO_SECTION);

const REQUEST = 'request the import';
/** How the same sentence begins where rows come out of Rejected because of it. */
const orUnsent = ({ says }: Told): Told =>
	told(new RegExp(says.source.replace(/^\^/, '^(not sent: )?')));
const KEYSPACE_FORBIDDEN = told(
	/^(not sent: )?APSIS One refused the import: .* keyspace "Email" \|/,
);
const NO_PLACE = told(/^(not sent: )?APSIS One has no place for another import, .* \d+ seconds \|/);
const ANSWER_LOST = (why: string) =>
	new RegExp(
		`^(not sent: )?APSIS One's answer was lost: ${why} \\| .*Check in APSIS One before you run`,
	);
const FORBIDDEN_REQUEST = orUnsent(FORBIDDEN(REQUEST));
const NO_SECTION_REQUEST = orUnsent(NO_SECTION);
const REQUEST_408 = orUnsent(TIMED_OUT_ITSELF(REQUEST));
const REQUEST_500 = orUnsent(FAILED(REQUEST, 500));
const REQUEST_503 = orUnsent(FAILED(REQUEST, 503));
const LOST_TIMEOUT = told(ANSWER_LOST(SILENT));
const LOST_RESET = told(ANSWER_LOST(BROKEN));
const LOST_HTML = told(ANSWER_LOST(UNREADABLE));

/** An import that was requested cannot be taken back, so a lost answer is never asked for again. */
const importRequest: RowOfTwoImports = {
	'401': [recovered, FORBIDDEN_REQUEST, FORBIDDEN_REQUEST],
	'403': [recovered, KEYSPACE_FORBIDDEN, KEYSPACE_FORBIDDEN],
	'404': [NO_SECTION_REQUEST, NO_SECTION_REQUEST, NO_SECTION_REQUEST],
	'408': [recovered, REQUEST_408, REQUEST_408],
	'429, Retry-After': [recovered, NO_PLACE, NO_PLACE],
	'429': [recovered, NO_PLACE, NO_PLACE],
	'500': [recovered, REQUEST_500, REQUEST_500],
	'503': [recovered, REQUEST_503, REQUEST_503],
	timeout: [LOST_TIMEOUT, LOST_TIMEOUT, LOST_TIMEOUT],
	reset: [LOST_RESET, LOST_RESET, LOST_RESET],
	html: [LOST_HTML, LOST_HTML, LOST_HTML],
	'cut JSON': [
		lost(ANSWER_LOST(UNREADABLE)),
		lost(ANSWER_LOST(UNREADABLE)),
		lost(ANSWER_LOST(UNREADABLE)),
	],
	'slow body': [recovered, recovered, recovered],
	'timeout, done': [
		lost(ANSWER_LOST(SILENT)),
		lost(ANSWER_LOST(SILENT)),
		lost(ANSWER_LOST(SILENT)),
	],
	'reset, done': [lost(ANSWER_LOST(BROKEN)), lost(ANSWER_LOST(BROKEN)), lost(ANSWER_LOST(BROKEN))],
};

const REFUSED = (status: number) =>
	new RegExp(`^(not sent: )?The upload host refused the file: it answered with status ${status} `);
const NOT_UPLOADED = (why: string) =>
	new RegExp(`^(not sent: )?The file could not be uploaded: ${why} \\| `);
const EXPIRED =
	/^(not sent: )?Each time, the upload URL expired before the file had been uploaded \| /;
const EITHER_UPLOAD = /^(not sent: )?The file could not be uploaded: /;

/** The body of an answer means nothing here, except that a page is no answer of S3's (which has none, or XML). */
const upload: RowOfTwoImports = {
	'401': [named(REFUSED(401)), named(REFUSED(401)), named(REFUSED(401))],
	'403': [named(REFUSED(403)), named(REFUSED(403)), named(REFUSED(403))],
	'404': [named(REFUSED(404)), named(REFUSED(404)), named(REFUSED(404))],
	'408': [recovered, named(REFUSED(408)), named(REFUSED(408))],
	'429, Retry-After': [recovered, named(REFUSED(429)), named(REFUSED(429))],
	'429': [recovered, named(REFUSED(429)), named(REFUSED(429))],
	'500': [recovered, named(REFUSED(500)), named(REFUSED(500))],
	'503': [recovered, named(REFUSED(503)), named(REFUSED(503))],
	timeout: [recovered, named(EXPIRED), named(EXPIRED)],
	reset: [recovered, named(NOT_UPLOADED(BROKEN)), named(NOT_UPLOADED(BROKEN))],
	html: [recovered, named(EITHER_UPLOAD), named(EITHER_UPLOAD)],
	'cut JSON': [recovered, recovered, recovered],
	'slow body': [recovered, recovered, recovered],
	// A look at the import's status tells that the file has arrived.
	'timeout, done': [recovered, recovered, recovered],
	'reset, done': [recovered, recovered, recovered],
};

const LOOK = 'get the status of the import';
/** Faults of looks never end a wait; at its end the last one is told. */
const WAITED_IN_VAIN = (why: string) =>
	told(
		new RegExp(
			`^2 imports did not complete: [\\w-]{36} ended as timedOut \\| Maximum Wait has passed\\. The import may still complete\\. The last status check failed: ${why}`,
		),
	);
const REFUSED_LOOK = WAITED_IN_VAIN(`APSIS One refused to ${LOOK}`);
const FAILED_LOOK = WAITED_IN_VAIN(`APSIS One failed to ${LOOK}`);
const UNREACHABLE_LOOK = (why: string) => WAITED_IN_VAIN(`APSIS One could not be reached: ${why}`);
const UNKNOWN_IMPORT = told(
	/^2 imports did not complete: [\w-]{36} ended as error \| APSIS One has no import with this ID/,
);

const status: Row = {
	'401': [recovered, REFUSED_LOOK],
	'403': [recovered, WAITED_IN_VAIN('The API key is not allowed to use the section "')],
	'404': [recovered, UNKNOWN_IMPORT],
	'408': [recovered, REFUSED_LOOK],
	'429, Retry-After': [recovered, REFUSED_LOOK],
	'429': [recovered, REFUSED_LOOK],
	'500': [recovered, FAILED_LOOK],
	'503': [recovered, FAILED_LOOK],
	timeout: [recovered, UNREACHABLE_LOOK(SILENT)],
	reset: [recovered, UNREACHABLE_LOOK(BROKEN)],
	html: [recovered, UNREACHABLE_LOOK(UNREADABLE)],
	'cut JSON': [recovered, UNREACHABLE_LOOK(UNREADABLE)],
	'slow body': [recovered, recovered],
	'timeout, done': [recovered, UNREACHABLE_LOOK(SILENT)],
	'reset, done': [recovered, UNREACHABLE_LOOK(BROKEN)],
};

const NO_SUCH_IMPORT = told(/^\[Item 0\] The section "[^"]+" has no import "[\w-]{36}" \| Check/);

/** Operations that go item by item name the item, but where there was no token for any. */
const ofItem = (row: Row): Row => {
	const named = (outcome: Outcome): Outcome =>
		outcome === 'recovered'
			? outcome
			: {
					...outcome,
					says: new RegExp(outcome.says.source.replace(/^\^(?!\\\[)/, '^\\[Item 0\\] ')),
				};
	const entries = Object.entries(row).map(([fault, outcomes]) => [fault, outcomes.map(named)]);
	return Object.fromEntries(entries) as unknown as Row;
};

const getStatus = ofItem(repeatable(LOOK, SECTION_FORBIDDEN, NO_SUCH_IMPORT));

const CREATE = 'create the profile';
const createProfile: Row = ofItem({
	...repeatable(
		CREATE,
		told(
			/^APSIS One refused to create the profile \| .* is not allowed to write through this keyspace or in/,
		),
		told(/^APSIS One has no section "[^"]+" or no keyspace "[^"]+" \| Choose both/),
	),
	// The second time the profile is there, which its status alone tells.
	'cut JSON': [recovered, recovered],
});

const ADD = 'add events to the profile';
const NO_PROFILE = told(/^APSIS One has no profile "[^"]+" in this keyspace and section \| Create/);

const ADDED_PERHAPS = told(
	/^APSIS One failed to add events to the profile \| It answered with status 500\. The events may have been/,
);

/** What happened to a profile happened once: a lost answer is never asked for again. */
const addEvent: Row = ofItem({
	...repeatable(ADD, FORBIDDEN(ADD), NO_PROFILE),
	'500': [ADDED_PERHAPS, ADDED_PERHAPS],
	timeout: [LOST_TIMEOUT, LOST_TIMEOUT],
	reset: [LOST_RESET, LOST_RESET],
	html: [LOST_HTML, LOST_HTML],
	'cut JSON': [LOST_HTML, LOST_HTML],
	'timeout, done': [LOST_TIMEOUT, LOST_TIMEOUT],
	'reset, done': [LOST_RESET, LOST_RESET],
});

/** What is right for every step and fault: when it strikes once, for ever, and (where two are made) from the second import on. */
export const MATRIX: Readonly<Record<Step, Readonly<Record<FaultName, readonly Outcome[]>>>> = {
	token,
	definitions,
	importRequest,
	upload,
	status,
	getStatus,
	createProfile,
	addEvent,
};

/** The order of outcomes in a row of the matrix. */
export const HOW_OFTEN: readonly HowOften[] = ['once', 'forEver', 'fromSecond'];
