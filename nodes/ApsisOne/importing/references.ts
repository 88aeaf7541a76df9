import type { INodeExecutionData } from 'n8n-workflow';

import { ApsisOneError } from '../errors';
import { meaningOf } from '../values/boolean';
import { isMisspelling, nearestName } from '../values/nearest';
import { dependsOnItem, fieldsRead, readsPosition, unevaluatedCode } from './expressions';
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
	/** It decides about a consent or tag: misspelt by a letter, or yes or no in place of a name, it stops. */
	decides?: boolean;
	/** What is written in it goes to all profiles as it stands. */
	isValue?: boolean;
}

const MAX_NAMES_SHOWN = 30;
/** Items looked at to suggest the name of a nested field. */
const MAX_ITEMS_SEARCHED = 1_000;

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
		refuseUnevaluated(reference);
		if (reference.isValue) this.refuseNameForValue(reference);
		if (source.kind === 'constant') return source;
		if (source.kind === 'expression') {
			return this.input.isFile ? this.expressionForFile(reference, source) : source;
		}
		return this.input.isFile
			? this.column(reference, source)
			: this.fieldOfItems(reference, source);
	}

	/** `First name` typed as a value, where the value of that field is meant. */
	private refuseNameForValue({ label, source }: Reference): void {
		if (source.kind === 'field') return;
		const text = source.kind === 'constant' ? source.value : source.expression;
		if (typeof text !== 'string' || text.trim() === '') return;
		const name = findName(text, this.input.names);
		if (name === undefined) return;
		throw new ApsisOneError(
			`${label} is set to the text "${text.trim()}", which is the name of a ${this.input.isFile ? 'column' : 'field'}`,
			`Every profile would get this text. To send the value of the field, enter ${this.input.isFile ? `${name} without =` : `{{ $json[${JSON.stringify(name)}] }} as an expression`}. If you mean the text itself, enter it as the expression {{ ${JSON.stringify(text.trim())} }}. Nothing was sent.`,
		);
	}

	private column(reference: Reference, source: FieldSource & { kind: 'field' }): FieldSource {
		const name = sourceName(source);
		const found = this.input.files.map(({ columns }) => findName(name, columns));
		const missing = found.findIndex((one) => one === undefined);
		if (missing === -1) {
			this.refuseRepeated(reference.label, found as string[]);
			return this.named(reference, name, found as string[]);
		}
		const isNowhere = found.every((one) => one === undefined);
		// One key for all rows of a file would make them one profile.
		if (source.expression !== undefined && isNowhere && !reference.isKey) {
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
		const names = this.namesBeside(source, hasExact);
		const alike = names.filter((one) => one !== name && looseName(one) === looseName(name));
		if (hasExact && alike.length === 0) return source;
		if (reference.decides) this.refuseTwins(reference.label, hasExact ? [name, ...alike] : alike);
		if (hasExact || alike.length > 0) {
			return this.named(reference, name, [...(hasExact ? [name] : []), ...alike]);
		}
		const error = missingField(reference.label, name, names);
		const meant = reference.decides && names.find((one) => isMisspelling(name, one));
		if (meant) throw misspelt(reference.label, name, meant);
		const { isKey, mustExist, decides } = reference;
		const isWord = decides && meaningOf(name) !== undefined;
		if (isKey || mustExist || isWord || this.options.onMissingField === 'stop') throw error;
		this.warnings.push(`${error.message}. ${error.description}`);
		return source;
	}

	/** Two fields that differ in case only may say the opposite of one another. */
	private refuseTwins(label: string, names: readonly string[]): void {
		for (const { json } of this.input.items) {
			const [one, other] = names.filter((name) => hasField(json, fieldNamed(name)));
			if (one === undefined || other === undefined) continue;
			throw new ApsisOneError(
				`${label}: an item has both the fields "${one}" and "${other}"`,
				'They differ only in case or spaces. Rename or remove one of them before this node to make clear which one is meant. Nothing was sent.',
			);
		}
	}

	/** Names that the field may be meant by: those of the items, and for `fields.email` those within `fields`. */
	private namesBeside(
		{ path }: FieldSource & { kind: 'field' },
		hasExact: boolean,
	): readonly string[] {
		const steps = path.length > 1 ? path : (path[0]?.split('.') ?? []);
		if (steps.length < 2) return this.input.names;
		if (hasExact) return [];
		return [...this.input.names, ...nestedNames(this.input.items, steps.slice(0, -1))];
	}

	private expressionForFile(
		reference: Reference,
		source: FieldSource & { kind: 'expression' },
	): FieldSource {
		if (!dependsOnItem(source.expression)) return { ...source, once: true };
		const isOfRow = reference.isKey || readsPosition(source.expression);
		const names = isOfRow ? undefined : fieldsRead(source.expression);
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

/** An expression that n8n sees as text: in a field set to Fixed, without its braces, or with an = too many. */
function refuseUnevaluated({ label, source }: Reference): void {
	const written = writtenIn(source);
	const code = typeof written === 'string' ? unevaluatedCode(written) : undefined;
	if (code === undefined) return;
	throw new ApsisOneError(
		`${label} contains an expression that n8n reads as text: ${code}`,
		'Set the field to Expression, and write the expression in double curly braces with nothing before them, e.g. {{ $json.email }}. Nothing was sent.',
	);
}

/** What stands in the parameter; undefined for a field read by an expression, which is fine. */
function writtenIn(source: FieldSource): unknown {
	if (source.kind === 'constant') return source.value;
	if (source.kind === 'expression') return `=${source.expression}`;
	return source.expression === undefined ? sourceName(source) : undefined;
}

/** Names within an object of the items, as `parent.name`; its own names are compared without case and spaces. */
function nestedNames(
	items: readonly INodeExecutionData[],
	parents: readonly string[],
): ReadonlySet<string> {
	const names = new Set<string>();
	for (const { json } of items.slice(0, MAX_ITEMS_SEARCHED)) {
		let value: unknown = json;
		const path: string[] = [];
		for (const parent of parents) {
			const name: string | undefined = Object.keys(objectOf(value)).find(
				(one) => looseName(one) === looseName(parent),
			);
			if (name === undefined) break;
			path.push(name);
			value = objectOf(value)[name];
		}
		if (path.length < parents.length) continue;
		for (const name of Object.keys(objectOf(value))) names.add([...path, name].join('.'));
	}
	return names;
}

function objectOf(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
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

function misspelt(label: string, name: string, meant: string): ApsisOneError {
	return new ApsisOneError(
		`${label}: no item has the field "${name}", but "${meant}"`,
		`Correct the name. If "${name}" is right and only empty this time, enter it as the expression {{ $json[${JSON.stringify(name)}] ?? "" }}. Nothing was sent.`,
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
