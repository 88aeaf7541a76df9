import { importRows, jsonOf, subscription } from '../support/workflows';
import { useFastClock } from '../support/fastClock';
import { useLocalApsisOne } from '../support/localApsisOne';

// Slow enough for this process to answer 90 calls in one of its seconds.
useFastClock(2);
const apsisOne = useLocalApsisOne();

it('a thousand profiles are read back with less than 90 calls a second', async () => {
	const rows = Array.from({ length: 1_500 }, (_, index) => ({
		email: `person${index}@example.com`,
		'First name': `Name ${index}`,
		newsletter: 'yes',
	}));
	const run = await importRows(apsisOne, rows, {
		waitForCompletion: true,
		subscriptions: { values: [subscription()] },
		options: { checkProfiles: 1_000 },
	});
	expect(jsonOf(run)).toMatchObject([{ check: { rows: 1_000, asSent: 1_000 } }]);
	const times = apsisOne.calls.filter(({ call }) => call === 'profile').map(({ at }) => at);
	const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
	expect(2_000 / seconds).toBeLessThan(90);
	// A machine that was held up may send a few at once, which are refused and repeated.
	expect(times.length).toBeLessThan(2_100);
});
