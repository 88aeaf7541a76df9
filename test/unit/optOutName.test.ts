import { saysOptOut } from '../../nodes/ApsisOne/importing/rows/optOutName';

it.each([
	...['unsubscribed', 'Unsubscribed from all email', 'unsubscribe_date', 'is_unsubscribed'],
	...['HasOptedOutOfEmail', 'email_optout', 'GDPR opt-out', 'optedOutAt', 'marketing_opt_out'],
	...['Do Not Email', 'No newsletter', 'NoMail', 'Stop mailings', 'DNC', 'Spam complaint'],
	...['un-subscribed', 'SMSUnSubscribed', 'SMSOptOut', 'SMSBlackList', 'isunsubscribed'],
	...['Av-registrerad', 'avregistrerad', 'Résilié', 'E-postikielto'],
	...['Blocked', 'Bounced', 'Excluded', 'Revoked', 'suppression'],
	...['Avregistrerad', 'avreg', 'Avanmäld', 'Spärrad', 'Reklamspärr', 'Reservation', 'Tackar nej'],
	...['Avbeställd', 'NewsletterAvslut', 'Nixtelefon', 'Inaktiv', 'Ikke nyhedsbrev', 'Mailverbot'],
	...['Sperrvermerk', 'Nyhetsbrev nej', 'Nyhetsbrev: nei', 'Newsletter nein'],
	...['Ej utskick', 'Inga utskick', 'Vill inte ha nyhetsbrev', 'Ingen reklam'],
	...['Avmeldt', 'Nei takk', 'Vil ikke ha e-post', 'Reservert', 'Markedsføringsnekt', 'Sperret'],
	...[
		'Afmeldt',
		'Frameldt',
		'Nej tak',
		'Reserveret',
		'Frabedt reklame',
		'Afskráður',
		'Bannmerktur',
	],
	...['Kielto', 'Suoramarkkinointikielto', 'Peruutettu', 'Perunut', 'Ei markkinointia'],
	...['Loobunud', 'Atteicies', 'Atsisakė'],
	...['Abgemeldet am', 'Newsletter abbestellt', 'Werbesperre', 'Keine Werbung', 'Widerspruch'],
	...['Ausgetragen', 'Gekündigt', 'Nein danke', 'Afgemeld', 'Uitgeschreven', 'Geen nieuwsbrief'],
	...['Désabonné', 'Désinscrit', 'Refus', 'Opposition', 'Ne pas contacter', 'Dado de baja'],
	...['No contactar', 'Desuscrito', 'Disiscritto', 'Cancellato', 'Non contattare'],
	...['Wypisany', 'Rezygnacja', 'Sprzeciw', 'Nie wysyłać', 'Odhlášen', 'Nekontaktovat'],
])('"%s" says opt-out', (name) => {
	expect(saysOptOut(name)).toBe(true);
});

it.each([
	...[
		'newsletter',
		'Newsletter (yes/no)',
		'subscribed',
		'Accepts Email Marketing',
		'consent',
		'optin',
	],
	...[
		'email_opt_in',
		'marketing consent',
		'GDPR',
		'status',
		'Samtycke',
		'Nyhetsbrev',
		'Prenumererar',
	],
	...['Utskick', 'Ja tack', 'Samtykke', 'Ønsker nyhetsbrev', 'Nyhedsbrev', 'Abonnent', 'Tilmeldt'],
	...['Uutiskirje', 'Tilaaja', 'Markkinointilupa', 'Einwilligung', 'Angemeldet', 'Werbung erlaubt'],
	...[
		'Aangemeld',
		'Nieuwsbrief',
		'Inscrit',
		'Abonné',
		'Suscrito',
		'Iscritto',
		'Zapisany',
		'Souhlas',
	],
	...['Sun subscription', 'Fun run subscriber', 'Kiel tourism', 'Resilience newsletter'],
	...['Utskick av regionen'],
	...['Nyhetsbrev ja/nej', 'Newsletter (ja/nein)', 'Nyhetsbrev (nej, ja)', 'Avslutningsfest'],
	...['Permission', 'Notifications', 'Contact by email', 'Notes', 'Subscription status'],
])('"%s" does not', (name) => {
	expect(saysOptOut(name)).toBe(false);
});
