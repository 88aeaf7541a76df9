/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- reads the sources, never runs in n8n */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import type {
	ICredentialType,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
/** Fewer words than these are names and codes, not sentences. */
const MIN_WORDS_OF_A_SENTENCE = 3;

export type TextKind = 'name' | 'option' | 'action' | 'placeholder' | 'description' | 'message';

export interface UserText {
	/** Path of the field in the editor, or file and line in the sources */
	place: string;
	kind: TextKind;
	/** In messages, `{…}` stands for what is filled in */
	text: string;
}

/** Names, descriptions, placeholders, options and notices of nodes and a credential. */
export function editorTexts(
	nodes: readonly INodeTypeDescription[],
	credential: ICredentialType,
): UserText[] {
	return [
		...nodes.flatMap((node) => [
			...headTexts(node),
			...node.properties.flatMap((property) => propertyTexts(node.displayName, property)),
		]),
		...credential.properties.flatMap((property) => propertyTexts(credential.displayName, property)),
	];
}

function headTexts(node: INodeTypeDescription): UserText[] {
	const { displayName: place } = node;
	return [
		...described(place, 'description', node.description),
		...described(`${place} (listening)`, 'description', node.eventTriggerDescription),
		...described(`${place} (published)`, 'description', node.activationMessage),
	];
}

function propertyTexts(where: string, property: INodeProperties): UserText[] {
	const { displayName, type, name } = property;
	if (type === 'hidden') return [];
	const shownFor = property.displayOptions?.show;
	const ofOperation = [...(shownFor?.resource ?? []), ...(shownFor?.operation ?? [])].join(' ');
	const head = ofOperation ? `${where} [${ofOperation}]` : where;
	const place = `${head} → ${type === 'notice' ? name : displayName}`;
	return [
		...described(place, type === 'notice' ? 'description' : 'name', displayName),
		...described(place, 'description', property.description),
		...described(`${place} (hint)`, 'description', property.hint),
		...described(place, 'placeholder', property.placeholder),
		...described(
			`${place} (no fields)`,
			'description',
			property.typeOptions?.resourceMapper?.noFieldsError,
		),
		...(property.modes ?? []).flatMap((mode) => [
			...described(place, 'option', mode.displayName),
			...described(`${place} → ${mode.displayName}`, 'placeholder', mode.placeholder),
		]),
		...(property.options ?? []).flatMap((option) => optionTexts(place, option)),
	];
}

function optionTexts(
	place: string,
	option: INodeProperties | INodePropertyCollection | INodePropertyOptions,
): UserText[] {
	if ('values' in option) {
		return option.values.flatMap((value) => propertyTexts(place, value));
	}
	if ('type' in option) return propertyTexts(place, option);
	if (!('value' in option)) return [];
	return [
		...described(place, 'option', option.name),
		...described(`${place} → ${option.name}`, 'description', option.description),
		...described(`${place} → ${option.name}`, 'action', option.action),
	];
}

function described(place: string, kind: TextKind, text: string | undefined): UserText[] {
	return text ? [{ place, kind, text }] : [];
}

/** Every sentence in the sources that is not a text of a field: messages, cures, warnings, hints. */
export function messageTexts(fields: readonly UserText[]): UserText[] {
	const known = new Set(fields.map(({ text }) => text));
	return sourceFiles()
		.flatMap(sentencesOf)
		.filter(({ text }) => !known.has(text));
}

function sourceFiles(): string[] {
	return ['credentials', 'nodes']
		.flatMap((folder) =>
			readdirSync(join(ROOT, folder), { recursive: true }).map((file) =>
				join(ROOT, folder, String(file)),
			),
		)
		.filter((file) => file.endsWith('.ts'))
		.sort();
}

function sentencesOf(file: string): UserText[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(file, 'utf8'),
		ts.ScriptTarget.Latest,
		true,
	);
	const found: UserText[] = [];
	const visit = (node: ts.Node): void => {
		const text = literalText(node);
		if (text === undefined) {
			ts.forEachChild(node, visit);
			return;
		}
		if (isSentence(text)) {
			const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
			found.push({ place: `${relative(ROOT, file)}:${line}`, kind: 'message', text });
		}
		// What is filled in may be a sentence of its own.
		if (ts.isTemplateExpression(node)) {
			for (const { expression } of node.templateSpans) visit(expression);
		}
	};
	visit(source);
	return found;
}

function literalText(node: ts.Node): string | undefined {
	if (ts.isStringLiteralLike(node)) return node.text;
	if (!ts.isTemplateExpression(node)) return undefined;
	return node.templateSpans.reduce(
		(text, span) => `${text}{${span.expression.getText()}}${span.literal.text}`,
		node.head.text,
	);
}

function isSentence(text: string): boolean {
	if (text.startsWith('=') || /^[./@{]/.test(text.replace(/\{[^}]*\}/g, '').trim())) return false;
	const words = text.replace(/\{[^}]*\}/g, 'X').match(/[\p{L}"'][\p{L}"'’-]*/gu) ?? [];
	return words.length >= MIN_WORDS_OF_A_SENTENCE && text.includes(' ');
}
