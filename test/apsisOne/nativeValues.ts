import { storedValue, valueProblem } from './rowProcessing';
import type { AttributeKind } from './seed';

/** What JSON has for each type in attributes that are set and in event data (contract: Single-profile calls). */
const JSON_TYPES: Readonly<Record<AttributeKind, 'boolean' | 'number' | 'string'>> = {
	boolean: 'boolean',
	country: 'string',
	date: 'string',
	email: 'string',
	mobile: 'number',
	number: 'number',
	text: 'string',
	timestamp: 'number',
};

/** Why a value of a JSON body cannot be taken, as the end of a sentence; undefined when it can. */
export function nativeProblem(type: AttributeKind, value: unknown): string | undefined {
	const wanted = JSON_TYPES[type];
	return typeof value === wanted
		? valueProblem(type, String(value))
		: `must be a ${wanted}, not ${JSON.stringify(value)}`;
}

/** The text a profile keeps of a value that can be taken. */
export function storedText(type: AttributeKind, value: unknown): string {
	return storedValue(type, String(value));
}

/** A text that a profile keeps, as JSON has it. */
export function nativeValue(type: AttributeKind, text: string): boolean | number | string {
	if (JSON_TYPES[type] === 'boolean') return text === 'true';
	return JSON_TYPES[type] === 'number' ? Number(text) : text;
}
