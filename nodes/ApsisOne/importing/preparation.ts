import { ApsisOneError } from '../errors';
import type { ConsentType } from '../values/consentWord';
import { InvalidValue } from '../values/invalidValue';
import type { MemoryBudget } from './csv/fileBytes';
import { type FileOptions, type ImportFile, ImportFileWriter } from './csv/importFiles';
import type { EvaluateExpression, InputRow } from './fieldSource';
import { addressColumn, type ImportPlan } from './plan';
import { AddressConflicts } from './rows/addressConflicts';
import {
	type DuplicateChoice,
	type DuplicateJudge,
	makeJudge,
	type Rival,
} from './rows/duplicates';
import {
	type CheckedRow,
	type CheckOptions,
	isSameConsent,
	NO_ADDRESS,
	RowChecker,
} from './rows/rowChecker';
import { RowSet } from './rows/rowSet';
import { type RowProblem, rowProblem } from './rows/rowProblem';
import { TimeSlices } from './timeSlices';

/** Rows in batches; may be read more than once. A row object holds only until the next one is taken. */
export interface RowSource {
	batches(): AsyncIterable<Iterable<InputRow>>;
	/** The name of a row in messages, e.g. `Item 7` or `customers.csv, row 7`. */
	nameOf(rowIndex: number): string;
	/** How many rows there are, or somewhat more. */
	rowCount(): Promise<number>;
}

export interface PreparationOptions extends CheckOptions, FileOptions {
	onInvalidRow: 'reject' | 'stop' | 'sendAnyway';
	duplicates: DuplicateChoice;
	/** How much of the finished files may be kept from the first reading. */
	budget: MemoryBudget;
	/** Called with the rows checked so far, many times a second. */
	onChecked?(rows: number): void;
	/** From how many rows on memory is spared rather than messages made exact. */
	manyRows?: number;
}

/** Takes what is not sent, row by row. */
export interface RowSink {
	/** @param row holds only during the call */
	reject(row: InputRow, reasons: readonly RowProblem[]): void;
	/** Values of a row that is sent without them. */
	leaveOut(row: InputRow, values: readonly RowProblem[]): void;
	/** Resolved when what was taken is stored. */
	settled(): Promise<void>;
}

/** What came of the rows in the first reading. */
export interface RowCounts {
	read: number;
	accepted: number;
	rejected: number;
	/** Rows sent although they have problems. */
	sentWithProblems: number;
	/** How many rows broke each rule, by the rule's words; a row counts once, under its first problem. */
	reasons: Map<string, number>;
	/** Values that are not sent, though their rows are. */
	valuesLeftOut: number;
	/** How many values were left out for each rule. */
	leftOutRules: Map<string, number>;
	/** Accepted rows with at least one opt-in or opt-out. */
	rowsWithOptIn: number;
	rowsWithOptOut: number;
	/** Accepted rows with an opt-in that asks to override an earlier opt-out. */
	rowsWithResubscribe: number;
	/** Accepted rows that have a consent to text messages for a number that is certainly not a mobile number. */
	landlineConsents: number;
	/** Rows whose opt-out came from another row with the same key, which was not sent. */
	optOutsFromDuplicates: number;
	/** Columns (by header) that hold a value in at least one accepted row. */
	filledColumns: Set<string>;
	/** Consents (by index in the plan) that at least one accepted row uses. */
	usedConsents: Set<number>;
}

/**
 * Whether an opt-out of a row that is not sent counts in any case, or yields to an opt-in of the row with its key: with Keep
 * Last that one is the later word.
 */
type OptOutWeight = 'always' | 'unlessOptIn';

/** Opt-outs (by index in the plan) of rows that are not sent, or not without problems, for the row with their key. */
type OptOutsByKey = Map<string, Map<number, OptOutWeight>>;

