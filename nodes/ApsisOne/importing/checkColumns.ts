import { ApsisOneError } from '../errors';
import { type FieldSource, sourceName } from './fieldSource';
import type { FileColumns } from './input/fileRows';
import type { ImportPlan } from './plan';

/**
 * Refuses a plan that reads columns which no file has, or which a file has twice.
 *
 * @param files the columns of each file that has rows
 * @throws ApsisOneError naming the field to mend and the columns there are
 */
export function checkColumns(plan: ImportPlan, files: readonly FileColumns[]): void {
	const names = [...new Set(files.flatMap(({ names: own }) => own))];
	// Empty files have nothing to import, which is said elsewhere.
	if (names.length === 0) return;
	for (const { field, column } of columnsRead(plan)) {
		if (!names.includes(column)) throw missing(field, column, files, names);
		const file = files.find(({ repeated }) => repeated.includes(column));
		if (file) throw repeated(field, column, file);
	}
}

interface ReadColumn {
	/** Name of the field in messages. */
	field: string;
	column: string;
}

function columnsRead({ columns, consents, tags }: ImportPlan): ReadColumn[] {
	const sources: Array<{ field: string; source: FieldSource | 'always' }> = [
		...columns.map(({ field, source, isKey }) => ({
			field: isKey ? 'Profile Key Field' : field,
			source,
		})),
		...consents.map(({ name, when }) => ({ field: name, source: when })),
		...tags.map(({ name, when }) => ({ field: name, source: when })),
	];
	return sources.flatMap(({ field, source }) =>
		source !== 'always' && source.kind === 'field' ? [{ field, column: sourceName(source) }] : [],
	);
}

function missing(
	field: string,
	column: string,
	files: readonly FileColumns[],
	names: readonly string[],
): ApsisOneError {
	const subject =
		files.length === 1 ? `${files[0]?.fileName} has no column` : 'No file has a column';
	return new ApsisOneError(
		`${field}: ${subject} "${column}"`,
		`The columns are: ${names.join(', ')}. Enter one of them, exactly as it is written here.`,
	);
}

function repeated(field: string, column: string, { fileName }: FileColumns): ApsisOneError {
	return new ApsisOneError(
		`${field}: ${fileName} has more than one column "${column}"`,
		'Rename all but one of them, so that it is clear which one is meant.',
	);
}
