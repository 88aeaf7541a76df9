import { ApsisOneError } from '../errors';
import { type FileOptions, type ImportFile, ImportFileWriter } from './csv/importFiles';
import type { EvaluateExpression, InputRow } from './fieldSource';
import type { ImportPlan } from './plan';
import { type DuplicateChoice, type DuplicateJudge, makeJudge } from './rows/duplicates';
import { LikelyRepeats } from './rows/likelyRepeats';
import { InvalidValue } from '../values/invalidValue';
import { type CheckedRow, type CheckOptions, RowChecker } from './rows/rowChecker';
import { type RowProblem, rowProblem } from './rows/rowProblem';

/** Rows in batches; may be read more than once. A row object holds only until the next one is taken. */
export interface RowSource {
	batches(): AsyncIterable<Iterable<InputRow>>;
	/** The name of a row in messages, e.g. `Item 7` or `Row 7`. */
	nameOf(rowIndex: number): string;
	/** About how many rows there are, where they are too many to keep something of each in memory. */
	countIfMany?(): Promise<number | undefined>;
}

export interface PreparationOptions extends CheckOptions, FileOptions {
	onInvalidRow: 'reject' | 'stop' | 'sendAnyway';
	duplicates: DuplicateChoice;
}

const NONE: readonly ImportFile[] = [];

export interface RejectedRow {
	row: InputRow;
	reasons: RowProblem[];
}

/** What came of the rows; complete when the last file has been taken. */
export interface RowCounts {
	read: number;
	accepted: number;
	rejected: number;
	/** Rows sent although they have problems. */
	sentWithProblems: number;
	/** How often each rule was broken, by the rule's words. */
	reasons: Map<string, number>;
	/** Columns (by header) that hold a value in at least one accepted row. */
	filledColumns: Set<string>;
	/** Consents (by index in the plan) that at least one accepted row uses. */
	usedConsents: Set<number>;
}

/**
 * Turns rows into the files of an import: checks each row, gives the bad ones to `onRejected`, and yields every file
 * as soon as it is full. Each row ends in a file or with `onRejected`, never both, never neither.
 */
export class ImportPreparation {
	readonly counts: RowCounts = {
		read: 0,
		accepted: 0,
		rejected: 0,
		sentWithProblems: 0,
		reasons: new Map(),
		filledColumns: new Set(),
		usedConsents: new Set(),
	};

	private readonly checker: RowChecker;
	private readonly writer: ImportFileWriter;
	private judge: DuplicateJudge | undefined;

	constructor(
		private readonly plan: ImportPlan,
		private readonly source: RowSource,
		private readonly options: PreparationOptions,
		evaluate: EvaluateExpression,
		private readonly onRejected: (rejected: RejectedRow) => void,
	) {
		this.checker = new RowChecker(plan, options, evaluate);
		this.writer = new ImportFileWriter(plan, options);
	}

	/**
	 * @throws ApsisOneError when there is no row at all, or — before the first file — when a row is invalid and the
	 * user wants to stop at that
	 */
	async *files(): AsyncGenerator<ImportFile> {
		this.judge = await this.firstLook();
		for await (const batch of this.source.batches()) {
			for (const row of batch) {
				const full = this.take(row);
				if (full.length > 0) yield* full;
			}
			await this.writer.settled();
		}
		if (this.counts.read === 0) {
			throw new ApsisOneError(
				'There is nothing to import: no rows came in',
				'No import was requested. Check the node before this one, or let the workflow stop earlier when there is nothing to do.',
			);
		}
		yield* this.writer.finish();
	}

