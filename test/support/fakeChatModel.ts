/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on the developer's machine, never in n8n */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool as the model is told of it (OpenAI: Chat Completions, `tools`). */
export interface OfferedTool {
	name: string;
	description: string;
	/** JSON Schema of the arguments. */
	parameters: {
		type: string;
		properties: Record<string, { type?: string; description?: string }>;
		required?: string[];
	};
}

/** What one request told the model. */
export interface ModelRequest {
	/** The whole body, as it came. */
	text: string;
	tools: OfferedTool[];
	/** What the tools called so far have answered, as text. */
	toolResults: string[];
}

/** One message or answer of a conversation, as much of it as is looked at here. */
interface ChatBody {
	stream?: boolean;
	tools?: Array<{ function: OfferedTool }>;
	messages: Array<{ role: string; content?: unknown }>;
}

const CALL_ID = 'call_1';

/**
 * A chat model of OpenAI's kind that does not think: it calls the one tool it is offered with the arguments it was
 * given by {@link expectCall}, and ends with a text once the tool has answered.
 *
 * It speaks `POST /v1/chat/completions`, without streaming, which n8n's *OpenAI Chat Model* uses when *Use Responses API*
 * is off.
 */
export class FakeChatModel {
	static readonly FINAL_TEXT = 'Done as you asked.';

	/** Since the last {@link expectCall}. */
	requests: ModelRequest[] = [];
	/** Everything the model was ever told. */
	readonly everythingTold: string[] = [];
	private toolArguments: object = {};
	private readonly server: Server = createServer((request, response) => {
		void this.answer(request, response);
	});

	/** Takes a free port of loopback. */
	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return this;
	}

	/** For the field Base URL of the credential. */
	get baseUrl(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	/** Forgets the requests, and has the next conversation call its tool with these arguments. */
	expectCall(toolArguments: object): void {
		this.requests = [];
		this.toolArguments = toolArguments;
	}

	/** The one tool that the model was told of. */
	get tool(): OfferedTool {
		const [tool, ...more] = this.requests[0]?.tools ?? [];
		if (!tool || more.length > 0) throw new Error('The model was not offered exactly one tool');
		return tool;
	}

	/** What the model was told of its call; `undefined` when it was not asked again. */
	get toolResult(): string | undefined {
		return this.requests.at(-1)?.toolResults.at(-1);
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const text = await textOf(request);
		this.everythingTold.push(text);
		const isKnown = request.method === 'POST' && request.url === '/v1/chat/completions';
		if (!isKnown) return send(response, 404, refusal(`No ${request.method} ${request.url} here`));
		const body = JSON.parse(text) as ChatBody;
		if (body.stream) return send(response, 400, refusal('Streaming is not there'));
		const tools = (body.tools ?? []).map((tool) => tool.function);
		const toolResults = body.messages
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => String(content));
		this.requests.push({ text, tools, toolResults });
		const [tool] = tools;
		const isToCall = tool && toolResults.length === 0;
		send(
			response,
			200,
			isToCall ? toolCall(tool.name, this.toolArguments) : final(FakeChatModel.FINAL_TEXT),
		);
	}
}

/** Starts one. */
export async function startFakeChatModel(): Promise<FakeChatModel> {
	return await new FakeChatModel().start();
}

async function textOf(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
	return text;
}

function send(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(JSON.stringify(body));
}

function refusal(message: string) {
	return { error: { message, type: 'invalid_request_error', param: null, code: null } };
}

function toolCall(name: string, toolArguments: object) {
	const call = { name, arguments: JSON.stringify(toolArguments) };
	const message = {
		role: 'assistant',
		content: null,
		tool_calls: [{ id: CALL_ID, type: 'function', function: call }],
	};
	return completion(message, 'tool_calls');
}

function final(content: string) {
	return completion({ role: 'assistant', content }, 'stop');
}

function completion(message: object, reason: 'stop' | 'tool_calls') {
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 1,
		model: 'fake',
		choices: [{ index: 0, message, finish_reason: reason }],
		// Given, so that n8n does not count for itself.
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
