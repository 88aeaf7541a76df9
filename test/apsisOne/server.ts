/* eslint-disable @n8n/community-nodes/no-restricted-imports -- the stand-in runs on the developer's machine, never in n8n */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';

import type { AnswerShape } from './answerShapes';
import { Definitions } from './definitions';
import { Answers } from './answers';
import { type CallName, Faults, sendFaulty } from './faults';
import { type Answer, GatewayRefusal, notAuthorised, Problem, readJson, send } from './http';
import { type ConsentModel, parseImportRequest } from './importRequests';
import {
	DEFAULT_TIMING,
	holdsPlace,
	type ImportRecord,
	type ImportState,
	type ImportTiming,
	newImport,
	stateOf,
} from './imports';
import { DEFAULT_LIMITS, type Limits, RateLimiter } from './limits';
import { Profiles, type StoredProfile } from './profiles';
import { findRoute, type RouteName, ROUTES } from './routes';
import { processFile, UnreadableFile } from './rowProcessing';
import { type AccountSeed, defaultAccount } from './seed';
import { SingleProfileCalls } from './singleProfile';
import { type ApiKey, Tokens } from './tokens';
import { readForm, refuseForm, refuseHeaders, s3Error, type UploadedFile } from './uploadHost';

export interface ApsisOneOptions {
	/** 0 (default) takes a free one. */
	port?: number;
	uploadPort?: number;
	timing?: Partial<ImportTiming>;
	limits?: Partial<Limits>;
	/** `hashOnly` looks at no row: for benches. */
	processing?: 'full' | 'hashOnly';
	/** Whether `imports[…].file.content` holds the bytes. */
	keepFiles?: boolean;
	account?: AccountSeed;
	/** Takes bare bodies by PUT as well, which S3 does not: for the bench, as the easiest job there can be. */
	takesBareUploads?: boolean;
	/** Milliseconds; tests may move time. */
	now?: () => number;
}

/** One call as it was answered; nothing secret is kept. */
export interface RecordedCall {
	at: number;
	call: CallName;
	/** Undefined for the upload host, and for what is not in the contract's tables. */
	route?: RouteName;
	method: string;
	path: string;
	status: number;
}

export type Handler = (input: RouteInput) => Promise<Answer> | Answer;

export interface RouteInput {
	request: IncomingMessage;
	parts: string[];
	query: URLSearchParams;
	key: ApiKey;
}

/** A local APSIS One: the API and the upload host, as strict as the contract page says the real one is. */
export class ApsisOne {
	readonly calls: RecordedCall[] = [];
	readonly imports: ImportRecord[] = [];
	readonly faults = new Faults();
	/** Shapes of answers other than the contract's, by kind of call. */
	readonly shapes = new Map<CallName, AnswerShape>();
	/** How it answers where the contract leaves that open; a test may change it. */
	readonly answers = new Answers();
	/** Keys of rows that imports lose without a word. */
	readonly lostKeys = new Set<string>();
	/** Called when an import has been worked through, e.g. to change profiles as another system would. */
	afterImport: () => void = () => undefined;
	/** How long after its import a new profile can be found. */
	profileDelayMs = 0;
	/** Highest number of unfinished imports seen at a time. */
	peakUnfinished = 0;

	private readonly account: AccountSeed;
	private readonly timing: ImportTiming;
	private readonly limits: Limits;
	/** Which kind of account it is. */
	consentModel: ConsentModel = '1.0';
	private resets = 0;
	private readonly limiter: RateLimiter;
	private readonly definitions: Definitions;
	private readonly tokens: Tokens;
	private readonly now: () => number;
	private profileStore: Profiles;
	private readonly api: Server;
	private readonly uploadHost: Server;
	private readonly handlers: Readonly<Record<RouteName, Handler>>;
	private readonly plans: Array<'fail' | 'stick'> = [];
	private work: Promise<void> = Promise.resolve();

