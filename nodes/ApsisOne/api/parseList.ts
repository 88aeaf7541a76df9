import { flagIn, isObject, type Outside, trimmed } from './outside';

/**
 * Lists in answers. The contract says that they are `{ "items": […] }` without paging (contract: Definitions); where an answer
 * is another, its list is found if there can be no doubt about it. A list that cannot be found is never an empty one.
 */

/** Names of lists, the likelier first; what is asked for is another. */
const LIST_NAMES = ['items', 'data', 'result', 'results', 'list', 'values', 'records', 'entries'];
/** Lists that are about the answer. */
const OTHER_LISTS = /error|warning|message|link|problem|detail/i;
const MAX_DEPTH = 3;

/**
 * Finds the list in an answer: the answer itself, its `items`, a member of another well-known name, or the only list of
 * objects in it.
 *
 * @param name what the list holds, as a member may be called, e.g. `attributes`
 * @returns undefined where there is none, or more than one that could be it
 */
export function findList(body: unknown, name: string, depth = 0): unknown[] | undefined {
	if (Array.isArray(body)) return body;
	if (!isObject(body) || depth === MAX_DEPTH) return undefined;
	const named = [LIST_NAMES[0] ?? '', name, ...LIST_NAMES.slice(1)]
		.map((member) => body[member])
		.filter((member) => Array.isArray(member));
	if (named[0]) return named.find((list) => list.length > 0) ?? named[0];
	const members = Object.entries(body).filter(([member]) => !OTHER_LISTS.test(member));
	const found = members
		.map(([, value]) =>
			Array.isArray(value) ? listOfObjects(value) : findList(value, name, depth + 1),
		)
		.filter((list) => list !== undefined);
	return found.length === 1 ? found[0] : undefined;
}

/** A list of an unknown name must show what it is. */
function listOfObjects(list: unknown[]): unknown[] | undefined {
	const isReadable =
		list.length > 0 && list.every((one) => isObject(one) && 'discriminator' in one);
	return isReadable ? list : undefined;
}

/** What an answer looks like, for a message: names of members, none of their values. */
export function describeShape(body: unknown): string {
	if (body === undefined || body === '') return 'is empty';
	if (body === null) return 'is null';
	if (Array.isArray(body)) return `is a list of ${body.length}`;
	if (!isObject(body)) return `is a ${typeof body}`;
	const names = Object.keys(body).slice(0, 8);
	return names.length === 0 ? 'is an empty object' : `is an object of ${names.join(', ')}`;
}

/** How a list goes on: at an address, on a numbered page, in a way that is not known, or not at all. */
export type NextPage = { link: string } | { page: number } | { unknown: string } | undefined;

/** Where answers put what they say about pages. */
const PAGING_HOLDERS = /^(?:_?links?|pag\w*|meta(?:data)?|result|data)$/i;
const LINK_NAMES = [
	'next',
	'next_page',
	'nextPage',
	'next_link',
	'nextLink',
	'next_url',
	'nextUrl',
	'@odata.nextLink',
];
/** A member whose name begins so says where it goes on, whatever we know of the way. */
const CURSOR_NAMES = /^(cursor|continuation(_?token)?|marker|scroll_?id|(@?odata\.)?next\w*)$/i;
const PAGE_NAMES = ['page', 'number', 'current_page', 'currentPage', 'page_number'];
const PAGES_NAMES = [
	'total_pages',
	'totalPages',
	'pages',
	'page_count',
	'pageCount',
	'last_page',
	'lastPage',
];
const MORE_NAMES =
	/^((has_?)?(more|next)(_?(page|results|items))?|(is_?)?(truncated|partial|incomplete))$/i;
const LAST_NAMES = /^(is_?)?last(_?page)?$/i;
const TOTAL_NAMES = /^total(_?(count|items|elements|results|records|entries|hits))?$/i;

/**
 * Whether an answer announces a further page.
 *
 * @param linkHeader the header `Link` (RFC 8288)
 * @param received entries of this page and those before it
 * @param pagesRead pages read, this one included
 */
