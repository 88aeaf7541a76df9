import { SMS_CHANNEL } from '../../api/parseDefinitions';
import { countryCodeOf } from '../../values/country';
import type { ConsentType, ConsentWords } from '../../values/consentWord';
import { emailKey } from '../../values/email';
import { InvalidValue } from '../../values/invalidValue';
import {
	type Normaliser,
	makeNormalisers,
	makePlainNormalisers,
	type NormaliserOptions,
} from '../../values/normalisers';
import { isLandline, type MobileNormaliser } from '../../values/mobile';
import { plainText, strictText } from '../../values/plainText';
import { isOfMissingField, MISSING_FIELD } from '../expressionValue';
import {
	type EvaluateExpression,
	type FieldReader,
	type InputRow,
	makeReader,
} from '../fieldSource';
import {
	addressColumn,
	type ConsentPlan,
	type ImportPlan,
	type TagPlan,
	type ValueColumn,
} from '../plan';
import { consentDecision, type Decide, mistakeGuard, switchDecision } from './rowDecisions';
import { type RowProblem, rowProblem } from './rowProblem';

export interface CheckOptions extends NormaliserOptions {
	/** Off: values are only written down, and APSIS One is left to refuse them. */
	checkRows: boolean;
	/** Rows with problems are sent all the same, as far as they can be written. */
	sendAnyway: boolean;
	/** What becomes of the value of an attribute that APSIS One would refuse. */
	onInvalidValue: 'leaveOut' | 'rejectRow';
	consentWords: ConsentWords;
}

/**
 * What became of a row. One object serves all rows of a checker: it holds until the next row is checked, so that a
 * million rows make no garbage.
 */
export interface CheckedRow {
	/** Cells of the value columns, in their order. */
	cells: string[];
	/** The decision for each consent of the plan. */
	consents: Array<ConsentType | undefined>;
	/** Whether each tag of the plan is set. */
	tags: boolean[];
	/** Key to tell duplicates by: addresses without regard to case. */
	key: string;
	/** Empty when the row is fine. */
	problems: RowProblem[];
	/** Values that are not sent while the row is. */
	leftOut: RowProblem[];
	/** Whether it has a consent to text messages for a number that is certainly not a mobile number. */
	hasLandlineConsent: boolean;
	/** Whether it can be written at all; what cannot is not sent even when invalid rows are. */
	isSendable: boolean;
}

const HAS_LETTER = /[\p{L}\p{N}]/u;

const MISSING_KEY = new InvalidValue(
	'has no profile key',
	'Every row needs one. Fill in the field, or choose another Profile Key Field.',
);

const NO_KEY = new InvalidValue(
	'is a profile key without any letter or digit',
	'A line or sign such as - is no profile key. Enter the key, or remove the row.',
);

const SHORT_ROW = new InvalidValue(
	'has fewer cells than the header',
	'Clear Existing Attributes is on, so the missing values would erase what APSIS One has stored. Complete the row, or turn off the option.',
);

export const NO_ADDRESS = new InvalidValue(
	'asks for a consent but has no address',
	'Fill in the email address or mobile number, or leave the consent empty. In an account with Consent 2.0, you can set Consent Address to None instead.',
);

const BOTH_CONSENTS = new InvalidValue(
	'asks for opt-in and opt-out of one subscription',
	'Change the row so that it asks for only one of the two.',
);

const IDLE_OPT_OUT = new InvalidValue(
	'asks for an opt-out while existing profiles are not updated',
	'APSIS One leaves an existing profile as it is, and its opt-out would be lost. Turn on Update Existing Profiles.',
);

const NAME_FOR_VALUE = new InvalidValue(
	'is the name of a field, not its value',
	'The expression returns a different field name for each item. Let it return the value, e.g. {{ $json.email }}.',
);

const UNKNOWN_COUNTRY = new InvalidValue(
	'has an unknown country',
	'Enter the two-letter code or the name of the country in the field chosen in Country Field, or write the number with its country code.',
);

const NONE: RowProblem[] = [];

interface CheckedColumn {
	column: ValueColumn;
	read: FieldReader;
	normalise: Normaliser;
	/** Stops where the expression it is read by says yes and its field says no; undefined where it cannot. */
	refuseMistake: ReturnType<typeof mistakeGuard>;
	/** Whether the expression it is read by could give the name of a field by mistake. */
	mayGiveName: boolean;
	/** The last text and what became of it, for columns in which the same often comes again (country, city). */
	last: { value?: string; cell: string | InvalidValue };
	/** Keys and phone numbers differ from row to row: comparing them would be work for nothing. */
	repeats: boolean;
}

/** Normalises and checks rows against a plan (contract: The file). */
export class RowChecker {
	private readonly columns: CheckedColumn[];
	private readonly consents: Array<{
		plan: ConsentPlan;
		decide: Decide<ConsentType | undefined>;
		/** Column of the address; -1 for none. */
		address: number;
	}>;
	private readonly tags: Array<{ plan: TagPlan; decide: Decide<boolean> }>;
	private readonly keyColumn: number;
	private readonly isKeyAddress: boolean;
	private readonly leavesOut: boolean;
	/** The country of the row at hand, where a field says it. */
	private readonly readCountry: FieldReader | undefined;
	private readonly mobile: MobileNormaliser;
	private readonly checked: CheckedRow;

