import { createHmac, randomUUID, timingSafeEqual } from 'crypto';

/** Separates the signing key from every other use of the client secret. */
const KEY_PURPOSE = 'n8n-nodes-apsis-one notification v1';
const SCHEME = 'v1=';
/** How far a notification's clock may be off, either way. */
export const MAX_AGE_MS = 300_000;

export const TIMESTAMP_HEADER = 'x-apsis-one-timestamp';
export const NONCE_HEADER = 'x-apsis-one-nonce';
export const SIGNATURE_HEADER = 'x-apsis-one-signature';

export type SignatureProblem = 'unsigned' | 'wrong' | 'old';

/**
 * Headers that sign a notification: HMAC-SHA-256 over `timestamp.nonce.body`, with a key derived from the client secret
 * that both nodes share. The timestamp is in Unix seconds.
 */
export function signatureHeaders(
	body: string,
	clientSecret: string,
	nowMs: number,
): Record<string, string> {
	const timestamp = String(Math.floor(nowMs / 1000));
	const nonce = randomUUID();
	return {
		[TIMESTAMP_HEADER]: timestamp,
		[NONCE_HEADER]: nonce,
		[SIGNATURE_HEADER]: SCHEME + sign(`${timestamp}.${nonce}.${body}`, clientSecret),
	};
}

/** @returns what is wrong with a notification's signature, or its nonce when all is well */
export function checkSignature(
	headers: Readonly<Record<string, unknown>>,
	body: string,
	clientSecret: string,
	nowMs: number,
): SignatureProblem | { nonce: string } {
	const [timestamp, nonce, signature] = [TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER].map(
		(name) => {
			const value = headers[name];
			return typeof value === 'string' ? value : '';
		},
	);
	if (!timestamp || !nonce || !signature) return 'unsigned';
	// Anybody can sign with a secret that is not there.
	if (clientSecret === '') return 'wrong';
	const expected = Buffer.from(SCHEME + sign(`${timestamp}.${nonce}.${body}`, clientSecret));
	const given = Buffer.from(signature);
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong';
	const age = nowMs - Number(timestamp) * 1000;
	return Math.abs(age) <= MAX_AGE_MS ? { nonce } : 'old';
}

function sign(text: string, clientSecret: string): string {
	const key = createHmac('sha256', clientSecret).update(KEY_PURPOSE).digest();
	return createHmac('sha256', key).update(text).digest('hex');
}
