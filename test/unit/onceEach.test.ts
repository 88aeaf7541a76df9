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
			checkProcessedAndRecord: async ([key = '']: string[]) => await this.record(key, 1),
		},
	} as unknown as IExecuteFunctions;

	/** @param writeMs how long it takes from reading to writing */
	private async record(key: string, writeMs: number) {
		const read = this.row && [...this.row];
		await sleep(writeMs);
		if (!read && this.row) {
			this.failures++;
			throw new Error('UNIQUE constraint failed: processed_data.workflowId');
		}
		const isKnown = read?.includes(key) ?? false;
		this.row = isKnown ? (read ?? []) : [...(read ?? []), key];
		return isKnown ? { new: [], processed: [key] } : { new: [key], processed: [] };
	}

	/** What another process does at the same moment. */
	async takeBeside(key: string, writeMs = 1): Promise<void> {
		await this.record(key, writeMs);
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

it('is not forgotten where another process, which began to write before, writes after', async () => {
	const memory = new Memory();
	await isFirst(memory.context, 'earlier');
	// Its write takes away what was recorded while it went on; the second look records that again.
	const theirs = memory.takeBeside('theirs', 10);
	const slow = slowAfterFirst(memory.context, 20);
	expect(await isFirst(slow, 'ours')).toBe(true);
	await theirs;
	expect(memory.keys).toEqual(['earlier', 'ours', 'theirs']);
	expect(await isFirst(memory.context, 'ours')).toBe(false);
});

/** n8n's memory, on whose second answer a process waits until others have written. */
function slowAfterFirst(context: IExecuteFunctions, ms: number): IExecuteFunctions {
	let asked = 0;
	const ask: IExecuteFunctions['helpers']['checkProcessedAndRecord'] = async (...parts) => {
		if (asked++ > 0) await sleep(ms);
		return await context.helpers.checkProcessedAndRecord(...parts);
	};
	return { ...context, helpers: { checkProcessedAndRecord: ask } } as unknown as IExecuteFunctions;
}

it('says that n8n failed, and goes on with the next', async () => {
	const memory = new Memory();
	const broken = {
		...memory.context,
		helpers: {
			checkProcessedAndRecord: async () => await Promise.reject(new Error('disk is full')),
		},
	} as unknown as IExecuteFunctions;
	await expect(isFirst(broken, 'a')).rejects.toMatchObject({
		message: 'n8n could not record this import in its database',
		description: expect.stringContaining('disk is full') as string,
	});
	expect(await isFirst(memory.context, 'b')).toBe(true);
});