/** What the first reading found. */
interface FirstReading<Sink> {
	counts: RowCounts;
	accepted: RowSet;
	sink: Sink;
	/** All files; undefined where they outgrew the budget. */
	files: ImportFile[] | undefined;
	/** Opt-outs that came after the row they belong to had been written. */
	lateOptOuts: OptOutsByKey;
	/** Addresses that one row opts out and another resubscribes. */
	conflicts: ReadonlySet<string>;
}

const CONFLICT = rowProblem(
	'Subscriptions and Consent',
	'',
	new InvalidValue(
		'asks to resubscribe an address that another row opts out',
		'Both rows have the same address and different profile keys. Correct one of them.',
	),
);

/**
 * Turns rows into the files of an import, in two readings.
 *
 * `check` goes through all input and knows afterwards what will become of every row; it has no effect in APSIS One. `files`
 * gives the files: those made while checking, as long as they fit into the memory budget, else made anew in a second
 * reading. Each row is accepted or rejected, never both, never neither.
 */
export class ImportPreparation<Sink extends RowSink = RowSink> {
	private first: FirstReading<Sink> | undefined;
	/** Rows that the second reading has put into a file. */
	private readonly written = new RowSet();
	/** Rows of files that the second reading began and could not end. */
	private unfinished = new RowSet();

	constructor(
		private readonly plan: ImportPlan,
		private readonly source: RowSource,
		private readonly options: PreparationOptions,
		private readonly evaluate: EvaluateExpression,
		private readonly makeSink: () => Sink,
	) {}

	/**
	 * The first reading.
	 *
	 * @throws ApsisOneError when there is no row at all, when the input cannot be read to its end, or when a row is invalid
	 * and the user wants to stop at that
	 */
	async check(): Promise<void> {
		const noted = await this.noteKeys();
		this.first = await this.readFirst(noted, new Map(), new Set());
		const { counts, lateOptOuts, conflicts } = this.first;
		if (lateOptOuts.size > 0 || conflicts.size > 0) {
			// Rare: an opt-out belongs to a row that had been written. Now that they are known, once more.
			this.first = await this.readFirst(await this.noteKeys(), lateOptOuts, conflicts);
			const lost = counts.read - this.first.counts.read;
			if (lost !== 0) throw sourceChanged(lost);
		}
		if (this.first.counts.read === 0) throw nothingToImport();
	}

	get counts(): RowCounts {
		return this.checked.counts;
	}

	/** Rows that are to be sent. */
	get accepted(): RowSet {
		return this.checked.accepted;
	}

	/**
	 * Rows that were to be sent and are not, or not wholly: an opt-in and an opt-out of one row go in two files.
	 *
	 * @param sent rows of the files that were sent
	 * @param failed rows of those that were not
	 */
	unsentRows(sent: RowSet, failed: RowSet): RowSet {
		return this.accepted.difference(sent).union(failed).union(this.unfinished);
	}

	get sink(): Sink {
		return this.checked.sink;
	}

	/**
	 * The files to be sent, opt-outs first where there is a choice: whatever fails later, no opt-out waits for an opt-in.
	 *
	 * @throws whatever the source throws when it cannot be read a second time
	 */
	async *files(): AsyncGenerator<ImportFile> {
		const { files, lateOptOuts } = this.checked;
		if (files) {
			yield* files.sort((one, other) => rank(one.consentType) - rank(other.consentType));
			return;
		}
		yield* this.readAgain(lateOptOuts);
	}

	private get checked(): FirstReading<Sink> {
		if (this.first) return this.first;
		throw new Error('check() must come first');
	}

	/** Shows all keys to the judge, where the choice among duplicates needs that. */
	private async noteKeys(): Promise<DuplicateJudge | undefined> {
		const { duplicates, checkRows } = this.options;
		if (!checkRows) return undefined;
		const judge = makeJudge(duplicates, await this.source.rowCount(), this.options.manyRows);
		if (!judge.note) return judge;
		const checker = this.makeChecker();
		await this.forEachRow((row) => {
			const checked = checker.check(row);
			if (checked.problems.length === 0) judge.note?.(checked.key, row.rowIndex);
		});
		return judge;
	}

