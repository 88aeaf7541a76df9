import type { Definitions } from './definitions';
import { type Answer, Problem, readJson } from './http';
import type { Limits, RateLimiter } from './limits';
import { consentKey, type Profiles, type StoredProfile } from './profiles';
import { storedValue, valueProblem } from './rowProcessing';
import type { SeedSection } from './seed';
import type { Route, RouteInput } from './server';

const SECOND_MS = 1_000;
const CONSENT_TYPES = ['opt-in', 'opt-out'] as const;

/** What the calls work on; profiles are asked for anew, since a reset replaces them. */
interface Surroundings {
	definitions: Definitions;
	profiles(): Profiles;
	limiter: RateLimiter;
	limits: Limits;
}

/** The calls about one profile (contract: Single-profile calls). Tag and answer shapes are our guess. */
export class SingleProfileCalls {
	readonly routes: Route[];

	constructor(private readonly at: Surroundings) {
		const below = (method: string, rest: string, handle: Route['handle']): Route => ({
			call: 'profile',
			method,
			path: new RegExp(
				`^(?:/v2)?/audience/keyspaces/([^/]+)/profiles/([^/]+)/sections/([^/]+)/${rest}$`,
			),
			handle,
		});
		this.routes = [
			{
				call: 'profile',
				method: 'POST',
				path: /^\/audience\/keyspaces\/([^/]+)\/sections\/([^/]+)\/profiles$/,
				handle: async (input) => await this.create(input),
			},
			{
				call: 'profile',
				method: 'DELETE',
				path: /^\/audience\/keyspaces\/([^/]+)\/profiles\/([^/]+)$/,
				handle: (input) => this.delete(input),
			},
			below('PATCH', 'attributes', async (input) => await this.patchAttributes(input)),
			below('GET', 'attributes', (input) => this.getAttributes(input)),
			below('POST', 'consents', async (input) => await this.setConsent(input)),
			below('GET', 'consents', (input) => this.getConsents(input)),
			below('PATCH', 'tags', async (input) => await this.patchTags(input)),
			below('GET', 'tags', (input) => this.getTags(input)),
			below('POST', 'events', async (input) => await this.addEvents(input)),
		];
	}

	private async create(input: RouteInput): Promise<Answer> {
		const [keyspaceId = '', sectionId = ''] = input.parts;
		const keyspace = this.writableKeyspace(keyspaceId);
		const section = this.at.definitions.section(sectionId, input.key);
		const { profile_key: key } = await this.json(input);
		if (typeof key !== 'string' || key === '') bad('profile_key must be a text.');
		const type = /\.keyspaces\.(email|mobile)$/.exec(keyspace)?.[1] as 'email' | 'mobile';
		const problem = type && valueProblem(type, key);
		if (problem) bad(`profile_key ${problem}.`);
		this.countOperation(keyspace, key);
		if (this.at.profiles().find(section.discriminator, keyspace, key)) {
			throw new Problem(409, 'Conflict', 'The profile exists.');
		}
		this.at.profiles().create(section.discriminator, keyspace, key);
		return { status: 201, body: { profile_key: key } };
	}

	private delete({ parts: [keyspaceId = '', key = ''] }: RouteInput): Answer {
		const keyspace = this.writableKeyspace(keyspaceId);
		this.countOperation(keyspace, key);
		if (this.at.profiles().delete(keyspace, key) === 0) noProfile();
		return { status: 204 };
	}

	private async patchAttributes(input: RouteInput): Promise<Answer> {
		const { section, keyspace } = this.place(input);
		const body = await this.json(input, 'application/merge-patch+json');
		const profile = this.profile(input);
		const changes = Object.entries(body).map(([discriminator, value]) => {
			const attribute = section.attributes.find((one) => one.discriminator === discriminator);
			if (!attribute || attribute.versionId === '') bad(`There is no attribute ${discriminator}.`);
			if (attribute.readOnlyThrough?.includes(keyspace)) {
				throw new Problem(
					403,
					'Forbidden',
					`${discriminator} is not writable through ${keyspace}.`,
				);
			}
			if (value === null) return [discriminator, ''] as const;
			if (typeof value === 'object') bad(`${discriminator} holds an object.`);
			const problem = valueProblem(attribute.type, String(value));
			if (problem) bad(`${discriminator} ${problem}.`);
			return [discriminator, storedValue(attribute.type, String(value))] as const;
		});
		for (const [discriminator, value] of changes) {
			if (value === '') delete profile.attributes[discriminator];
			else profile.attributes[discriminator] = value;
		}
		return { status: 204 };
	}

	private getAttributes(input: RouteInput): Answer {
		this.place(input);
		return { status: 200, body: this.profile(input).attributes };
	}

	private async setConsent(input: RouteInput): Promise<Answer> {
		const { section } = this.place(input);
		const body = await this.json(input);
		const profile = this.profile(input);
		const topic = section.topics.find((one) => one.discriminator === body.topic_discriminator);
		if (!topic) bad(`There is no topic ${String(body.topic_discriminator)}.`);
		const channel = body.channel_discriminator ?? topic.channel;
		if (typeof channel !== 'string') bad('channel_discriminator is missing.');
		if (topic.channel && topic.channel !== channel) bad('The topic belongs to another channel.');
		if (!this.at.definitions.account.channels.some((one) => one.discriminator === channel)) {
			bad(`There is no channel ${channel}.`);
		}
		const type = CONSENT_TYPES.find((one) => one === body.type);
		if (!type) bad('type must be opt-in or opt-out.');
		if (typeof body.reason !== 'string' || body.reason === '') bad('reason is missing.');
		const name = consentKey(topic.discriminator, channel);
		if (profile.consents[name] === type) {
			throw new Problem(409, 'Conflict', 'The profile has this consent already.');
		}
		profile.consents[name] = type;
		return { status: 201 };
	}

