import { checkSignature, signatureHeaders } from '../../nodes/ApsisOne/waiting/signature';

const NOW = Date.parse('2026-01-01T10:00:00Z');

it.each<[secret: string, expected: unknown]>([
	['a secret', { nonce: expect.any(String) as string }],
	['', 'wrong'],
])('with the client secret %j a signature made with it is %j', (secret, expected) => {
	const headers = signatureHeaders('{}', secret, NOW);
	expect(checkSignature(headers, '{}', secret, NOW)).toEqual(expected);
});