export function findNextPage(
	body: unknown,
	linkHeader: unknown,
	received: number,
	pagesRead: number,
): NextPage {
	const holders = pagingHolders(body);
	const announced =
		linkOfHeader(linkHeader) ??
		first(holders, nextOf) ??
		first(holders, (one) => pageOf(one, pagesRead));
	if (announced) return announced;
	const total = first(holders, (one) => numberNamed(one, TOTAL_NAMES));
	if (total !== undefined && total > received) return { unknown: `${total} in all` };
	const left = first(holders, (one) => numberNamed(one, /^remaining(_?(count|items))?$/i));
	return left ? { unknown: `${left} remaining` } : undefined;
}

function pagingHolders(body: unknown): Outside[] {
	if (!isObject(body)) return [];
	const nested = holdersBelow(body);
	return [body, ...nested, ...nested.flatMap(holdersBelow)];
}

function holdersBelow(holder: Outside): Outside[] {
	return Object.entries(holder)
		.filter(([name]) => PAGING_HOLDERS.test(name))
		.map(([, value]) => value)
		.filter(isObject);
}

/** An address, and parameters of which any may be quoted. */
const LINK = /<([^>]*)>((?:\s*;\s*[^;,="]+(?:=\s*(?:"[^"]*"|[^;,"]*))?)*)/g;

export function linkOfHeader(header: unknown): NextPage {
	const text = Array.isArray(header) ? header.join(', ') : typeof header === 'string' ? header : '';
	const links = [...text.matchAll(LINK)].map(([, link = '', parameters = '']) => ({
		link,
		parameters,
	}));
	const next = links.find(({ parameters }) => /;\s*rel\s*=\s*"?[^",;]*\bnext\b/i.test(parameters));
	return next && { link: next.link };
}

function nextOf(holder: Outside): NextPage {
	const named = first(LINK_NAMES, (name) => readNext(name, holder[name]));
	if (named) return named;
	const links = [holder.links, holder._links].find((list) => Array.isArray(list)) as
		unknown[] | undefined;
	const listed = links?.filter(isObject).find(({ rel }) => rel === 'next');
	if (listed) return readNext('next', listed);
	const cursor = Object.entries(holder).find(
		([name, value]) =>
			CURSOR_NAMES.test(name) &&
			!LINK_NAMES.includes(name) &&
			((typeof value === 'string' && value !== '') || (typeof value === 'number' && value > 0)),
	);
	return cursor ? { unknown: cursor[0] } : undefined;
}

function readNext(name: string, value: unknown): NextPage {
	if (typeof value === 'number') return value > 0 ? { page: value } : undefined;
	if (isObject(value)) {
		const link = first([value.href, value.url, value.link], (one) => readNext(name, one));
		const isEmpty = Object.entries(value).every(([key, one]) => key === 'rel' || !one);
		return link ?? (isEmpty ? undefined : { unknown: name });
	}
	if (typeof value === 'boolean') return value ? { unknown: name } : undefined;
	const text = trimmed(value);
	if (text === '') return undefined;
	if (/^\d{1,6}$/.test(text)) return readNext(name, Number(text));
	return /^(https?:\/\/|\/|\?)/i.test(text) ? { link: text } : { unknown: name };
}

/** `page` of `total_pages`; pages may be counted from 0. */
function pageOf(holder: Outside, pagesRead: number): NextPage {
	const pages = first(PAGES_NAMES, (name) => readNumber(holder[name]));
	const page = first(PAGE_NAMES, (name) => readNumber(holder[name]));
	if (pages !== undefined && pages > pagesRead)
		return { page: page === undefined ? pagesRead + 1 : page + 1 };
	const more = Object.entries(holder).find(
		([name, value]) =>
			(MORE_NAMES.test(name) && flagIn(value) === true) ||
			(LAST_NAMES.test(name) && String(value) === 'false'),
	);
	if (more === undefined) return undefined;
	return page === undefined ? { unknown: more[0] } : { page: page + 1 };
}

function numberNamed(holder: Outside, names: RegExp): number | undefined {
	return first(Object.entries(holder), ([name, value]) =>
		names.test(name) ? readNumber(value) : undefined,
	);
}

function readNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function first<T, R>(list: readonly T[], read: (one: T) => R | undefined): R | undefined {
	for (const one of list) {
		const found = read(one);
		if (found !== undefined) return found;
	}
	return undefined;
}
