/** A text as a part of a regular expression that matches just this text. */
export function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** One regular expression for several, so that each of them can be read; their own flags do not count. */
export function anyOf(flags: string, patterns: readonly RegExp[]): RegExp {
	return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), flags);
}
