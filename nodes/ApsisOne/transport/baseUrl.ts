import { ApsisOneError } from '../errors';

/** Hosts by region (contract: Hosts and token). */
export const REGION_BASE_URLS: Readonly<Record<string, string>> = {
	eu: 'https://api.apsis.one',
	apac: 'https://api-apac.apsis.one',
};

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The API's address for a credential, without a slash at its end.
 *
 * @param region `eu`, `apac` or `custom`
 * @param customBaseUrl the address typed by the user, looked at only for `custom`
 * @throws ApsisOneError when the custom address is not an https address (http is allowed on loopback only, because
 * the client secret travels over it)
 */
export function resolveBaseUrl(region: unknown, customBaseUrl: unknown): string {
	const known = REGION_BASE_URLS[String(region ?? 'eu')];
	if (known) return known;
	return checkedCustomUrl(String(customBaseUrl ?? '').trim());
}

function checkedCustomUrl(address: string): string {
	if (!URL.canParse(address)) {
		throw new ApsisOneError(
			'The Base URL of the APSIS One credential is not a web address',
			'Open the credential and enter a Base URL such as https://api.apsis.one.',
		);
	}
	const url = new URL(address);
	const isSafe =
		url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname));
	if (!isSafe || url.username || url.password || url.search || url.hash) {
		throw new ApsisOneError(
			'The Base URL of the APSIS One credential cannot be used',
			'It must start with https:// (http:// is allowed for localhost only) and must not contain a user name, password, query or fragment.',
		);
	}
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
