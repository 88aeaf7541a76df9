/** Unit and integration tests; `test/e2e` (real n8n) has its own configuration in that folder. */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
	transform: { '^.+\\.ts$': '<rootDir>/test/support/esbuildTransformer.js' },
	globalSetup: '<rootDir>/test/support/temporaryFolder/create.js',
	globalTeardown: '<rootDir>/test/support/temporaryFolder/remove.js',
	testTimeout: 30_000,
	// Most suites wait, for timers and for the local APSIS One: more of them than processors run side by side.
	maxWorkers: 4,
};
