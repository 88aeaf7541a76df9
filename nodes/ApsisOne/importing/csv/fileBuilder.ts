import { type ByteStore, type FileBytes, PlainStore } from './fileBytes';

/** Contract: Limits (50 MB); read as the smaller of the two megabytes. */
export const MAX_FILE_BYTES = 50_000_000;

/** Text gathered before it is turned into bytes: large enough to be quick, small enough to stay out of the way. */
const CHUNK_CHARACTERS = 1 << 16;
/** UTF-8 takes at most three bytes for a UTF-16 unit (four for a pair). */
const MAX_BYTES_PER_UNIT = 3;

/** A file ready for upload. */
export interface CsvFile {
	/** UTF-8 without byte order mark. */
	content: FileBytes;
	/** Exact length. */
	bytes: number;
	/** Rows without the header. */
	rows: number;
}

/**
 * Gathers lines into a file of exact size. Lines are turned into bytes in chunks, so that memory holds little more
 * than the file itself.
 */
export class CsvFileBuilder {
	private store: ByteStore;
	private bytes = 0;
	private rows = 0;
	private pending = '';

	/**
	 * @param header line without its end; stands first in every file
	 * @param maxBytes largest file
	 * @param makeStore where the bytes of each file go
	 */
	constructor(
		private readonly header: string,
		private readonly maxBytes: number = MAX_FILE_BYTES,
		private readonly makeStore: () => ByteStore = () => new PlainStore(),
	) {
		this.store = makeStore();
		this.pending = `${header}\n`;
	}

	get rowCount(): number {
		return this.rows;
	}

	/**
	 * Adds a line if it still fits.
	 *
	 * @param line without its end
	 * @returns false when the file is full; the line was not added and belongs in the next file
	 */
	add(line: string): boolean {
		if (!this.hasRoomFor(line)) return false;
		this.pending += line;
		this.pending += '\n';
		this.rows++;
		if (this.pending.length >= CHUNK_CHARACTERS) this.flush();
		return true;
	}

	/** Ends the file and starts the next one. */
	finish(): CsvFile {
		this.flush();
		const file = { content: this.store.finish(), bytes: this.bytes, rows: this.rows };
		this.store = this.makeStore();
		this.bytes = 0;
		this.rows = 0;
		this.pending = `${this.header}\n`;
		return file;
	}

	/** Resolved when the bytes so far are stored. */
	async settled(): Promise<void> {
		await this.store.settled();
	}

	/** Bytes are counted exactly only near the limit; far from it the worst case is cheaper to know. */
	private hasRoomFor(line: string): boolean {
		const worstCase = this.bytes + (this.pending.length + line.length + 1) * MAX_BYTES_PER_UNIT;
		if (worstCase <= this.maxBytes) return true;
		this.flush();
		return this.bytes + Buffer.byteLength(line, 'utf8') + 1 <= this.maxBytes;
	}

	private flush(): void {
		if (this.pending === '') return;
		const chunk = Buffer.from(this.pending, 'utf8');
		this.store.add(chunk);
		this.bytes += chunk.length;
		this.pending = '';
	}
}
