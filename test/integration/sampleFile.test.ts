/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */
import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ATTRIBUTES, CHANNELS, KEYSPACES, TOPICS } from '../apsisOne';
import { runWorkflow, type RunOptions } from '../engine';
import { loadBuiltPackage } from '../support/builtPackage';
import { credentialFor } from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

const apsisOne = useLocalApsisOne();

const EXAMPLES = join(__dirname, '../../examples');
const CONSENT_BY_WORD: Record<string, string | undefined> = { yes: 'opt-in', no: 'opt-out' };

it('stores every row of the sample file as it stands there, consents included', async () => {
	const rows = parse<Record<string, string>>(readFileSync(join(EXAMPLES, 'customers.csv')), {
		columns: true,
	});
	const workflow = JSON.parse(
		readFileSync(join(EXAMPLES, 'items-to-import.json'), 'utf8'),
	) as RunOptions['workflow'];
	const run = await runWorkflow({
		...loadBuiltPackage(),
		credentials: credentialFor(apsisOne),
		workflow,
		input: rows.map((json) => ({ json })),
	});
	expect(run.status).toBe('success');
	await apsisOne.settled();

	expect(rows).toHaveLength(1_000);
	for (const row of rows) {
		const stored = apsisOne.profile(KEYSPACES.email, row.email ?? '');
		const consent = CONSENT_BY_WORD[row.newsletter ?? ''];
		expect(stored).toMatchObject({
			attributes: {
				[ATTRIBUTES.email]: row.email,
				[ATTRIBUTES.firstName]: row.firstname,
				[ATTRIBUTES.lastName]: row.lastname,
				[ATTRIBUTES.mobile]: row.mobile?.replace(/\D/g, ''),
				[ATTRIBUTES.country]: row.country,
				[ATTRIBUTES.city]: row.city,
				[ATTRIBUTES.points]: row['Club points'],
				[ATTRIBUTES.birthDate]: row['Birth date'],
			},
			consents: consent ? { [`${TOPICS.news}|${CHANNELS.email}`]: consent } : {},
		});
	}
});