	constructor(
		private readonly plan: ImportPlan,
		private readonly options: CheckOptions,
		evaluate: EvaluateExpression,
	) {
		const rules = options.checkRows ? makeNormalisers(options) : makePlainNormalisers(options);
		this.mobile = rules.mobile;
		this.columns = plan.columns.map((column) => ({
			column,
			read: makeReader(column.source, evaluate),
			normalise: rules[column.rule],
			refuseMistake: options.checkRows ? mistakeGuard(column, options.consentWords) : undefined,
			mayGiveName: column.isKey && column.source.kind === 'expression',
			last: { cell: '' },
			repeats: !column.isKey && column.rule !== 'mobile',
		}));
		this.keyColumn = plan.columns.findIndex(({ isKey }) => isKey);
		this.isKeyAddress = plan.columns[this.keyColumn]?.rule === 'email';
		const { country } = plan.settings;
		this.readCountry = country && options.checkRows ? makeReader(country, evaluate) : undefined;
		// An empty cell would erase what is stored.
		this.leavesOut =
			options.onInvalidValue === 'leaveOut' && !plan.settings.clearExistingAttributes;
		this.consents = plan.consents.map((consent) => ({
			plan: consent,
			decide: consentDecision(consent, options.consentWords, plan.subscriptionNames, evaluate),
			address: addressColumn(plan, consent),
		}));
		this.tags = plan.tags.map((tag) => ({
			plan: tag,
			decide: switchDecision(tag, options.consentWords, evaluate),
		}));
		this.checked = {
			cells: plan.columns.map(() => ''),
			consents: plan.consents.map(() => undefined),
			tags: plan.tags.map(() => false),
			key: '',
			problems: NONE,
			leftOut: NONE,
			hasLandlineConsent: false,
			isSendable: true,
		};
	}

	/**
	 * @returns the one object of this checker, overwritten by the next call
	 * @throws ApsisOneError when a consent is most likely read the wrong way round
	 */
	check(row: InputRow): CheckedRow {
		const { checked } = this;
		checked.problems = NONE;
		checked.leftOut = NONE;
		checked.hasLandlineConsent = false;
		const { clearExistingAttributes } = this.plan.settings;
		const defect = row.defect ?? (row.isShort && clearExistingAttributes ? SHORT_ROW : undefined);
		checked.isSendable = defect === undefined;
		if (defect) this.report('Row', row.raw ?? Object.values(row.json).join(', '), defect);
		if (row.defect) {
			checked.key = '';
			checked.consents.fill(undefined);
			return checked;
		}
		this.readCells(row);
		const key = checked.cells[this.keyColumn] ?? '';
		checked.key = this.comparable(key);
		if (this.options.checkRows && checked.problems.length === 0 && !HAS_LETTER.test(key)) {
			this.report('Profile Key', key, key === '' ? MISSING_KEY : NO_KEY);
		}
		this.readConsents(row);
		this.readTags(row);
		return checked;
	}

	/** The key that `check` would find, without looking at anything else; empty when the row has no valid one. */
	keyOf(row: InputRow): string {
		const entry = this.columns[this.keyColumn];
		if (row.defect || !entry) return '';
		const key = entry.normalise(entry.read(row));
		return typeof key === 'string' ? this.comparable(key) : '';
	}

	private comparable(key: string): string {
		return this.isKeyAddress ? emailKey(key) : key;
	}

	private readCells(row: InputRow): void {
		const { cells } = this.checked;
		const country = this.readCountry && this.countryOf(this.readCountry(row));
		for (let index = 0; index < this.columns.length; index++) {
			const entry = this.columns[index];
			if (!entry) continue;
			const value = entry.read(row);
			if (this.erasesMissing(entry.column, value, row)) {
				cells[index] = '';
				this.checked.isSendable = false;
				this.report(entry.column.field, '', MISSING_FIELD);
				continue;
			}
			const cell =
				entry.mayGiveName && typeof value === 'string' && Object.hasOwn(row.json, value)
					? NAME_FOR_VALUE
					: this.normalise(entry, value, country);
			if (cell === 'true') entry.refuseMistake?.(row);
			cells[index] = typeof cell === 'string' ? cell : this.refuseCell(entry.column, value, cell);
		}
	}

	/** A field that is not there is no empty one: another source may have given the item. */
	private erasesMissing({ source, isKey }: ValueColumn, value: unknown, row: InputRow): boolean {
		if (isKey || !this.plan.settings.clearExistingAttributes) return false;
		if (source.kind === 'field') return value === undefined;
		if (source.kind === 'constant') return false;
		// Worked out once for a file, it reads the item that holds the file.
		return isOfMissingField(value, source.expression, source.once ? undefined : row.json);
	}

