/**
 * A problem that the user can correct, in the user's words: what happened, and what to do about it.
 *
 * The domain throws it without knowing n8n's nodes; the router turns it into a NodeOperationError.
 */
export class ApsisOneError extends Error {
	override readonly name = 'ApsisOneError';

	/**
	 * @param message what happened, with the parameter's display name and `[Item n]` where an item caused it
	 * @param description what to do about it
	 * @param itemIndex the input item that caused it, counted from 0
	 */
	constructor(
		message: string,
		readonly description: string,
		readonly itemIndex?: number,
	) {
		super(message);
	}
}
