import { createHmac, randomUUID } from 'node:crypto';

import { GatewayRefusal, notAuthorised, Problem } from './http';
import type { AccountSeed } from './seed';

export type ApiKey = AccountSeed['keys'][number];

/** Issues and checks access tokens (contract: Hosts and token). */
export class Tokens {
	private readonly issued = new Map<string, { key: ApiKey; expiresAt: number }>();
	private readonly signingKey = randomUUID();

	constructor(
		private readonly keys: readonly ApiKey[],
		private readonly lifeSeconds: number,
		private readonly now: () => number,
	) {}

	/** @throws Problem 400 or 401 */
	issue(body: Record<string, unknown>) {
		if (body.grant_type !== 'client_credentials') {
			throw new Problem(400, 'Bad Request', 'grant_type must be client_credentials.');
		}
		const key = this.keys.find(
			({ clientId, clientSecret }) =>
				clientId === body.client_id && clientSecret === body.client_secret,
		);
		if (!key) throw new Problem(401, 'Unauthorized', 'Unknown client credentials.');
		const expiresAt = Math.floor(this.now() / 1000) + this.lifeSeconds;
		const token = this.sign({ sub: key.clientId, exp: expiresAt, jti: randomUUID() });
		this.issued.set(token, { key, expiresAt: expiresAt * 1000 });
		return { access_token: token, expires_in: this.lifeSeconds, token_type: 'Bearer' };
	}

	/**
	 * The API key behind a request.
	 *
	 * @throws GatewayRefusal 401 without a header, 403 for a token that is unknown or has expired
	 */
	authorise(header: string | undefined): ApiKey {
		if (!header) throw new GatewayRefusal({ status: 401, body: { message: 'Unauthorized' } });
		const token = this.issued.get(header.replace(/^Bearer /, ''));
		if (!token || token.expiresAt <= this.now()) throw notAuthorised();
		return token.key;
	}

	/** From now on every token issued so far is refused, though its `exp` lies ahead. */
	revokeAll(): void {
		this.issued.clear();
	}

	private sign(claims: Record<string, unknown>): string {
		const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
		const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
		return `${content}.${createHmac('sha256', this.signingKey).update(content).digest('base64url')}`;
	}
}
