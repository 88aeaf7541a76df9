import { sleep } from 'n8n-workflow';

/**
 * How long rows may be worked on before n8n gets its turn: the editor and other executions share the event loop. Each turn
 * costs a millisecond, the shortest sleep there is.
 */
const SLICE_MS = 30;
/** Rows between two looks at the clock; an expression takes n8n up to 0.7 ms. */
const ROWS_BETWEEN_LOOKS = 16;

/** Lets n8n breathe in long loops: by time, since a row may take a microsecond or a millisecond. */
export class TimeSlices {
	private rows = 0;
	private sliceEndsAt = Date.now() + SLICE_MS;

	/** Cheap enough to be asked after every row. */
	isOver(): boolean {
		return ++this.rows % ROWS_BETWEEN_LOOKS === 0 && Date.now() >= this.sliceEndsAt;
	}

	/** Hands over to the event loop, and starts the next slice. */
	async next(): Promise<void> {
		await sleep(0);
		this.sliceEndsAt = Date.now() + SLICE_MS;
	}
}
