import { randomUUID } from 'crypto';

/** A file as the last part of a form. */
export interface FormFile {
	name: string;
	/** Exact length. */
	bytes: number;
	/** The bytes in order; called anew for each reading. */
	read(): AsyncIterable<Uint8Array>;
}

/**
 * A multipart form (RFC 7578) that is written while it is sent, so that memory holds the file and not a copy.
 *
 * It is a Blob because that is how n8n's HTTP helper (axios) takes a body of known length that it can stream. n8n
 * drops a body without members of its own, which a plain Blob is.
 */
export class MultipartForm extends Blob {
	override readonly size: number;
	private readonly head: Uint8Array;
	private readonly tail: Uint8Array;

	constructor(
		fields: ReadonlyArray<readonly [name: string, value: string]>,
		private readonly file: FormFile,
	) {
		// In lower case, as Blob makes its type.
		const boundary = `apsis-one-${randomUUID()}`;
		super([], { type: `multipart/form-data; boundary=${boundary}` });
		this.head = Buffer.from(
			fields.map(([name, value]) => fieldPart(boundary, name, value)).join('') +
				`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escapeName(file.name)}"\r\nContent-Type: text/csv\r\n\r\n`,
		);
		this.tail = Buffer.from(`\r\n--${boundary}--\r\n`);
		this.size = this.head.length + file.bytes + this.tail.length;
	}

	override stream(): ReturnType<Blob['stream']> {
		const chunks = this.chunks();
		return new ReadableStream<Uint8Array>({
			async pull(controller) {
				const { done, value } = await chunks.next();
				if (done) controller.close();
				else controller.enqueue(value);
			},
			async cancel() {
				await chunks.return(undefined);
			},
		});
	}

	private async *chunks(): AsyncGenerator<Uint8Array, undefined> {
		yield this.head;
		yield* this.file.read();
		yield this.tail;
		return undefined;
	}
}

function fieldPart(boundary: string, name: string, value: string): string {
	return `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"\r\n\r\n${value}\r\n`;
}

/** As browsers escape names in forms (HTML standard, multipart/form-data encoding). */
function escapeName(name: string): string {
	return name.replace(/\r\n?|\n/g, '%0D%0A').replace(/"/g, '%22');
}
