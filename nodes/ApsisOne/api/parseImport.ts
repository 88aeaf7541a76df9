import { unixMoment } from '../transport/unixTime';
import { asObject, type Outside, parsedJson, trimmed } from './outside';

/** Statuses of an import (contract: Profile import v2, step 4). */
export type ImportStatus = 'waiting_for_file' | 'queued' | 'in_progress' | 'completed' | 'error';

/** One look at an import. Members besides the status are unknown to us and passed through. */
export interface ImportLook {
	/**
	 * In lower case with underscores where its meaning is known, whatever its spelling; other words as APSIS One writes them;
	 * `unknown` when the answer holds none.
	 */
	status: ImportStatus | (string & {});
	/** What holds the status, with APSIS One's own spelling of it. */
	result: Record<string, unknown>;
}

/** How an import ended. `partly`: APSIS One says that some of it was not imported. */
export type ImportEnd = 'completed' | 'partly' | 'error' | 'expired';

/** What the import request gave; the form fields are credentials. */
export interface ImportTicket {
	importId: string;
	uploadUrl: string;
	/** RFC 3339 in UTC; '' when it is not known. */
	uploadExpiresAt: string;
	uploadFields: ReadonlyArray<readonly [name: string, value: string]>;
}

/** An answer to an import request that lacks what an upload needs. */
export interface IncompleteTicket {
	/** What is missing, in words for the user. */
	lacks: string[];
	/** The import that waits for a file in vain, where its ID is there. */
	importId?: string;
}

/** Members that an answer about an import may be wrapped in. */
const WRAPPERS = ['result', 'import', 'data'];

/** What does not say how far an import is. */
const UNKNOWN_STATUS = 'unknown';
const STATUSES_UNDER_WAY: ReadonlySet<string> = new Set([
	'waiting_for_file',
	'queued',
	'in_progress',
	UNKNOWN_STATUS,
]);

export function parseImportLook(body: unknown): ImportLook {
	// The innermost first: what a status is wrapped in may have one of its own, of the call.
	for (const holder of holdersOf(body).reverse()) {
		const status = canonicalStatus(statusIn(holder));
		if (status) return { status, result: holder };
	}
	return { status: UNKNOWN_STATUS, result: asObject(asObject(body).result ?? body) };
}

/** The status of an import as APSIS One writes it. */
export function statusIn({ status, state, import_status: importStatus }: Outside): unknown {
	return status ?? state ?? importStatus;
}

/** `{ status: { name: "completed" } }` */
function isNamed(value: unknown): boolean {
	return typeof nameIn(value) === 'string';
}

function nameIn(value: unknown): unknown {
	const { name, code, value: own } = asObject(value);
	return name ?? code ?? own;
}

/** `COMPLETED`, `In Progress`, `in-progress` and `inProgress` are one status each. */
function canonicalStatus(value: unknown): string {
	if (typeof value !== 'string') return isNamed(value) ? canonicalStatus(nameIn(value)) : '';
	const words = value
		.trim()
		.replace(/([a-z])([A-Z])/g, '$1_$2')
		.toLowerCase()
		.replace(/[\s_-]+/g, '_');
	if (/^(waiting|awaiting)(_for)?(_the|_a)?_(file|upload)$/.test(words)) return 'waiting_for_file';
	return STATUSES_UNDER_WAY.has(words) || endOf(words) ? words : value.trim();
}

/** Words that plainly mean an end; others mean that the import goes on. */
const ENDS: ReadonlyArray<[words: RegExp, end: ImportEnd]> = [
	[/^(completed?|finished|done|success(ful)?|succeeded|imported)(_successfully)?$/, 'completed'],
	[
		/^(completed?|finished|done|success(ful)?|succeeded|imported)_(with_\w+|partly|partially)$/,
		'partly',
	],
	[/^partial(ly)?_(completed?|finished|done|success(ful)?|succeeded|imported|failed)$/, 'partly'],
	[
		/^(?!no_|without_)((\w+_)?error(ed)?|(\w+_)?fail(ed|ure)?|cancell?ed|aborted|rejected|invalid|deleted|timed_?out)(_\w+)?$/,
		'error',
	],
	[/^(\w+_)?expired$/, 'expired'],
];

/**
 * How an import has ended, by its status.
 *
 * @returns undefined while APSIS One still works on it, or says nothing that plainly means an end
 */
export function endOf(status: string): ImportEnd | undefined {
	return ENDS.find(([words]) => words.test(status))?.[1];
}

/** Members that count or list what was not imported; not those that set how much is allowed. */
const NAMES_FAILURES =
	/^(?!max|allow|ignore|skip_)\w*(?:fail|error|reject|invalid|skipp|unprocess)(?!\w*(?:_at|At|time|date|code|id|limit|threshold)$)/i;

/**
 * What the result of an import says of rows that were not imported: the contract knows no such member, and a report is
 * nothing to be passed over (contract: Profile import v2, step 4).
 *
 * @returns e.g. `failed_rows: 7`; '' where it says nothing of the kind
 */
export function failuresIn(result: Outside, depth = 0): string {
	for (const [name, value] of Object.entries(result)) {
		if (NAMES_FAILURES.test(name) && countIn(value) > 0) return `${name}: ${countIn(value)}`;
		const below = depth < 2 ? failuresIn(asObject(value), depth + 1) : '';
		if (below) return below;
	}
	return '';
}

