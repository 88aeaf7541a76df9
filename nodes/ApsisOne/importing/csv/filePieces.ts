import { sleep } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';

/** Text that a row was cut out of stays in memory with the row, so a rejected row keeps a whole piece. */
const PIECE_BYTES = 1 << 15;
/** How long rows may be worked on before other work gets its turn. */
const MAX_BLOCK_MS = 25;

/** What a file's bytes are read from, as often as needed. */
export type OpenFile = () => AsyncIterable<Buffer> | Promise<AsyncIterable<Buffer>>;

/**
 * The bytes of a file in pieces of at most 32 kB. Storage may give all at once, and then never lets the event loop go on
 * by itself.
 *
 * @param fileName for messages
 * @throws ApsisOneError when storage fails
 */
export async function* readPieces(
	open: OpenFile,
	fileName: string,
	itemIndex: number,
): AsyncGenerator<Buffer> {
	let since = Date.now();
	for await (const chunk of chunksOf(open, fileName, itemIndex)) {
		for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
			yield chunk.subarray(from, from + PIECE_BYTES);
			if (Date.now() - since < MAX_BLOCK_MS) continue;
			await sleep(0);
			since = Date.now();
		}
	}
}

/** Errors of the storage only: what the reader of the pieces throws is its own. */
async function* chunksOf(
	open: OpenFile,
	fileName: string,
	itemIndex: number,
): AsyncGenerator<Buffer> {
	const unreadable = (error: unknown) =>
		new ApsisOneError(
			`[Item ${itemIndex}] ${fileName} could not be read completely: ${error instanceof Error ? error.message : String(error)}`,
			"n8n's file storage returned only part of the file. Run the workflow again.",
			itemIndex,
		);
	let chunks: AsyncIterator<Buffer>;
	try {
		chunks = (await open())[Symbol.asyncIterator]();
	} catch (error) {
		throw unreadable(error);
	}
	try {
		for (;;) {
			const next = await chunks.next().catch((error: unknown) => {
				throw unreadable(error);
			});
			if (next.done) return;
			yield next.value;
		}
	} finally {
		await chunks.return?.();
	}
}
