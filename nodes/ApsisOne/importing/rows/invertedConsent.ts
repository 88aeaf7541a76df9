import { ApsisOneError } from '../../errors';
import { meaningOf } from '../../values/boolean';
import type { ConsentWords } from '../../values/consentWord';
import { strictText } from '../../values/plainText';
import { sourceName } from '../fieldSource';
import type { ConsentPlan } from '../plan';

/** Names that say "opt-out", without case, accents and separators; English and the languages of APSIS One's countries. */
const OPT_OUT_NAME = new RegExp(
	[
		'unsub',
		'opt(?:ed|s|ing)?out',
		'optad?ut',
		'donot(?:contact|mail|email|e?post|call|sms|text|send|disturb|track)',
		'dont(?:contact|mail|email|call|sms|text|send)',
		'no(?:e?mails?|mailings?|newsletters?|marketing|sms|contact)$',
		'^no(?:e?mails?|mailings?|newsletters?|marketing|sms|contact)',
		'never(?:contact|mail|email)',
		'suppress',
		'blacklist',
		'blocklist',
		'(?:is|has|e?mail)?(?:blocked|bounced)$',
		'revoked',
		'withdrawn?',
		'declined',
		'avregistr',
		'avanmal',
		'avprenum',
		'avmeld',
		'frameld',
		'afmeld',
		'reserver(?:t|ad|et)',
		'sparrad',
		'sperret',
		'peruu?tt',
		'kielt(?:o|anyt)',
		'abgemeldet',
		'abmeld',
		'widerruf',
		'austragen',
		'uitgeschreven',
		'desinscri',
		'desabon',
		'desuscri',
		'baja$',
		'disiscri',
		'cancellat',
		'wypisan',
		'rezygn',
		'odhlas',
	].join('|'),
);

/** Whether the name of a field says that "yes" in it means an opt-out. */
export function saysOptOut(name: string): boolean {
	return OPT_OUT_NAME.test(
		name
			.toLowerCase()
			.replace(/[æ]/g, 'a')
			.replace(/[ø]/g, 'o')
			.normalize('NFD')
			.replace(/[^\p{L}\p{N}]/gu, ''),
	);
}

/**
 * Makes the guard against a consent read the wrong way round: "yes" in a field called `unsubscribed` would opt in all who
 * have left. Words that say it themselves (`opted out`) are never wrong, and neither are the user's own.
 *
 * @param words of the user, who has said what they mean
 * @returns undefined where the field's name gives no cause
 */
export function invertedConsentGuard(
	{ consent, when, name, isConfirmed }: ConsentPlan,
	words: ConsentWords,
): ((value: unknown) => void) | undefined {
	if (isConfirmed || consent === 'opt-out' || when === 'always' || when.kind !== 'field') {
		return undefined;
	}
	const field = when.path.at(-1) ?? '';
	if (!saysOptOut(field)) return undefined;
	const own = new Set(
		[...words.optIn, ...words.optOut, ...(words.ignore ?? [])].map((word) => word.toLowerCase()),
	);
	return (value) => {
		const text = strictText(value);
		if (typeof text !== 'string' || own.has(text.toLowerCase())) return;
		if (meaningOf(text) === undefined) return;
		throw new ApsisOneError(
			`${name}: "${text}" in the field "${sourceName(when)}" would ${meaningOf(text) === true ? 'opt the profile in' : 'not opt the profile out'}, but the name of the field says opt-out`,
			consent === 'asFieldSays'
				? 'With As a Field Says, yes opts in and no opts out. If yes in this field means that the person has unsubscribed, set Consent to Opt Out Rows Where a Field Says Yes. If yes in this field is a consent, turn on Yes Means Opt In for the subscription. Nothing was sent.'
				: 'Opt In Rows Where a Field Says Yes opts these people in. If yes in this field means that the person has unsubscribed, set Consent to Opt Out Rows Where a Field Says Yes. If yes in this field is a consent, turn on Yes Means Opt In for the subscription. Nothing was sent.',
		);
	};
}
