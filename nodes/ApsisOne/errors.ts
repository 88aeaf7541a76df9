/**
 * A problem the user can mend, told in the user's words: what happened, and how to mend it.
 *
 * The domain throws it without knowing n8n's nodes; the router turns it into a NodeOperationError.
 */
export class ApsisOneError extends Error {
	override readonly name = 'ApsisOneError';

	/**
	 * @param message what happened, with the parameter's display name and `[Item n]` where one is to blame
	 * @param description how to mend it
	 * @param itemIndex the input item to blame, counted from 0
	 */
	constructor(
		message: string,
		readonly description: string,
		readonly itemIndex?: number,
	) {
		super(message);
	}
}
