import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import { handsOnErrors } from '../asTool';
import { ApsisOneError } from '../errors';
import { isCancelled } from '../transport/pause';
import { toNodeError } from './toNodeError';

/** Tasks under way at once. */
const MAX_LANES = 8;

type Told = NodeApiError | NodeOperationError;

/** Work that has been checked: what is left is to send it. */
export interface Task {
	/** The items it serves. */
	itemIndexes: readonly number[];
	/** What it is about: tasks about one thing are sent one after the other, in the order of the items. */
	subject: string;
	/** @returns the results for each of the items */
	send(): Promise<IDataObject[][]>;
}

/** Items that have been checked, and those that cannot be sent. */
export interface CheckedItems<T> {
	good: Array<{ itemIndex: number; value: T }>;
	failed: Map<number, Told>;
}

/**
 * Checks all items, then sends them: nothing has an effect while an item may still stop the run.
 *
 * @param check what an item takes to be sent; it throws for a bad one
 */
export async function forEachItem(
	context: IExecuteFunctions,
	check: (itemIndex: number) => Promise<{
		subject: string;
		send(): Promise<IDataObject | IDataObject[]>;
	}>,
): Promise<INodeExecutionData[][]> {
	const { good, failed } = await checkItems(context, check);
	const tasks = good.map(({ itemIndex, value: { subject, send } }) => ({
		itemIndexes: [itemIndex],
		subject,
		send: async () => [[await send()].flat()],
	}));
	return await sendTasks(context, tasks, failed);
}

/**
 * Checks every item. With "Continue on Fail" bad ones are noted.
 *
 * @throws without it, at the first bad one
 */
export async function checkItems<T>(
	context: IExecuteFunctions,
	check: (itemIndex: number) => Promise<T>,
): Promise<CheckedItems<T>> {
	const checked: CheckedItems<T> = { good: [], failed: new Map() };
	for (const itemIndex of context.getInputData().keys()) {
		try {
			checked.good.push({ itemIndex, value: await check(itemIndex) });
		} catch (error) {
			const told = toNodeError(context, nameItem(error, itemIndex));
			if (!handsOnErrors(context)) {
				throw addSentence(told, error instanceof ApsisOneError ? 'Nothing was sent.' : '');
			}
			checked.failed.set(itemIndex, told);
		}
	}
	return checked;
}

/**
 * Sends tasks, some at once. With "Continue on Fail" items that fail are handed on with the reason.
 *
 * @param failed items that failed before
 * @returns the results in the order of the items
 * @throws without it, at the first failure, saying how many items had been done
 */
export async function sendTasks(
	context: IExecuteFunctions,
	tasks: readonly Task[],
	failed: Map<number, Told>,
): Promise<INodeExecutionData[][]> {
	const results = new Map<number, IDataObject[]>();
	const failures: Told[] = [];
	const run = async ({ itemIndexes, send }: Task) => {
		try {
			const sent = await send();
			itemIndexes.forEach((itemIndex, index) => results.set(itemIndex, sent[index] ?? []));
		} catch (error) {
			const told = toNodeError(context, nameItem(error, itemIndexes[0] ?? 0));
			if (!handsOnErrors(context)) failures.push(told);
			for (const itemIndex of itemIndexes) failed.set(itemIndex, told);
		}
	};

	const waiting = bySubject(tasks).values();
	const lane = async () => {
		for (const ofSubject of waiting) {
			for (const task of ofSubject) {
				if (failures.length > 0 || isCancelled(context)) return;
				await run(task);
			}
		}
	};
	await Promise.all(Array.from({ length: MAX_LANES }, lane));

	const done = `${results.size} of ${context.getInputData().length} items had been done.`;
	const [failure] = failures;
	if (failure) throw addSentence(failure, results.size > 0 ? done : '');
	if (isCancelled(context)) throw new ApsisOneError('The execution was cancelled', done);
	return [toOutput(context, results, failed)];
}

function bySubject(tasks: readonly Task[]): Task[][] {
	const groups = new Map<string, Task[]>();
	for (const task of tasks) {
		const group = groups.get(task.subject) ?? [];
		group.push(task);
		groups.set(task.subject, group);
	}
	return [...groups.values()];
}

function toOutput(
	context: IExecuteFunctions,
	results: ReadonlyMap<number, IDataObject[]>,
	failed: ReadonlyMap<number, Told>,
): INodeExecutionData[] {
	return [...context.getInputData().keys()].flatMap((item) => {
		const told = failed.get(item);
		const jsons = told
			? [{ error: told.message, message: told.description ?? '' }]
			: (results.get(item) ?? []);
		return jsons.map((json) => ({ json, pairedItem: { item } }));
	});
}

/** Sentences about values say which item they are about. */
function nameItem(error: unknown, itemIndex: number): unknown {
	if (!(error instanceof ApsisOneError)) return error;
	const { message, description } = error;
	const named = message.startsWith('[Item') ? message : `[Item ${itemIndex}] ${message}`;
	return new ApsisOneError(named, description, itemIndex);
}

function addSentence(told: Told, sentence: string): Told {
	const before = (told.description ?? '').replace(/([^.!?])$/, '$1.');
	told.description = [before, sentence].filter(Boolean).join(' ');
	return told;
}
