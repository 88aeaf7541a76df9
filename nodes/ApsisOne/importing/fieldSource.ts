import type { IDataObject } from 'n8n-workflow';

import type { InvalidValue } from '../values/invalidValue';

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
	/** Cells beyond the last column, of a row that has something in them. */
	surplus?: string[];
	/** The text of a row with a defect, as it stands in the file. */
	raw?: string;
}

/** Where a column takes its values from. */
export type FieldSource =
	| { kind: 'field'; path: readonly string[] }
	| { kind: 'constant'; value: unknown }
	| { kind: 'expression'; expression: string };

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
	const path = parseJsonPath(value);
	return path ? { kind: 'field', path } : { kind: 'expression', expression: value.slice(1) };
}

const PLAIN_FIELD =
	/^=\s*\{\{\s*\$json((?:\s*(?:\.[A-Za-z_$][\w$]*|\[\s*(?:"[^"\\]*"|'[^'\\]*'|\d+)\s*\]))+)\s*\}\}\s*$/;
const PATH_STEP = /\.([A-Za-z_$][\w$]*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)'|(\d+))\s*\]/g;

function parseJsonPath(expression: string): string[] | undefined {
	const steps = PLAIN_FIELD.exec(expression)?.[1];
	if (steps === undefined) return undefined;
	return [...steps.matchAll(PATH_STEP)].map(
		([, member, double, single, index]) => member ?? double ?? single ?? index ?? '',
	);
}

/**
 * Source of a field typed by name. A name that is a member of the row is taken as it is, dots included; otherwise
 * dots lead into nested objects, as n8n's own nodes read field names.
 */
export function fieldNamed(name: string): FieldSource {
	return { kind: 'field', path: [name] };
}

/** Makes the reader of a source. */
export function makeReader(source: FieldSource, evaluate: EvaluateExpression): FieldReader {
	if (source.kind === 'constant') return () => source.value;
	if (source.kind === 'expression') return (row) => evaluate(source.expression, row.itemIndex);
	const [first, ...rest] = source.path;
	if (first === undefined) return () => undefined;
	if (rest.length > 0) return (row) => readPath(row.json, source.path);
	if (!first.includes('.')) return (row) => row.json[first];
	return (row) => (first in row.json ? row.json[first] : readPath(row.json, first.split('.')));
}

function readPath(json: IDataObject, path: readonly string[]): unknown {
	let value: unknown = json;
	for (const step of path) {
		if (typeof value !== 'object' || value === null) return undefined;
		value = (value as Record<string, unknown>)[step];
	}
	return value;
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
