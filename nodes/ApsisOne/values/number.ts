import { numberText, strictText } from './plainText';
import { InvalidValue } from './invalidValue';

const INVALID_NUMBER = new InvalidValue('is not a number', 'Write digits, like 1234.5.');

const AMBIGUOUS = new InvalidValue(
	'can be read as two numbers',
	'Its comma may separate thousands or decimals. Write, for example, 1234 or 1.234.',
);

const PLAIN = /^[+-]?\d+(\.\d+)?$/;

/** Thousands apart by spaces or apostrophes; apart in another way are two numbers. */
const GROUPED = /^[+-]?\d{1,3}(?:[ \u00A0\u202F'’]\d{3})+(?:[.,]\d+)?$/;

/** `1.234,50-` as SAP writes it; without decimals the line may stand for an end or for a price (`500-`). */
const SIGN_BEHIND = /^(\d[\d., ]*[.,]\d{1,2})-$/;

/** Number: plain digits with a decimal point; either decimal mark and grouped thousands are understood. */
export function normaliseNumber(value: unknown): string | InvalidValue {
	if (typeof value === 'number') return numberText(value);
	const text = strictText(value);
	if (typeof text !== 'string' || text === '') return text;
	if (PLAIN.test(text)) return unsigned(text);
	const signed = text
		.replace(/^[\u2212\u2013]/, '-')
		.replace(/^([+-])\s+/, '$1')
		.replace(SIGN_BEHIND, '-$1');
	return parseNumber(GROUPED.test(signed) ? signed.replace(/[^\d+.,-]/g, '') : signed);
}

function parseNumber(text: string): string | InvalidValue {
	if (PLAIN.test(text)) return unsigned(text);
	if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(text)) return AMBIGUOUS;
	if (/^[+-]?\d+,\d+$/.test(text)) return unsigned(text.replace(',', '.'));
	if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return unsigned(text.replace(/,/g, ''));
	if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$|^[+-]?\d{1,3}(\.\d{3}){2,}$/.test(text)) {
		return unsigned(text.replace(/\./g, '').replace(',', '.'));
	}
	return INVALID_NUMBER;
}

function unsigned(text: string): string {
	return text.startsWith('+') ? text.slice(1) : text;
}
