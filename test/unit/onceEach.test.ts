import { type IExecuteFunctions, sleep } from 'n8n-workflow';

import { isFirst } from '../../nodes/ApsisOne/waiting/onceEach';

/**
 * n8n's memory of what was processed (packages/cli, `DeduplicationHelper`): it reads a row, and writes it in a second
 * step. The first row is an insert, which fails when another one came in between.
 */
class Memory {
	private row: string[] | undefined;
	failures = 0;

	readonly context = {
		getExecutionCancelSignal: () => undefined,
		helpers: {
			checkProcessedAndRecord: async ([key = '']: string[]) => {
				const read = this.row && [...this.row];
				await sleep(1);
				if (!read && this.row) {
					this.failures++;
					throw new Error('UNIQUE constraint failed: processed_data.workflowId');
				}
				const isKnown = read?.includes(key) ?? false;
				this.row = isKnown ? (read ?? []) : [...(read ?? []), key];
				return isKnown ? { new: [], processed: [key] } : { new: [key], processed: [] };
			},
		},
	} as unknown as IExecuteFunctions;

	/** What another process does at the same moment. */
	async takeBeside(key: string): Promise<void> {
		await this.context.helpers.checkProcessedAndRecord([key], 'node', { mode: 'entries' });
	}

	get keys(): string[] {
		return [...(this.row ?? [])].sort();
	}
}

it('lets every import through once, however many come at one moment', async () => {
	const memory = new Memory();
	const keys = Array.from({ length: 8 }, (_, index) => `import ${index}`);
	const first = await Promise.all(keys.map(async (key) => await isFirst(memory.context, key)));
	expect(first).toEqual(keys.map(() => true));
	expect(memory.failures).toBe(0);
	expect(memory.keys).toEqual(keys);
	const again = await Promise.all(keys.map(async (key) => await isFirst(memory.context, key)));
	expect(again).toEqual(keys.map(() => false));
});

it('tries again where another process was quicker, and forgets nothing', async () => {
	const memory = new Memory();
	const [, isNew] = await Promise.all([
		memory.takeBeside('theirs'),
		isFirst(memory.context, 'ours'),
	]);
	expect(isNew).toBe(true);
	expect(memory.failures).toBe(1);
	expect(memory.keys).toEqual(['ours', 'theirs']);
});

it('says that n8n failed, and goes on with the next', async () => {
	const memory = new Memory();
	const broken = {
		...memory.context,
		helpers: {
			checkProcessedAndRecord: async () => await Promise.reject(new Error('disk is full')),
		},
	} as unknown as IExecuteFunctions;
	await expect(isFirst(broken, 'a')).rejects.toMatchObject({
		message: 'n8n could not note in its database which import this is',
		description: expect.stringContaining('disk is full') as string,
	});
	expect(await isFirst(memory.context, 'b')).toBe(true);
});
