/** A text longer than this is a page, not a sentence. */
const MAX_DETAIL_LENGTH = 300;

/**
 * The service's own sentence in an error answer, or '' when it has none to show
 * (contract: Errors — `detail ?? title ?? message ?? Message ?? text`, and what it says of its parts; HTML pages of gateways
 * are left out).
 */
export function problemSentence(body: unknown): string {
	if (typeof body === 'string') return shortText(body);
	if (typeof body !== 'object' || body === null) return '';
	const { detail, title, message, Message, error_description: description, error } = body as Answer;
	const sentence = [detail, title, message, Message, description, error]
		.map((text) => (typeof text === 'string' ? text.trim() : ''))
		.find(Boolean);
	const parts = [sentence, ...partsIn(body as Answer).filter((part) => part !== sentence)];
	return shortText(parts.filter(Boolean).join(': ').replace(/\.: /g, ': '));
}

/** The same as a part of a description: `APSIS One says: …`, or '' when it has none to show. */
export function quotedProblem(body: unknown): string {
	const sentence = problemSentence(body);
	return sentence && `APSIS One says: ${sentence}`;
}

type Answer = Record<string, unknown>;

/** As many single faults are told. */
const MAX_PARTS = 3;

/** What an answer says about its parts: `{ errors: [{ message }] }`, `{ errors: { field: ["is missing"] } }`. */
function partsIn({ errors, error, violations }: Answer): string[] {
	const found = [errors, violations, typeof error === 'object' ? error : undefined].flatMap((one) =>
		partsOf(one),
	);
	return found.length > 0 ? [[...new Set(found)].slice(0, MAX_PARTS).join('; ')] : [];
}

function partsOf(value: unknown, field = ''): string[] {
	if (typeof value === 'string') {
		const text = shortText(value);
		return text ? [field ? `${field} ${text}` : text] : [];
	}
	if (Array.isArray(value)) return value.flatMap((one: unknown) => partsOf(one, field));
	if (typeof value !== 'object' || value === null) return [];
	const own = problemSentence(value);
	if (own) return [field ? `${field}: ${own}` : own];
	return Object.entries(value).flatMap(([name, one]) =>
		Array.isArray(one) || (typeof one === 'string' && !NAMES_SECRET.test(name))
			? partsOf(one, name)
			: [],
	);
}

/** Members that hold a secret, and no sentence about it. */
const NAMES_SECRET = /secret|token|password|authorization|signature|policy|credential|api_?key/i;
/** A token as it is sent or alone, and what signs an upload. */
const SECRET = /\bBearer\s+\S+|\beyJ[\w-]{8,}(?:\.[\w-]*)*|(?<=X-Amz-\w+=)[^\s&]+/gi;

function shortText(text: string): string {
	const trimmed = text.trim().replace(SECRET, '…');
	if (/^[<{[]/.test(trimmed)) return '';
	return trimmed.length > MAX_DETAIL_LENGTH ? `${trimmed.slice(0, MAX_DETAIL_LENGTH)}…` : trimmed;
}

/**
 * Whether an answer is a web page. APSIS One writes JSON, so a page was written by something in between: a proxy, a
 * firewall, a sign-in page.
 */
export function isWebPage(contentType: unknown, body: unknown): boolean {
	if (typeof contentType === 'string' && /^\s*(text\/html|application\/xhtml)/i.test(contentType)) {
		return true;
	}
	return typeof body === 'string' && /^\s*<(!doctype html|html|head|body)\b/i.test(body);
}
