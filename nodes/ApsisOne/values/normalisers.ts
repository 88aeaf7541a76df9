import type { AttributeType } from '../api/parseDefinitions';
import { normaliseBoolean } from './boolean';
import { normaliseCountry } from './country';
import { type DateReading, dateNormaliser, timestampNormaliser } from './date';
import { normaliseEmail } from './email';
import { type MobileNormaliser, mobileNormaliser } from './mobile';
import { normaliseNumber } from './number';
import { plainText } from './plainText';
import type { InvalidValue } from './invalidValue';
import { normaliseKeyText, normaliseText } from './text';

/** Turns a value into the text of its cell, or says why it cannot be sent. Nothing becomes the empty cell. */
export type Normaliser = (value: unknown) => string | InvalidValue;

/** The rules by type of attribute, `key` being a profile key that is no address. */
export interface Normalisers extends Readonly<Record<AttributeType | 'key', Normaliser>> {
	/** Takes the country of the value, too, where the row has one. */
	readonly mobile: MobileNormaliser;
}

export interface NormaliserOptions {
	/** ISO 3166-1 alpha-2; mobile numbers without country code are read as its own. */
	defaultCountry?: string;
	dates: DateReading;
}

/** The rules that every value is checked by. */
export function makeNormalisers(options: NormaliserOptions): Normalisers {
	return {
		boolean: normaliseBoolean,
		country: normaliseCountry,
		date: dateNormaliser(options.dates),
		email: normaliseEmail,
		key: normaliseKeyText,
		mobile: mobileNormaliser(options.defaultCountry),
		number: normaliseNumber,
		text: normaliseText,
		timestamp: timestampNormaliser(options.dates),
		unknown: normaliseText,
	};
}

/**
 * The rules when rows are not to be checked: values are only written down. Dates still become days and seconds,
 * since a date object has no other sensible text.
 */
export function makePlainNormalisers(options: NormaliserOptions): Normalisers {
	const strict = makeNormalisers(options);
	const dateOr = (normaliser: Normaliser): Normaliser => {
		return (value) => (typeof value === 'object' ? normaliser(value) : plainText(value));
	};
	return {
		boolean: plainText,
		country: plainText,
		date: dateOr(strict.date),
		email: plainText,
		key: plainText,
		mobile: plainText,
		number: plainText,
		text: plainText,
		timestamp: dateOr(strict.timestamp),
		unknown: plainText,
	};
}
