import { type Fault, startApsisOne } from '../apsisOne';
import { type EngineSetup, runWorkflow } from '../engine';
import { useLocalApsisOne } from '../support/localApsisOne';
import { requestParameters, setupFor, workflowWith } from '../support/workflows';

const apsisOne = useLocalApsisOne();

const input = [{ json: { email: 'anna@example.com' } }];

async function importWith(...faults: Fault[]) {
	for (const fault of faults) apsisOne.faults.add(fault);
	return await runWorkflow({
		...setupFor(apsisOne),
		workflow: workflowWith(requestParameters()),
		input,
	});
}

const countOf = (call: string) => apsisOne.calls.filter((one) => one.call === call).length;

describe('the token', () => {
	it('is renewed though it is new, since it may live for seconds or have been revoked', async () => {
		const run = await importWith({ call: 'attributes', kind: 'status', status: 403 });
		expect(run.status).toBe('success');
		expect(countOf('token')).toBe(2);
	});

	it('is not fetched for each call where tokens live shorter than a minute', async () => {
		const shortLived = await startApsisOne({ timing: { tokenLifeSeconds: 20 } });
		const run = await runWorkflow({
			...setupFor(shortLived),
			workflow: workflowWith(requestParameters()),
			input,
		});
		await shortLived.close();
		expect(run.status).toBe('success');
		expect(shortLived.calls.filter(({ call }) => call === 'token')).toHaveLength(1);
	});

	it('is renewed a few times a minute only, however many calls are forbidden', async () => {
		const forbidding = await startApsisOne();
		forbidding.faults.add({ call: 'keyspaces', kind: 'status', status: 403, times: 99 });
		const setup = setupFor(forbidding);
		const run = async () =>
			await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		for (let count = 0; count < 8; count++) expect((await run()).status).toBe('error');
		expect(forbidding.calls.filter(({ call }) => call === 'token')).toHaveLength(6);
		const later = await run();
		await forbidding.close();
		expect(later.error?.message).toBe('APSIS One refused to list the keyspaces');
		expect(forbidding.refusals.token).toBeUndefined();
	});

	it('is fetched once for all executions that start together on a new credential', async () => {
		const setup = setupFor(apsisOne);
		const start = async () =>
			await runWorkflow({
				...setup,
				workflow: workflowWith(requestParameters({ operation: 'preview' })),
				input,
			});
		const runs = await Promise.all(Array.from({ length: 12 }, start));
		expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'success'));
		expect(countOf('token')).toBe(1);
	});

	it('is asked for once where those that start together get none', async () => {
		const setup = setupFor(apsisOne, { clientSecret: 'wrong' });
		const start = async () =>
			await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		const runs = await Promise.all(Array.from({ length: 6 }, start));
		for (const run of runs) {
			expect(run.error?.message).toMatch(/does not know this Client ID and Client Secret$/);
		}
		expect(countOf('token')).toBe(1);
		await start();
		expect(countOf('token')).toBe(2);
	});

	it('of one secret does not speak for another', async () => {
		const start = async (setup: EngineSetup) =>
			await runWorkflow({ ...setup, workflow: workflowWith(requestParameters()), input });
		const runs = await Promise.all([
			start(setupFor(apsisOne, { clientSecret: 'wrong' })),
			start(setupFor(apsisOne)),
		]);
		expect(runs.map(({ status }) => status)).toEqual(['error', 'success']);
	});
});
