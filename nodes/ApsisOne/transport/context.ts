import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { resolveBaseUrl } from './baseUrl';

/** The `this` of n8n that calls are made with: a running node, or the editor filling a drop-down. */
export type ApsisOneContext = IExecuteFunctions | ILoadOptionsFunctions;

/** Name of the credential type all nodes of this package use. */
export const CREDENTIAL_TYPE = 'apsisOneApi';

/** Tells accounts apart: what APSIS One limits, it limits for the account behind a key. */
export function accountId({ baseUrl, decrypted }: ApsisOneAccount): string {
	return `${baseUrl} ${String(decrypted.clientId)}`;
}

/** A credential as n8n decrypts it, with the address it stands for. */
export interface ApsisOneAccount {
	baseUrl: string;
	accessToken: string;
	decrypted: ICredentialDataDecryptedObject;
}

/**
 * Reads the credential of the node. n8n decrypts it anew at each call, so a token renewed elsewhere is seen.
 *
 * @throws ApsisOneError when the custom base URL cannot be used
 */
export async function readAccount(context: ApsisOneContext): Promise<ApsisOneAccount> {
	const decrypted = await context.getCredentials<ICredentialDataDecryptedObject>(CREDENTIAL_TYPE);
	return {
		baseUrl: resolveBaseUrl(decrypted.region, decrypted.baseUrl),
		accessToken: typeof decrypted.accessToken === 'string' ? decrypted.accessToken : '',
		decrypted,
	};
}