	private async readFirst(
		judge: DuplicateJudge | undefined,
		optOuts: OptOutsByKey,
		conflicts: ReadonlySet<string>,
	): Promise<FirstReading<Sink>> {
		const { budget } = this.options;
		budget.reset();
		const checker = this.makeChecker();
		const sink = this.makeSink();
		const counts = noCounts();
		const accepted = new RowSet();
		const lateOptOuts: OptOutsByKey = new Map();
		const addresses = new AddressConflicts(this.plan, await this.source.rowCount(), conflicts);
		const files: ImportFile[] = [];
		let writer: ImportFileWriter | undefined = new ImportFileWriter(this.plan, this.options);

		await this.forEachRow(
			(row) => {
				counts.read++;
				const checked = checker.check(row);
				const isInvalid = checked.problems.length > 0;
				this.judge(checked, judge, row);
				this.refuseConflict(checked, addresses);
				addresses.note(checked, !this.isRefused(checked));
				if (checked.problems.length > 0) {
					this.noteOptOuts(checked, isInvalid, optOuts, lateOptOuts);
				}
				const takesOptOut = !this.isRefused(checked) && this.applyOptOuts(checked, optOuts);
				if (this.isRefused(checked)) return this.reject(row, checked, counts, sink);
				if (takesOptOut) counts.optOutsFromDuplicates++;
				this.count(checked, counts);
				accepted.add(row.rowIndex);
				if (checked.leftOut.length > 0) sink.leaveOut(row, checked.leftOut);
				if (writer) files.push(...writer.add(checked, row));
			},
			async () => {
				await Promise.all([writer?.settled(), sink.settled()]);
				this.options.onChecked?.(counts.read);
				if (!budget.isExceeded) return;
				writer = undefined;
				files.length = 0;
			},
		);
		if (writer) files.push(...writer.finish());
		for (const key of lateOptOuts.keys()) if (!judge?.isSent(key)) lateOptOuts.delete(key);
		return {
			counts,
			accepted,
			sink,
			files: writer ? files : undefined,
			lateOptOuts: lateOptOuts.size > 0 ? lateOptOuts : optOuts,
			conflicts: conflicts.size > 0 ? conflicts : addresses.found,
		};
	}

	/** The second reading: what was accepted is written, and nothing decided anew. */
	private async *readAgain(optOuts: OptOutsByKey): AsyncGenerator<ImportFile> {
		const writer = new ImportFileWriter(this.plan, this.options);
		let isComplete = false;
		try {
			yield* this.writeAccepted(writer, optOuts);
			const lost = this.accepted.difference(this.written).size;
			if (lost > 0) throw sourceChanged(lost);
			isComplete = true;
		} finally {
			if (!isComplete) this.noteUnfinished(writer);
		}
		yield* writer.finish();
	}

	private noteUnfinished(writer: ImportFileWriter): void {
		for (const { rowIndexes } of writer.finish()) {
			this.unfinished = this.unfinished.union(rowIndexes);
		}
	}

	private async *writeAccepted(
		writer: ImportFileWriter,
		optOuts: OptOutsByKey,
	): AsyncGenerator<ImportFile> {
		const checker = this.makeChecker();
		const addresses = new AddressConflicts(this.plan, 0, this.checked.conflicts);
		const slices = new TimeSlices();
		for await (const batch of this.source.batches()) {
			for (const row of batch) {
				if (slices.isOver()) await slices.next();
				if (!this.accepted.has(row.rowIndex)) continue;
				const checked = checker.check(row);
				this.refuseConflict(checked, addresses);
				// An expression may give something else the second time: then the row counts as not sent.
				if (this.isRefused(checked)) continue;
				this.applyOptOuts(checked, optOuts);
				this.written.add(row.rowIndex);
				yield* writer.add(checked, row);
			}
			await writer.settled();
		}
	}

