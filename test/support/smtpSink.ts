/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on the developer's machine, never in n8n */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A mail server that takes every mail and sends none (RFC 5321, as much as a client without sign-in needs). */
export interface SmtpSink {
	port: number;
	/** The mails as they came, headers included. */
	mails: string[];
	close(): Promise<void>;
}

/** The members of n8n's credential SMTP for a sink. */
export function smtpCredential({ port }: SmtpSink) {
	return {
		host: '127.0.0.1',
		port,
		secure: false,
		disableStartTls: true,
		user: '',
		password: '',
	};
}

export async function startSmtpSink(): Promise<SmtpSink> {
	const mails: string[] = [];
	const server = createServer((socket) => converse(socket, mails));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	return {
		port: typeof address === 'object' && address ? address.port : 0,
		mails,
		close: async () => {
			server.close();
			await once(server, 'close');
		},
	};
}

function converse(socket: Socket, mails: string[]): void {
	let mail: string[] | undefined;
	let rest = '';
	const say = (line: string) => socket.write(`${line}\r\n`);
	socket.setEncoding('utf8');
	say('220 local');
	socket.on('data', (text: string) => {
		const lines = (rest + text).split('\r\n');
		rest = lines.pop() ?? '';
		for (const line of lines) {
			if (mail && line === '.') {
				mails.push(mail.join('\n'));
				mail = undefined;
				say('250 taken');
			} else if (mail) mail.push(line);
			else if (/^DATA/i.test(line)) {
				mail = [];
				say('354 go on');
			} else if (/^QUIT/i.test(line)) {
				say('221 bye');
				socket.end();
			} else say('250 ok');
		}
	});
	// A client may leave without a word.
	socket.on('error', () => socket.destroy());
}
