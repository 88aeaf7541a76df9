/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- the stand-in runs on the developer's machine, never in n8n */
import { parseArgs } from 'node:util';

import { startApsisOne } from './server';

/** `npm run apsis-one -- [--port 4010] [--upload-port 4011] [--slow 180]`: a local APSIS One to play with. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			'upload-port': { type: 'string', default: '4011' },
			slow: { type: 'string', default: '5' },
		},
	});
	const apsisOne = await startApsisOne({
		port: Number(values.port),
		uploadPort: Number(values['upload-port']),
		timing: { queuedMs: 1_000, inProgressMs: Number(values.slow) * 1_000 },
		keepFiles: false,
	});
	console.log(`Local APSIS One
  API           ${apsisOne.baseUrl}   (credential: Region Custom, this address as Base URL)
  Uploads       ${apsisOne.uploadBaseUrl}
  Client ID     ${apsisOne.clientId}
  Client Secret ${apsisOne.clientSecret}
  An import takes about ${values.slow} seconds. Stop with Ctrl-C.`);
	process.once('SIGINT', () => void apsisOne.close());
	process.once('SIGTERM', () => void apsisOne.close());
}

void main();