	private normalise(
		{ column, normalise, last, repeats }: CheckedColumn,
		value: unknown,
		country: string | InvalidValue | undefined,
	): string | InvalidValue {
		if (repeats) {
			if (typeof value !== 'string') return normalise(value);
			if (value === last.value) return last.cell;
			last.value = value;
			last.cell = normalise(value);
			return last.cell;
		}
		if (column.rule !== 'mobile' || country === undefined) return normalise(value);
		if (typeof country === 'string') return this.mobile(value, country);
		// The number may not need it: one with its country code, or none at all.
		const number = this.mobile(value);
		return typeof number === 'string' && (number === '' || hasCountryCode(value))
			? number
			: country;
	}

	/** @returns undefined for an empty one, so that Default Country counts */
	private countryOf(value: unknown): string | InvalidValue | undefined {
		const text = strictText(value);
		if (text === '') return undefined;
		return (typeof text === 'string' && countryCodeOf(text)) || UNKNOWN_COUNTRY;
	}

	/** @returns what to write in place of a value that APSIS One would refuse */
	private refuseCell(column: ValueColumn, value: unknown, invalid: InvalidValue): string {
		if (this.leavesOut && !column.isKey) {
			const problem = rowProblem(column.field, value, invalid);
			this.checked.leftOut =
				this.checked.leftOut === NONE ? [problem] : [...this.checked.leftOut, problem];
			return '';
		}
		this.report(column.field, value, invalid);
		const plain = plainText(value);
		if (typeof plain === 'string') return plain;
		this.checked.isSendable = false;
		return '';
	}

	private readConsents(row: InputRow): void {
		if (this.consents.length === 0) return;
		const { consents } = this.checked;
		for (let index = 0; index < this.consents.length; index++) {
			const entry = this.consents[index];
			if (!entry) continue;
			const decision = entry.decide(row);
			consents[index] = decision instanceof InvalidValue ? undefined : decision;
			if (decision instanceof InvalidValue) {
				this.report(entry.plan.name, readWhen(entry.plan.when, row), decision);
			} else if (decision && this.checked.cells[entry.address] === '') {
				this.refuseAddress(entry.plan.name, entry.address, decision);
			} else if (decision === 'opt-in' && entry.plan.channel === SMS_CHANNEL) {
				this.checked.hasLandlineConsent ||= isLandline(this.checked.cells[entry.address] ?? '');
			}
		}
		this.refuseContradictions();
	}

	/** A consent without an address is lost: the row is rejected, whether its address is missing or invalid. */
	private refuseAddress(subscription: string, address: number, consent: ConsentType): void {
		const { checked } = this;
		// A row without its key has been refused already.
		if (address === this.keyColumn && checked.problems.length > 0) return;
		const field = this.columns[address]?.column.field;
		const invalid = checked.leftOut.find((problem) => problem.field === field);
		if (!invalid) return this.report(subscription, consent, NO_ADDRESS);
		checked.leftOut = checked.leftOut.filter((problem) => problem !== invalid);
		checked.problems = [...checked.problems, invalid];
	}

	private refuseContradictions(): void {
		const { consents } = this.checked;
		if (!consents.includes('opt-out')) return;
		if (!this.plan.settings.updateExistingProfiles) {
			this.report('Subscriptions and Consent', 'opt-out', IDLE_OPT_OUT);
		}
		for (const [index, { plan }] of this.consents.entries()) {
			if (consents[index] !== 'opt-in') continue;
			const isContradicted = this.consents.some(
				(other, at) => consents[at] === 'opt-out' && isSameConsent(other.plan, plan),
			);
			if (isContradicted) this.refuseConsents(plan.name);
		}
	}

	/** When invalid rows are sent anyway, a contradictory row leaves consent alone; otherwise its opt-outs still count. */
	private refuseConsents(field: string): void {
		this.report(field, 'opt-in, opt-out', BOTH_CONSENTS);
		if (this.options.sendAnyway) this.checked.consents.fill(undefined);
	}

	private readTags(row: InputRow): void {
		for (let index = 0; index < this.tags.length; index++) {
			const entry = this.tags[index];
			if (!entry) continue;
			const isSet = entry.decide(row);
			this.checked.tags[index] = isSet === true;
			if (isSet instanceof InvalidValue) {
				this.report(entry.plan.name, readWhen(entry.plan.when, row), isSet);
			}
		}
	}

	private report(field: string, value: unknown, invalid: InvalidValue): void {
		this.checked.problems = [...this.checked.problems, rowProblem(field, value, invalid)];
	}
}

/** Whether a phone number says its country itself. */
function hasCountryCode(value: unknown): boolean {
	return /^\s*'?\(?(?:\+|00)/.test(String(value));
}

/** Whether two consents are about one subscription and channel. */
export function isSameConsent(
	one: Pick<ConsentPlan, 'topic' | 'channel'>,
	other: Pick<ConsentPlan, 'topic' | 'channel'>,
): boolean {
	return one.topic === other.topic && one.channel === other.channel;
}

function readWhen(when: ConsentPlan['when'], row: InputRow): unknown {
	return when === 'always' ? '' : makeReader(when, () => '')(row);
}
