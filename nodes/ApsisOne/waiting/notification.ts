import { createHash } from 'crypto';

import { isObject } from '../api/outside';
import { parseNotifiedCheck, withFittingChecks } from './notifiedCheck';
import type { ProfileCheck } from './profileCheck';

/** One import of a request. */
export interface NotifiedImport {
	importId: string;
	/** Rows sent; absent when another system notifies without knowing. */
	rows?: number;
	/** RFC 3339. */
	uploadExpiresAt?: string;
	part?: number;
	/** Imports of the request. */
	parts?: number;
	/** Rows to be read back by the trigger, where Request does not wait. */
	check?: ProfileCheck;
	/** Whether rows were to be read back, but did not fit. */
	isUnchecked?: boolean;
}

/** What Request tells triggers about itself; other systems may tell it, too. */
export interface ImportNotification {
	imports: NotifiedImport[];
	section: string;
	keyspace: string;
	/** RFC 3339. */
	requestedAt: string;
	/** Execution and workflow that requested the imports. */
	executionId: string;
	workflowId: string;
	workflowName: string;
	/** Figures of the request, as on its own output. */
	figures: Record<string, unknown>;
	/** Fingerprint of the client ID; '' where another system notifies. */
	account: string;
}

/** Largest notification. The node's own take some 1,000 bytes; a longer one is split or shortened before it is sent. */
export const MAX_NOTIFICATION_BYTES = 10_000;

const FINGERPRINT_LENGTH = 16;

/** Tells credentials apart without saying which they are: no secret, and no way back to the client ID. */
export function accountFingerprint(clientId: string): string {
	return createHash('sha256')
		.update(`n8n-nodes-apsis-one account v1 ${clientId}`)
		.digest('hex')
		.slice(0, FINGERPRINT_LENGTH);
}

/**
 * Reads a notification. Besides the node's own there is a short form for other systems: `importId` and `section`.
 *
 * @returns undefined when it is no JSON object with a section and at least one import ID
 */
export function parseNotification(body: string): ImportNotification | undefined {
	const value = parseObject(body);
	if (!value) return undefined;
	const imports = Array.isArray(value.imports)
		? value.imports.map(parseImport)
		: [parseImport(value)];
	const section = textIn(value, 'section');
	if (!section || imports.length === 0 || !imports.every((one) => one !== undefined)) {
		return undefined;
	}
	return {
		imports,
		section,
		keyspace: textIn(value, 'keyspace'),
		requestedAt: textIn(value, 'requestedAt'),
		executionId: textIn(value, 'executionId'),
		workflowId: textIn(value, 'workflowId'),
		workflowName: textIn(value, 'workflowName'),
		figures: isObject(value.figures) ? value.figures : {},
		account: textIn(value, 'account'),
	};
}

function parseImport(value: unknown): NotifiedImport | undefined {
	if (!isObject(value)) return undefined;
	const importId = textIn(value, 'importId');
	if (!importId) return undefined;
	const uploadExpiresAt = textIn(value, 'uploadExpiresAt');
	const check = parseNotifiedCheck(value.check);
	return {
		importId,
		...(typeof value.rows === 'number' ? { rows: value.rows } : {}),
		...(typeof value.part === 'number' ? { part: value.part } : {}),
		...(typeof value.parts === 'number' ? { parts: value.parts } : {}),
		...(uploadExpiresAt ? { uploadExpiresAt } : {}),
		...(check ? { check } : {}),
		...(value.isUnchecked === true ? { isUnchecked: true } : {}),
	};
}

/** The texts of a notification, each small enough to be taken: split by imports, and without long lists of figures. */
export function notificationBodies(notification: ImportNotification): string[] {
	const imports = withFittingChecks(notification.imports, (fitting) =>
		fits(JSON.stringify({ ...notification, imports: fitting })),
	);
	const body = JSON.stringify({ ...notification, imports });
	if (fits(body)) return [body];
	const { figures } = notification;
	const { warnings, reasons, ...counts } = figures;
	if (warnings !== undefined || reasons !== undefined) {
		return notificationBodies({ ...notification, figures: counts });
	}
	const half = Math.ceil(imports.length / 2);
	if (half === imports.length) return notificationBodies({ ...notification, figures: {} });
	return [imports.slice(0, half), imports.slice(half)].flatMap((part) =>
		notificationBodies({ ...notification, imports: part }),
	);
}

function fits(body: string): boolean {
	return Buffer.byteLength(body) <= MAX_NOTIFICATION_BYTES;
}

function textIn(value: Record<string, unknown>, name: string): string {
	const member = value[name];
	return typeof member === 'string' ? member : '';
}

function parseObject(body: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(body);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
