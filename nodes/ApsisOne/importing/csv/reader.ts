import { parse } from 'csv-parse/sync';

import { ApsisOneError } from '../../errors';
import type { FileFormat } from './fileFormat';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/**
 * Reads CSV from chunks of bytes, whatever their encoding. csv-parse does the parsing, block by block: its stream would
 * not pass n8n's scanner. A block ends at a line end outside quotes, where no record can be cut in two.
 */
export class CsvReader {
	private readonly decode: (chunk: Buffer | undefined) => Buffer;
	private readonly delimiter: string;
	private rest: Buffer[] = [];
	private isQuoted = false;
	private recordsRead = 0;

	constructor({ encoding, delimiter }: FileFormat) {
		this.delimiter = delimiter;
		this.decode = makeDecoder(encoding);
	}

	/** @returns the records that these bytes complete, as one batch or none */
	*take(chunk: Buffer): Generator<string[][]> {
		const bytes = this.decode(chunk);
		const end = this.lastRecordEnd(bytes);
		if (end === 0) {
			this.rest.push(bytes);
			return;
		}
		const block = Buffer.concat([...this.rest, bytes.subarray(0, end)]);
		this.rest = [bytes.subarray(end)];
		yield* this.parse(block);
	}

	/** @returns the records left */
	*end(): Generator<string[][]> {
		yield* this.parse(Buffer.concat([...this.rest, this.decode(undefined)]));
	}

	/** Where the last record that is complete ends in these bytes; 0 when none does. */
	private lastRecordEnd(bytes: Buffer): number {
		let end = 0;
		for (let index = 0; index < bytes.length; index++) {
			const byte = bytes[index];
			if (byte === QUOTE) this.isQuoted = !this.isQuoted;
			else if (byte === LINE_FEED && !this.isQuoted) end = index + 1;
		}
		return end;
	}

	private *parse(block: Buffer): Generator<string[][]> {
		const records = this.parseBlock(block);
		if (records instanceof Error) {
			throw new ApsisOneError(
				`The CSV file cannot be read somewhere after row ${this.recordsRead}: ${reasonOf(records)}`,
				'Check quotes and delimiters there, or set the options CSV Delimiter and CSV Encoding.',
			);
		}
		this.recordsRead += records.length;
		if (records.length > 0) yield records;
	}

	private parseBlock(block: Buffer): string[][] | Error {
		try {
			return parse(block, {
				delimiter: this.delimiter,
				// All three: files that were put together from several mix them.
				record_delimiter: ['\r\n', '\n', '\r'],
				bom: true,
				relax_column_count: true,
				skip_empty_lines: true,
				skip_records_with_empty_values: true,
			});
		} catch (error) {
			return error as Error;
		}
	}
}

/** csv-parse counts lines from the start of the block, which says nothing to the user. */
function reasonOf({ message }: Error): string {
	return message.replace(/ at line \d+/, '').replace(/\s+/g, ' ');
}

/** Turns chunks into UTF-8; UTF-8 itself passes untouched. */
function makeDecoder(encoding: FileFormat['encoding']): CsvReader['decode'] {
	if (encoding === 'utf-8') return (chunk) => chunk ?? Buffer.alloc(0);
	const decoder = new TextDecoder(encoding);
	return (chunk) => Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }), 'utf8');
}
