/** Entries before the table first grows; a power of two. */
const INITIAL_CAPACITY = 1 << 12;
/** Full beyond this share, the table doubles. */
const MAX_LOAD = 0.7;

/**
 * Maps profile keys to numbers without keeping the keys: millions of them must fit beside two files in memory, and
 * a Map of strings takes some 100 bytes an entry where this takes 12 to 17.
 *
 * Keys are told apart by a 64-bit hash. In five million keys the odds that two different ones share theirs are
 * below one in a million.
 */
export class KeyMap {
	private capacity = INITIAL_CAPACITY;
	private size = 0;
	private high: Uint32Array;
	private low: Uint32Array;
	private values: Uint32Array;

	/** @param expectedKeys about how many keys there will be: a table that has to grow is filled again each time */
	constructor(expectedKeys = 0) {
		while (this.capacity * MAX_LOAD < expectedKeys) this.capacity *= 2;
		this.high = new Uint32Array(this.capacity);
		this.low = new Uint32Array(this.capacity);
		this.values = new Uint32Array(this.capacity);
	}

	/** @returns the number kept for the key, or undefined */
	get(key: string): number | undefined {
		const [high, low] = hashKey(key);
		const slot = this.find(high, low);
		return this.isUsed(slot) ? this.values[slot] : undefined;
	}

	/** @param value a whole number from 0 to 2³² − 1 */
	set(key: string, value: number): void {
		const [high, low] = hashKey(key);
		this.keep(high, low, value);
	}

	/**
	 * Keeps the number unless the key has one already; hashes the key once.
	 *
	 * @returns the number kept before, or undefined
	 */
	getOrSet(key: string, value: number): number | undefined {
		const [high, low] = hashKey(key);
		const slot = this.find(high, low);
		if (this.isUsed(slot)) return this.values[slot];
		this.keep(high, low, value);
		return undefined;
	}

	private keep(high: number, low: number, value: number): void {
		this.put(high, low, value);
		if (this.size > this.capacity * MAX_LOAD) this.grow();
	}

	private put(high: number, low: number, value: number): void {
		const slot = this.find(high, low);
		if (!this.isUsed(slot)) this.size++;
		this.high[slot] = high;
		this.low[slot] = low;
		this.values[slot] = value;
	}

	/** The slot that holds the hash, or the free one where it belongs. */
	private find(high: number, low: number): number {
		const mask = this.capacity - 1;
		let slot = low & mask;
		while (this.isUsed(slot) && (this.high[slot] !== high || this.low[slot] !== low)) {
			slot = (slot + 1) & mask;
		}
		return slot;
	}

	/** A hash is never zero in both halves, so zero marks a free slot. */
	private isUsed(slot: number): boolean {
		return this.high[slot] !== 0 || this.low[slot] !== 0;
	}

	private grow(): void {
		const { high, low, values } = this;
		this.capacity *= 2;
		this.size = 0;
		this.high = new Uint32Array(this.capacity);
		this.low = new Uint32Array(this.capacity);
		this.values = new Uint32Array(this.capacity);
		for (let slot = 0; slot < high.length; slot++) {
			const [h, l] = [high[slot] ?? 0, low[slot] ?? 0];
			if (h !== 0 || l !== 0) this.put(h, l, values[slot] ?? 0);
		}
	}
}

const halves: [high: number, low: number] = [0, 0];

/**
 * Two differently seeded 32-bit multiplicative hashes with MurmurHash3's finaliser over both. The pair is reused
 * from call to call, since this runs once a row: take it apart at once.
 */
export function hashKey(key: string): [high: number, low: number] {
	let one = 0xdeadbeef;
	let two = 0x41c6ce57;
	for (let index = 0; index < key.length; index++) {
		const code = key.charCodeAt(index);
		one = Math.imul(one ^ code, 2654435761);
		two = Math.imul(two ^ code, 1597334677);
	}
	one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
	two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
	halves[0] = two >>> 0;
	halves[1] = one >>> 0 || 1;
	return halves;
}