/** A count, the length of a list, or the highest count in an object: `{ count: 7, rows: […] }`. */
function countIn(value: unknown): number {
	if (Array.isArray(value)) return value.length;
	const isCount = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
	return isCount ? Number(value) : Math.max(0, ...Object.values(asObject(value)).map(countIn));
}

/** What a status that leaves an import unfinished means, where its meaning is not known; '' where it is. */
export function doubtIn(status: string): string {
	if (status === UNKNOWN_STATUS)
		return "The node could not read its status in APSIS One's last answer.";
	if (STATUSES_UNDER_WAY.has(status) || endOf(status)) return '';
	return `APSIS One last said "${status}", of which the node does not know what it means.`;
}

/** Whether APSIS One will not change the import any more. */
export function isFinal(status: string): boolean {
	return endOf(status) !== undefined;
}

/** Whether an import of this status has its file: any that does not say otherwise, since rows must not be sent twice. */
export function hasFile(status: string): boolean {
	if (status === 'waiting_for_file' || status === UNKNOWN_STATUS) return false;
	return endOf(status) !== 'expired';
}

/** Reads the answer to an import request (contract: Profile import v2, step 2), in whatever it is wrapped. */
export function parseImportTicket(body: unknown): ImportTicket | IncompleteTicket {
	const holders = holdersOf(body);
	const find = <T>(names: readonly string[], read: (value: unknown) => T | undefined) =>
		holders
			.flatMap((holder) => names.map((name) => read(holder[name])))
			.find((value) => value !== undefined);

	const importId = find(['import_id'], readId) ?? find(['id'], readId);
	const uploadUrl = find(['file_upload_url', 'upload_url'], readUrl);
	const uploadFields = find(['file_upload_body', 'file_upload_fields'], readFormFields);
	if (importId === undefined || uploadUrl === undefined || uploadFields === undefined) {
		const lacks = [
			importId === undefined && "the import's ID",
			uploadUrl === undefined && 'the upload URL',
			uploadFields === undefined && 'the fields of the upload form',
		].filter((word) => word !== false);
		return { lacks, ...(importId === undefined ? {} : { importId }) };
	}
	const uploadExpiresAt = find(['file_upload_url_expires_at', 'expires_at'], readMoment) ?? '';
	return { importId, uploadUrl, uploadExpiresAt, uploadFields };
}

/** The answer itself and what it is wrapped in, the outermost first, at most two wrappers deep. */
function holdersOf(body: unknown, depth = 0): Outside[] {
	const holder = asObject(body);
	if (depth === 2) return [holder];
	return [holder, ...WRAPPERS.flatMap((name) => holdersOf(holder[name], depth + 1))];
}

function readId(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function readUrl(value: unknown): string | undefined {
	const address = trimmed(value);
	if (!URL.canParse(address)) return undefined;
	return /^https?:$/.test(new URL(address).protocol) ? address : undefined;
}

/** Reads an object, a list of `{ name, value }` or `{ key, value }`, a list of pairs, or any of these as JSON text. */
function readFormFields(value: unknown): ImportTicket['uploadFields'] | undefined {
	if (typeof value === 'string') {
		const parsed = parsedJson(value);
		return typeof parsed === 'string' ? undefined : readFormFields(parsed);
	}
	const pairs = Array.isArray(value) ? value.map(pairOf) : Object.entries(asObject(value));
	const fields = pairs.map(([name, field]) => [name, fieldText(field)] as const);
	const isReadable = (field: readonly [unknown, unknown]): field is readonly [string, string] =>
		typeof field[0] === 'string' && field[0] !== '' && field[1] !== undefined;
	if (fields.length === 0 || !fields.every(isReadable)) return undefined;
	// A form says where the file goes: a host that takes the first part of that name would take an empty one.
	return fields.filter(isReadable).filter(([name, field]) => name !== 'file' || field !== '');
}

function pairOf(entry: unknown): readonly [unknown, unknown] {
	if (Array.isArray(entry))
		return entry.length === 2 ? [entry[0], entry[1]] : [undefined, undefined];
	const { name, key, value } = asObject(entry);
	return [name ?? key, value];
}

function fieldText(value: unknown): string | undefined {
	return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/i;
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/i;
const WITH_ZONE = /(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i;

/**
 * Reads a moment written as RFC 3339, the same without a zone (then UTC) or without separators, or as Unix seconds or
 * milliseconds.
 *
 * @returns RFC 3339 in UTC; undefined when it cannot be read
 */
function readMoment(value: unknown): string | undefined {
	if (typeof value === 'number') return isoMoment(unixMoment(value));
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	if (/^\d{9,}(\.\d+)?$/.test(text)) return isoMoment(unixMoment(Number(text)));
	const extended = text.replace(COMPACT, '$1-$2-$3T$4:$5:$6$7$8');
	if (WITHOUT_ZONE.test(extended)) return isoMoment(Date.parse(`${extended.replace(' ', 'T')}Z`));
	return WITH_ZONE.test(extended) ? isoMoment(Date.parse(extended)) : undefined;
}

function isoMoment(ms: number): string | undefined {
	const date = new Date(ms);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