	private getConsents(input: RouteInput): Answer {
		this.place(input);
		const wanted = input.query.getAll('consent_types');
		if (wanted.some((type) => !['opt-in', 'opt-out', 'pending', 'confirmed-opt-in'].includes(type)))
			bad('consent_types holds a type that is unknown.');
		const items = Object.entries(this.profile(input).consents)
			.filter(([, type]) => wanted.length === 0 || wanted.includes(type))
			.map(([name, type]) => {
				const [topic, channel] = name.split('|');
				return { topic_discriminator: topic, channel_discriminator: channel, type };
			});
		return { status: 200, body: { items } };
	}

	private async patchTags(input: RouteInput): Promise<Answer> {
		const { section, keyspace } = this.place(input);
		const body = await this.json(input, 'application/merge-patch+json');
		const profile = this.profile(input);
		for (const [discriminator, value] of Object.entries(body)) {
			const tag = section.tags.find((one) => one.discriminator === discriminator);
			if (!tag) bad(`There is no tag ${discriminator}.`);
			if (tag.readOnlyThrough?.includes(keyspace)) {
				throw new Problem(
					403,
					'Forbidden',
					`${discriminator} is not writable through ${keyspace}.`,
				);
			}
			if (value !== null && value !== true) bad(`${discriminator} must be true or null.`);
		}
		const named = Object.entries(body);
		profile.tags = [
			...profile.tags.filter((tag) => !(tag in body)),
			...named.filter(([, value]) => value === true).map(([tag]) => tag),
		];
		return { status: 204 };
	}

	private getTags(input: RouteInput): Answer {
		this.place(input);
		const items = this.profile(input).tags.map((discriminator) => ({ discriminator }));
		return { status: 200, body: { items } };
	}

	private async addEvents(input: RouteInput): Promise<Answer> {
		const { section } = this.place(input);
		const { items } = await this.json(input);
		const profile = this.profile(input);
		if (!Array.isArray(items) || items.length === 0) bad('items must be a list of events.');
		profile.events.push(...items.map((item) => parseEvent(item, section)));
		return { status: 201 };
	}

	private place({ parts, key }: RouteInput): { section: SeedSection; keyspace: string } {
		const keyspace = this.writableKeyspace(parts[0] ?? '');
		return { keyspace, section: this.at.definitions.section(parts[2] ?? '', key) };
	}

	private profile({ parts: [keyspace = '', key = '', section = ''] }: RouteInput): StoredProfile {
		this.countOperation(keyspace, key);
		return this.at.profiles().find(section, keyspace, key) ?? noProfile();
	}

	private writableKeyspace(discriminator: string): string {
		const { keyspaces } = this.at.definitions.account;
		if (!keyspaces.some((one) => one.discriminator === discriminator)) {
			throw new Problem(404, 'Not Found', `There is no keyspace ${discriminator}.`);
		}
		if (discriminator.endsWith('.export')) {
			throw new Problem(403, 'Forbidden', `Keyspace ${discriminator} is for reading only.`);
		}
		return discriminator;
	}

	private countOperation(keyspace: string, key: string): void {
		this.at.limiter.take(
			`profile ${keyspace} ${key.toLowerCase()}`,
			this.at.limits.profileOpsPerSecond,
			SECOND_MS,
			'profileOps',
		);
	}

	private async json({ request }: RouteInput, type = 'application/json') {
		return await readJson(request, this.at.limits.maxBodyBytes, [type]);
	}
}

function parseEvent(item: unknown, section: SeedSection) {
	const {
		event_time: eventTime,
		version_id: versionId,
		data,
	} = (item ?? {}) as Record<string, unknown>;
	if (typeof eventTime !== 'string' || Number.isNaN(Date.parse(eventTime)))
		bad('event_time must be a time as RFC 3339 writes it.');
	const definition = section.events.find((one) => one.versionId === versionId);
	if (!definition) bad(`There is no event version ${String(versionId)}.`);
	if (typeof data !== 'object' || data === null) bad('data must be an object.');
	const values = data as Record<string, unknown>;
	const unknown = Object.keys(values).find(
		(name) => !definition.fields.some((field) => field.name === name),
	);
	if (unknown !== undefined) bad(`The event has no field ${unknown}.`);
	for (const { name, type, required } of definition.fields) {
		const value = values[name];
		if (value === undefined) {
			if (required) bad(`The field ${name} is missing.`);
			continue;
		}
		const problem = valueProblem(type, String(value));
		if (problem) bad(`The field ${name} ${problem}.`);
	}
	return { versionId: definition.versionId, eventTime, data: values };
}

function bad(detail: string): never {
	throw new Problem(400, 'Bad Request', detail);
}

function noProfile(): never {
	throw new Problem(404, 'Not Found', 'There is no such profile.');
}
