/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on the developer's machine, never in n8n */
import { createServer } from 'node:net';
import { dirname } from 'node:path';

import { type ApsisOne, startApsisOne } from '../test/apsisOne';
import {
	cacheFolder,
	ensureInstalled,
	isInstalled,
	type N8n,
	type N8nVersion,
	packPackage,
	removeFolder,
	startN8n,
	temporaryFolder,
} from '../test/e2e/lab';
import { OWNER } from '../test/e2e/lab/n8nRest';
import { exampleFiles, readExample, withCredentials } from '../test/support/examples';
import { smtpCredential, type SmtpSink, startSmtpSink } from '../test/support/smtpSink';

const USUAL_PORT = 5678;
/** The newest n8n wants Node.js 24, which comes with it on Linux only. */
const RUNS_NEWEST =
	process.platform === 'linux' || Number(process.versions.node.split('.')[0]) >= 24;
/** The first is the one that starts when none is named. */
const VERSIONS: readonly N8nVersion[] = RUNS_NEWEST ? ['newest', 'oldest'] : ['oldest'];

/**
 * `npm run editor [-- oldest]`: a real n8n with the package as it would be published, a credential that works on a local
 * APSIS One, and the examples, to be played with in a browser until Ctrl-C.
 */
async function main(): Promise<void> {
	const version = chosenVersion();
	const name = `n8n-${version}` as const;
	if (!(await isInstalled(name))) {
		console.log(
			`Installing n8n (${version}) in ${cacheFolder()}: only this time, a few minutes and 2 GB …`,
		);
		// Before anything is there that Ctrl-C would have to clean up.
		await ensureInstalled(name);
	}
	console.log(`Starting n8n (${version}) …`);
	const apsisOne = await startApsisOne({ timing: { queuedMs: 1_000, inProgressMs: 5_000 } });
	const mailServer = await startSmtpSink();
	const userFolder = await temporaryFolder('editor');
	const stopped = untilStopped();
	let n8n: N8n | undefined;
	try {
		const packed = await packPackage();
		n8n = await startN8n({
			version,
			userFolder,
			packages: [packed],
			...((await isFree(USUAL_PORT)) ? { port: USUAL_PORT } : {}),
		}).finally(async () => await removeFolder(dirname(packed.tarball)));
		await fill(n8n, apsisOne, mailServer);
		console.log(`
  n8n        ${n8n.baseUrl}
  E-mail     ${OWNER.email}
  Password   ${OWNER.password}

  Open the address in a browser and sign in. The workflows are those of examples/, with a
  credential for a stand-in that plays APSIS One: no account is needed, and mails reach nobody.
  Open "Customers to APSIS One" and click Execute workflow.
  Stop with Ctrl-C; everything is thrown away then.`);
		await stopped;
	} finally {
		await n8n?.stop();
		await apsisOne.close();
		await mailServer.close();
		await removeFolder(userFolder);
	}
}

function chosenVersion(): N8nVersion {
	const wanted = process.argv[2] ?? VERSIONS[0];
	const version = VERSIONS.find((one) => one === wanted);
	if (version) return version;
	throw new Error(`There is no n8n "${wanted}" here. Choose one of: ${VERSIONS.join(', ')}.`);
}

/** What the examples want of the n8n they run in. */
async function fill({ rest }: N8n, apsisOne: ApsisOne, mailServer: SmtpSink): Promise<void> {
	const apsisOneApi = await rest.createCredential('APSIS One (local)', 'apsisOneApi', {
		region: 'custom',
		baseUrl: apsisOne.baseUrl,
		clientId: apsisOne.clientId,
		clientSecret: apsisOne.clientSecret,
	});
	const smtp = await rest.createCredential('SMTP (local)', 'smtp', smtpCredential(mailServer));
	await rest.createDataTable(
		'Customers',
		['email', 'firstname', 'importId'],
		[
			{ email: 'anna.berg@example.com', firstname: 'Anna' },
			{ email: 'bo.lund@example', firstname: 'Bo' },
		],
	);
	for (const file of exampleFiles()) {
		await rest.createWorkflow(withCredentials(readExample(file), { apsisOneApi, smtp }));
	}
}

async function untilStopped(): Promise<void> {
	await new Promise<void>((resolve) => {
		// Not `once`: on Ctrl-C npm hands on the signal that the terminal has sent already, and the second would end us at once.
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
	});
}

async function isFree(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

void main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
