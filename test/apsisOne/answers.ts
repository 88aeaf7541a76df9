/**
 * How the local APSIS One answers where the contract page leaves the form open. The values here are the default; a test
 * changes them to see that the nodes understand the others, too.
 */
export class Answers {
	/** Status for an Email, Mobile or CRM ID that is another profile's key. */
	keyConflictStatus: 400 | 409 = 409;
	/** Where GET consents says that the address of the profile key is suppressed. */
	suppression: 'flag' | 'item' | 'list' | 'object' = 'object';

	/** How GET attributes names them: by version ID or discriminator, or as a list of both shapes. */
	attributes: 'discriminator' | 'list' | 'versionId' = 'versionId';

	reset(): void {
		Object.assign(this, new Answers());
	}
}
