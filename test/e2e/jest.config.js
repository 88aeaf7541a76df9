/** Real n8n, real browser: `npx jest --config test/e2e/jest.config.js [suite]`. One suite at a time, they are heavy. */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/**/*.e2e.ts'],
	transform: { '^.+\\.ts$': '<rootDir>/../support/esbuildTransformer.js' },
	maxWorkers: 1,
	// A fresh machine installs both n8n versions (6 minutes) in the first suite's `beforeAll`.
	testTimeout: 900_000,
};
