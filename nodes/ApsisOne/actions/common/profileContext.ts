import type { IExecuteFunctions } from 'n8n-workflow';

import { getAttributes, getEvents, getKeyspaces, getTags, getTopics } from '../../api/definitions';
import {
	type Attribute,
	type Keyspace,
	type Tag,
	type Topic,
	keyRule,
} from '../../api/parseDefinitions';
import type { EventDefinition } from '../../api/parseEvents';
import { ApsisOneError } from '../../errors';
import { mappedValue } from '../../importing/expressionValue';
import { momentNormaliser } from '../../values/date';
import { makeNormalisers } from '../../values/normalisers';
import { readAccount } from '../../transport/context';
import { pacerOf } from '../../api/callPacer';
import { type ProfileAddress, ProfileCalls, type ProfileIdentity } from '../../api/profiles';
import { normalised, type Normalisers } from './typedValue';
import { itemRead, rawParameter, readLocator, readOptions } from './parameters';
import { readValueOptions } from './checkOptions';

/** What the account defines; each list is fetched once an execution. */
export interface DefinitionCache {
	keyspaces(): Promise<Keyspace[]>;
	attributes(section: string): Promise<Attribute[]>;
	events(section: string): Promise<EventDefinition[]>;
	tags(section: string): Promise<Tag[]>;
	topics(section: string): Promise<Topic[]>;
}

/** What an operation about single profiles works with. */
export interface ProfileContext {
	context: IExecuteFunctions;
	calls: ProfileCalls;
	/** How the values of an item are read, by its own options. */
	normalisersOf(itemIndex: number): Normalisers;
	/** The profile an item is about, in all sections. */
	identityOf(itemIndex: number): ProfileIdentity;
	/** The profile an item is about, in the section it is about. */
	addressOf(itemIndex: number): ProfileAddress;
	definitions: DefinitionCache;
}

export async function createProfileContext(context: IExecuteFunctions): Promise<ProfileContext> {
	const normalisersOf = makeNormaliserCache(context);
	const identityOf = (itemIndex: number) =>
		readIdentity(context, normalisersOf(itemIndex), itemIndex);
	return {
		context,
		calls: new ProfileCalls(context, pacerOf(await readAccount(context))),
		normalisersOf,
		identityOf,
		addressOf: (itemIndex) => ({
			...identityOf(itemIndex),
			section: readLocator(context, 'section', 'Section', itemIndex),
		}),
		definitions: {
			keyspaces: once(async () => await getKeyspaces(context)),
			attributes: once(async (section) => await getAttributes(context, section)),
			events: once(async (section) => await getEvents(context, section)),
			tags: once(async (section) => await getTags(context, section)),
			topics: once(async (section) => await getTopics(context, section)),
		},
	};
}

/** Options may differ from item to item; what reads by them is made once for all items that share them. */
function makeNormaliserCache(context: IExecuteFunctions): (itemIndex: number) => Normalisers {
	const made = new Map<string, Normalisers>();
	return (itemIndex) => {
		const options = readValueOptions(context, readOptions(context, itemIndex));
		const name = JSON.stringify(options);
		const normalisers = made.get(name) ?? {
			...makeNormalisers(options),
			moment: momentNormaliser(options.dates),
		};
		made.set(name, normalisers);
		return normalisers;
	};
}

function once<T>(load: (section: string) => Promise<T>): (section?: string) => Promise<T> {
	const loaded = new Map<string, Promise<T>>();
	return async (section = '') => {
		const list = loaded.get(section) ?? load(section);
		loaded.set(section, list);
		return await list;
	};
}

function readIdentity(
	context: IExecuteFunctions,
	normalise: Normalisers,
	itemIndex: number,
): ProfileIdentity {
	const keyspace = readLocator(context, 'keyspace', 'Keyspace', itemIndex);
	const value: unknown = mappedValue(
		context.getNodeParameter('profileKey', itemIndex, ''),
		rawParameter(context, 'profileKey'),
		itemRead(context, itemIndex),
	);
	const profileKey = normalised(normalise[keyRule(keyspace)], 'Profile Key', value);
	if (profileKey === '') {
		throw new ApsisOneError(
			'Profile Key is empty',
			'Enter what identifies the profile in this keyspace, e.g. {{ $json.email }}.',
		);
	}
	if (/^\.{1,2}$/.test(profileKey)) {
		throw new ApsisOneError(
			`Profile Key cannot be "${profileKey}"`,
			'The key becomes part of a URL, where one or two dots have another meaning. Enter what identifies the profile in this keyspace.',
		);
	}
	return { keyspace, profileKey };
}