	constructor(private readonly options: ApsisOneOptions = {}) {
		this.account = options.account ?? defaultAccount();
		this.timing = { ...DEFAULT_TIMING, ...options.timing };
		this.limits = { ...DEFAULT_LIMITS, ...options.limits };
		this.now = options.now ?? (() => Date.now());
		this.limiter = new RateLimiter(this.now);
		this.definitions = new Definitions(this.account);
		this.tokens = new Tokens(this.account.keys, this.timing.tokenLifeSeconds, this.now);
		this.profileStore = new Profiles(this.account.profiles);
		const { answers, definitions, limiter, limits, now } = this;
		const profiles = () => this.profileStore;
		this.handlers = {
			...this.accountHandlers(),
			...new SingleProfileCalls({ answers, definitions, limiter, limits, now, profiles }).handlers,
		};
		this.api = createServer((request, response) => void this.answerApi(request, response));
		this.uploadHost = createServer(
			(request, response) => void this.answerUpload(request, response),
		);
	}

	async start(): Promise<this> {
		await listen(this.api, this.options.port ?? 0);
		await listen(this.uploadHost, this.options.uploadPort ?? 0);
		return this;
	}

	get baseUrl(): string {
		return addressOf(this.api);
	}

	get uploadBaseUrl(): string {
		return addressOf(this.uploadHost);
	}

	/** Another one after each `reset`, so that what the nodes remember of an account is of this one. */
	get clientId(): string {
		const { clientId } = this.keyAt(0);
		return this.resets === 0 ? clientId : `${clientId}~${this.resets}`;
	}

	get clientSecret(): string {
		return this.keyAt(0).clientSecret;
	}

	/** A second key that sees one section only. */
	get limitedKey(): { clientId: string; clientSecret: string } {
		return this.keyAt(1);
	}

