/* eslint-disable @n8n/community-nodes/no-restricted-imports -- test code is not bound by the rules of published code */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { useLocalApsisOne } from '../support/localApsisOne';
import { importRows, jsonOf } from '../support/workflows';

const apsisOne = useLocalApsisOne();

it('says that a trigger has not confirmed, and asks it only once', async () => {
	let asked = 0;
	const silent = createServer(() => asked++);
	await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
	try {
		const { port } = silent.address() as AddressInfo;
		const notifyUrl = `http://127.0.0.1:${port}/webhook/apsis-one/imports`;
		const run = await importRows(apsisOne, [{ email: 'anna@example.com' }], {
			options: { startTriggers: '', notifyUrl },
		});
		expect(jsonOf(run)).toMatchObject([
			{
				status: 'uploaded',
				triggersStarted: [],
				warnings: [
					'Notify URL: the trigger did not confirm in time that it waits for the imports. Check that n8n can reach the address, and check under Executions of the other n8n instance that the workflow is waiting or has run.',
				],
			},
		]);
		expect(asked).toBe(1);
	} finally {
		silent.closeAllConnections();
		await new Promise((resolve) => silent.close(resolve));
	}
});
