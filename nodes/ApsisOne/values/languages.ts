/** Languages of APSIS One's customers: their names of countries and months are understood. */
export const LANGUAGES = [
	...['en', 'sv', 'nb', 'da', 'fi', 'is', 'de', 'nl', 'fr', 'es', 'pt', 'it', 'pl', 'cs', 'et'],
	...['lv', 'lt'],
];
