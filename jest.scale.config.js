/**
 * `npm run test:scale`: suites that move millions of rows or wait for long, and those of the quick run that have sizes
 * (`test/support/size.ts`), at full size.
 */
process.env.TEST_SIZE = 'full';

module.exports = {
	...require('./jest.config.js'),
	testMatch: [
		'<rootDir>/test/**/*.scale.ts',
		'<rootDir>/test/integration/{properties,singleProfile}.test.ts',
		'<rootDir>/test/unit/csv.test.ts',
	],
	testTimeout: 120_000,
	// These fill processors and memory.
	maxWorkers: '50%',
};
