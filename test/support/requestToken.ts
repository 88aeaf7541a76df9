/** Asks a local APSIS One for a token, as any client does. */
export async function requestToken(
	baseUrl: string,
	clientId: string,
	clientSecret: string,
): Promise<Response> {
	return await fetch(`${baseUrl}/oauth/token`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			grant_type: 'client_credentials',
			client_id: clientId,
			client_secret: clientSecret,
		}),
	});
}
