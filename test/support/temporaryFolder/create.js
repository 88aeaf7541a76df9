const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * Before all suites: one folder for all that they write into the system's temporary folder. Jest's workers are ended without
 * an `exit` event, so that nothing in them can clean up, and suites of full size leave hundreds of megabytes.
 */
module.exports = () => {
	process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'apsis-tests-'));
};
