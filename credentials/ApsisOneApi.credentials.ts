import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestHelper,
	INodeProperties,
} from 'n8n-workflow';

import { requestAccessToken } from '../nodes/ApsisOne/transport/requestAccessToken';

export class ApsisOneApi implements ICredentialType {
	name = 'apsisOneApi';

	displayName = 'APSIS One API';

	icon = { light: 'file:../icons/apsisOne.svg', dark: 'file:../icons/apsisOne.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-apsis-one/n8n-nodes-apsis-one#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'APAC (api-apac.apsis.one)', value: 'apac' },
				{ name: 'Custom', value: 'custom' },
				{ name: 'EU (api.apsis.one)', value: 'eu' },
			],
			default: 'eu',
			description: 'Region where your APSIS One account is hosted',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://api.apsis.one',
			description: 'Address of the API. It must use https, except on localhost.',
			displayOptions: { show: { region: ['custom'] } },
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			description:
				'An admin creates the API key in APSIS One under Account settings → API management. It can be limited to some sections.',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Shown only once, when the API key is created',
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	/** Called by n8n when there is no token, or when the one there is was refused. */
	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject) {
		return { accessToken: await requestAccessToken(this.helpers, credentials) };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.accessToken}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ { eu: "https://api.apsis.one", apac: "https://api-apac.apsis.one" }[$credentials.region] || $credentials.baseUrl }}',
			url: '/audience/sections',
			timeout: 30_000,
			// A redirect would carry the token to another place.
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'The Client ID and Client Secret are correct, but APSIS One did not accept the access token it issued for them. Check Region.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The Client ID and Client Secret are correct, but this API key is not allowed to list sections. Ask your APSIS One admin to give it access to at least one section.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message:
						'APSIS One is receiving too many requests from this account. Try again in a minute.',
				},
			},
		],
	};
}
