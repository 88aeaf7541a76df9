import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ApsisOneError } from '../../errors';
import type { InputFile } from '../../importing/input/fileRows';

/** How much n8n reads from its storage at a time. */
const CHUNK_BYTES = 1 << 18;

/**
 * The CSV files that came in with the items, one each. n8n keeps them on disk, in its database, in S3 or in memory; only
 * the last is read at once.
 *
 * @throws ApsisOneError when an item has none
 */
export function readInputFiles(context: IExecuteFunctions): InputFile[] {
	const field = String(context.getNodeParameter('binaryPropertyName', 0, 'data'));
	const items = context.getInputData();
	if (!items.some(({ binary }) => binary?.[field])) throw noFile(items, field);
	return items.map((item, itemIndex) => {
		const data = item.binary?.[field];
		if (!data) throw noFileInItem(item, itemIndex, field);
		const { fileName } = data;
		return {
			itemIndex,
			...(fileName ? { fileName } : {}),
			open: opener(context, data, itemIndex, field),
		};
	});
}

/** @returns warnings about CSV files in other binary fields, such as the second attachment of a mail: nothing reads them */
export function unreadFiles(context: IExecuteFunctions): string[] {
	const field = String(context.getNodeParameter('binaryPropertyName', 0, 'data'));
	const fields = new Set(
		context
			.getInputData()
			.flatMap(({ binary }) => Object.entries(binary ?? {}))
			.filter(([name, data]) => name !== field && isCsv(data))
			.map(([name]) => name),
	);
	if (fields.size === 0) return [];
	return [
		`Only the files in the binary field "${field}" are imported. There are other CSV files in: ${[...fields].join(', ')}. To import them, too, put each file into an item of its own.`,
	];
}

function isCsv({ mimeType, fileName = '' }: IBinaryData): boolean {
	return mimeType === 'text/csv' || /\.(?:csv|tsv)$/i.test(fileName);
}

function noFile(items: readonly INodeExecutionData[], field: string): ApsisOneError {
	const fields = [...new Set(items.flatMap(({ binary }) => Object.keys(binary ?? {})))];
	return new ApsisOneError(
		`No item has a file in the binary field "${field}"`,
		fields.length > 0
			? `There are files in: ${fields.join(', ')}. Check Input Binary Field, or set Input to Items.`
			: 'Check Input Binary Field, or set Input to Items.',
	);
}

/** An item is not left out silently: its rows would be missing and nobody would know. */
function noFileInItem(
	{ binary }: INodeExecutionData,
	itemIndex: number,
	field: string,
): ApsisOneError {
	const fields = Object.keys(binary ?? {});
	return new ApsisOneError(
		`[Item ${itemIndex}] There is no file in the binary field "${field}"`,
		fields.length > 0
			? `The item has files in: ${fields.join(', ')}. Rename the field in a node before this one, or remove the item.`
			: 'The item has no file at all. Remove it in a node before this one, e.g. with Filter.',
		itemIndex,
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
			(await context.helpers.getBinaryStream(id, CHUNK_BYTES)) as AsyncIterable<Buffer>;
	return async () => whole(await context.helpers.getBinaryDataBuffer(itemIndex, field));
}

async function* whole(content: Buffer): AsyncGenerator<Buffer> {
	yield content;
}
