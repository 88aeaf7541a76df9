/** Numbers of rows in ascending order, kept as ranges: a file of half a million rows mostly is one. */
export class RowSet implements Iterable<number> {
	/** First and last row of each range, ascending and apart. */
	private readonly bounds: number[] = [];
	private total = 0;

	get size(): number {
		return this.total;
	}

	/** @param row larger than all before, or the same as the last */
	add(row: number): void {
		const last = this.bounds.length - 1;
		if (this.bounds[last] === row) return;
		if (last >= 0 && this.bounds[last] === row - 1) this.bounds[last] = row;
		else this.bounds.push(row, row);
		this.total++;
	}

	/** The rows of either set. */
	union(other: RowSet): RowSet {
		const union = new RowSet();
		const ranges = [...this.ranges(), ...other.ranges()].sort(([one], [two]) => one - two);
		for (const [first, last] of ranges) union.addRange(first, last);
		return union;
	}

	*ranges(): Generator<[first: number, last: number]> {
		for (let index = 0; index < this.bounds.length; index += 2) {
			yield [this.bounds[index] ?? 0, this.bounds[index + 1] ?? 0];
		}
	}

	*[Symbol.iterator](): Generator<number> {
		for (const [first, last] of this.ranges()) {
			for (let row = first; row <= last; row++) yield row;
		}
	}

	/** @param first not before the first row of the last range */
	private addRange(first: number, last: number): void {
		const end = this.bounds.length - 1;
		const reached = this.bounds[end];
		if (reached === undefined || first > reached + 1) {
			this.bounds.push(first, last);
			this.total += last - first + 1;
		} else if (last > reached) {
			this.bounds[end] = last;
			this.total += last - reached;
		}
	}
}
