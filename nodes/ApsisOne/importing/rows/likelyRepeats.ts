import { hashKey, KeyMap } from './keyMap';

/** Bits a key: with four hashes, about one key in 400 is taken for a repeat that is none. */
const BITS_PER_KEY = 16;
const HASHES = 4;
/** The filter is an array of 32-bit words. */
const WORD_BITS = 32;
const MIN_WORDS = 1 << 10;

/**
 * Finds the keys that come more than once among millions, in two bytes a key (a Bloom filter, with the keys that hit it
 * in a map). It may hold keys that come only once, and never misses one that repeats; so what is decided about the keys
 * in it must be decided exactly.
 */
export class LikelyRepeats {
	private readonly words: Uint32Array;
	private readonly repeats = new KeyMap();

	/** @param expectedKeys about how many keys there will be; more only make it less exact */
	constructor(expectedKeys: number) {
		const words = Math.ceil((expectedKeys * BITS_PER_KEY) / WORD_BITS);
		this.words = new Uint32Array(Math.max(words, MIN_WORDS));
	}

	/** To be called with every key. */
	note(key: string): void {
		const [high, low] = hashKey(key);
		if (this.wasSeen(high, low)) this.repeats.set(key, 1);
	}

	has(key: string): boolean {
		return this.repeats.get(key) !== undefined;
	}

	/** Marks the key's bits (double hashing, Kirsch and Mitzenmacher 2006), and tells whether all were marked before. */
	private wasSeen(high: number, low: number): boolean {
		const bits = this.words.length * WORD_BITS;
		const step = (high | 1) >>> 0;
		let wasSeen = true;
		for (let turn = 0; turn < HASHES; turn++) {
			const bit = (low + turn * step) % bits;
			const [word, mask] = [Math.floor(bit / WORD_BITS), 1 << (bit % WORD_BITS)];
			const before = this.words[word] ?? 0;
			if ((before & mask) !== 0) continue;
			wasSeen = false;
			this.words[word] = before | mask;
		}
		return wasSeen;
	}
}
