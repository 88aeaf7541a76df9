import type { IExecuteFunctions } from 'n8n-workflow';

import { waitForImports } from '../../nodes/ApsisOne/waiting/waitForImports';
import { startFastClock } from '../support/fastClock';

let restoreClock: () => void;
beforeAll(() => {
	restoreClock = startFastClock({ speed: 1_000 });
});
afterAll(() => restoreClock());

/** An execution of a workflow that was never saved, and whose API cannot be reached. */
const unsaved = {
	getWorkflow: () => ({}),
	getExecutionId: () => '7',
	getExecutionCancelSignal: () => undefined,
	getCredentials: async () => await Promise.reject(new Error('Not now.')),
	logger: { info: () => undefined },
} as unknown as IExecuteFunctions;

const entry = {
	importId: 'i-1',
	section: 's',
	item: 0,
	uploadExpiresAt: '',
	uploaded: true,
	output: {},
};
const MESSAGE =
	'The wait ended early, since this execution cannot be parked. The import may still complete. The last status check failed: Not now.';

it('a wait that cannot be parked says so when it ends, and how long it was', async () => {
	const [item] = await waitForImports(unsaved, [entry], { maxWaitMs: 86_400_000, emit: 'all' });
	expect(item?.json).toMatchObject({ status: 'timedOut', message: MESSAGE });
	expect(Number(item?.json.waitedSeconds)).toBeGreaterThan(120);
	expect(Number(item?.json.waitedSeconds)).toBeLessThan(400);
});