	private makeChecker(): RowChecker {
		return new RowChecker(this.plan, this.options, this.evaluate);
	}

	private async forEachRow(
		take: (row: InputRow) => void,
		afterSlice?: () => Promise<void>,
	): Promise<void> {
		const slices = new TimeSlices();
		for await (const batch of this.source.batches()) {
			for (const row of batch) {
				take(row);
				if (!slices.isOver()) continue;
				await afterSlice?.();
				await slices.next();
			}
			await afterSlice?.();
		}
	}

	private judge(
		checked: CheckedRow,
		judge: DuplicateJudge | undefined,
		{ rowIndex }: InputRow,
	): void {
		if (checked.problems.length > 0) return;
		const rival = judge?.rivalOf(checked.key, rowIndex);
		if (rival !== undefined) checked.problems = [this.duplicateProblem(checked, rival)];
	}

	/** When invalid rows are sent anyway, this one leaves consent alone. */
	private refuseConflict(checked: CheckedRow, addresses: AddressConflicts): void {
		if (!addresses.isRefused(checked)) return;
		checked.problems = [...checked.problems, CONFLICT];
		if (this.options.onInvalidRow === 'sendAnyway') checked.consents.fill(undefined);
	}

	private isRefused({ problems, isSendable }: CheckedRow): boolean {
		if (problems.length === 0) return false;
		return this.options.onInvalidRow !== 'sendAnyway' || !isSendable;
	}

	private reject(row: InputRow, { problems }: CheckedRow, counts: RowCounts, sink: Sink): void {
		if (this.options.onInvalidRow === 'stop') this.stop(row, problems);
		counts.rejected++;
		countReason(counts.reasons, problems);
		sink.reject(row, problems);
	}

	private stop(row: InputRow, [problem]: readonly RowProblem[]): void {
		if (!problem) return;
		throw new ApsisOneError(
			`[${this.source.nameOf(row.rowIndex)}] ${problem.field}: ${problem.rule}${problem.value ? ` (${problem.value})` : ''}`,
			`${problem.cure} Nothing was sent. To send the valid rows and get the invalid ones on the Rejected output, change On Invalid Row.`,
			row.itemIndex,
		);
	}

	/** An opt-out in any of the rows with one key counts: none is lost to a duplicate, or to something else that is wrong. */
	private noteOptOuts(
		{ key, consents }: CheckedRow,
		isInvalid: boolean,
		known: OptOutsByKey,
		late: OptOutsByKey,
	): void {
		if (key === '') return;
		const isLast = !isInvalid && this.options.duplicates === 'keepLast';
		const weight: OptOutWeight = isLast ? 'unlessOptIn' : 'always';
		for (const [index, consent] of consents.entries()) {
			if (consent !== 'opt-out') continue;
			const noted = (late.get(key) ?? known.get(key))?.get(index);
			if (noted === 'always' || noted === weight) continue;
			late.set(key, new Map(late.get(key) ?? known.get(key)).set(index, weight));
		}
	}

	/** @returns whether the row has taken an opt-out of another one; without an address it gets a problem instead */
	private applyOptOuts(checked: CheckedRow, optOuts: OptOutsByKey): boolean {
		const found = optOuts.size > 0 ? optOuts.get(checked.key) : undefined;
		if (!found) return false;
		const { consents } = checked;
		let isChanged = false;
		for (const [index, weight] of found) {
			const ours = this.plan.consents[index];
			if (!ours || consents[index] === 'opt-out') continue;
			const optIns = this.plan.consents.flatMap((plan, other) =>
				consents[other] === 'opt-in' && isSameConsent(plan, ours) ? [other] : [],
			);
			if (weight === 'unlessOptIn' && optIns.length > 0) continue;
			isChanged = true;
			for (const other of optIns) consents[other] = undefined;
			consents[index] = 'opt-out';
			if (checked.cells[addressColumn(this.plan, ours)] === '') {
				checked.problems = [...checked.problems, rowProblem(ours.name, 'opt-out', NO_ADDRESS)];
			}
		}
		return isChanged;
	}

