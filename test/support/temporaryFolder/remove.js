const { rmSync } = require('node:fs');

/** After all suites. */
module.exports = () => {
	rmSync(process.env.TMPDIR, { recursive: true, force: true });
};
