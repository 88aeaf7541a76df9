/*
 * Names that say "opt-out", without case and accents (æ as a, ø as o), in English and the languages of APSIS One's countries.
 * A name too many costs a question, a name too few opts people in who have left.
 */

/** Stand anywhere in a name, also within a word: `Nyhetsbrevavregistrering`. */
const PARTS: readonly string[] = [
	// English
	...['opt(?:ed|s|ing)?out', 'suppress', 'blacklist', 'blocklist', 'denylist', 'withdr[ae]w'],
	...[
		'revoke',
		'declined',
		'refused',
		'rejected',
		'objected',
		'objection',
		'complain',
		'deactivat',
	],
	// Swedish
	...[
		'avreg(?!ion)',
		'avprenum',
		'avanmal',
		'avmal(?:d|an)',
		'avbojt',
		'avbojd',
		'avsagt',
		'avbestall',
		'avslut(?:ad|at)?$',
		'optadut',
		'uppsagd',
	],
	...[
		'(?:utskick|post|reklam|mejl|mail|sms|kontakt)s?sparr',
		'sparrad',
		'sparrat',
		'reserver(?:t|ad|at|et)',
	],
	...[
		'nixad',
		'nixregist',
		'nixtelefon',
		'borttagen',
		'svartlist',
		'aterkalla',
		'atertag',
		'blockera[dt]',
	],
	// Norwegian and Danish
	...[
		'avmeld',
		'markedsforingsnekt',
		'frabed',
		'neindanke',
		'utmeld',
		'udmeld',
		'sperret',
		'reservasj',
		'tilbakekal',
		'tilbagekal',
		'avslatt',
		'afmeld',
	],
	...[
		'blokkert',
		'blokeret',
		'slettet',
		'svartelist',
		'frameld',
		'fravalg',
		'reklamebeskyt',
		'robinson',
	],
	...['sparret', 'opsagt', 'afvist'],
	// Icelandic and Finnish
	...['afskra', 'afthakk', 'bannmerk', 'peruutet', 'peruutt', 'peruttu', 'perunut', 'kieltanyt'],
	...['kielletty', 'estetty', 'poistettu', 'poistunut', 'irtisan', 'mustalist'],
	// German and Dutch
	...[
		'abgemeld',
		'abmeld',
		'abbestell',
		'austragung',
		'ausgetragen',
		'widerruf',
		'widerspr',
		'werbesperr',
	],
	...[
		'(?:werbe|mail|newsletter|kontakt)verbot',
		'sperrvermerk',
		'(?:mail|newsletter|kontakt|versand)sperr',
		'gesperrt',
		'gekundigt',
		'blockiert',
	],
	...[
		'unzustellbar',
		'abgelehnt',
		'uitgeschr',
		'uitschrij',
		'afgemeld',
		'opgezegd',
		'geblokk',
		'ingetrokken',
	],
	...['geweigerd', 'verwijderd'],
	// French, Spanish, Portuguese and Italian
	...[
		'desinscri',
		'desabon',
		'opposition',
		'bloctel',
		'resilie(?!n)',
		'desuscri',
		'cancelad',
		'cancelament',
	],
	...[
		'bloquead',
		'revocad',
		'revogad',
		'rechazad',
		'excluid',
		'anulad',
		'descadastr',
		'disiscri',
		'revocat',
	],
	...['cancellazion', 'bloccat', 'rifiutat', 'annullat'],
	// Polish, Czech, Hungarian, Romanian, Estonian, Latvian and Lithuanian
	...[
		'wypis',
		'wyrejestr',
		'rezygn',
		'sprzeciw',
		'wycofan',
		'zablokov',
		'zablokow',
		'odmow',
		'anulow',
	],
	...[
		'odwolan',
		'odhlas',
		'nesouhlas',
		'odvola',
		'zruseno',
		'leiratk',
		'letilt',
		'dezabon',
		'loobu',
	],
	...['keeldunud', 'tuhistatud', 'atrakst', 'atteic', 'atteik', 'atsisak', 'atsaukt'],
];

/** Stand within one word only: `Sun subscription` and `Kiel tours` do not say it. */
const PARTS_OF_WORDS: readonly string[] = ['unsub', 'kielto'];

