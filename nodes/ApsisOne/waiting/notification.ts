/** What the Request node tells the trigger, and other systems may tell it too. */
export interface ImportNotification {
	importId: string;
	section: string;
	keyspace: string;
	requestedAt: string;
	/** Execution that requested the import. */
	executionId: string;
	/** Rows sent; absent when another system notifies without knowing. */
	rows?: number;
	uploadExpiresAt?: string;
}

/** Largest notification: the node's own take some 500 bytes. */
export const MAX_NOTIFICATION_BYTES = 10_000;

/** @returns undefined when it is no JSON object with an import ID and a section */
export function parseNotification(body: string): ImportNotification | undefined {
	const value = parseObject(body);
	if (!value) return undefined;
	const text = (name: string) => (typeof value[name] === 'string' ? value[name] : '');
	const [importId, section] = [text('importId'), text('section')];
	if (!importId || !section) return undefined;
	return {
		importId,
		section,
		keyspace: text('keyspace'),
		requestedAt: text('requestedAt'),
		executionId: text('executionId'),
		...(typeof value.rows === 'number' ? { rows: value.rows } : {}),
		...(text('uploadExpiresAt') ? { uploadExpiresAt: text('uploadExpiresAt') } : {}),
	};
}

function parseObject(body: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}
