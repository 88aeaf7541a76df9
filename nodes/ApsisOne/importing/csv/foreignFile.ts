/** A file that is not CSV, in words that fit into "… is …, not a CSV file". */
export interface ForeignFile {
	what: string;
	cure: string;
}

const EXTRACT_XLSX =
	'Put an Extract from File node with the operation Extract From XLSX before this one and set Input to Items, or save the file as CSV UTF-8.';
const DECOMPRESS =
	'Put a Compression node with the operation Decompress before this one and import the CSV file that comes out.';
const EXPORT_CSV = 'Export the data as CSV, and check which file the node before this one outputs.';
const EXTRACT_JSON =
	'Put an Extract from File node with the operation Extract From JSON before this one and set Input to Items.';
const WEB_PAGE_CURE =
	'The download may have led to a login or error page. Open the address in a browser, and check the credentials of the node before this one.';

const WORKBOOK: ForeignFile = { what: 'an Excel workbook', cure: EXTRACT_XLSX };
const ZIP: ForeignFile = { what: 'a zip archive', cure: DECOMPRESS };
const OLD_EXCEL: ForeignFile = {
	what: 'an Excel workbook of the old kind (XLS)',
	cure: EXTRACT_XLSX.replace('XLSX', 'XLS'),
};
const IMAGE: ForeignFile = { what: 'an image', cure: EXPORT_CSV };

/** First bytes, as Latin-1 text (sources: the formats' own specifications, as `file` lists them). */
const BY_FIRST_BYTES: ReadonlyArray<[string, ForeignFile]> = [
	['\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1', OLD_EXCEL],
	['\x1F\x8B', { what: 'compressed with gzip', cure: DECOMPRESS }],
	['BZh', { what: 'compressed with bzip2', cure: EXPORT_CSV }],
	['7z\xBC\xAF\x27\x1C', { what: 'a 7-Zip archive', cure: EXPORT_CSV }],
	['Rar!\x1A\x07', { what: 'a RAR archive', cure: EXPORT_CSV }],
	['\xFD7zXZ\x00', { what: 'compressed with xz', cure: EXPORT_CSV }],
	['\x28\xB5\x2F\xFD', { what: 'compressed with Zstandard', cure: EXPORT_CSV }],
	['%PDF-', { what: 'a PDF document', cure: EXPORT_CSV }],
	['{\\rtf', { what: 'a Rich Text document', cure: EXPORT_CSV }],
	['PAR1', { what: 'a Parquet file', cure: EXPORT_CSV }],
	['SQLite format 3\x00', { what: 'an SQLite database', cure: EXPORT_CSV }],
	['\x89PNG\r\n', IMAGE],
	['\xFF\xD8\xFF', IMAGE],
	['GIF8', IMAGE],
	['II*\x00', IMAGE],
	['MM\x00*', IMAGE],
];

const BY_FIRST_TEXT: ReadonlyArray<[RegExp, ForeignFile]> = [
	[/^<\?xml/i, { what: 'an XML document', cure: EXPORT_CSV }],
	[/^<(!doctype|!--|html|head|body|table|meta)/i, { what: 'a web page', cure: WEB_PAGE_CURE }],
	[/^[[{]\s*(?:[[{}\]]|"(?:[^"\\]|\\.)*"\s*[:,\]])/, { what: 'JSON', cure: EXTRACT_JSON }],
];

/**
 * Recognises what people give in place of a CSV file.
 *
 * @param head first bytes of the file
 * @param text the same as text
 */
export function recogniseForeignFile(head: Buffer, text: string): ForeignFile | undefined {
	const bytes = head.toString('latin1');
	if (['PK\x03\x04', 'PK\x05\x06'].some((start) => bytes.startsWith(start)))
		return archiveOf(bytes);
	const byBytes = BY_FIRST_BYTES.find(([start]) => bytes.startsWith(start));
	if (byBytes) return byBytes[1];
	if (/^RIFF....WEBP/s.test(bytes)) return IMAGE;
	const trimmed = text.trimStart();
	return BY_FIRST_TEXT.find(([start]) => start.test(trimmed))?.[1] ?? binaryOf(text);
}

/** Office documents are zip archives that begin with parts of known names. */
function archiveOf(bytes: string): ForeignFile {
	if (/\[Content_Types\]\.xml|xl\/|_rels\/|docProps\//.test(bytes)) {
		return bytes.includes('word/')
			? { what: 'a Word document', cure: EXPORT_CSV }
			: { ...WORKBOOK, what: 'an Excel workbook (XLSX)' };
	}
	if (bytes.includes('opendocument.spreadsheet')) {
		return { what: 'an OpenDocument spreadsheet', cure: EXTRACT_XLSX.replace('XLSX', 'ODS') };
	}
	return ZIP;
}

/** Text has next to no control characters. */
function binaryOf(text: string): ForeignFile | undefined {
	const sample = text.slice(0, 4_096);
	// eslint-disable-next-line no-control-regex -- control characters are what it looks for
	const controls = sample.match(/[\u0000-\u0008\u000E-\u001A\u001C-\u001F]/g)?.length ?? 0;
	if (controls * 20 <= sample.length) return undefined;
	return { what: 'not text', cure: EXPORT_CSV };
}
