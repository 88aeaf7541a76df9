/* eslint-disable @n8n/community-nodes/no-restricted-imports -- the stand-in runs on the developer's machine, never in n8n */
import busboy from 'busboy';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { Answer } from './http';

/** A file as it arrived. */
export interface UploadedFile {
	name: string;
	bytes: number;
	sha256: string;
	/** Its bytes, unless the server was told not to keep them. */
	chunks: Buffer[];
}

interface Form {
	fields: Array<[name: string, value: string]>;
	file?: UploadedFile;
	/** Fields that came after the file; S3 ignores them, and we call it a mistake. */
	late: string[];
	isTooLarge: boolean;
}

/** An XML refusal like S3's (contract: Profile import v2, step 3). */
export function s3Error(status: number, code: string, message: string): Answer {
	return {
		status,
		headers: { 'content-type': 'application/xml' },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>LOCAL</RequestId></Error>`,
	};
}

/** What can be refused before the body is read. */
export function refuseHeaders(request: IncomingMessage): Answer | undefined {
	const { headers } = request;
	if (headers.authorization) {
		return s3Error(
			400,
			'InvalidArgument',
			'Only one auth mechanism allowed; unsupported Authorization type',
		);
	}
	if (!headers['content-length']) {
		return s3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
	}
	if (!/^multipart\/form-data;/i.test(headers['content-type'] ?? '')) {
		return s3Error(
			412,
			'PreconditionFailed',
			'Bucket POST must be of the enclosure-type multipart/form-data',
		);
	}
	return undefined;
}

/** Reads a form, its file as a stream of chunks. */
export async function readForm(
	request: IncomingMessage,
	maxFileBytes: number,
	keep: boolean,
): Promise<Form> {
	const form: Form = { fields: [], late: [], isTooLarge: false };
	const parser = busboy({ headers: request.headers, limits: { fieldSize: 1_000_000 } });
	return await new Promise<Form>((resolve, reject) => {
		parser.on('field', (name, value) => {
			if (form.file) form.late.push(name);
			else form.fields.push([name, value]);
		});
		parser.on('file', (_field, stream, { filename }) => {
			const file: UploadedFile = { name: filename ?? '', bytes: 0, sha256: '', chunks: [] };
			const hash = createHash('sha256');
			form.file = file;
			stream.on('data', (chunk: Buffer) => {
				file.bytes += chunk.length;
				form.isTooLarge ||= file.bytes > maxFileBytes;
				hash.update(chunk);
				if (keep && !form.isTooLarge) file.chunks.push(chunk);
			});
			stream.on('end', () => {
				file.sha256 = hash.digest('hex');
			});
		});
		parser.on('close', () => resolve(form));
		parser.on('error', reject);
		request.on('error', reject);
		request.on('aborted', () => reject(new Error('aborted')));
		request.pipe(parser);
	});
}

/** Refuses a form that is not exactly the one that was handed out. */
export function refuseForm(
	form: Form,
	expected: Readonly<Record<string, string>>,
	maxFileBytes: number,
): Answer | undefined {
	if (!form.file)
		return s3Error(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
	if (form.isTooLarge) {
		return s3Error(
			400,
			'EntityTooLarge',
			`Your proposed upload exceeds the maximum allowed size of ${maxFileBytes}`,
		);
	}
	if (form.late.length > 0) {
		return s3Error(400, 'InvalidArgument', `Field ${form.late[0]} stands after the file.`);
	}
	if (form.fields.map(([name]) => name).join() !== Object.keys(expected).join()) {
		return s3Error(
			403,
			'AccessDenied',
			'Invalid according to Policy: Extra or missing input fields',
		);
	}
	const changed = form.fields.find(([name, value]) => expected[name] !== value);
	if (changed) {
		return s3Error(
			403,
			'SignatureDoesNotMatch',
			'The request signature we calculated does not match the signature you provided.',
		);
	}
	return form.file.name ? undefined : s3Error(400, 'InvalidArgument', 'The file has no name.');
}
