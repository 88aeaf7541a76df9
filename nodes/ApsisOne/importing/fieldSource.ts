import type { IDataObject } from 'n8n-workflow';

import type { InvalidValue } from '../values/invalidValue';
import { pathSteps } from './expressions';

/** One row as it comes in, and where it came from. */
export interface InputRow {
	/** Input item, counted from 0. Rows of one file share it. */
	itemIndex: number;
	/** Row, counted from 0 over all of the input. */
	rowIndex: number;
	json: IDataObject;
	/** What is wrong with the row as a whole, so that its values mean nothing. */
	defect?: InvalidValue;
	/** Row of the file as a spreadsheet counts, the header being 1 in most; rows of files only. */
	line?: number;
	/** File, counted from 0 over all of the input; rows of files only. */
	fileIndex?: number;
	/** Whether it has fewer cells than there are columns; rows of files only. */
	isShort?: boolean;
	/** Cells beyond the last column, of a row that has something in them. */
	surplus?: string[];
	/** The text of a row with a defect, as it stands in the file. */
	raw?: string;
}

/** Where a column takes its values from. */
export type FieldSource =
	/**
	 * @property path member names from the outside in; one name for a field given by its name
	 * @property alternatives further names of the same field, looked at where the first is missing
	 * @property expression the n8n expression it was written as, for what a plain reading cannot tell
	 */
	| {
			kind: 'field';
			path: readonly string[];
			alternatives?: readonly string[];
			expression?: string;
	  }
	| { kind: 'constant'; value: unknown }
	/** @property once worked out once for each file, not for each row */
	| { kind: 'expression'; expression: string; once?: boolean };

/** Reads one value out of a row. */
export type FieldReader = (row: InputRow) => unknown;

/** Resolves an n8n expression for an input item; n8n's own evaluation, far slower than a field read directly. */
export type EvaluateExpression = (expression: string, itemIndex: number) => unknown;

/**
 * Reads a mapped value as the workflow stores it. `={{ $json.email }}` and its like are read directly, because
 * n8n's evaluation takes about a hundred times as long and there may be a million rows; anything cleverer is left
 * to n8n.
 */
export function parseFieldSource(value: unknown): FieldSource {
	if (typeof value !== 'string' || !value.startsWith('=')) return { kind: 'constant', value };
	const expression = value.slice(1);
	const path = parseJsonPath(value);
	return path ? { kind: 'field', path, expression } : { kind: 'expression', expression };
}

const PLAIN_FIELD =
	/^=\s*\{\{\s*\$json((?:\s*(?:\.[A-Za-z_$][\w$]*|\[\s*(?:"[^"\\]*"|'[^'\\]*'|\d+)\s*\]))+)\s*\}\}\s*$/;

function parseJsonPath(expression: string): string[] | undefined {
	const steps = PLAIN_FIELD.exec(expression)?.[1];
	return steps === undefined ? undefined : pathSteps(steps);
}

/**
 * Source of a field typed by name. A name that is a member of the row is taken as it is, dots included; otherwise
 * dots lead into nested objects, as n8n's own nodes read field names.
 */
export function fieldNamed(name: string): FieldSource & { kind: 'field' } {
	return { kind: 'field', path: [name] };
}

/** Makes the reader of a source. */
export function makeReader(source: FieldSource, evaluate: EvaluateExpression): FieldReader {
	if (source.kind === 'constant') return () => source.value;
	if (source.kind === 'expression') return expressionReader(source, evaluate);
	const read = pathReader(source, evaluate);
	const others = (source.alternatives ?? []).map((name) => pathReader(fieldNamed(name), evaluate));
	if (others.length === 0) return read;
	return (row) => {
		let value = read(row);
		for (let index = 0; value === undefined && index < others.length; index++) {
			value = others[index]?.(row);
		}
		return value;
	};
}

function expressionReader(
	{ expression, once }: FieldSource & { kind: 'expression' },
	evaluate: EvaluateExpression,
): FieldReader {
	if (!once) return (row) => evaluate(expression, row.itemIndex);
	const values = new Map<number, unknown>();
	return ({ itemIndex }) => {
		if (!values.has(itemIndex)) values.set(itemIndex, evaluate(expression, itemIndex));
		return values.get(itemIndex);
	};
}

function pathReader(
	{ path, expression }: FieldSource & { kind: 'field' },
	evaluate: EvaluateExpression,
): FieldReader {
	const [first] = path;
	if (first === undefined) return () => undefined;
	if (expression !== undefined && path.length > 1) {
		return ({ json, itemIndex }) => {
			const value = readPath(json, path);
			// A member of a text or number, such as `length`, is n8n's to work out.
			return value === NO_OBJECT ? evaluate(expression, itemIndex) : value;
		};
	}
	if (first in Object.prototype) {
		return ({ json }) => (Object.hasOwn(json, first) ? json[first] : undefined);
	}
	if (expression !== undefined || !first.includes('.')) return ({ json }) => json[first];
	const nested = first.split('.');
	return ({ json }) => {
		if (Object.hasOwn(json, first)) return json[first];
		const value = readPath(json, nested);
		return value === NO_OBJECT ? undefined : value;
	};
}

const NO_OBJECT = Symbol('no object');

function readPath(json: IDataObject, path: readonly string[]): unknown {
	let value: unknown = json;
	for (const step of path) {
		if (value === undefined || value === null) return undefined;
		if (typeof value !== 'object') return NO_OBJECT;
		if (!Object.hasOwn(value, step)) return step in value ? NO_OBJECT : undefined;
		value = (value as Record<string, unknown>)[step];
	}
	return value;
}

/** The value at a path of members, as far as it leads: a member of a text, such as `trim`, is the text itself. */
export function valueAt(json: IDataObject, path: readonly string[]): unknown {
	let value: unknown = json;
	for (const step of path) {
		if (typeof value !== 'object' || value === null) return value;
		value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
	}
	return value;
}

/** Whether a row has what a field source reads, be it empty. */
export function hasField(json: IDataObject, { path }: FieldSource & { kind: 'field' }): boolean {
	const [first, ...rest] = path;
	if (first === undefined) return false;
	if (rest.length > 0) return readPath(json, path) !== undefined;
	if (Object.hasOwn(json, first)) return true;
	return first.includes('.') && readPath(json, first.split('.')) !== undefined;
}

/** A short name for a source, for headers and messages. */
export function sourceName(source: FieldSource): string {
	if (source.kind === 'field') return source.path.join('.');
	return source.kind === 'expression' ? source.expression.trim() : String(source.value ?? '');
}

/** Whether two sources give the same value in every row; constants are told apart, each is a column of its own. */
export function isSameSource(one: FieldSource, other: FieldSource): boolean {
	return (
		one.kind !== 'constant' && one.kind === other.kind && sourceName(one) === sourceName(other)
	);
}
