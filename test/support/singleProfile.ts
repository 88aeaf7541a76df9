import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import {
	type ApsisOne,
	CHANNELS,
	KEYSPACES,
	SECTIONS,
	type StoredProfile,
	TOPICS,
} from '../apsisOne';
import { type EngineRun, type EngineSetup, runWorkflow } from '../engine';
import { locator, NODE_NAME, setupFor, workflowWith } from './workflows';

export const UPSERT: INodeParameters = {
	resource: 'profile',
	operation: 'upsert',
	attributes: { mappingMode: 'autoMapInputData', value: null },
};
export const CONSENT: INodeParameters = {
	resource: 'consent',
	operation: 'set',
	subscription: TOPICS.news,
	channel: CHANNELS.email,
	consent: 'opt-in',
	reason: 'Signed up',
};
/** How the local APSIS One keeps the consent that CONSENT is about. */
export const NEWS = `${TOPICS.news}|${CHANNELS.email}`;

export interface ProfileRunner {
	/** Runs an operation about the profiles that the items name by `email`. */
	run(
		parameters: INodeParameters,
		items: IDataObject[],
		more?: Partial<INode>,
		setup?: EngineSetup,
	): Promise<EngineRun>;
	/** A profile as the local APSIS One keeps it. */
	stored(key: string): StoredProfile | undefined;
}

export function profileRunner(apsisOne: ApsisOne): ProfileRunner {
	const profile: INodeParameters = {
		section: locator(SECTIONS.shop),
		keyspace: locator(KEYSPACES.email),
		profileKey: '={{ $json.email }}',
		options: {},
	};
	return {
		run: async (parameters, items, more = {}, setup = setupFor(apsisOne)) =>
			await runWorkflow({
				...setup,
				workflow: workflowWith({ ...profile, ...parameters }, more),
				input: items.map((json) => ({ json })),
			}),
		stored: (key) => apsisOne.profile(KEYSPACES.email, key),
	};
}

/** What the node gave out. */
export function json(result: EngineRun): IDataObject[] {
	return result.outputs(NODE_NAME).map((item) => item.json);
}
