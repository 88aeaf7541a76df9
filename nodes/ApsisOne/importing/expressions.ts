/**
 * What an n8n expression depends on, read from its text. n8n does not say it; a wrong "yes" costs a needless question, a
 * wrong "no" would let the first item speak for all, so doubt counts as "yes".
 */

/** Whatever means the item at hand: `$json`, `$input.item`, `$('Node').item`, `$itemIndex`, and the old `$node[…].json`. */
const ITEM_REFERENCE =
	/\$(?:json|data|binary|input|item|itemIndex|position|node|fromAI)\b|\$\(|\.(?:item|itemMatching|pairedItem)\b/;
/** Parts of an expression that name a node but not the item at hand. */
const OTHER_NODES =
	/\$(?:\(\s*(?:"[^"]*"|'[^']*'|`[^`]*`)\s*\)|input)\s*\.\s*(?:first|last|all)\s*\([^)]*\)|\$\(\s*(?:"[^"]*"|'[^']*'|`[^`]*`)\s*\)\s*\.\s*(?:params|context|isExecuted)\b/g;
/** Expressions between curly braces; what is around them is text. */
export const CODE = /\{\{([\s\S]*?)\}\}/g;
/** The item's own fields. */
const OWN_FIELD = /(?:\$json|\$input\s*\.\s*item\s*\.\s*json|\$data)\b/;
const NAMED_FIELD =
	/(?:\$json|\$input\s*\.\s*item\s*\.\s*json|\$data)\s*(?:\?\.)?\s*(?:\.?\s*([A-Za-z_$][\w$]*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])/g;

/** What names the item at hand, outside of braces or in a field that n8n takes as text. */
const CODE_LEFT = /\$(?:json|input|binary|node|item|itemIndex|fromAI)\b|\$\(\s*["'`]/;

/**
 * Code in a parameter that n8n does not work out: in a fixed text, outside of curly braces, or after an `=` that n8n keeps.
 *
 * @param written as the workflow stores it; an expression begins with `=`
 * @returns undefined where there is none
 */
export function unevaluatedCode(written: string): string | undefined {
	const isExpression = written.startsWith('=');
	const isDoubled = /^==\s*\{\{/.test(written);
	const text = isExpression ? written.slice(1).replace(CODE, '') : written;
	const isLeft = CODE_LEFT.test(text) || (!isExpression && /\{\{.*\}\}/s.test(text));
	return isDoubled || isLeft ? written.trim() : undefined;
}

/** Whether an expression reads the place of the item among all items. */
export function readsPosition(expression: string): boolean {
	return codeOf(expression).some((code) => /\$(?:itemIndex|position)\b/.test(code));
}

/** Whether the value of an expression may differ from item to item. */
export function dependsOnItem(expression: string): boolean {
	return codeOf(expression).some((code) => ITEM_REFERENCE.test(code.replace(OTHER_NODES, '')));
}

/**
 * The fields of the item at hand that an expression reads.
 *
 * @returns undefined where it reads them in a way that does not show which (`Object.keys($json)`)
 */
export function fieldsRead(expression: string): string[] | undefined {
	const names: string[] = [];
	for (const code of codeOf(expression)) {
		const rest = code.replace(
			NAMED_FIELD,
			(_, member?: string, double?: string, single?: string) => {
				names.push(member ?? double ?? single ?? '');
				return '';
			},
		);
		if (OWN_FIELD.test(rest)) return undefined;
	}
	return names;
}

/** A field of the item at hand with its members, as far as they are written out. */
const FIELD_PATH =
	/(?:\$json|\$input\s*\.\s*item\s*\.\s*json|\$data)\b((?:\s*(?:\?\.|\.)?\s*(?:(?<=\.)\s*[A-Za-z_$][\w$]*|\[\s*(?:"[^"\\]*"|'[^'\\]*'|\d+)\s*\]))+)/g;

/** The fields that an expression reads, each with its members: `$json.a["b c"].trim()` is `a`, `b c`, `trim`. */
export function fieldPaths(expression: string): string[][] {
	return codeOf(expression).flatMap((code) =>
		[...code.matchAll(FIELD_PATH)].map(([, steps = '']) => pathSteps(steps)),
	);
}

const PATH_STEP = /([A-Za-z_$][\w$]*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)'|(\d+))\s*\]/g;

/** The members that a path leads through: `.a["b c"][0]` is `a`, `b c`, `0`. */
export function pathSteps(path: string): string[] {
	return [...path.matchAll(PATH_STEP)].map(
		([, member, double, single, index]) => member ?? double ?? single ?? index ?? '',
	);
}

function codeOf(expression: string): string[] {
	return [...expression.matchAll(CODE)].map(([, code]) => code ?? '');
}
