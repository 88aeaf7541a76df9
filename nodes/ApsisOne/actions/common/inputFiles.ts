import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import type { InputFile } from '../../importing/input/fileRows';

/** A file held in memory is handed on in pieces of this size, so that rows come in batches. */
const SLICE_BYTES = 1 << 16;

/**
 * The CSV files that came in with the items. n8n keeps them on disk, in its database, in S3 or in memory; only the last
 * is read at once.
 *
 * @throws ApsisOneError when no item has one
 */
export function readInputFiles(context: IExecuteFunctions): InputFile[] {
	const field = String(context.getNodeParameter('binaryPropertyName', 0, 'data'));
	const files = context.getInputData().flatMap(({ binary }, itemIndex) => {
		const data = binary?.[field];
		return data ? [{ itemIndex, open: opener(context, data, itemIndex, field) }] : [];
	});
	if (files.length > 0) return files;
	throw new ApsisOneError(
		`No item has a file in the binary field "${field}"`,
		'Check Input Binary Field, or set Input to Items.',
	);
}

function opener(
	context: IExecuteFunctions,
	{ id }: IBinaryData,
	itemIndex: number,
	field: string,
): InputFile['open'] {
	if (id)
		return async () =>
			(await context.helpers.getBinaryStream(id, SLICE_BYTES)) as AsyncIterable<Buffer>;
	return async () => slices(await context.helpers.getBinaryDataBuffer(itemIndex, field));
}

async function* slices(content: Buffer): AsyncGenerator<Buffer> {
	for (let from = 0; from < content.length; from += SLICE_BYTES) {
		yield content.subarray(from, from + SLICE_BYTES);
	}
}