	/**
	 * Reads all rows once before anything is sent, where the choices made cannot be kept otherwise.
	 *
	 * @throws ApsisOneError at the first invalid row, when that is what the user wants
	 */
	private async firstLook(): Promise<DuplicateJudge | undefined> {
		const { duplicates, onInvalidRow, checkRows } = this.options;
		const judge = checkRows ? makeJudge(duplicates, await this.findRepeats()) : undefined;
		if (onInvalidRow !== 'stop' && !judge?.note) return judge;

		for await (const batch of this.source.batches()) {
			for (const row of batch) {
				const checked = this.checker.check(row);
				if (onInvalidRow === 'stop') this.stopAtProblem(row, checked);
				if (checked.problems.length > 0) continue;
				judge?.note?.(checked.key, row.rowIndex);
				const rival =
					duplicates === 'rejectAll' ? judge?.rivalOf(checked.key, row.rowIndex) : undefined;
				if (onInvalidRow !== 'stop' || rival === undefined) continue;
				checked.problems.push(this.duplicateProblem(checked, rival));
				this.stopAtProblem(row, checked);
			}
		}
		return judge;
	}

	/** Of very many rows, only the keys that may come more than once are remembered; to find them takes a reading. */
	private async findRepeats(): Promise<LikelyRepeats | undefined> {
		const rows = await this.source.countIfMany?.();
		if (rows === undefined) return undefined;
		const repeats = new LikelyRepeats(rows);
		for await (const batch of this.source.batches()) {
			for (const row of batch) {
				const key = this.checker.keyOf(row);
				if (key !== '') repeats.note(key);
			}
		}
		return repeats;
	}

	private stopAtProblem(row: InputRow, { problems }: CheckedRow): void {
		const [problem] = problems;
		if (!problem) return;
		throw new ApsisOneError(
			`[${this.source.nameOf(row.rowIndex)}] ${problem.field}: ${problem.rule}${problem.value ? ` (${problem.value})` : ''}`,
			`${problem.cure} Nothing was sent. To send the good rows and get the bad ones on the output Rejected, change On Invalid Row.`,
			row.itemIndex,
		);
	}

	/** @returns the files that the row has filled */
	private take(row: InputRow): readonly ImportFile[] {
		this.counts.read++;
		const checked = this.checker.check(row);
		const rival =
			checked.problems.length === 0 ? this.judge?.rivalOf(checked.key, row.rowIndex) : undefined;
		if (rival !== undefined) checked.problems.push(this.duplicateProblem(checked, rival));

		const sendAnyway = this.options.onInvalidRow === 'sendAnyway' && checked.isSendable;
		if (checked.problems.length > 0 && !sendAnyway) {
			this.reject(row, checked.problems);
			return NONE;
		}
		this.accept(checked);
		return this.writer.add(checked, row.rowIndex);
	}

	private accept(checked: CheckedRow): void {
		const { counts } = this;
		counts.accepted++;
		if (checked.problems.length > 0) {
			counts.sentWithProblems++;
			this.countReasons(checked.problems);
		}
		if (counts.filledColumns.size < this.plan.columns.length) this.noteFilled(checked.cells);
		if (counts.usedConsents.size < this.plan.consents.length) this.noteUsed(checked.consents);
	}

	private noteFilled(cells: readonly string[]): void {
		for (const [index, { header }] of this.plan.columns.entries()) {
			if (cells[index] !== '') this.counts.filledColumns.add(header);
		}
	}

	private noteUsed(consents: CheckedRow['consents']): void {
		for (const [index, consent] of consents.entries()) {
			if (consent) this.counts.usedConsents.add(index);
		}
	}

	private reject(row: InputRow, reasons: RowProblem[]): void {
		this.counts.rejected++;
		this.countReasons(reasons);
		// The source may use one row object for all rows.
		this.onRejected({ row: { ...row }, reasons });
	}

	/** A row counts once, under its first problem, so that the figures add up to the rows. */
	private countReasons([first]: readonly RowProblem[]): void {
		if (!first) return;
		this.counts.reasons.set(first.rule, (this.counts.reasons.get(first.rule) ?? 0) + 1);
	}

	private duplicateProblem(checked: CheckedRow, rival: number | 'none'): RowProblem {
		const cure =
			rival === 'none'
				? 'This key comes more than once, and Duplicate Keys is set to reject all such rows.'
				: `${this.source.nameOf(rival)} has the same key and is sent. Duplicate Keys decides which one.`;
		return rowProblem('Profile Key', checked.key, new InvalidValue('duplicate', cure));
	}
}
