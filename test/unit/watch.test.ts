import { parseImportLook } from '../../nodes/ApsisOne/api/parseImport';
import {
	type LookResult,
	nextDelayMs,
	noteLook,
	noteTime,
	outputsOf,
	type Watch,
	type WatchedImport,
} from '../../nodes/ApsisOne/waiting/watch';

const START = Date.parse('2026-01-01T10:00:00Z');
const MINUTE = 60_000;

const entry = (changes: Partial<WatchedImport> = {}): WatchedImport => ({
	importId: 'i-1',
	section: 's',
	item: 0,
	uploadExpiresAt: '2026-01-01T10:15:00Z',
	uploaded: false,
	output: { rows: 7 },
	...changes,
});

const watching = (changes: Partial<Watch> = {}): Watch => ({
	startedAtMs: START,
	maxWaitMs: 60 * MINUTE,
	looks: 0,
	how: 'inProcess',
	emit: 'all',
	imports: [entry()],
	...changes,
});

const status = (name: string): LookResult => ({
	look: parseImportLook({ result: { status: name } }),
});

/** What comes out after these looks, one a minute. */
function outputAfter(results: LookResult[], changes: Partial<Watch> = {}) {
	const watch = watching(changes);
	results.forEach((result, index) => {
		const now = START + (index + 1) * MINUTE;
		for (const one of watch.imports) if (!one.outcome) noteLook(watch, one, result, now);
		noteTime(watch, now);
	});
	return outputsOf(watch).map(({ json }) => json);
}

describe('the end of a wait', () => {
	it('is completed when APSIS One says so, with the time it took', () => {
		expect(outputAfter([status('queued'), status('in_progress'), status('completed')])).toEqual([
			{
				importId: 'i-1',
				section: 's',
				rows: 7,
				status: 'completed',
				completedAt: '2026-01-01T10:03:00.000Z',
				waitedSeconds: 180,
				waitedHow: 'inProcess',
				result: { status: 'completed' },
			},
		]);
	});

	it('is error, with where to find the report', () => {
		expect(outputAfter([status('error')])).toMatchObject([
			{
				status: 'error',
				message:
					'APSIS One could not process the import. Its report is under Audience → Profiles → Import history.',
			},
		]);
	});

	it('is uploadExpired when the file never came', () => {
		const looks = Array.from({ length: 16 }, () => status('waiting_for_file'));
		expect(outputAfter(looks.slice(0, 15))).toMatchObject([
			{ result: { status: 'waiting_for_file' } },
		]);
		expect(outputAfter(looks)).toMatchObject([
			{
				status: 'uploadExpired',
				message:
					'The file never arrived, and the upload URL has expired. Request the import again.',
			},
		]);
	});

	it('is not uploadExpired where the file was uploaded, though the status lags', () => {
		const looks = Array.from({ length: 20 }, () => status('waiting_for_file'));
		const imports = () => [entry({ uploaded: true })];
		expect(outputAfter([...looks, status('completed')], { imports: imports() })).toMatchObject([
			{ status: 'completed', waitedSeconds: 21 * 60 },
		]);
		expect(outputAfter([status('expired')], { imports: imports() })).toMatchObject([
			{
				status: 'error',
				apsisOneStatus: 'expired',
				message:
					'APSIS One says "expired", although the file was uploaded in time. Its report is under Audience → Profiles → Import history.',
			},
		]);
	});

	it.each<[members: object, says: string | undefined]>([
		[{ failed_rows: 7, rows: 100 }, 'failed_rows: 7'],
		[{ statistics: { rejected: '12' } }, 'rejected: 12'],
		[{ errors: [{ row: 2 }, { row: 9 }] }, 'errors: 2'],
		[{ failures: { count: 3, rows: [2, 5, 9] } }, 'failures: 3'],
		[{ max_errors: 10, error_limit: 9, skip_invalid: 1, failures: { count: 0 } }, undefined],
		[{ rows: { total: 9, skippedRows: 1 } }, 'skippedRows: 1'],
		[{ failed: 0, errors: [], error: null, last_failed_at: 1767268800, error_code: 7 }, undefined],
		[{ rows: 100, imported: 100 }, undefined],
	])('is completed, but not without a word, where the result holds %j', (members, says) => {
		const look = { look: { status: 'completed', result: { status: 'completed', ...members } } };
		const [output] = outputAfter([look]);
		expect(output?.status).toBe('completed');
		expect(output?.message).toBe(
			says &&
				`APSIS One says that the import has completed, with ${says}. Its report is under Audience → Profiles → Import history.`,
		);
	});

	it.each<[word: string, outcome: string, message: string | undefined]>([
		['COMPLETED', 'completed', undefined],
		['finished', 'completed', undefined],
		['Done', 'completed', undefined],
		['success', 'completed', undefined],
		[
			'completed_with_errors',
			'completed',
			'APSIS One says "completed_with_errors": some rows were not imported. Its report is under Audience → Profiles → Import history.',
		],
		[
			'Partially Completed',
			'completed',
			'APSIS One says "Partially Completed": some rows were not imported. Its report is under Audience → Profiles → Import history.',
		],
		[
			'failed',
			'error',
			'APSIS One says "failed": the import did not complete. Its report is under Audience → Profiles → Import history.',
		],
		[
			'CANCELED',
			'error',
			'APSIS One says "CANCELED": the import did not complete. Its report is under Audience → Profiles → Import history.',
		],
		[
			'cancelled',
			'error',
			'APSIS One says "cancelled": the import did not complete. Its report is under Audience → Profiles → Import history.',
		],
		[
			'Expired',
			'uploadExpired',
			'The file never arrived, and the upload URL has expired. Request the import again.',
		],
	])('is what %s says, with the word itself', (word, outcome, message) => {
		const [output] = outputAfter([status('In Progress'), status(word)]);
		expect(output).toMatchObject({
			status: outcome,
			apsisOneStatus: word,
			result: { status: word },
			waitedSeconds: 120,
		});
		expect(output?.message).toBe(message);
	});

	it.each([
		'In Progress',
		'in-progress',
		'reticulating',
		'validating',
		'not_completed',
		'failing_over',
	])('is not %s, which is shown as it is', (word) => {
		const looks = Array.from({ length: 5 }, () => status(word));
		expect(outputAfter(looks, { maxWaitMs: 5 * MINUTE })).toMatchObject([
			{ status: 'timedOut', result: { status: word } },
		]);
	});

	it('is timedOut for one that is stuck, telling of the last fault if there was one', () => {
		const stuck = Array.from({ length: 5 }, () => status('in_progress'));
		expect(outputAfter(stuck, { maxWaitMs: 5 * MINUTE })).toMatchObject([
			{ status: 'timedOut', message: 'Maximum Wait has passed. The import may still complete.' },
		]);
		expect(
			outputAfter([...stuck.slice(1), { fault: 'No way.' }], { maxWaitMs: 5 * MINUTE }),
		).toMatchObject([
			{
				message:
					'Maximum Wait has passed. The import may still complete. The last status check failed: No way.',
			},
		]);
	});

	it('does not come from a fault, nor from a 404 of the first moments', () => {
		expect(outputAfter([{ fault: 'x' }, { fault: 'y' }, status('completed')])).toMatchObject([
			{ status: 'completed' },
		]);
		expect(outputAfter([{ notFound: true }, status('completed')])).toMatchObject([
			{ status: 'completed' },
		]);
	});

	it('comes from a 404 that lasts', () => {
		expect(outputAfter([{ notFound: true }, { notFound: true }])).toMatchObject([
			{ status: 'error', message: 'APSIS One has no import with this ID in this section.' },
		]);
	});
});

