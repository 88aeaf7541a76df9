import { NodeHelpers } from 'n8n-workflow';
import type {
	INode,
	INodeParameters,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';

import { ApsisOneApi } from '../../credentials/ApsisOneApi.credentials';
import codex from '../../nodes/ApsisOne/ApsisOne.node.json';
import { ApsisOne } from '../../nodes/ApsisOne/ApsisOne.node';
import { ApsisOneTrigger } from '../../nodes/ApsisOne/ApsisOneTrigger.node';

/** n8n's UX guidelines for community nodes, asked of every field there is. */

const action = new ApsisOne().description;
const trigger = new ApsisOneTrigger().description;

/** Resource and Operation aside. */
/** Collections, which are folded, not counted. */
const MAX_VISIBLE_FIELDS = 9;
const SMALL_WORDS = /^(a|an|and|as|at|by|for|from|if|in|of|on|or|out|the|to|up)$/i;
const STOCK_DESCRIPTION =
	/^(?:.* )?Choose from the list, or specify (?:an ID|IDs) using an <a href="https:\/\/docs\.n8n\.io\/code\/expressions\/">expression<\/a>\.?$/;

interface Field {
	path: string;
	property: INodeProperties;
}

function fieldsOf(where: string, properties: readonly INodeProperties[]): Field[] {
	return properties.flatMap((property) => {
		const path = `${where} → ${property.displayName}`;
		return [{ path, property }, ...fieldsOf(path, nestedIn(property))];
	});
}

function nestedIn({ type, options }: INodeProperties): INodeProperties[] {
	if (type === 'collection') return (options ?? []) as INodeProperties[];
	if (type !== 'fixedCollection') return [];
	return ((options ?? []) as INodePropertyCollection[]).flatMap(({ values }) => values);
}

function choicesOf({ type, options }: INodeProperties): INodePropertyOptions[] {
	const isList = type === 'options' || type === 'multiOptions';
	return isList ? ((options ?? []) as INodePropertyOptions[]) : [];
}

const ALL: Field[] = [
	...fieldsOf('APSIS One', action.properties),
	...fieldsOf('APSIS One Trigger', trigger.properties),
	...fieldsOf('APSIS One API', new ApsisOneApi().properties),
];
const NAMED = ALL.filter(({ property }) => property.type !== 'notice');
const HINTS = ALL.flatMap(({ path, property }) =>
	[property.description, property.hint, property.type === 'notice' && property.displayName]
		.filter((text) => typeof text === 'string')
		.map((text) => [path, text] as const),
);

/** What breaks a rule, so that a failing test names it. */
const breaking = (fields: readonly Field[], isRight: (property: INodeProperties) => boolean) =>
	fields.filter(({ property }) => !isRight(property)).map(({ path }) => path);

function isTitleCase(text: string): boolean {
	const words = text
		.replace(/\([\w.-]+\)$/, '')
		.split(/[\s/-]+/)
		.filter((word) => /^[a-z]/i.test(word));
	return words.every((word, index) => /^[A-Z]/.test(word) || (index > 0 && SMALL_WORDS.test(word)));
}

describe('every field', () => {
	it('has a label in title case', () => {
		expect(breaking(NAMED, ({ displayName }) => isTitleCase(displayName))).toEqual([]);
	});

	it('that is typed in shows an example, unless it is filled in or a secret', () => {
		const typed = NAMED.filter(({ property }) => property.type === 'string');
		const isRight = (property: INodeProperties) =>
			property.placeholder?.startsWith('e.g. ') === true ||
			property.typeOptions?.password === true ||
			property.name === 'clientId';
		expect(breaking(typed, isRight)).toEqual([]);
	});

	it('that is a switch says whether what', () => {
		const switches = NAMED.filter(({ property }) => property.type === 'boolean');
		expect(switches.length).toBeGreaterThan(5);
		expect(breaking(switches, ({ description }) => /^Whether /.test(description ?? ''))).toEqual(
			[],
		);
	});

	it('that is filled from the account says how to give an ID', () => {
		const dynamic = NAMED.filter(({ property }) => property.typeOptions?.loadOptionsMethod);
		expect(dynamic.length).toBeGreaterThan(3);
		const isRight = ({ displayName, description }: INodeProperties) =>
			/ (Name or ID|Names or IDs)$/.test(displayName) && STOCK_DESCRIPTION.test(description ?? '');
		expect(breaking(dynamic, isRight)).toEqual([]);
	});

	it('offers its choices in title case and in the order of the alphabet', () => {
		const lists = NAMED.filter(({ property }) => choicesOf(property).length > 0);
		const named = (property: INodeProperties) =>
			choicesOf(property)
				// What stands for nothing chosen comes first.
				.filter(({ value, name }) => value !== '' || name === 'Detect')
				.map(({ name }) => name);
		expect(breaking(lists, (property) => named(property).every(isTitleCase))).toEqual([]);
		const isSorted = (names: string[]) =>
			names.join() === [...names].sort((one, other) => one.localeCompare(other)).join();
		expect(breaking(lists, (property) => isSorted(named(property)))).toEqual([]);
	});

	it('that is optional stands in the order of the alphabet', () => {
		const collections = NAMED.filter(({ property }) => property.type === 'collection');
		expect(collections.length).toBeGreaterThan(5);
		const isRight = (property: INodeProperties) => {
			const names = nestedIn(property).map(({ displayName }) => displayName);
			return names.join() === [...names].sort((one, other) => one.localeCompare(other)).join();
		};
		expect(breaking(collections, isRight)).toEqual([]);
	});
});

describe('every description', () => {
	it('begins with a capital letter', () => {
		expect(HINTS.filter(([, text]) => !/^[A-Z]/.test(text))).toEqual([]);
	});

	it('ends with a period when it has several sentences, and without when it has one', () => {
		const isRight = (text: string) => {
			const plain = text.replace(/<[^>]+>/g, '').replace(/\b(e\.g|https?:\S+)\./g, '');
			const sentences = plain.split(/[.!?](?=\s|$)/).filter((part) => part.trim() !== '');
			return sentences.length > 1 === /[.]$/.test(plain);
		};
		expect(HINTS.filter(([, text]) => !isRight(text))).toEqual([]);
	});
});

describe('every operation', () => {
	const operations = action.properties
		.filter(({ name }) => name === 'operation')
		.flatMap((property) =>
			choicesOf(property).map((option) => ({
				...option,
				resource: String(property.displayOptions?.show?.resource?.[0]),
			})),
		);
	const resources = action.properties.find(({ name }) => name === 'resource');
	const names = operations.map(({ resource, name }): [string, string] => [resource, name]);
	const operationOf = (resource: string, name: string) =>
		operations.find((one) => one.resource === resource && one.name === name);

	it('belongs to a resource', () => {
		expect(operations).toHaveLength(12);
		const known = resources ? choicesOf(resources).map(({ value }) => value) : [];
		expect(operations.filter(({ resource }) => !known.includes(resource))).toEqual([]);
	});

	it.each(names)('%s: %s is found by an action without articles', (resource, name) => {
		const { action: label = '', description } = operationOf(resource, name) ?? {};
		expect(label).toMatch(/^[A-Z][a-z ]+$/);
		expect(label).not.toMatch(/\b(a|an|the)\b/);
		expect(label).toContain(resource === 'profileImport' ? 'profile import' : resource);
		expect(description).toBeTruthy();
	});

	it.each(names)('%s: %s shows fewer than ten fields', (resource, name) => {
		const operation = String(operationOf(resource, name)?.value);
		const shown = visibleFields(action, { resource, operation });
		expect(shown).not.toEqual([]);
		expect(shown.length).toBeLessThanOrEqual(MAX_VISIBLE_FIELDS);
	});
});

function visibleFields(type: INodeTypeDescription, chosen: INodeParameters): string[] {
	const node = { typeVersion: 1 } as INode;
	const parameters = NodeHelpers.getNodeParameters(
		type.properties,
		chosen,
		true,
		false,
		node,
		type,
	);
	return type.properties
		.filter(
			({ name, type: kind }) =>
				!['notice', 'collection'].includes(kind) && !['resource', 'operation'].includes(name),
		)
		.filter((property) => NodeHelpers.displayParameter(parameters ?? {}, property, node, type))
		.map(({ displayName }) => displayName);
}

it('the nodes are found by what people call APSIS One', () => {
	expect(codex.alias).toEqual(
		expect.arrayContaining(['APSIS', 'efficy', 'newsletter', 'subscriber', 'import']),
	);
});

it('the action can be a tool of an agent, the trigger cannot', () => {
	expect(action.usableAsTool).toBe(true);
	expect(trigger.usableAsTool).toBeUndefined();
});

it('the subtitle tells operation and resource as the editor does', () => {
	expect(action.subtitle).toContain('"upsert":"Create or Update"');
	expect(action.subtitle).toContain('"profileImport":"Profile Import"');
});
