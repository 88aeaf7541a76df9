/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on the developer's machine, never in n8n */
import { ApsisOneApi } from '../credentials/ApsisOneApi.credentials';
// With its ending: without, tsx takes the JSON file of the same name.
import { ApsisOne } from '../nodes/ApsisOne/ApsisOne.node.js';
import { ApsisOneTrigger } from '../nodes/ApsisOne/ApsisOneTrigger.node.js';
import { editorTexts, messageTexts } from '../test/support/userTexts';

/**
 * `npm run texts [-- words]`: prints every text that users read, with its place, so that all of them can be read in one
 * go. Given words, only the texts and places that contain them.
 */
function main(words: string): void {
	const fields = editorTexts(
		[new ApsisOne().description, new ApsisOneTrigger().description],
		new ApsisOneApi(),
	);
	const lines = [...fields, ...messageTexts(fields)].map(
		({ place, kind, text }) => `${place}\n  ${kind}: ${text}`,
	);
	const chosen = lines.filter((line) => line.toLowerCase().includes(words.toLowerCase()));
	process.stdout.write(`${chosen.join('\n')}\n\n${chosen.length} texts\n`);
}

main(process.argv.slice(2).join(' '));