describe('what comes out', () => {
	const imports = () => [entry(), entry({ importId: 'i-2', item: 1 })];
	const endings = (emit: Watch['emit']) => {
		const watch = watching({ emit, imports: imports() });
		const [first, second] = watch.imports;
		if (first) noteLook(watch, first, status('completed'), START);
		if (second) noteLook(watch, second, status('error'), START);
		return outputsOf(watch).map(({ json, pairedItem }) => [
			json.importId,
			json.status,
			pairedItem.item,
		]);
	};

	it.each<[Watch['emit'], unknown[]]>([
		[
			'all',
			[
				['i-1', 'completed', 0],
				['i-2', 'error', 1],
			],
		],
		['whenCompleted', []],
		[
			'whenFailed',
			[
				['i-1', 'completed', 0],
				['i-2', 'error', 1],
			],
		],
		['allOrNothing', []],
	])('is chosen by %s', (emit, expected) => {
		expect(endings(emit)).toEqual(expected);
	});
});

it('looks at growing intervals, from 10 seconds to 5 minutes, and never past the end', () => {
	const delays = Array.from(
		{ length: 14 },
		(_, looks) => nextDelayMs(watching({ looks, maxWaitMs: 1e9 }), START) / 1000,
	);
	expect(delays.slice(0, 5).map(Math.round)).toEqual([10, 10, 14, 20, 27]);
	expect(delays.at(-1)).toBe(300);
	expect(nextDelayMs(watching({ looks: 9, maxWaitMs: 30_000 }), START + 25_000)).toBe(5_000);
});
