import type { InputRow } from '../../nodes/ApsisOne/importing/fieldSource';
import { FileRows, type InputFile } from '../../nodes/ApsisOne/importing/input/fileRows';

/** A file in memory, given out in chunks of any size. */
export function inputFile(
	content: Buffer | string,
	{ chunkBytes = 1 << 16, ...more }: Partial<InputFile> & { chunkBytes?: number } = {},
): InputFile {
	const bytes = Buffer.from(content);
	return {
		itemIndex: 0,
		open: async function* () {
			for (let from = 0; from < bytes.length; from += chunkBytes) {
				yield bytes.subarray(from, from + chunkBytes);
			}
		},
		...more,
	};
}

export async function rowsOf(source: FileRows): Promise<InputRow[]> {
	const rows: InputRow[] = [];
	for await (const batch of source.batches()) for (const row of batch) rows.push({ ...row });
	return rows;
}

/** The rows of one file as they are read. */
export async function readRows(
	content: Buffer | string,
	options: ConstructorParameters<typeof FileRows>[1] = {},
	chunkBytes?: number,
): Promise<InputRow[]> {
	const file = inputFile(content, { fileName: 'in.csv', ...(chunkBytes ? { chunkBytes } : {}) });
	return await rowsOf(new FileRows([file], options));
}
