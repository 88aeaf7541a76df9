/** How much of a file is looked at to tell how it parts its columns, and at a time when all of it is. */
const HEAD_BYTES = 65_536;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Encodings as TextDecoder names them. */
export type FileEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface FileFormat {
	encoding: FileEncoding;
	delimiter: string;
	/** About how many lines there are. */
	lines: number;
}

/** What a file's bytes are read from, as often as needed. */
export type OpenFile = () => AsyncIterable<Buffer> | Promise<AsyncIterable<Buffer>>;

/**
 * Reads a CSV file once to tell its encoding and delimiter, where the user has not, and its length. A byte order mark
 * decides; without one the whole file is UTF-8 or it is not, and then it is Windows-1252, in which every byte means
 * something.
 */
export async function surveyFile(
	open: OpenFile,
	told: { encoding?: string; delimiter?: string },
): Promise<FileFormat> {
	const head = await readHead(open);
	const known = (told.encoding as FileEncoding | undefined) ?? markedEncoding(head);
	const { isUtf8, lines } = await readThrough(open);
	const encoding = known ?? (isUtf8 ? 'utf-8' : 'windows-1252');
	const text = new TextDecoder(encoding).decode(head);
	return { encoding, delimiter: told.delimiter ?? likeliestDelimiter(text), lines };
}

async function readHead(open: OpenFile): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of await open()) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes >= HEAD_BYTES) break;
	}
	return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

function markedEncoding(head: Buffer): FileEncoding | undefined {
	if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
	if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
	if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
	// Latin text in UTF-16 without a mark has a zero in every other byte.
	if (head.length >= 4 && head[1] === 0 && head[3] === 0) return 'utf-16le';
	return undefined;
}

async function readThrough(open: OpenFile): Promise<{ isUtf8: boolean; lines: number }> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	let isUtf8 = true;
	let lines = 0;
	for await (const chunk of await open()) {
		for (let from = 0; from < chunk.length; from += HEAD_BYTES) {
			const piece = chunk.subarray(from, from + HEAD_BYTES);
			isUtf8 &&= canDecode(decoder, piece);
			lines += Math.max(countByte(piece, LINE_FEED), countByte(piece, CARRIAGE_RETURN));
		}
	}
	return { isUtf8: isUtf8 && canDecode(decoder, undefined), lines };
}

function countByte(bytes: Buffer, wanted: number): number {
	let count = 0;
	for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) count++;
	return count;
}

function canDecode(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer | undefined): boolean {
	try {
		decoder.decode(bytes, { stream: bytes !== undefined });
		return true;
	} catch {
		return false;
	}
}

/** The one that stands most often in the first line, outside quotes. */
function likeliestDelimiter(text: string): string {
	const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
	let isQuoted = false;
	for (const character of text.replace(/^\uFEFF?\s*/, '')) {
		if (character === '"') isQuoted = !isQuoted;
		else if (!isQuoted && (character === '\n' || character === '\r')) break;
		else if (!isQuoted && counts.has(character))
			counts.set(character, (counts.get(character) ?? 0) + 1);
	}
	const [[best = ','] = []] = [...counts].sort(([, one], [, other]) => other - one);
	return best;
}
