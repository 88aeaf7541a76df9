import type { IExecuteFunctions } from 'n8n-workflow';

import { escaped } from '../../regularExpressions';
import { ADDED_BY_N8N } from '../../importing/autoMap';

/**
 * Names the fields of items that automatic mapping has found no place for. They may well be meant for other parameters:
 * those that an expression names are not spoken of.
 *
 * @param unused names, which may repeat
 * @param why they were not sent
 */
export function hintAtUnusedFields(
	context: IExecuteFunctions,
	unused: readonly string[],
	why: string,
	cure: string,
): void {
	const expressions = expressionsIn(context.getNode().parameters).join('\n');
	const names = [...new Set(unused)].filter((name) => {
		if (name === ADDED_BY_N8N) return false;
		const pattern = escaped(name);
		return !new RegExp(`\\.${pattern}\\b|\\[["']${pattern}["']\\]`).test(expressions);
	});
	if (names.length === 0) return;
	context.addExecutionHints({
		message: `Not sent, because ${why}: ${names.join(', ')}. ${cure}`,
		type: 'warning',
		location: 'outputPane',
	});
}

function expressionsIn(value: unknown): string[] {
	if (typeof value === 'string') return value.startsWith('=') ? [value] : [];
	return typeof value === 'object' && value !== null
		? Object.values(value).flatMap(expressionsIn)
		: [];
}
