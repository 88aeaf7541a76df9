/** A text longer than this is a page, not a sentence. */
const MAX_DETAIL_LENGTH = 300;

/**
 * The service's own sentence in an error answer, or '' when it has none to show
 * (contract: Errors — `detail ?? title ?? message ?? Message ?? text`; HTML pages of gateways are left out).
 */
export function problemSentence(body: unknown): string {
	if (typeof body === 'string') return shortText(body);
	if (typeof body !== 'object' || body === null) return '';
	const { detail, title, message, Message } = body as Record<string, unknown>;
	const sentence = [detail, title, message, Message].find(
		(text) => typeof text === 'string' && text.trim() !== '',
	);
	return typeof sentence === 'string' ? shortText(sentence) : '';
}

function shortText(text: string): string {
	const trimmed = text.trim();
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
