import { ApsisOneApi } from '../../credentials/ApsisOneApi.credentials';
import { ApsisOne } from '../../nodes/ApsisOne/ApsisOne.node';
import { ApsisOneTrigger } from '../../nodes/ApsisOne/ApsisOneTrigger.node';
import { editorTexts, messageTexts, type UserText } from '../support/userTexts';

/** What can be checked of the texts that `npm run texts` prints; the rest takes a reader. */

const FIELDS = editorTexts(
	[new ApsisOne().description, new ApsisOneTrigger().description],
	new ApsisOneApi(),
);
const MESSAGES = messageTexts(FIELDS);
const ALL = [...FIELDS, ...MESSAGES];

const MAX_DESCRIPTION = 260;
const MAX_MESSAGE = 400;

/** Phrases that only this package ever used. */
const OUR_INVENTIONS = [
	/\bparts? the\b/i,
	/\bparted by\b/i,
	/\btells (about|of)\b/i,
	/\bbehind (the|this) node\b/i,
	/\btakes a (subscription|consent)\b/i,
	/\bwait (was|is) too long\b/i,
	/\bas it is to stand\b/i,
	/\bwithout their file\b/i,
	/\bstays without\b/i,
	/\bchoose [^.]* anew\b/i,
	/\bif it stays so\b/i,
	/\bmakers of this node\b/i,
	/\bmapped to nothing\b/i,
	/\bhalf a list\b/i,
	/\bbe told\b/i,
	/\bcan do without\b/i,
	/\bat large\b/i,
];

const DOUBLE_NEGATIVES = [
	/\b(not|never|cannot|n't) [^.:;,]*\b(nothing|nobody|none|neither)\b/i,
	/\bno [^.:;,]*\bbut\b/i,
];

const matching = (texts: readonly UserText[], patterns: readonly RegExp[]) =>
	texts.filter(({ text }) => patterns.some((pattern) => pattern.test(text)));
const longerThan = (texts: readonly UserText[], max: number) =>
	texts.filter(({ text }) => text.replace(/<[^>]+>|\{[^}]*\}/g, '').length > max);

it('the list has the texts of the editor and of the sources', () => {
	expect(FIELDS.length).toBeGreaterThan(300);
	expect(MESSAGES.length).toBeGreaterThan(300);
	const texts = ALL.map(({ text }) => text);
	expect(texts).toContain('Resubscribe Opted-Out Profiles');
	expect(texts).toContain('There is nothing to import: no rows came in');
	expect(texts).toContain('invalid email address');
});

it('no text has a phrase of our own invention', () => {
	expect(matching(ALL, OUR_INVENTIONS)).toEqual([]);
});

it('no text negates twice', () => {
	expect(matching(ALL, DOUBLE_NEGATIVES)).toEqual([]);
});

it('no text shouts, or has two spaces or an ending that is missing', () => {
	expect(matching(ALL, [/!/, /\S {2,}\S/, /[,;:]$/])).toEqual([]);
});

it('descriptions and actions begin with a capital letter and go on in sentence case', () => {
	const sentences = FIELDS.filter(({ kind }) => ['description', 'action'].includes(kind));
	expect(sentences.filter(({ text }) => !/^[A-Z0-9]/.test(text))).toEqual([]);
	const actions = FIELDS.filter(({ kind }) => kind === 'action');
	expect(actions.filter(({ text }) => /\s[A-Z]/.test(text))).toEqual([]);
});

it('no text is too long to be read where it is shown', () => {
	const descriptions = FIELDS.filter(({ kind }) => kind === 'description');
	expect(longerThan(descriptions, MAX_DESCRIPTION)).toEqual([]);
	expect(longerThan(MESSAGES, MAX_MESSAGE)).toEqual([]);
});
