import { emailKey } from '../../values/email';
import { addressColumn, type ImportPlan } from '../plan';
import { KeySet } from './keySet';
import type { CheckedRow } from './rowChecker';

/** A consent whose address is not the profile key, so that several rows may have it. */
interface SharedAddress {
	index: number;
	/** Column of the address. */
	column: number;
	/** Subscription and channel. */
	what: string;
	resubscribes: boolean;
}

/**
 * Finds addresses that one row opts out and another, of another profile, resubscribes. On accounts where consents stand on
 * the address, the opt-in would win, since it overrides opt-outs.
 */
export class AddressConflicts {
	private readonly shared: readonly SharedAddress[];
	private readonly optIns: KeySet;
	private readonly optOuts: KeySet;
	/** Found in this reading. */
	readonly found = new Set<string>();

	/**
	 * @param rows about how many rows there are
	 * @param known found in an earlier reading
	 */
	constructor(
		plan: ImportPlan,
		rows: number,
		private readonly known: ReadonlySet<string>,
	) {
		this.shared = sharedAddresses(plan);
		const expected = this.shared.length > 0 ? rows : 0;
		this.optIns = new KeySet(expected);
		this.optOuts = new KeySet(expected);
	}

	/** Whether the row resubscribes an address that another row opts out. */
	isRefused(checked: CheckedRow): boolean {
		return (
			this.known.size > 0 &&
			this.shared.some(
				(one) => this.resubscribes(one, checked) && this.known.has(addressOf(one, checked)),
			)
		);
	}

	/** @param isSent whether its opt-ins count; opt-outs always do */
	note(checked: CheckedRow, isSent: boolean): void {
		for (const one of this.shared) {
			if (checked.cells[one.column] === '') continue;
			const address = addressOf(one, checked);
			if (checked.consents[one.index] === 'opt-out') {
				this.optOuts.add(address);
				if (this.optIns.has(address)) this.found.add(address);
			} else if (isSent && this.resubscribes(one, checked)) {
				this.optIns.add(address);
				if (this.optOuts.has(address)) this.found.add(address);
			}
		}
	}

	private resubscribes({ index, resubscribes }: SharedAddress, { consents }: CheckedRow): boolean {
		return resubscribes && consents[index] === 'opt-in';
	}
}

function addressOf({ column, what }: SharedAddress, { cells }: CheckedRow): string {
	return `${what} ${emailKey(cells[column] ?? '')}`;
}

function sharedAddresses(plan: ImportPlan): SharedAddress[] {
	const { consents, columns } = plan;
	if (!consents.some(({ resubscribe }) => resubscribe)) return [];
	return consents.flatMap((consent, index) => {
		const { topic, channel, resubscribe: resubscribes } = consent;
		const column = addressColumn(plan, consent);
		const isShared = column !== -1 && columns[column]?.isKey !== true;
		return isShared ? [{ index, column, what: `${topic} ${channel}`, resubscribes }] : [];
	});
}
