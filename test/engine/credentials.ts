import type {
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	ICredentialType,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeProperties,
} from 'n8n-workflow';

/** Credentials by ID. n8n's own store is a table; here it is an object the test can look into. */
export type CredentialStore = Record<
	string,
	{ type: string; data: ICredentialDataDecryptedObject }
>;

/**
 * What n8n's CLI does with credentials (its CredentialsHelper is no part of n8n-core): decrypt, fetch a token when
 * the hidden expirable field is empty or was refused, store it, and add it to requests.
 */
export class EngineCredentials {
	/** How often a credential type was asked for a new token. */
	preAuthentications = 0;

	constructor(
		private readonly types: Readonly<Record<string, ICredentialType>>,
		private readonly store: CredentialStore,
	) {}

	/** As the interface n8n-core wants; members our nodes never reach are left out. */
	asHelper(): ICredentialsHelper {
		return this as unknown as ICredentialsHelper;
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.typeOf(type).properties;
	}

	async getDecrypted(
		_additionalData: unknown,
		reference: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const defaults = this.typeOf(type).properties.map(({ name, default: value }) => [name, value]);
		return { ...Object.fromEntries(defaults), ...this.entryOf(reference, type).data };
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		isExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const type = this.typeOf(typeName);
		const expirable = type.properties.find(
			(property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
		);
		if (!expirable || !type.preAuthentication) return undefined;
		if (credentials[expirable.name] !== '' && !isExpired) return undefined;
		this.preAuthentications++;
		const output = (await type.preAuthentication.call(
			helpers,
			credentials,
		)) as ICredentialDataDecryptedObject;
		const reference = node.credentials?.[typeName];
		if (reference) Object.assign(this.entryOf(reference, typeName).data, output);
		return { ...credentials, ...output };
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeOf(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, request);
		const headers = Object.entries(authenticate?.properties.headers ?? {}).map(([name, value]) => [
			name,
			resolve(String(value), credentials),
		]);
		return { ...request, headers: { ...request.headers, ...Object.fromEntries(headers) } };
	}

	private typeOf(name: string): ICredentialType {
		const type = this.types[name];
		if (!type) throw new Error(`The test gave no credential type ${name}.`);
		return type;
	}

	private entryOf(reference: INodeCredentialsDetails, type: string): CredentialStore[string] {
		const entry = this.store[reference.id ?? ''];
		if (entry?.type !== type)
			throw new Error(`The test gave no credential ${reference.id} of type ${type}.`);
		return entry;
	}
}

/** `=Bearer {{$credentials.accessToken}}`: the one form of expression our credentials use. */
function resolve(template: string, credentials: ICredentialDataDecryptedObject): string {
	return template
		.replace(/^=/, '')
		.replace(/\{\{\s*\$credentials\.(\w+)\s*\}\}/g, (_, name: string) =>
			String(credentials[name] ?? ''),
		);
}
