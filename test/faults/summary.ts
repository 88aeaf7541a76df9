import { FAULT_NAMES, STEPS, type Step } from './faultKinds';
import type { CellName } from './runCell';

/** How a cell ended. */
export type Verdict = 'recovered' | 'sentence' | 'failed';

const SIGNS: Readonly<Record<Verdict, string>> = {
	recovered: 'ok',
	sentence: 'told',
	failed: 'FAIL',
};

/** Gathers how the cells ended, for a table that a person reads. */
export class Summary {
	private readonly verdicts = new Map<string, Verdict[]>();

	note({ step, fault }: CellName, verdict: Verdict): void {
		const key = `${step} ${fault}`;
		this.verdicts.set(key, [...(this.verdicts.get(key) ?? []), verdict]);
	}

	/** Faults down, steps across; in a cell: once, for ever, from the second import on. */
	toString(): string {
		const rows = FAULT_NAMES.map((fault) => [
			fault,
			...STEPS.map((step) => this.cell(step, fault)),
		]);
		const table = [['', ...STEPS], ...rows];
		const widths = ['', ...STEPS].map((_, column) =>
			Math.max(...table.map((row) => row[column]?.length ?? 0)),
		);
		const lines = table.map((row) =>
			row
				.map((text, column) => text.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		);
		const all = [...this.verdicts.values()].flat();
		const count = (verdict: Verdict) => all.filter((one) => one === verdict).length;
		const passed = count('recovered') + count('sentence');
		return [
			'',
			...lines,
			'',
			'once / for ever / from the second import on; ok: recovered; told: one clear sentence',
			`${all.length} cells, ${passed} passed (${count('recovered')} recovered, ${count('sentence')} told)`,
			'',
		].join('\n');
	}

	private cell(step: Step, fault: string): string {
		return (this.verdicts.get(`${step} ${fault}`) ?? []).map((one) => SIGNS[one]).join('/') || '-';
	}
}
