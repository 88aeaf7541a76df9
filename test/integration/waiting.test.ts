import type { INodeParameters } from 'n8n-workflow';

import { SECTIONS } from '../apsisOne';
import type { EngineRun } from '../engine';
import { importRows, itemsOf, jsonOf, locator, NODE_NAME, runNode } from '../support/workflows';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';

useFastClock();
/** Long enough on the fast clock that no import has ended before the first look at it, on a busy machine either. */
const apsisOne = useLocalApsisOne({ timing: { queuedMs: 0, inProgressMs: 20_000 } });

async function request(parameters: INodeParameters): Promise<EngineRun> {
	return await importRows(
		apsisOne,
		[{ email: 'anna@example.com' }, { email: 'nobody' }],
		parameters,
	);
}

describe('waiting in process', () => {
	it('ends completed, with the rejected rows on their own output', async () => {
		const run = await request({ waitForCompletion: true });
		expect(jsonOf(run)).toEqual([
			expect.objectContaining({
				status: 'completed',
				rows: 1,
				waitedHow: 'inProcess',
			}),
		]);
		expect(Number(jsonOf(run)[0]?.waitedSeconds)).toBeGreaterThanOrEqual(10);
		expect(jsonOf(run)[0]).not.toHaveProperty('rejected');
		expect(run.outputs(NODE_NAME, 1)).toHaveLength(1);
	});

	it('ends in a sentence for an import in error', async () => {
		apsisOne.failNextImport();
		const run = await request({ waitForCompletion: true });
		expect(run.error).toMatchObject({
			message: `An import did not complete: ${apsisOne.imports[0]?.id} ended as error`,
			description:
				'APSIS One could not process the import. Its report is under Audience → Profiles → Import history. To continue anyway, set On Failure to Continue.',
		});
	});

	it('goes on with a stuck import after Maximum Wait, when it is to continue', async () => {
		apsisOne.stickNextImport();
		const run = await request({
			waitForCompletion: true,
			options: { maxWait: 0.001, onFailure: 'continue' },
		});
		expect(jsonOf(run)[0]).toMatchObject({
			status: 'timedOut',
			message: 'Maximum Wait has passed. The import may still complete.',
			result: { status: 'in_progress' },
		});
	});

	it.each<[option: string, value: string, name: string]>([
		['maxWait', 'soon', 'Maximum Wait (Hours)'],
		['maxWaitForPlace', '1 h', 'Maximum Wait for a Place (Minutes)'],
		['checkProfiles', '1,000', 'Check Profiles Afterwards'],
		['maxCheckTime', '-1', 'Maximum Check Time (Minutes)'],
		['missingThatFail', '5 %', 'Missing Rows That Fail the Check (%)'],
	])('is refused before anything is sent when %s is %s', async (option, value, name) => {
		const options = { [option]: `={{ "${value}" }}` };
		const run = await request({ waitForCompletion: true, options });
		expect(run.error?.message).toBe(`${name} is not a number from 0 on: ${value}`);
		expect(apsisOne.imports).toEqual([]);
	});

	it('watches the imports of all items together', async () => {
		const sent = await request({});
		const importId = jsonOf(sent)[0]?.importId;
		const wait = {
			resource: 'profileImport',
			operation: 'wait',
			section: locator(SECTIONS.shop),
			importId: '={{ $json.importId }}',
			options: {},
		};
		const run = await runNode(apsisOne, wait, itemsOf([{ importId }, { importId }]));
		expect(run.outputs(NODE_NAME)).toMatchObject([
			{ json: { importId, status: 'completed' }, pairedItem: { item: 0 } },
			{ json: { importId, status: 'completed' }, pairedItem: { item: 1 } },
		]);
	});
});
