/** The bytes of a finished file; may be read as often as an upload has to be repeated. */
export interface FileBytes {
	/** The bytes in order, in chunks. */
	read(): AsyncIterable<Uint8Array>;
}

/** Counts how much is kept in memory, across all files of an import. */
export class MemoryBudget {
	private used = 0;

	/** @param limit bytes */
	constructor(private readonly limit: number) {}

	take(bytes: number): void {
		this.used += bytes;
	}

	reset(): void {
		this.used = 0;
	}

	get isExceeded(): boolean {
		return this.used > this.limit;
	}
}

/** Takes the bytes of a file as they are written. */
export interface ByteStore {
	add(chunk: Uint8Array): void;
	/** Resolved when what was added is stored; a writer that waits for it never runs ahead. */
	settled(): Promise<void>;
	/** Ends the file. */
	finish(): FileBytes;
}

/** Keeps the bytes as they are: the quickest, for rows that fill more memory than their file does. */
export class PlainStore implements ByteStore {
	private readonly chunks: Uint8Array[] = [];

	constructor(private readonly budget?: MemoryBudget) {}

	add(chunk: Uint8Array): void {
		this.budget?.take(chunk.length);
		this.chunks.push(chunk);
	}

	async settled(): Promise<void> {}

	finish(): FileBytes {
		const { chunks } = this;
		return {
			async *read() {
				yield* chunks;
			},
		};
	}
}

/** Chunks that may wait to be compressed: with none the rows would stand still while the other thread works. */
const MAX_CHUNKS_UNDER_WAY = 8;

/**
 * Keeps the bytes compressed, for files that are read in a stream: two files of 50 MB would be most of what such an
 * import needs. A file of customers shrinks to a third or less, off the main thread, at some 60 MB a second.
 */
export class PackedStore implements ByteStore {
	private readonly packer = new CompressionStream('deflate-raw');
	private readonly writer = this.packer.writable.getWriter();
	private readonly packed: Promise<Uint8Array[]>;
	/** Each fulfilled when its chunk has been taken, in order. */
	private readonly underWay: Array<Promise<void>> = [];

	constructor(budget?: MemoryBudget) {
		this.packed = gather(this.packer.readable, budget);
		// Whoever reads the file gets the fault. A file that is dropped unread has none.
		this.packed.catch(ignore);
	}

	add(chunk: Uint8Array): void {
		// What goes wrong in here fails `packed` too, which is awaited.
		this.underWay.push(this.writer.write(chunk).catch(ignore));
	}

	async settled(): Promise<void> {
		while (this.underWay.length > MAX_CHUNKS_UNDER_WAY) await this.underWay.shift();
	}

	finish(): FileBytes {
		this.writer.close().catch(ignore);
		const { packed } = this;
		return {
			async *read() {
				yield* unpack(await packed);
			},
		};
	}
}

function ignore(): void {}

async function gather(
	stream: AsyncIterable<Uint8Array>,
	budget: MemoryBudget | undefined,
): Promise<Uint8Array[]> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of stream) {
		budget?.take(chunk.length);
		chunks.push(chunk);
	}
	return chunks;
}

async function* unpack(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
	const unpacker = new DecompressionStream('deflate-raw');
	const feeding = feed(unpacker.writable, chunks);
	yield* unpacker.readable as AsyncIterable<Uint8Array>;
	await feeding;
}

async function feed(
	writable: InstanceType<typeof DecompressionStream>['writable'],
	chunks: readonly Uint8Array[],
): Promise<void> {
	const writer = writable.getWriter();
	for (const chunk of chunks) await writer.write(chunk);
	await writer.close();
}
