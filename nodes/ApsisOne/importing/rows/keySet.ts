import { hashKey } from './keyMap';

/** Full beyond this share, further keys go into a second table. */
const MAX_LOAD = 0.75;
const MIN_CAPACITY = 1 << 10;

/**
 * The profile keys seen so far, five bytes a slot: millions of them must fit beside two files in memory.
 *
 * A key is known by 40 bits of its 64-bit hash and its place in the table, some 60 bits in all: among five million keys
 * the odds that two different ones are taken for one are about one in a million. A `KeyMap` also keeps a number for each
 * key, and takes three times as much.
 */
export class KeySet {
	private readonly capacity: number;
	private size = 0;
	private readonly high: Uint32Array;
	private readonly low: Uint8Array;
	/** Where there are more keys than expected. */
	private overflow: KeySet | undefined;

	/** @param expectedKeys how many keys there will be, or somewhat more */
	constructor(expectedKeys: number) {
		let capacity = MIN_CAPACITY;
		while (capacity * MAX_LOAD < expectedKeys) capacity *= 2;
		this.capacity = capacity;
		this.high = new Uint32Array(capacity);
		this.low = new Uint8Array(capacity);
	}

	/** @returns whether the key is new */
	add(key: string): boolean {
		const [high, low] = hashKey(key);
		return this.addHash(high, low);
	}

	has(key: string): boolean {
		const [high, low] = hashKey(key);
		return this.hasHash(high, low);
	}

	private hasHash(high: number, low: number): boolean {
		if (this.low[this.find(high, low)] !== 0) return true;
		return this.overflow?.hasHash(high, low) ?? false;
	}

	private addHash(high: number, low: number): boolean {
		const slot = this.find(high, low);
		if (this.low[slot] !== 0) return false;
		if (this.size >= this.capacity * MAX_LOAD) {
			this.overflow ??= new KeySet(this.capacity);
			return this.overflow.addHash(high, low);
		}
		this.high[slot] = high;
		this.low[slot] = tagOf(low);
		this.size++;
		return true;
	}

	/** The slot that holds the hash, or the free one where it belongs. */
	private find(high: number, low: number): number {
		const tag = tagOf(low);
		const mask = this.capacity - 1;
		let slot = low & mask;
		while (this.low[slot] !== 0 && (this.low[slot] !== tag || this.high[slot] !== high)) {
			slot = (slot + 1) & mask;
		}
		return slot;
	}
}

/** Never zero, so that zero marks a free slot. */
function tagOf(low: number): number {
	return low >>> 24 || 1;
}
