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
const TO_FILE =
	'Put a Convert to File node with the operation Move Base64 String to File before this one.';
const WEB_PAGE_CURE =
	'The download may have led to a login or error page. Open the address in a browser, and check the credentials of the node before this one.';

const WORKBOOK: ForeignFile = { what: 'an Excel workbook', cure: EXTRACT_XLSX };
const ZIP: ForeignFile = { what: 'a zip archive', cure: DECOMPRESS };
const OLD_EXCEL: ForeignFile = {
	what: 'an Excel workbook of the old kind (XLS)',
	cure: EXTRACT_XLSX.replace('XLSX', 'XLS'),
};
const TAR: ForeignFile = { what: 'a tar archive', cure: EXPORT_CSV };
/** Where the header of a tar archive names itself (POSIX ustar). */
const TAR_MARK_AT = 257;
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
	['\x00\x01\x00\x00Standard ', { what: 'an Access database', cure: EXPORT_CSV }],
	['ID;PWXL', { what: 'a SYLK spreadsheet', cure: EXPORT_CSV }],
	['ID;PSCALC', { what: 'a SYLK spreadsheet', cure: EXPORT_CSV }],
	['\x89PNG\r\n', IMAGE],
	['\xFF\xD8\xFF', IMAGE],
	['GIF8', IMAGE],
	['II*\x00', IMAGE],
	['MM\x00*', IMAGE],
];

const BY_FIRST_TEXT: ReadonlyArray<[RegExp, ForeignFile]> = [
	[/^<\?xml/i, { what: 'an XML document', cure: EXPORT_CSV }],
	[
		/^<(!--|(?:!doctype|html|head|body|div|p|table|meta|script|style|center|h1|font|span)\b)/i,
		{ what: 'a web page', cure: WEB_PAGE_CURE },
	],
	[/^<[a-z][\w:.-]*(\s[^<>]*)?>/i, { what: 'an XML document', cure: EXPORT_CSV }],
	[/^BEGIN:VCARD/i, { what: 'a vCard file', cure: EXPORT_CSV }],
	[/^BEGIN:VCALENDAR/i, { what: 'a calendar file', cure: EXPORT_CSV }],
	[
		/^(?:(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|MIME-Version|Content-Type|Message-ID): .*\r?\n){2}/i,
		{ what: 'an email message', cure: EXPORT_CSV },
	],
	[
		/^(?:(?:--|\/\*).*\s+)*(?:INSERT INTO|CREATE (?:TABLE|DATABASE)|DROP TABLE|SET NAMES|USE `)/i,
		{ what: 'an SQL script', cure: EXPORT_CSV },
	],
	[/^-----BEGIN PGP /, { what: 'encrypted with PGP', cure: EXPORT_CSV }],
	[/^version https:\/\/git-lfs/, { what: 'a Git LFS pointer', cure: EXPORT_CSV }],
	[/^data:[\w.+-]+\/[\w.+-]+[;,]/i, { what: 'a data URL', cure: TO_FILE }],
	[
		/^(?:[A-Za-z0-9+/]{4}){10,}[A-Za-z0-9+/\r\n]*={0,2}\s*$/,
		{ what: 'Base64 text', cure: TO_FILE },
	],
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
	if (['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].some((start) => bytes.startsWith(start)))
		return archiveOf(bytes);
	const byBytes = BY_FIRST_BYTES.find(([start]) => bytes.startsWith(start));
	if (byBytes) return byBytes[1];
	if (/^RIFF....WEBP/s.test(bytes)) return IMAGE;
	if (bytes.startsWith('ustar', TAR_MARK_AT)) return TAR;
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
	if (/Index\/\w+\.iwa|Index\.zip/.test(bytes)) {
		return { what: 'an Apple Numbers or Pages document', cure: EXPORT_CSV };
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
