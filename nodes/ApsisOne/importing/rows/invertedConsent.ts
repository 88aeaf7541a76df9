import { ApsisOneError } from '../../errors';
import { meaningOf } from '../../values/boolean';
import type { ConsentWords } from '../../values/consentWord';
import { strictText } from '../../values/plainText';
import { sourceName } from '../fieldSource';
import type { ConsentPlan } from '../plan';

/** Names that say "opt-out", without case, accents and separators; English and the languages of APSIS One's countries. */
const OPT_OUT_NAME = new RegExp(
	[
		// English
		'unsub',
		'opt(?:ed|s|ing)?out',
		'donot(?:contact|mail|email|e?post|call|sms|text|send|disturb|track)',
		'dont(?:contact|mail|email|call|sms|text|send)',
		'no(?:e?mails?|mailings?|newsletters?|marketing|sms|contact)$',
		'^no(?:e?mails?|mailings?|newsletters?|marketing|sms|contact)',
		'never(?:contact|mail|email)',
		'stop(?:e?mails?|mailings?|newsletters?|sms|contact)',
		'suppress',
		'blacklist',
		'blocklist',
		'(?:is|has|e?mail)?(?:blocked|bounced)$',
		'complain',
		'revo[kc]',
		'withdrawn?',
		'declined',
		'excluded?$',
		'^dn[cem]$',
		// Swedish, Norwegian, Danish, Icelandic
		'optad?ut',
		'av(?:reg|anmal|prenum|meld)',
		'(?:fra|af)(?:ge)?(?:meld|bed|skra)',
		'reserv(?:er(?:t|ad|et)|ation|asjon)',
		'sp[ae]rr',
		'(?:vill?|onskar|onsker)(?:ikke|inte|ej)',
		'(?:tackar?|tak|takk)ne[ij]|ne[ij](?:tack|takk|tak)',
		'^(?:ej|ikke|inte|inga?|ingen|intet)(?:e?post|e?mail|utskick|reklame?|nyhe[td]sbrev|newsletter|sms|marke?n?d?sforing|kontakt)',
		'markedsforingsnekt',
		'bannmerk',
		// Finnish, Estonian, Latvian, Lithuanian
		'peruu?[tn]',
		'kielt(?:o|anyt)',
		'ei(?:saa|markkinoin|halua)',
		'loobu',
		'at(?:teic|rakst|sisak)',
		// German, Dutch
		'abgemeldet',
		'abmeld',
		'abbestell',
		'widerr?uf',
		'widersp',
		'aus(?:trag|getragen)',
		'gekue?ndigt',
		'neindanke|neebedankt',
		'^(?:keine?|geen)(?:e?mails?|werbung|newsletter|nieuwsbrie|post|sms|kontakt|contact|reclame)',
		'uitge?schr',
		'opgezegd',
		// French, Spanish, Portuguese, Italian
		'desinscri',
		'desabon',
		'refus',
		'oppos',
		'^(?:ne)?(?:pas|plus)(?:de)?(?:contact|mail|email|newsletter|envoyer|pub)',
		'desuscri',
		'baja$',
		'no(?:contactar|enviar|desea|molestar)',
		'disiscri',
		'cancell?a[td]',
		'non(?:contattare|inviare)',
		// Polish, Czech
		'wypis',
		'rezygn',
		'sprzeciw',
		'wycofan',
		'nie(?:wysyl|kontakt)',
		'odhlas',
		'ne(?:zasil|kontakt)',
	].join('|'),
);

/** Whether the name of a field says that "yes" in it means an opt-out. */
export function saysOptOut(name: string): boolean {
	return OPT_OUT_NAME.test(
		name
			.toLowerCase()
			.replace(/[æ]/g, 'a')
			.replace(/[ø]/g, 'o')
			.replace(/[ł]/g, 'l')
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
