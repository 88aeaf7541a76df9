/**
 * Decodes flatted, the format in which n8n stores and sends an execution's data.
 *
 * The text is a JSON array, a table: its first entry is the value, and wherever an object or array of the table
 * holds a string, that string is the index of the entry that belongs there. So entries can be shared.
 */
export function parseFlatted(text: string): unknown {
	const table: unknown = JSON.parse(text);
	if (!Array.isArray(table)) throw new Error('Not flatted: the outermost value must be an array');
	return resolveEntry(0, table, new Map());
}

function resolveEntry(index: number, table: unknown[], resolved: Map<number, unknown>): unknown {
	const entry = table[index];
	if (typeof entry !== 'object' || entry === null) return entry;
	if (resolved.has(index)) return resolved.get(index);
	const result: Record<string, unknown> | unknown[] = Array.isArray(entry) ? [] : {};
	// Known before it is filled, because an entry may contain itself.
	resolved.set(index, result);
	for (const [key, value] of Object.entries(entry)) {
		const revived =
			typeof value === 'string' ? resolveEntry(Number(value), table, resolved) : (value as unknown);
		(result as Record<string, unknown>)[key] = revived;
	}
	return result;
}
