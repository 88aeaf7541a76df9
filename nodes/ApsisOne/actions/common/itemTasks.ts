import { NodeApiError, NodeOperationError, sleep } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { outputsErrors } from '../../aiTool';
import { ApsisOneError } from '../../errors';
import { isCancelled } from '../../transport/pause';
import { RowSet } from '../../importing/rows/rowSet';
import { isAnswerLost } from '../../transport/apiRequest';
import { earlierTriesOf } from './earlierTries';
import { errorJson, toNodeError } from './toNodeError';

/** Tasks under way at once. */
const MAX_LANES = 8;
/** Items checked between two looks at the event loop, so that n8n stays alive. */
const BATCH_ITEMS = 200;

const NOTHING_SENT = 'Nothing was sent.';

type NodeError = NodeApiError | NodeOperationError;

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
	/** What is handed on for them. */
	failed: Map<number, IDataObject>;
}

/**
 * Checks all items, then sends them: nothing has an effect while an item may still stop the run.
 *
 * @param check prepares what is to be sent for an item; throws for an invalid one
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
 * Checks every item that an earlier try of Retry On Fail has not sent. With "Continue on Fail" bad ones are noted.
 *
 * @throws without it, at the first bad one
 */
export async function checkItems<T>(
	context: IExecuteFunctions,
	check: (itemIndex: number) => Promise<T>,
): Promise<CheckedItems<T>> {
	const { done, unclear } = earlierTriesOf(context);
	const checked: CheckedItems<T> = { good: [], failed: new Map(unclear) };
	for (const itemIndex of context.getInputData().keys()) {
		if (done.has(itemIndex) || unclear.has(itemIndex)) continue;
		if (itemIndex % BATCH_ITEMS === BATCH_ITEMS - 1) await sleep(0);
		if (isCancelled(context)) throw new ApsisOneError('The execution was cancelled', NOTHING_SENT);
		try {
			checked.good.push({ itemIndex, value: await check(itemIndex) });
		} catch (error) {
			// What APSIS One refuses here are the lists that all items need.
			const isOfItem = !(error instanceof NodeApiError);
			const named = isOfItem ? [itemIndex] : [];
			const nodeError = toNodeError(context, error);
			if (!outputsErrors(context)) throw withItems(nodeError, named, isOfItem ? NOTHING_SENT : '');
			checked.failed.set(itemIndex, failedJson(nodeError, named));
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
	failed: Map<number, IDataObject>,
): Promise<INodeExecutionData[][]> {
	const { done: results, unclear } = earlierTriesOf(context);
	if (unclear.size > 0 && !outputsErrors(context)) throw stillUnclear(context, unclear, results);
	const failures: Array<{ nodeError: NodeError; itemIndexes: readonly number[] }> = [];
	const runTask = async ({ itemIndexes, send }: Task) => {
		try {
			const sent = await send();
			itemIndexes.forEach((itemIndex, index) => results.set(itemIndex, sent[index] ?? []));
		} catch (error) {
			const nodeError = toNodeError(context, error);
			if (!outputsErrors(context)) failures.push({ nodeError, itemIndexes });
			for (const itemIndex of itemIndexes) {
				failed.set(itemIndex, failedJson(nodeError, itemIndexes));
				if (isAnswerLost(error)) unclear.set(itemIndex, failedJson(nodeError, itemIndexes));
			}
		}
	};

	const waiting = bySubject(tasks).values();
	const lane = async () => {
		for (const ofSubject of waiting) {
			for (const task of ofSubject) {
				if (failures.length > 0 || isCancelled(context)) return;
				await runTask(task);
			}
		}
	};
	await Promise.all(Array.from({ length: MAX_LANES }, lane));

	const [failure] = failures;
	const done = doneSentence(results);
	if (failure) {
		const sentence = context.getInputData().length > 1 ? done : '';
		throw withItems(failure.nodeError, failure.itemIndexes, sentence);
	}
	if (isCancelled(context)) throw new ApsisOneError('The execution was cancelled', done);
	return [toOutput(context, results, failed)];
}

/** Another try must not do again what may have been done: it ends as the one before. */
function stillUnclear(
	context: IExecuteFunctions,
	unclear: ReadonlyMap<number, IDataObject>,
	results: ReadonlyMap<number, IDataObject[]>,
): NodeOperationError {
	const [[itemIndex, { error, message }] = [0, {} as IDataObject]] = unclear;
	const description = `${String(message)} ${doneSentence(results)}`;
	return new NodeOperationError(context.getNode(), String(error), { itemIndex, description });
}

function doneSentence(results: ReadonlyMap<number, IDataObject[]>): string {
	return `Items completed before that: ${rangesOf([...results.keys()]) || 'none'}.`;
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
	failed: ReadonlyMap<number, IDataObject>,
): INodeExecutionData[] {
	return [...context.getInputData().keys()].flatMap((item) => {
		const failure = failed.get(item);
		const jsons = failure ? [failure] : (results.get(item) ?? []);
		return jsons.map((json) => ({ json, pairedItem: { item } }));
	});
}

/** An error may be that of several items (a list that all of them need), so it is left as it is. */
function failedJson(
	{ message, description }: NodeError,
	itemIndexes: readonly number[],
): IDataObject {
	return errorJson({ message: nameItems(message, itemIndexes), description });
}

/** The error that ends the node, with the items it is about and a further sentence. */
function withItems(
	nodeError: NodeError,
	itemIndexes: readonly number[],
	sentence: string,
): NodeError {
	nodeError.message = nameItems(nodeError.message, itemIndexes);
	if (itemIndexes[0] !== undefined) nodeError.context.itemIndex = itemIndexes[0];
	const before = (nodeError.description ?? '').replace(/([^.!?])$/, '$1.');
	nodeError.description = [before, sentence].filter(Boolean).join(' ');
	return nodeError;
}

/** Lets a sentence say which items it is about. */
function nameItems(message: string, itemIndexes: readonly number[]): string {
	if (itemIndexes.length === 0 || message.startsWith('[Item')) return message;
	return `[${itemIndexes.length > 1 ? 'Items' : 'Item'} ${rangesOf(itemIndexes)}] ${message}`;
}

/** E.g. `0–4, 7`. */
function rangesOf(itemIndexes: readonly number[]): string {
	const set = new RowSet();
	for (const itemIndex of [...itemIndexes].sort((one, other) => one - other)) set.add(itemIndex);
	return [...set.ranges()]
		.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`))
		.join(', ');
}