/** Begin a word of the name; a space may be there or not: `do not email`, `donotbulkemail`. */
const PHRASES: readonly string[] = [
	'(?:sms|mms|email|mail|gdpr|crm)?un sub',
	'(?:do|does|did|must|should|may) not',
	'(?:dont|don t) (?:contact|mail|email|call|sms|text|send|want|disturb|allow|phone|track|share)',
	...[
		'never (?:contact|mail|email|call|send|subscri)',
		'no longer',
		'forget me',
		'signed off',
		'off list',
	],
	...['(?:not|non) (?:subscri|opted|interest|allow|contact|consent)', '(?:hard |soft )?bounced?'],
	...['(?:is |email |mail |contact )?blocked', 'blocked (?:e ?mail|contact|sms)', 'spam complain'],
	'(?:e ?mail|sms|newsletter|contact|marketing)s? (?:disabled|stop|suspended)',
	'(?:disable|stop|remove|exclude|mute|prohibit|forbid)d? (?:from )?(?:all )?(?:e ?mail|mail|sms|news|marketing|contact)',
	'no (?:e )?(?:mail|email|mailing|newsletter|marketing|sms|contact|spam)s?\\b',
	// Swedish
	...[
		'optat ut',
		'motsatt',
		'(?:tackat|tackar) nej',
		'nej (?:till|tack)',
		'vill (?:ej|inte)',
		'far (?:ej|inte)',
	],
	...['(?:kontakta|skicka) (?:ej|inte)', 'inget (?:nyhets|utskick|mejl)'],
	'(?:inga|ej) (?:utskick|mejl|mail|reklam|e ?post|sms|nyhets|post|kontakt|godkan)',
	// Norwegian and Danish
	...[
		'meldt av',
		'trukket',
		'tilbagetrukket',
		'nei (?:til|takk)',
		'nej tak',
		'(?:onsker|vil|ma) ikke',
	],
	'ikke (?:send|e ?post|kontakt|motta|ring|sms|nyhe|lov|tillat)',
	'ingen (?:reklam|e ?post|e ?mail|mail|sms|nyhe|kontakt|marked|marknad)',
	// Icelandic and Finnish
	...['x merkt', 'alalaheta', 'ala laheta', 'musta(?:lla)? lista'],
	'ei (?:markkin|sahkoposti|uutiskirj|halua|saa|lupaa|posti|viest|kiitos)',
	// German and Dutch
	'keine?n? (?:werbung|newsletter|e ?mail|mail|mailing|post|kontakt)',
	'nicht (?:kontakt|anschreib|e ?mail|mail|anruf|bewerb|send)',
	...['geen (?:e ?mail|mail|nieuwsbr|contact|post|reclame)', 'bel me niet'],
	'niet (?:e ?mail|mail|benader|contact|bellen|stur)',
	// French, Spanish, Portuguese and Italian
	...[
		'ne pas',
		'liste noire',
		'refuse',
		'bloque',
		'stop pub',
		'retiree?s?\\b',
		'de baja',
		'cancelou',
		'recusou',
	],
	...['(?:pas|plus) de (?:e ?mail|mail|newsletter|pub|sms|contact)', 'removido', 'cancelar'],
	...[
		'no (?:enviar|contactar|desea|llamar)',
		'nao (?:contact|envi|receb|desej)',
		'revoca consen',
		'rinunci',
	],
	'non (?:contatt|invi|desider|ricev)',
	// Polish, Czech, Estonian and Lithuanian
	...[
		'nie (?:kontakt|wysyl|zgadz|chce)',
		'brak zgod',
		'bez newsl',
		'nekontakt',
		'neposil',
		'ara saada',
		'nepageid',
	],
];

/** Say it only where the name has hardly another word: `Left`, `Stop SMS`. */
const WORDS: readonly string[] = [
	...[
		'stop',
		'left',
		'quit',
		'dnc',
		'dnm',
		'nix',
		'removed?',
		'excluded?',
		'deleted',
		'muted?',
		'denied',
		'deny',
	],
	...[
		'inactive',
		'inaktiv[et]?',
		'cancell?ed',
		'suspended',
		'erased',
		'unwanted',
		'nixad',
		'sparr',
		'avslutad',
		'sperre',
		'baja',
	],
	...['refus', 'exclue?s?', 'esclus[oaie]', 'cancellat[oaie]', 'suspendue?'],
];
const MOST_WORDS = 2;

const PART = new RegExp(PARTS.join('|'));
const PART_OF_WORD = new RegExp(PARTS_OF_WORDS.join('|'));
const PHRASE = new RegExp(`(?:^| )(?:${PHRASES.join('|').replace(/ /g, ' ?')})`);
const WORD = new RegExp(`(?:^| )(?:${WORDS.join('|')})(?: |$)`);
/** `Nyhetsbrev nej`, but not `Nyhetsbrev (ja/nej)`. */
const NO_AT_END = / (?:nej|nei|nein|nee)$/;
/** Elsewhere it is one of a table. */
const RESERVATION = /^reservations?$/;

/** Whether the name of a field says that "yes" in it means an opt-out. */
export function saysOptOut(name: string): boolean {
	const words = plainWords(name);
	if (PART.test(words.replace(/ /g, '')) || PART_OF_WORD.test(words)) return true;
	if (PHRASE.test(words)) return true;
	if (NO_AT_END.test(words) && !/\bja\b/.test(words)) return true;
	return RESERVATION.test(words) || (words.split(' ').length <= MOST_WORDS && WORD.test(words));
}

function plainWords(name: string): string {
	return name
		.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
		.toLowerCase()
		.replace(/æ/g, 'a')
		.replace(/ø/g, 'o')
		.replace(/ł/g, 'l')
		.replace(/ß/g, 'ss')
		.replace(/þ/g, 'th')
		.replace(/ð/g, 'd')
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}
