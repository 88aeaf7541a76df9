import type { INodeExecutionData } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import { nearestName } from '../values/nearest';
import { dependsOnItem, fieldsRead } from './expressions';
import { type FieldSource, fieldNamed, hasField, sourceName } from './fieldSource';

/** What comes in, as far as names go. */
export interface InputFields {
	isFile: boolean;
	/** All names, in the order they first come up. */
	names: readonly string[];
	/** The columns of each file; empty for items. */
	files: ReadonlyArray<{
		name: string;
		columns: readonly string[];
		/** Names that more than one column has. */
		repeated: readonly string[];
	}>;
	/** The items that came in; those that hold the files, for files. */
	items: readonly INodeExecutionData[];
}

export interface ReferenceOptions {
	/** What to do about a field that no item has; a column that a file lacks always stops. */
	onMissingField: 'warn' | 'stop';
}

/** One parameter that names a field. */
export interface Reference {
	/** Display name of the parameter. */
	label: string;
	source: FieldSource;
	/** Nothing can be sent without it. */
	isKey?: boolean;
	/** Without it something would be lost or erased: missing in all items, it stops like a missing column. */
	mustExist?: boolean;
}

const MAX_NAMES_SHOWN = 30;

/**
 * Holds what the node's parameters name against what comes in, before anything is sent: a column renamed since the
 * workflow was made must not pass for an empty one.
 */
export class References {
	/** What was found by a guess, or not at all. */
	readonly warnings: string[] = [];

	constructor(
		private readonly input: InputFields,
		private readonly options: ReferenceOptions,
	) {}

	/**
	 * @returns the source as it is to be read
	 * @throws ApsisOneError when the field is not there, or an expression cannot mean what it says
	 */
	resolve(reference: Reference): FieldSource {
		const { source } = reference;
		if (source.kind === 'constant') return source;
		if (source.kind === 'expression') {
			return this.input.isFile ? this.expressionForFile(reference, source) : source;
		}
		return this.input.isFile
			? this.column(reference, source)
			: this.fieldOfItems(reference, source);
	}

	private column(reference: Reference, source: FieldSource & { kind: 'field' }): FieldSource {
		const name = sourceName(source);
		const found = this.input.files.map(({ columns }) => findName(name, columns));
		const missing = found.findIndex((one) => one === undefined);
		if (missing === -1) {
			this.refuseRepeated(reference.label, found as string[]);
			return this.named(reference, name, found as string[]);
		}
		if (source.expression !== undefined && found.every((one) => one === undefined)) {
			const isOfItems = this.input.items.every(({ json }) => hasField(json, source));
			// The item that holds the file has the field: its value serves all rows of the file.
			if (isOfItems) return { kind: 'expression', expression: source.expression, once: true };
		}
		const file = this.input.files[missing];
		throw missingColumn(reference.label, name, file?.name ?? '', file?.columns ?? []);
	}

	private refuseRepeated(label: string, names: readonly string[]): void {
		for (const [index, { name, repeated }] of this.input.files.entries()) {
			const column = names[index] ?? '';
			if (repeated.includes(column)) throw repeatedColumn(label, name, column);
		}
	}

	/** @param found the name in each file or kind of item, all of them loosely the same */
	private named(reference: Reference, name: string, found: readonly string[]): FieldSource {
		const [first = name, ...others] = [...new Set(found)].sort(
			(one, other) => Number(other === name) - Number(one === name),
		);
		for (const other of [first, ...others]) {
			if (other === name) continue;
			this.warnings.push(
				`${reference.label}: "${name}" is read from "${other}", which differs only in case or spaces.`,
			);
		}
		return { ...fieldNamed(first), ...(others.length > 0 ? { alternatives: others } : {}) };
	}

	private fieldOfItems(reference: Reference, source: FieldSource & { kind: 'field' }): FieldSource {
		const name = sourceName(source);
		const hasExact = this.input.items.some(({ json }) => hasField(json, source));
		const alike =
			source.path.length > 1
				? []
				: this.input.names.filter((one) => one !== name && looseName(one) === looseName(name));
		if (hasExact && alike.length === 0) return source;
		if (hasExact || alike.length > 0) {
			return this.named(reference, name, [...(hasExact ? [name] : []), ...alike]);
		}
		const error = missingField(reference.label, name, this.input.names);
		if (reference.isKey || reference.mustExist || this.options.onMissingField === 'stop') {
			throw error;
		}
		this.warnings.push(`${error.message}. ${error.description}`);
		return source;
	}

	private expressionForFile(
		reference: Reference,
		source: FieldSource & { kind: 'expression' },
	): FieldSource {
		if (!dependsOnItem(source.expression)) return { ...source, once: true };
		const names = fieldsRead(source.expression);
		const isOfItem = names?.every(
			(name) =>
				!this.input.names.some((column) => looseName(column) === looseName(name)) &&
				this.input.items.every(({ json }) => Object.hasOwn(json, name)),
		);
		if (isOfItem) return { ...source, once: true };
		throw new ApsisOneError(
			`${reference.label} contains an expression that reads a row of the CSV file: ${source.expression.trim()}`,
			'Expressions read the item that contains the file, not its rows, so every row would get the same value. Enter the name of a column, or turn the rows into items with the Extract from File node and set Input to Items.',
		);
	}
}

/** The name among others: as it is, else the only one that differs in case and spaces. */
function findName(name: string, among: readonly string[]): string | undefined {
	if (among.includes(name)) return name;
	const alike = among.filter((one) => looseName(one) === looseName(name));
	return alike.length === 1 ? alike[0] : undefined;
}

/** Without case, outer space and the difference between kinds of space. */
export function looseName(name: string): string {
	return name
		.normalize('NFC')
		.replace(/[\u200B-\u200F\u2060\uFEFF\u00AD]/g, '')
		.replace(/\s+/g, ' ')
		.trim()
		.toLowerCase();
}

function missingColumn(
	label: string,
	name: string,
	file: string,
	columns: readonly string[],
): ApsisOneError {
	const where = file ? `[${file}] ` : '';
	return new ApsisOneError(
		`${where}${label}: the file has no column "${name}"`,
		`${suggestion(name, columns)}${namesShown('Its columns are', columns)} Nothing was sent.`,
	);
}

/** Two columns of one name: which one is meant cannot be known. */
export function repeatedColumn(label: string, file: string, column: string): ApsisOneError {
	return new ApsisOneError(
		`[${file}] ${label}: the file has two columns named "${column}"`,
		'Rename one of them to make clear which one is meant. Nothing was sent.',
	);
}

function missingField(label: string, name: string, names: readonly string[]): ApsisOneError {
	return new ApsisOneError(
		`${label}: no item has the field "${name}"`,
		`${suggestion(name, names)}${namesShown('The fields are', names)}`,
	);
}

function suggestion(name: string, names: readonly string[]): string {
	const nearest = nearestName(name, names);
	return nearest === undefined ? '' : `Did you mean "${nearest}"? `;
}

function namesShown(start: string, names: readonly string[]): string {
	const more = names.length - MAX_NAMES_SHOWN;
	const shown = names.slice(0, MAX_NAMES_SHOWN).join(', ');
	return `${start}: ${shown || 'none'}${more > 0 ? ` and ${more} more` : ''}.`;
}
