import { ApsisOne, type ApsisOneOptions } from '../apsisOne';

/** A local APSIS One for the tests of one file: started before them, fresh for each, closed after them. */
export function useLocalApsisOne(options: ApsisOneOptions = {}): ApsisOne {
	const apsisOne = new ApsisOne(options);
	beforeAll(async () => {
		await apsisOne.start();
	});
	beforeEach(() => apsisOne.reset());
	afterAll(async () => await apsisOne.close());
	return apsisOne;
}
