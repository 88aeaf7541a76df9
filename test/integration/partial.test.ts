import type { IBinaryData, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { type EngineRun, readBinary } from '../engine';
import { startFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';
import { jsonOf, NODE_NAME, requestParameters, runNode, subscription } from '../support/workflows';

const apsisOne = useLocalApsisOne();

/** Opt-outs go as the first import, opt-ins as the second. */
async function importBoth(
	input: INodeExecutionData[],
	changes: INodeParameters = {},
): Promise<EngineRun> {
	const parameters = { subscriptions: { values: [subscription()] }, ...changes };
	return await runNode(apsisOne, requestParameters(parameters), input);
}

/** APSIS One refuses the second. */
async function importHalf(
	input: INodeExecutionData[],
	changes: INodeParameters = {},
): Promise<EngineRun> {
	apsisOne.faults.add({
		call: 'importRequest',
		kind: 'status',
		status: 400,
		skip: 1,
		body: { status: 400, title: 'Bad Request', detail: 'Not this one.' },
	});
	return await importBoth(input, changes);
}

const REASON = {
	field: 'Import',
	value: '',
	rule: 'not sent: APSIS One refused the import request as invalid',
	cure: 'Check Attributes, Subscriptions and Consent, Tags and Additional Request Fields. APSIS One says: Not this one.',
};

const WHY = `Import: ${REASON.rule}. ${REASON.cure}`;

describe('when the second of two imports is refused', () => {
	it('the first stays sent, and the items of the second come out with the reason', async () => {
		const run = await importHalf([
			{ json: { email: 'in@example.com', newsletter: 'yes' } },
			{ json: { email: 'out@example.com', newsletter: 'no' } },
		]);
		expect(run.status).toBe('success');
		expect(jsonOf(run)).toMatchObject([
			{ rows: 1, optOuts: 1, parts: 1, rowsRead: 2, rowsSent: 1, rowsRejected: 1 },
		]);
		expect(run.outputs(NODE_NAME, 1)).toEqual([
			{
				json: { email: 'in@example.com', newsletter: 'yes', why: WHY, reasons: [REASON] },
				pairedItem: { item: 0 },
			},
		]);
		expect(run.hints(NODE_NAME)[0]?.message).toBe(
			'1 profile sent in 1 import; 1 row not sent, see the Rejected output',
		);
	});

	it('the rows of a file come out as a file, ready for another try', async () => {
		const csv =
			'email,newsletter\nout@example.com,0\na@example.com,1\nb@example.com,1\nout2@example.com,0\nc@example.com,1\n';
		const data = Buffer.from(csv).toString('base64');
		const run = await importHalf([{ json: {}, binary: { data: { data, mimeType: 'text/csv' } } }], {
			inputSource: 'file',
			binaryPropertyName: 'data',
		});
		expect(jsonOf(run)).toMatchObject([{ rows: 2, optOuts: 2 }]);
		const [unsent, ...more] = run.outputs(NODE_NAME, 1);
		expect(more).toEqual([]);
		expect(unsent).toMatchObject({
			json: { rowsNotSent: 3, rows: '3–4, 6', why: WHY, reasons: [REASON] },
			binary: { notSent: { fileName: 'not-sent.csv', mimeType: 'text/csv' } },
			pairedItem: { item: 0 },
		});
		const notSent = unsent?.binary?.notSent as IBinaryData;
		expect((await readBinary(notSent)).toString()).toBe(
			'email,newsletter\na@example.com,1\nb@example.com,1\nc@example.com,1\n',
		);
	});
});

it('what finds no place within Maximum Wait comes out again, and is told', async () => {
	const restoreClock = startFastClock();
	try {
		apsisOne.faults.add({ call: 'importRequest', kind: 'status', status: 429, skip: 1, times: 99 });
		const run = await importBoth(
			[
				{ json: { email: 'in@example.com', newsletter: 'yes' } },
				{ json: { email: 'out@example.com', newsletter: 'no' } },
			],
			{ options: { maxWaitForPlace: 2 } },
		);
		expect(run.error).toBeUndefined();
		expect(jsonOf(run)).toMatchObject([{ rows: 1, optOuts: 1 }]);
		expect(jsonOf(run, 1)).toMatchObject([
			{
				email: 'in@example.com',
				reasons: [
					{
						rule: expect.stringMatching(
							/^not sent: APSIS One has no place for another import, and had none for \d+ seconds$/,
						) as string,
					},
				],
			},
		]);
		expect(apsisOne.imports.map(({ file }) => file?.rows)).toEqual([1]);
	} finally {
		restoreClock();
	}
});