	/** How often each limit has answered 429. */
	get refusals(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.limiter.refusals);
	}

	profile(keyspace: string, key: string, section?: string): StoredProfile | undefined {
		const home = section ?? this.account.sections[0]?.discriminator ?? '';
		return this.profileStore.find(home, keyspace, key);
	}

	profiles(keyspace?: string): StoredProfile[] {
		return this.profileStore.all(keyspace);
	}

	stateOf(record: ImportRecord): ImportState {
		const state = stateOf(record, this.timing, this.now());
		const isProcessed = record.counts !== undefined || record.error !== undefined;
		return (state === 'completed' || state === 'error') && !isProcessed ? 'in_progress' : state;
	}

	/** Every token issued so far is refused with 403 from now on. */
	expireTokens(): void {
		this.tokens.revokeAll();
	}

	/** The next import requested ends in `error`. */
	failNextImport(): void {
		this.plans.push('fail');
	}

	/** The next import requested never finishes. */
	stickNextImport(): void {
		this.plans.push('stick');
	}

	/** Waits until every uploaded file has been worked through. */
	async settled(): Promise<void> {
		await this.work;
	}

	/** Back to the seeded account; issued tokens stay good. */
	reset(): void {
		this.resets++;
		this.consentModel = '1.0';
		this.calls.length = 0;
		this.imports.length = 0;
		this.plans.length = 0;
		this.peakUnfinished = 0;
		this.faults.clear();
		this.shapes.clear();
		this.answers.reset();
		this.lostKeys.clear();
		this.afterImport = () => undefined;
		this.profileDelayMs = 0;
		this.limiter.clear();
		this.profileStore = new Profiles(this.account.profiles);
	}

	async close(): Promise<void> {
		await Promise.all([this.api, this.uploadHost].map(closeServer));
		await this.work;
	}

	private keyAt(index: number): ApiKey {
		const key = this.account.keys[index];
		if (!key) throw new Error(`The seeded account has no API key ${index}.`);
		return key;
	}

	private accountHandlers() {
		return {
			token: async (input) => await this.issueToken(input),
			keyspaces: () => ok(this.definitions.keyspaces()),
			channels: () => ok(this.definitions.channels()),
			sections: ({ key }) => ok(this.definitions.sections(key)),
			attributes: (input) =>
				ok(this.definitions.attributes(this.sectionOf(input), wantsPermissions(input))),
			tags: (input) => ok(this.definitions.tags(this.sectionOf(input), wantsPermissions(input))),
			topics: (input) => ok(this.definitions.topics(this.sectionOf(input))),
			events: (input) =>
				ok(this.definitions.events(this.sectionOf(input), wantsPermissions(input))),
			requestImport: async (input) => await this.requestImport(input),
			getImport: (input) => this.importStatus(input),
		} satisfies Partial<Record<RouteName, Handler>>;
	}

	private async answerApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', this.baseUrl);
		const found = findRoute(request.method, url.pathname);
		const call = found ? ROUTES[found.name].call : 'other';
		const fault = this.faults.take(call, found?.name);
		const answer =
			fault && fault.effect !== 'after'
				? { status: fault.status ?? 200, body: {} }
				: await this.handle(found, request, url);
		if (request.readable) request.resume();
		const status = fault?.status ?? answer.status;
		this.calls.push({
			at: this.now(),
			call,
			...(found ? { route: found.name } : {}),
			method: request.method ?? '',
			path: url.pathname,
			status,
		});
		if (fault) sendFaulty(response, fault, answer);
		else send(response, answer);
	}

	private async handle(
		found: ReturnType<typeof findRoute>,
		request: IncomingMessage,
		url: URL,
	): Promise<Answer> {
		try {
			const isToken = found?.name === 'token';
			const key = isToken ? this.keyAt(0) : this.tokens.authorise(request.headers.authorization);
			if (!found) throw notAuthorised();
			if (!isToken) this.limiter.take('requests', this.limits.requestsPerSecond, 1_000);
			const parts = found.parts.map(decodeURIComponent);
			const query = url.searchParams;
			const answer = await this.handlers[found.name]({ request, parts, query, key });
			return this.shapes.get(ROUTES[found.name].call)?.(answer, url) ?? answer;
		} catch (error) {
			if (error instanceof Problem || error instanceof GatewayRefusal) return error.answer;
			return {
				status: 500,
				body: { status: 500, title: 'The stand-in failed', detail: String(error) },
			};
		}
	}

	private async issueToken({ request }: RouteInput): Promise<Answer> {
		const body = await readJson(request, this.limits.maxBodyBytes);
		this.limiter.take('token', this.limits.tokenPerMinute, this.limits.minuteMs);
		const clientId = String(body.client_id ?? '').replace(/~\d+$/, '');
		return ok(this.tokens.issue({ ...body, client_id: clientId }));
	}

	private sectionOf({ parts, key }: RouteInput) {
		return this.definitions.section(parts[0] ?? '', key);
	}

	private async requestImport(input: RouteInput): Promise<Answer> {
		const section = this.sectionOf(input);
		const body = await readJson(input.request, this.limits.maxBodyBytes);
		const mapping = parseImportRequest(body, section, this.definitions, this.consentModel);
		this.limiter.take('importRequests', this.limits.importRequestsPerMinute, this.limits.minuteMs);
		const unfinished = this.unfinishedCount();
		if (unfinished >= this.limits.unfinishedImports) {
			this.limiter.refuse('unfinishedImports', `${unfinished} imports are unfinished.`);
		}
		const record = newImport(
			section.discriminator,
			body,
			mapping,
			this.now(),
			this.timing.uploadUrlLifeMs,
		);
		const plan = this.plans.shift();
		if (plan === 'fail') record.error = 'scripted';
		record.isStuck = plan === 'stick';
		this.imports.push(record);
		this.peakUnfinished = Math.max(this.peakUnfinished, unfinished + 1);
		return {
			status: 201,
			body: {
				import_id: record.id,
				file_upload_url: `${this.uploadBaseUrl}/imports`,
				file_upload_url_expires_at: new Date(record.expiresAt).toISOString(),
				file_upload_body: record.uploadFields,
			},
		};
	}

	private unfinishedCount(): number {
		return this.imports.filter(
			(record) =>
				holdsPlace(record, this.timing, this.now()) || this.stateOf(record) === 'in_progress',
		).length;
	}

	private importStatus(input: RouteInput): Answer {
		const section = this.sectionOf(input);
		const record = this.imports.find(
			({ id, section: home }) => id === input.parts[1] && home === section.discriminator,
		);
		const isVisible =
			record && this.now() - record.createdAt >= this.timing.notFoundAfterCreationMs;
		if (!record || !isVisible) throw new Problem(404, 'Not Found', 'There is no such import.');
		return ok({ result: { status: this.stateOf(record), import_id: record.id } });
	}

	private async answerUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const fault = this.faults.take('upload');
		let answer: Answer = { status: fault?.status ?? 200, body: '' };
		if (!fault || fault.effect === 'after') {
			try {
				answer = await this.takeUpload(request);
			} catch {
				answer = s3Error(400, 'RequestTimeout', 'The connection broke.');
			}
		} else if (fault.kind !== 'reset') {
			// Read to the end: a client that is refused in mid-body sees a broken connection instead of the answer.
			await finished(request.resume()).catch(() => undefined);
		}
		request.resume();
		this.calls.push({
			at: this.now(),
			call: 'upload',
			method: request.method ?? '',
			path: '/imports',
			status: fault?.status ?? answer.status,
		});
		if (fault) sendFaulty(response, fault, answer);
		else send(response, answer);
	}

	private async takeUpload(request: IncomingMessage): Promise<Answer> {
		if (request.method === 'PUT' && this.options.takesBareUploads) {
			await finished(request.resume());
			return { status: 204 };
		}
		const refusal = refuseHeaders(request);
		if (refusal) return refusal;
		const keep = this.options.keepFiles !== false || this.options.processing !== 'hashOnly';
		const form = await readForm(request, this.limits.maxFileBytes, keep);
		const key = form.fields.find(([name]) => name === 'key')?.[1];
		const record = this.imports.find(({ uploadFields }) => uploadFields.key === key);
		if (!record) return s3Error(403, 'AccessDenied', 'Invalid according to Policy: key');
		const refused = refuseForm(form, record.uploadFields, this.limits.maxFileBytes);
		if (refused) return refused;
		if (record.expiresAt <= this.now()) {
			return s3Error(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');
		}
		// The form writes to one fixed key: a repeat overwrites until APSIS One has taken the file.
		if (record.uploadedAt === undefined && form.file) this.accept(record, form.file);
		return { status: 204 };
	}

	private accept(record: ImportRecord, file: UploadedFile): void {
		record.uploadedAt = this.now();
		record.file = { name: file.name, bytes: file.bytes, sha256: file.sha256, rows: 0, header: '' };
		this.work = this.work.then(() => this.process(record, Buffer.concat(file.chunks)));
	}

	private hideNew(before: ReadonlySet<StoredProfile>): void {
		for (const profile of this.profileStore.all()) {
			if (!before.has(profile)) profile.visibleAt = this.now() + this.profileDelayMs;
		}
	}

	private process(record: ImportRecord, content: Buffer): void {
		if (record.file && this.options.keepFiles !== false) record.file.content = content;
		if (this.options.processing === 'hashOnly' || record.error !== undefined) {
			record.counts ??= {
				created: 0,
				updated: 0,
				unchanged: 0,
				failed: 0,
				consentsSet: 0,
				consentsKeptOut: 0,
			};
			return;
		}
		const before = new Set(this.profileDelayMs > 0 ? this.profileStore.all() : []);
		try {
			const { counts, failures } = processFile(
				content,
				record.mapping,
				record.section,
				this.profileStore,
				this.lostKeys,
			);
			if (this.profileDelayMs > 0) this.hideNew(before);
			this.afterImport();
			record.counts = counts;
			record.failures = failures;
			if (record.file) {
				record.file.rows = counts.created + counts.updated + counts.unchanged + counts.failed;
				record.file.header = content.toString('utf8', 0, content.indexOf(10));
			}
		} catch (error) {
			record.error = error instanceof UnreadableFile ? error.message : String(error);
		}
	}
}

/** Starts a local APSIS One on loopback. */
export async function startApsisOne(options: ApsisOneOptions = {}): Promise<ApsisOne> {
	return await new ApsisOne(options).start();
}

function ok(body: unknown): Answer {
	return { status: 200, body };
}

function wantsPermissions({ query }: RouteInput): boolean {
	return query.get('include_keyspace_permissions') === 'true';
}

async function listen(server: Server, port: number): Promise<void> {
	server.keepAliveTimeout = 1_000;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
}

function addressOf(server: Server): string {
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closeServer(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise<void>((resolve) => server.close(() => resolve()));
}
