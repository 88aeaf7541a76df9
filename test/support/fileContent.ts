import type { FileBytes } from '../../nodes/ApsisOne/importing/csv/fileBytes';

/** All bytes of a file built by the node. */
export async function contentOf({ content }: { content: FileBytes }): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of content.read()) chunks.push(chunk);
	return Buffer.concat(chunks);
}