	private count(checked: CheckedRow, counts: RowCounts): void {
		counts.accepted++;
		if (checked.problems.length > 0) {
			counts.sentWithProblems++;
			countReason(counts.reasons, checked.problems);
		}
		for (const { rule } of checked.leftOut) {
			counts.valuesLeftOut++;
			counts.leftOutRules.set(rule, (counts.leftOutRules.get(rule) ?? 0) + 1);
		}
		if (checked.hasLandlineConsent) counts.landlineConsents++;
		if (this.plan.consents.length > 0) this.countConsents(checked.consents, counts);
		if (counts.filledColumns.size < this.plan.columns.length) this.noteFilled(checked, counts);
	}

	private countConsents(consents: CheckedRow['consents'], counts: RowCounts): void {
		let [optsIn, optsOut, resubscribes] = [false, false, false];
		for (let index = 0; index < consents.length; index++) {
			const consent = consents[index];
			if (!consent) continue;
			counts.usedConsents.add(index);
			if (consent === 'opt-out') optsOut = true;
			else optsIn = true;
			resubscribes ||= consent === 'opt-in' && this.plan.consents[index]?.resubscribe === true;
		}
		if (optsIn) counts.rowsWithOptIn++;
		if (optsOut) counts.rowsWithOptOut++;
		if (resubscribes) counts.rowsWithResubscribe++;
	}

	private noteFilled({ cells }: CheckedRow, counts: RowCounts): void {
		for (let index = 0; index < cells.length; index++) {
			const header = this.plan.columns[index]?.header;
			if (header !== undefined && cells[index] !== '') counts.filledColumns.add(header);
		}
	}

	private duplicateProblem(checked: CheckedRow, rival: Rival): RowProblem {
		return rowProblem('Profile Key', checked.key, new InvalidValue('duplicate', this.cure(rival)));
	}

	private cure(rival: Rival): string {
		if (rival === 'none') {
			return 'This key occurs more than once, and Duplicate Keys is set to reject all such rows.';
		}
		const which = rival === 'earlier' ? 'An earlier row' : this.source.nameOf(rival);
		return `${which} has the same key and is sent. Duplicate Keys decides which one.`;
	}
}

export function nothingToImport(): ApsisOneError {
	return new ApsisOneError(
		'There is nothing to import: no rows came in',
		'No import was requested. Check the node before this one, or end the workflow earlier when there is nothing to import.',
	);
}

function noCounts(): RowCounts {
	return {
		read: 0,
		accepted: 0,
		rejected: 0,
		sentWithProblems: 0,
		reasons: new Map(),
		valuesLeftOut: 0,
		leftOutRules: new Map(),
		rowsWithOptIn: 0,
		rowsWithOptOut: 0,
		rowsWithResubscribe: 0,
		landlineConsents: 0,
		optOutsFromDuplicates: 0,
		filledColumns: new Set(),
		usedConsents: new Set(),
	};
}

function countReason(reasons: Map<string, number>, [first]: readonly RowProblem[]): void {
	if (first) reasons.set(first.rule, (reasons.get(first.rule) ?? 0) + 1);
}

function rank(consentType: ConsentType | undefined): number {
	return consentType === 'opt-out' ? 0 : 1;
}

function sourceChanged(rows: number): ApsisOneError {
	return new ApsisOneError(
		`The input ended early when it was read a second time: ${rows.toLocaleString('en')} rows are missing`,
		"The file may have changed in the meantime, or n8n's file storage may have a problem. Run the workflow again with the rows that were not sent.",
	);
}
