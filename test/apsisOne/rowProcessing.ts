/* eslint-disable @n8n/community-nodes/require-node-api-error -- the stand-in runs on the developer's machine, never in n8n */
import { parse } from 'csv-parse/sync';

import type { ImportMapping } from './importRequests';
import { consentKey, type Profiles, type StoredProfile } from './profiles';
import type { AttributeKind } from './seed';

/** What became of the rows of an import; the real one shows it in its own pages only. */
export interface ImportCounts {
	created: number;
	updated: number;
	unchanged: number;
	failed: number;
	consentsSet: number;
	/** Opt-ins not carried out because the profile had opted out. */
	consentsKeptOut: number;
}

export interface RowFailure {
	/** Line of the file, the header being 1. */
	row: number;
	reason: string;
}

export interface ProcessedFile {
	counts: ImportCounts;
	failures: RowFailure[];
}

/** The file as a whole cannot be read; the import ends in `error`. */
export class UnreadableFile extends Error {}

const EMAIL =
	/^[^\s@",;:<>()[\]\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}$/u;
const BATCH_BYTES = 4_000_000;

/**
 * Applies a file to the profiles (contract: The file).
 *
 * @throws UnreadableFile when it is no UTF-8 CSV or lacks a mapped column
 */
export function processFile(
	content: Buffer,
	mapping: ImportMapping,
	section: string,
	profiles: Profiles,
	lostKeys: ReadonlySet<string> = new Set(),
): ProcessedFile {
	const state = new FileState(mapping, section, profiles, lostKeys);
	for (const rows of batches(content)) state.take(rows);
	return { counts: state.counts, failures: state.failures };
}

/** Parses in pieces cut at line ends outside quotes, so that a 50 MB file does not become one huge array. */
function* batches(content: Buffer): Generator<string[][]> {
	if (content.length >= 3 && content.readUIntBE(0, 3) === 0xefbbbf) {
		throw new UnreadableFile('The file starts with a byte order mark.');
	}
	const text = decode(content);
	let from = 0;
	while (from < text.length) {
		const to = cut(text, from);
		yield parseRows(text.slice(from, to));
		from = to;
	}
}

function decode(content: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(content);
	} catch {
		throw new UnreadableFile('The file is not UTF-8.');
	}
}

function cut(text: string, from: number): number {
	if (text.length - from <= BATCH_BYTES) return text.length;
	let isQuoted = false;
	for (let index = from; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code === 34) isQuoted = !isQuoted;
		else if (code === 10 && !isQuoted && index - from >= BATCH_BYTES) return index + 1;
	}
	return text.length;
}

function parseRows(text: string): string[][] {
	try {
		return parse(text, { relax_column_count: true, skip_empty_lines: true });
	} catch (error) {
		throw new UnreadableFile(`The file is no CSV: ${error instanceof Error ? error.message : ''}`);
	}
}

class FileState {
	readonly counts: ImportCounts = {
		created: 0,
		updated: 0,
		unchanged: 0,
		failed: 0,
		consentsSet: 0,
		consentsKeptOut: 0,
	};
	readonly failures: RowFailure[] = [];
	private columns: Map<string, number> | undefined;
	private width = 0;
	private line = 1;
	private readonly seen = new Set<string>();

	constructor(
		private readonly mapping: ImportMapping,
		private readonly section: string,
		private readonly profiles: Profiles,
		private readonly lostKeys: ReadonlySet<string>,
	) {}

	take(rows: string[][]): void {
		const data = this.columns ? rows : rows.slice(1);
		this.columns ??= this.readHeader(rows[0] ?? []);
		for (const row of data) {
			this.line++;
			const reason = this.apply(row);
			if (reason === undefined) continue;
			this.counts.failed++;
			this.failures.push({ row: this.line, reason });
		}
	}

	private readHeader(header: readonly string[]): Map<string, number> {
		if (new Set(header).size !== header.length)
			throw new UnreadableFile('A column stands twice in the header.');
		const columns = new Map(header.map((name, index) => [name, index]));
		const { keyField, attributes, consents, tags } = this.mapping;
		const wanted = [
			keyField,
			...attributes.map(({ field }) => field),
			...consents.flatMap(({ field, addressField }) => [
				field,
				...(addressField ? [addressField] : []),
			]),
			...tags.map(({ field }) => field),
		];
		const missing = wanted.find((field) => !columns.has(field));
		if (missing !== undefined) throw new UnreadableFile(`The file has no column ${missing}.`);
		this.width = header.length;
		return columns;
	}

	/** @returns why the row failed */
	private apply(row: readonly string[]): string | undefined {
		if (row.length !== this.width) return `has ${row.length} cells instead of ${this.width}`;
		const key = this.cell(row, this.mapping.keyField);
		const problem = this.keyProblem(key) ?? this.valueProblem(row);
		if (problem) return problem;
		this.seen.add(key.toLowerCase());
		if (this.lostKeys.has(key.toLowerCase())) return 'lost, as the test wants';
		this.store(key, row);
		return undefined;
	}

