import { readRetryAfterMs, retryDelayMs } from '../../nodes/ApsisOne/transport/retryPolicy';

const NOW = Date.parse('2026-01-01T12:00:00Z');

it.each<[value: unknown, milliseconds: number | undefined]>([
	['0', 0],
	['120', 120_000],
	[' 7 ', 7_000],
	[5, 5_000],
	['1.5', 1_500],
	['5s', 5_000],
	['5 seconds', 5_000],
	['Thu, 01 Jan 2026 12:00:10 GMT', 10_000],
	['2026-01-01T12:00:10Z', 10_000],
	['1767268810', 10_000],
	['1767268810000', 10_000],
	['Thu, 01 Jan 2026 11:00:00 GMT', 0],
	// What JavaScript would read as some date in the past, which means at once.
	['-5', undefined],
	['5, 10', undefined],
	['PT5S', undefined],
	['soon', undefined],
	['', undefined],
	[['5'], undefined],
	[undefined, undefined],
])('Retry-After %j is %s milliseconds', (value, milliseconds) => {
	expect(readRetryAfterMs(value, NOW)).toBe(milliseconds);
});

it.each(['0', '0.001', 'Thu, 01 Jan 2026 11:00:00 GMT', '-5', 'soon', undefined])(
	'tries are apart, and ever more so, whatever Retry-After says (%j)',
	(value) => {
		for (const attempt of [1, 2, 3, 4]) {
			expect(retryDelayMs(attempt, value, NOW)).toBeGreaterThanOrEqual(250 * 2 ** (attempt - 1));
		}
	},
);

it.each([
	['3', 3_000],
	['Thu, 01 Jan 2026 12:00:03 GMT', 3_000],
	['86400', 120_000],
])('Retry-After %j is honoured, for two minutes at most', (value, milliseconds) => {
	expect(retryDelayMs(1, value, NOW)).toBe(milliseconds);
});
