import { ApsisOneError } from '../errors';
import { apiRequest, type Explanation } from '../transport/apiRequest';
import { type ApsisOneContext, readAccount } from '../transport/context';
import { problemSentence } from '../transport/problem';
import { describeShape, findList, findNextPage, type NextPage } from './parseList';
import { isObject } from './outside';

/** A list that APSIS One is asked for. */
export interface ListRequest<T> {
	/** Path below the base URL, discriminators URL-encoded. */
	path: string;
	/** As a member of the answer may be called, e.g. `attributes`. */
	name: string;
	/** As the end of "APSIS One refused to …". */
	purpose: string;
	explain?: Readonly<Partial<Record<number, Explanation>>>;
	/** What an entry stands for, where it may hold several. */
	spread?(entry: Record<string, unknown>): unknown[];
	/** @returns undefined for an entry that cannot be read */
	parse(entry: Record<string, unknown>): T | undefined;
	/** Whether an entry is rightly left out. */
	isHidden?(entry: Record<string, unknown>): boolean;
}

/** Far more than any account has; a list that goes on for longer leads in circles. */
const MAX_PAGES = 200;
const REPORT =
	'If this keeps happening, report it to the maintainers of this node together with this message.';

/**
 * Asks for a list, with all its pages where more than one is announced.
 *
 * @throws ApsisOneError when the answer holds no list, or none of its entries can be read, or it goes on in a way that is not
 * known: what could not be read is never taken for an empty list
 */
export async function getList<T>(context: ApsisOneContext, request: ListRequest<T>): Promise<T[]> {
	const entries = await getEntries(context, request);
	const { spread } = request;
	const all = spread ? entries.flatMap((one) => (isObject(one) ? spread(one) : [one])) : entries;
	return readEntries(context, request, all);
}

async function getEntries<T>(
	context: ApsisOneContext,
	request: ListRequest<T>,
): Promise<unknown[]> {
	const { purpose, explain } = request;
	const entries: unknown[] = [];
	const seen = new Set<string>();
	let previous = '';
	for (let path = request.path; ;) {
		seen.add(path);
		const answer = await apiRequest(context, {
			method: 'GET',
			path,
			purpose,
			repeat: 'always',
			explain,
		});
		const list = findList(answer.body, request.name);
		if (!list || (list.length === 0 && saysError(answer.body)))
			throw notUnderstood(purpose, answer.body);
		// A server that knows nothing of the page asked for gives the first one again.
		const text = JSON.stringify(list);
		if (list.length > 0 && text === previous) throw incomplete(purpose, 'every page is the same');
		previous = text;
		entries.push(...list);
		const next = findNextPage(answer.body, answer.headers.link, entries.length, seen.size);
		if (!next) return entries;
		path = await pathOfPage(context, request, path, next);
		if (seen.has(path) || seen.size === MAX_PAGES)
			throw incomplete(purpose, 'its pages link to each other in a circle');
	}
}

/** An empty list beside an error is no list that is empty. */
function saysError(body: unknown): boolean {
	if (!isObject(body)) return false;
	return [body.error, body.errors].some((one) =>
		typeof one === 'object' && one !== null ? Object.keys(one).length > 0 : Boolean(one),
	);
}

function readEntries<T>(
	context: ApsisOneContext,
	{ purpose, parse, isHidden }: ListRequest<T>,
	entries: readonly unknown[],
): T[] {
	const read: T[] = [];
	let unreadable = 0;
	for (const entry of entries) {
		const parsed = isObject(entry) ? parse(entry) : undefined;
		if (parsed !== undefined) read.push(parsed);
		else if (!isObject(entry) || !isHidden?.(entry)) unreadable++;
	}
	if (unreadable === 0) return read;
	if (read.length === 0) throw noneReadable(purpose, entries);
	context.logger.warn(
		`APSIS One: ${unreadable} of ${entries.length} entries could not be read and were left out when the node asked to ${purpose}`,
	);
	return read;
}

/**
 * The path of a further page.
 *
 * @throws ApsisOneError when the token would leave APSIS One's host, or there is no address
 */
async function pathOfPage<T>(
	context: ApsisOneContext,
	{ purpose }: ListRequest<T>,
	path: string,
	next: Exclude<NextPage, undefined>,
): Promise<string> {
	if ('unknown' in next)
		throw incomplete(
			purpose,
			`it is unknown how to get the rest (the answer says "${next.unknown}")`,
		);
	const base = new URL((await readAccount(context)).baseUrl);
	const prefix = base.pathname.replace(/\/+$/, '');
	const current = new URL(`${prefix}${path}`, base);
	if ('page' in next) {
		current.searchParams.set('page', String(next.page));
		return pathBelow(current, prefix);
	}
	if (!URL.canParse(next.link, current.href))
		throw incomplete(purpose, 'the address of the next page cannot be read');
	const url = new URL(next.link, current);
	if (url.host !== base.host) {
		throw incomplete(
			purpose,
			`the next page is on another host (${url.host}), to which the access token must not be sent`,
		);
	}
	return pathBelow(url, prefix);
}

/** A link may leave out the path of a Base URL that a proxy adds. */
function pathBelow({ pathname, search }: URL, prefix: string): string {
	const isBelow = prefix !== '' && pathname.startsWith(`${prefix}/`);
	return `${isBelow ? pathname.slice(prefix.length) : pathname}${search}`;
}

function notUnderstood(purpose: string, body: unknown): ApsisOneError {
	const says = problemSentence(body);
	return new ApsisOneError(
		`APSIS One was asked to ${purpose}, but its answer could not be read`,
		`The answer contains no list: it ${describeShape(body)}.${says ? ` It says: ${says.replace(/\.$/, '')}.` : ''} Check Region or Base URL in the credential, and try again. ${REPORT}`,
	);
}

function noneReadable(purpose: string, entries: readonly unknown[]): ApsisOneError {
	return new ApsisOneError(
		`APSIS One was asked to ${purpose}, but its answer could not be read`,
		`None of the ${entries.length} entries of the list could be read; the first ${describeShape(entries[0])}. Check Region or Base URL in the credential. ${REPORT}`,
	);
}

function incomplete(purpose: string, why: string): ApsisOneError {
	return new ApsisOneError(
		`APSIS One was asked to ${purpose}, but only part of the list could be read`,
		`The list continues after this page, but ${why}. The node does not work with incomplete lists. ${REPORT}`,
	);
}
