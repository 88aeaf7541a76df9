import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import type { ImportFigures } from '../../importing/output/summary';
import { pairedFiles } from '../../importing/output/unsentRows';
import type { RowSet } from '../../importing/rows/rowSet';
import type { SendOutcome, SentImport } from '../../importing/sending/sendFiles';
import type { PreparedImport } from './prepareImport';

/** One item for each import, or one that says that there is none. */
export function sentItems(
	{ plan: { settings, keyspace }, preparation, input }: PreparedImport,
	{ sent }: SendOutcome,
	figures: ImportFigures,
	binary: IBinaryKeyData | undefined,
): INodeExecutionData[] {
	const { valuesLeftOut } = preparation.sink;
	const shared: IDataObject = {
		...figures,
		...(valuesLeftOut.length > 0 ? { leftOut: [...valuesLeftOut] } : {}),
		section: settings.section,
		keyspace: keyspace.discriminator,
	};
	const items = sent.map((one, index) => ({
		json: { ...shared, ...importJson(one, index, sent.length) },
		pairedItem: input.files
			? pairedFiles(input.fields.items)
			: [...one.file.rowIndexes].map((item) => ({ item })),
	}));
	const [first] = items;
	if (first) return [{ ...first, ...(binary ? { binary } : {}) }, ...items.slice(1)];
	return [
		{
			json: { ...shared, status: 'nothingSent' },
			pairedItem: input.fields.items.map((_, item) => ({ item })),
		},
	];
}

function importJson(
	{ importId, requestedAt, uploadExpiresAt, file }: SentImport,
	index: number,
	parts: number,
): IDataObject {
	return {
		importId,
		status: 'uploaded',
		rows: file.rows,
		optIns: file.optIns,
		optOuts: file.optOuts,
		resubscribes: file.resubscribes,
		part: index + 1,
		parts,
		bytes: file.bytes,
		requestedAt,
		uploadExpiresAt,
	};
}

/** Each item that was sent, as it came in, with the import it went into. */
export function sentRowItems(
	context: IExecuteFunctions,
	{ sent }: SendOutcome,
	unsent: RowSet,
): INodeExecutionData[] {
	return context.getInputData().flatMap((item, index) => {
		if (unsent.has(index)) return [];
		const parts = [...sent.keys()].filter((part) => sent[part]?.file.rowIndexes.has(index));
		const importIds = parts.flatMap((part) => sent[part]?.importId ?? []);
		if (importIds[0] === undefined) return [];
		const json = {
			...item.json,
			importId: importIds[0],
			part: (parts[0] ?? 0) + 1,
			// An opt-in and an opt-out of one item go into two imports.
			...(importIds.length > 1 ? { importIds } : {}),
		};
		return [{ ...item, json, pairedItem: { item: index } }];
	});
}
