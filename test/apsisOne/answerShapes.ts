import type { Answer } from './http';

/**
 * Rewrites the successful answers of one kind of call. What the contract page marks as inferred or unknown may be another in
 * the real APSIS One, so tests let the stand-in answer in other shapes; its default is the contract's.
 *
 * @param url the address that was called
 */
export type AnswerShape = (answer: Answer, url: URL) => Answer;

type Item = Record<string, unknown>;

/** A list in another place than `items`; whatever `wrap` gives is the body. */
export function listAs(wrap: (items: Item[]) => unknown): AnswerShape {
	return (answer) => ({ ...answer, body: wrap(itemsOf(answer)) });
}

/** Each entry of a list in another shape. */
export function itemsAs(change: (item: Item) => unknown): AnswerShape {
	return listAs((items) => ({ items: items.map(change) }));
}

/** The body of an answer that is no list in another shape. */
export function bodyAs(change: (body: Item) => unknown): AnswerShape {
	return (answer) => ({ ...answer, body: change(answer.body as Item) });
}

/** What a page says about the one after it; members of the body, or the header `link`. */
export type Announcement = (next: number, pages: number, url: URL) => Item;

/**
 * A list in pages, asked for by `?page=2`.
 *
 * @param announce what each page but the last says; with `always`, the last one as well
 */
export function pagesOf(size: number, announce: Announcement, always = false): AnswerShape {
	return (answer, url) => {
		const all = itemsOf(answer);
		const page = Number(url.searchParams.get('page') ?? 1);
		const pages = Math.ceil(all.length / size);
		const next = new URL(url);
		next.searchParams.set('page', String(page + 1));
		const { link, ...members } = page < pages || always ? announce(page + 1, pages, next) : {};
		return {
			...answer,
			...(typeof link === 'string' ? { headers: { link } } : {}),
			body: { items: all.slice((page - 1) * size, page * size), ...members },
		};
	};
}

/** Permissions of attributes and tags in another shape than our guess: from `[keyspace, may be written]`. */
export function permissionsAs(
	change: (permissions: Array<[keyspace: string, isWritable: boolean]>) => Item,
): AnswerShape {
	return itemsAs(({ keyspace_permissions: own, ...item }) => ({
		...item,
		...change(
			(own as Array<{ keyspace_discriminator: string; permission: string }>).map(
				({ keyspace_discriminator: keyspace, permission }) => [keyspace, permission === 'WRITE'],
			),
		),
	}));
}

function itemsOf({ body }: Answer): Item[] {
	return (body as { items: Item[] }).items;
}
