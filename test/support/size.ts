/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs under jest, never in n8n */

/** One of two sizes: that of the quick run (`npm test`), or that of `npm run test:scale` (`jest.scale.config.js`). */
export function sized(quick: number, full: number): number {
	return process.env.TEST_SIZE === 'full' ? full : quick;
}
