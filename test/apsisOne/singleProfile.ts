import type { Answers } from './answers';
import { consentsBody } from './consents';
import type { Definitions } from './definitions';
import { type Answer, Problem, readJson } from './http';
import type { Limits, RateLimiter } from './limits';
import { nativeProblem, nativeValue, storedText } from './nativeValues';
import { consentKey, type Profiles, type StoredProfile } from './profiles';
import type { RouteName } from './routes';
import { valueProblem } from './rowProcessing';
import { ATTRIBUTES, KEYSPACES, type SeedSection } from './seed';
import type { Handler, RouteInput } from './server';

const SECOND_MS = 1_000;
const CONSENT_TYPES = ['opt-in', 'opt-out'] as const;
const CONSENT_TYPES_READ = ['opt-in', 'confirmed-opt-in', 'opt-out', 'pending-opt-in'];

/** Attributes that hold a key of their profile, with its keyspace. */
const KEY_ATTRIBUTES: Readonly<Record<string, string>> = {
	[ATTRIBUTES.email]: KEYSPACES.email,
	[ATTRIBUTES.mobile]: KEYSPACES.mobile,
	[ATTRIBUTES.crmId]: KEYSPACES.crmId,
};

/** What the calls work on; profiles are asked for anew, since a reset replaces them. */
interface Surroundings {
	answers: Answers;
	definitions: Definitions;
	profiles(): Profiles;
	limiter: RateLimiter;
	limits: Limits;
	now(): number;
}

/** The calls about one profile (contract: Single-profile calls). Tag and consent shapes are our guess. */
export class SingleProfileCalls {
	readonly handlers = {
		createProfile: async (input) => await this.create(input),
		deleteProfile: (input) => this.delete(input),
		lockProfile: (input) => this.lock(input),
		setAttributes: async (input) => await this.patchAttributes(input),
		getAttributes: (input) => this.getAttributes(input),
		setConsent: async (input) => await this.setConsent(input),
		getConsents: (input) => this.getConsents(input),
		setTags: async (input) => await this.patchTags(input),
		getTags: (input) => this.getTags(input),
		addEvents: async (input) => await this.addEvents(input),
	} satisfies Partial<Record<RouteName, Handler>>;

	constructor(private readonly at: Surroundings) {}

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

	private lock({ parts: [keyspaceId = '', key = ''] }: RouteInput): Answer {
		const keyspace = this.writableKeyspace(keyspaceId);
		this.countOperation(keyspace, key);
		const profiles = this.at.profiles().inAllSections(keyspace, key);
		if (profiles.length === 0) noProfile();
		for (const profile of profiles) profile.isLocked = true;
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
			const problem = nativeProblem(attribute.type, value);
			if (problem) bad(`${discriminator} ${problem}.`);
			return [discriminator, storedText(attribute.type, value)] as const;
		});
		this.changeKeys(profile, Object.fromEntries(changes));
		for (const [discriminator, value] of changes) {
			if (value === '') delete profile.attributes[discriminator];
			else profile.attributes[discriminator] = value;
		}
		return { status: 204 };
	}

	/** Email, Mobile and CRM ID are keys of their profile. */
	private changeKeys(profile: StoredProfile, changes: Readonly<Record<string, string>>): void {
		const keys = Object.entries(KEY_ATTRIBUTES).flatMap(([attribute, keyspace]) => {
			const key = changes[attribute];
			return key ? [[keyspace, key] as const] : [];
		});
		for (const [keyspace, key] of keys) {
			const owner = this.at.profiles().find(profile.section, keyspace, key);
			if (!owner || owner === profile) continue;
			const { keyConflictStatus: status } = this.at.answers;
			const title = status === 409 ? 'Conflict' : 'Bad Request';
			throw new Problem(status, title, 'A profile with this profile key already exists.');
		}
		for (const [keyspace, key] of keys) this.at.profiles().setKey(profile, keyspace, key);
	}

	/** With native values, named as `answers.attributes` says. */
	private getAttributes(input: RouteInput): Answer {
		const { section } = this.place(input);
		const { attributes: naming } = this.at.answers;
		const values = Object.entries(this.profile(input).attributes).flatMap(
			([discriminator, text]): Array<[string, unknown]> => {
				const attribute = section.attributes.find((one) => one.discriminator === discriminator);
				if (!attribute?.versionId) return [];
				const id = naming === 'versionId' ? attribute.versionId : discriminator;
				return [[id, nativeValue(attribute.type, text)]];
			},
		);
		if (naming !== 'list') return { status: 200, body: Object.fromEntries(values) };
		return {
			status: 200,
			body: { items: values.map(([discriminator, value]) => ({ discriminator, value })) },
		};
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
		if (wanted.some((type) => !CONSENT_TYPES_READ.includes(type)))
			bad('consent_types holds a type that is unknown.');
		return { status: 200, body: consentsBody(this.profile(input), wanted, this.at.answers) };
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
		const { section, keyspace } = this.place(input);
		const { items } = await this.json(input);
		const profile = this.profile(input);
		if (!Array.isArray(items) || items.length === 0) bad('items must be a list of events.');
		profile.events.push(...items.map((item) => parseEvent(item, section, keyspace)));
		return { status: 201 };
	}

	private place({ parts, key }: RouteInput): { section: SeedSection; keyspace: string } {
		const keyspace = this.writableKeyspace(parts[0] ?? '');
		return { keyspace, section: this.at.definitions.section(parts[2] ?? '', key) };
	}

	private profile({ parts: [keyspace = '', key = '', section = ''] }: RouteInput): StoredProfile {
		this.countOperation(keyspace, key);
		const profile = this.at.profiles().find(section, keyspace, key);
		return profile && profile.visibleAt <= this.at.now() ? profile : noProfile();
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

function parseEvent(item: unknown, section: SeedSection, keyspace: string) {
	const {
		event_time: eventTime,
		version_id: versionId,
		data,
	} = (item ?? {}) as Record<string, unknown>;
	if (typeof eventTime !== 'string' || Number.isNaN(Date.parse(eventTime)))
		bad('event_time must be a time as RFC 3339 writes it.');
	const definition = section.events.find((one) => one.versionId === versionId);
	if (!definition) bad(`There is no event version ${String(versionId)}.`);
	if (definition.readOnlyThrough?.includes(keyspace)) {
		throw new Problem(403, 'Forbidden', `${definition.name} is not writable through ${keyspace}.`);
	}
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
		const problem = nativeProblem(type, value);
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
