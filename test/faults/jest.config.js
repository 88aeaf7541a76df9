/** The fault matrix: `npm run test:faults`, or `npx jest --config test/faults/jest.config.js -t 'upload'`. */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/**/*.faults.ts'],
	transform: { '^.+\\.ts$': '<rootDir>/../support/esbuildTransformer.js' },
	globalSetup: '<rootDir>/../support/temporaryFolder/create.js',
	globalTeardown: '<rootDir>/../support/temporaryFolder/remove.js',
	testTimeout: 60_000,
};
