/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on the developer's machine */
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadBuiltPackage } from '../test/support/builtPackage';

/** Where the reference stands. */
export const FIELD_REFERENCE = join(__dirname, '../docs/fields.md');

type Entry = Partial<INodePropertyCollection & INodeProperties & INodePropertyOptions>;

/** What is shown in the editor. */
export interface Shown {
	node: INodeProperties[];
	trigger: INodeProperties[];
	credential: INodeProperties[];
}

/** The reference of every field, written from what the editor shows. */
export function fieldReference({ node: properties, trigger, credential }: Shown): string {
	const resources = optionsOf(properties.find(({ name }) => name === 'resource'));
	const sections = resources.flatMap((resource) => {
		const operations = properties.find(
			(one) => one.name === 'operation' && shows(one, 'resource', String(resource.value)),
		);
		return optionsOf(operations).map((operation) => {
			const fields = properties.filter(
				(one) =>
					!['resource', 'operation'].includes(one.name) &&
					shows(one, 'resource', String(resource.value)) &&
					shows(one, 'operation', String(operation.value)),
			);
			return [
				`## ${resource.name}: ${operation.name}`,
				`${operation.description ?? ''}.`,
				...tables(fields),
			].join('\n\n');
		});
	});
	return [
		'# Fields',
		'What the editor shows, operation by operation. This page is written by `npm run docs`; a test checks that it is up to date.',
		'## Credential: APSIS One API',
		...tables(credential),
		'In every operation, _Resource_ and _Operation_ come first.',
		...sections,
		'## APSIS One Trigger',
		...tables(trigger),
		'',
	].join('\n\n');
}

function optionsOf(property: INodeProperties | undefined): INodePropertyOptions[] {
	return (property?.options ?? []) as INodePropertyOptions[];
}

function shows({ displayOptions }: INodeProperties, name: string, value: string): boolean {
	const wanted = displayOptions?.show?.[name];
	return wanted === undefined || wanted.includes(value);
}

/** A table of the fields, and one for each collection below it. */
function tables(fields: readonly INodeProperties[]): string[] {
	const shown = fields.filter(({ type }) => !['notice', 'hidden'].includes(type));
	const rows = shown.map(
		(field) => `| ${field.displayName} | ${defaultOf(field)} | ${descriptionOf(field)} |`,
	);
	const nested = shown.flatMap((field) => {
		const entries = (field.options ?? []) as Entry[];
		const below = entries.flatMap((one) =>
			one.values ? one.values : one.type ? [one as INodeProperties] : [],
		);
		return below.length === 0 ? [] : [`**${field.displayName}**`, ...tables(below)];
	});
	return [
		['| field | default | what it does |', '| --- | --- | --- |', ...rows].join('\n'),
		...nested,
	];
}

function defaultOf({ type, default: value, options = [] }: INodeProperties): string {
	if (type === 'boolean') return value === true ? 'on' : 'off';
	const chosen = (options as INodePropertyOptions[]).find((option) => option.value === value);
	if (chosen?.name) return chosen.name;
	return typeof value === 'string' || typeof value === 'number' ? escaped(String(value)) : '';
}

/** The description without markup, and what each choice means. */
function descriptionOf({ description, hint, type, options = [] }: INodeProperties): string {
	const choices = ['options', 'multiOptions'].includes(type)
		? (options as INodePropertyOptions[]).filter((one) => one.description)
		: [];
	const sentences = [
		description ?? hint ?? '',
		...choices.map((one) => `_${one.name}_: ${one.description ?? ''}`),
	]
		.filter(Boolean)
		.map((sentence) => sentence.replace(/<[^>]+>/g, '').replace(/([^.])$/, '$1.'));
	return escaped(sentences.join(' '));
}

function escaped(text: string): string {
	return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

function main(): void {
	const { nodeTypes, credentialTypes } = loadBuiltPackage();
	const propertiesOf = (name: string) =>
		nodeTypes[`n8n-nodes-apsis-one.${name}`]?.description.properties ?? [];
	const shown = {
		node: propertiesOf('apsisOne'),
		trigger: propertiesOf('apsisOneTrigger'),
		credential: credentialTypes.apsisOneApi?.properties ?? [],
	};
	writeFileSync(FIELD_REFERENCE, fieldReference(shown));
}

if (require.main === module) main();
