const { createHash } = require('node:crypto');
const esbuild = require('esbuild');

/** Jest transformer: TypeScript through the bundler the package is built with. */
module.exports = {
	process(source, file) {
		const { code } = esbuild.transformSync(source, {
			loader: 'ts',
			format: 'cjs',
			target: 'node20',
			sourcemap: 'inline',
			sourcefile: file,
		});
		return { code };
	},
	getCacheKey(source, file) {
		return createHash('sha256').update(esbuild.version).update(file).update(source).digest('hex');
	},
};