	private cell(row: readonly string[], field: string): string {
		return row[this.columns?.get(field) ?? -1] ?? '';
	}

	private keyProblem(key: string): string | undefined {
		if (key === '') return 'no profile key';
		if (this.seen.has(key.toLowerCase())) return 'duplicate profile key';
		if (this.mapping.keyspace.endsWith('.keyspaces.email')) return valueProblem('email', key);
		if (this.mapping.keyspace.endsWith('.keyspaces.mobile')) return valueProblem('mobile', key);
		return undefined;
	}

	private valueProblem(row: readonly string[]): string | undefined {
		for (const { field, attribute } of this.mapping.attributes) {
			const value = this.cell(row, field);
			const problem = value === '' ? undefined : valueProblem(attribute.type, value);
			if (problem) return `${attribute.name}: ${problem}`;
		}
		for (const { field, addressField } of this.mapping.consents) {
			const cell = this.cell(row, field);
			if (!['', '0', '1'].includes(cell)) return `consent column ${field} holds ${cell}`;
			const hasAddress = addressField === undefined || this.cell(row, addressField) !== '';
			if (cell === '1' && !hasAddress) return 'consent without an address';
		}
		return undefined;
	}

	private store(key: string, row: readonly string[]): void {
		const { keyspace, updateExisting } = this.mapping;
		const existing = this.profiles.find(this.section, keyspace, key);
		if (existing && !updateExisting) {
			this.counts.unchanged++;
			return;
		}
		const profile = existing ?? this.profiles.create(this.section, keyspace, key);
		const hasChanged = [
			this.setAttributes(profile, row),
			this.setTags(profile, row),
			this.setConsents(profile, row),
		];
		if (!existing) this.counts.created++;
		else if (hasChanged.includes(true)) this.counts.updated++;
		else this.counts.unchanged++;
	}

	private setAttributes(profile: StoredProfile, row: readonly string[]): boolean {
		let hasChanged = false;
		for (const { field, attribute } of this.mapping.attributes) {
			const value = storedValue(attribute.type, this.cell(row, field));
			const before = profile.attributes[attribute.discriminator];
			if (value === '') {
				if (!this.mapping.clearExisting || before === undefined) continue;
				delete profile.attributes[attribute.discriminator];
			} else {
				if (before === value) continue;
				profile.attributes[attribute.discriminator] = value;
			}
			hasChanged = true;
		}
		return hasChanged;
	}

	private setTags(profile: StoredProfile, row: readonly string[]): boolean {
		const added = this.mapping.tags.filter(
			({ field, tag }) => this.cell(row, field) === '1' && !profile.tags.includes(tag),
		);
		profile.tags.push(...added.map(({ tag }) => tag));
		return added.length > 0;
	}

	private setConsents(profile: StoredProfile, row: readonly string[]): boolean {
		let hasChanged = false;
		for (const { field, topic, channel, type, resubscribe } of this.mapping.consents) {
			if (this.cell(row, field) !== '1') continue;
			const name = consentKey(topic, channel);
			if (type === 'opt-in' && profile.consents[name] === 'opt-out' && !resubscribe) {
				this.counts.consentsKeptOut++;
				continue;
			}
			this.counts.consentsSet++;
			hasChanged ||= profile.consents[name] !== type;
			profile.consents[name] = type;
		}
		return hasChanged;
	}
}

const CHECKS: Readonly<Record<AttributeKind, (value: string) => boolean>> = {
	boolean: (value) => value === 'true' || value === 'false',
	country: (value) => isCountry(value),
	// All digits are taken for Unix seconds, as the real one does.
	date: (value) => /^-?\d+$/.test(value) || isCalendarDate(value),
	email: (value) => EMAIL.test(value) && value.length <= 254,
	mobile: (value) => /^[1-9]\d{6,14}$/.test(value),
	number: (value) => /^-?\d+(\.\d+)?$/.test(value),
	text: (value) => value.length <= 1_000,
	timestamp: (value) => /^-?\d+$/.test(value),
};

const REASONS: Readonly<Record<AttributeKind, string>> = {
	boolean: 'is not true or false',
	country: 'is no ISO 3166-1 alpha-2 code',
	date: 'is no date',
	email: 'is no email address',
	mobile: 'is no MSISDN',
	number: 'is no number',
	text: 'is longer than 1,000 characters',
	timestamp: 'is no Unix time',
};

export function valueProblem(type: AttributeKind, value: string): string | undefined {
	if (value !== value.trim()) return 'has space around it';
	return CHECKS[type](value) ? undefined : REASONS[type];
}

export function storedValue(type: AttributeKind, value: string): string {
	if (type !== 'date' || !/^-?\d+$/.test(value)) return value;
	return new Date(Number(value) * 1000).toISOString().slice(0, 10);
}

function isCalendarDate(value: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
	const date = new Date(`${value}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

function isCountry(value: string): boolean {
	return /^[A-Z]{2}$/.test(value) && countryNames.of(value) !== undefined;
}
