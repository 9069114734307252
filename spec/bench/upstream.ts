/**
 * A fast upstream in a process of its own: speaks as much of the ChatGPT backend, and of Chat Completions, as a benchmark
 * needs. Answers are rendered once and written from memory, so that what is measured is the server in front of it.
 *
 *     node upstream.ts <port>
 */
import { createServer, type ServerResponse } from 'node:http';
import { chatPath, fromPrompt, responsesPath, type Scenario, textOf, wordAt } from './scenario.ts';
import { floors, responsesModel as model } from './ways.ts';

const floodWriteBytes = 65_536;
const itemId = 'msg_0c3b1f6e8a2d4975006a0f1e2d3c4b5a69788796a5b4c3d2e1';

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'x-request-id': '5b0f8a34-7d0e-4f53-9a53-0f6f6b1d2c3e',
  'x-codex-plan-type': 'plus',
  'x-codex-primary-used-percent': '12.5',
  'x-codex-primary-window-minutes': '300',
  'x-codex-primary-reset-at': '1890000000',
  'x-codex-secondary-used-percent': '40',
  'x-codex-secondary-window-minutes': '10080',
  'x-codex-secondary-reset-at': '1890500000',
};

const models = JSON.stringify({
  models: [
    {
      slug: model,
      display_name: 'GPT-5.5',
      priority: 1,
      visibility: 'list',
      supported_in_api: true,
      minimal_client_version: '0.140.0',
      default_reasoning_level: 'medium',
      supported_reasoning_levels: ['low', 'medium', 'high', 'xhigh'].map((effort) => ({ effort, description: effort })),
      supports_reasoning_summaries: true,
      support_verbosity: true,
      supports_parallel_tool_calls: true,
      context_window: 272_000,
      input_modalities: ['text', 'image'],
    },
  ],
});

const chatModels = JSON.stringify({
  object: 'list',
  data: [{ id: floors['pipe-chat'].model, object: 'model', created: 0, owned_by: 'bench' }],
});

interface RenderedAnswer {
  opening: Buffer;
  deltas: Buffer[];
  closing: Buffer;
  /** All of it in the frames of HTTP's chunked coding, without the last one. */
  framed: Buffer;
}

/** Renders the answers of so many deltas once. */
function keepRendered(render: (deltas: number) => RenderedAnswer): (deltas: number) => RenderedAnswer {
  const renderedAnswers = new Map<number, RenderedAnswer>();
  return (deltas) => {
    let rendered = renderedAnswers.get(deltas);
    if (!rendered) {
      rendered = render(deltas);
      renderedAnswers.set(deltas, rendered);
    }
    return rendered;
  };
}

function toRendered(opening: Buffer[], deltas: Buffer[], closing: Buffer[]): RenderedAnswer {
  const framed = Buffer.concat([...opening, ...deltas, ...closing].flatMap(frame));
  return { opening: Buffer.concat(opening), deltas, closing: Buffer.concat(closing), framed };
}

const renderResponses = keepRendered((count) => {
  let sequence = 0;
  const event = (type: string, fields: object) =>
    Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`);
  const place = { item_id: itemId, output_index: 0, content_index: 0 };
  const text = textOf(count);
  const part = (value: string) => ({ type: 'output_text', annotations: [], logprobs: [], text: value });
  const item = (status: string, content: object[]) => ({
    id: itemId,
    type: 'message',
    status,
    content,
    role: 'assistant',
  });

  const opening = [
    event('response.created', { response: response('in_progress', null) }),
    event('response.in_progress', { response: response('in_progress', null) }),
    event('response.output_item.added', { output_index: 0, item: item('in_progress', []) }),
    event('response.content_part.added', { ...place, part: part('') }),
  ];
  const deltas = Array.from({ length: count }, (_, index) =>
    event('response.output_text.delta', {
      ...place,
      delta: wordAt(index),
      logprobs: [],
      // Padding of varying length, as the real one: it hides a token's size from whoever watches the wire.
      obfuscation: 'q7Zr2mWc9KxT4bLd'.slice(wordAt(index).length),
    }),
  );
  const usage = {
    input_tokens: 40,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: count,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 40 + count,
  };
  const closing = [
    event('response.output_text.done', { ...place, text, logprobs: [] }),
    event('response.content_part.done', { ...place, part: part(text) }),
    event('response.output_item.done', { output_index: 0, item: item('completed', [part(text)]) }),
    event('response.completed', { response: response('completed', usage) }),
  ];
  return toRendered(opening, deltas, closing);
});

const renderChat = keepRendered((count) => {
  const chunk = (choices: object[], more: object = {}) => {
    const facts = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_795_000_000, model: 'bench' };
    return Buffer.from(`data: ${JSON.stringify({ ...facts, system_fingerprint: null, choices, ...more })}\n\n`);
  };
  const delta = (value: object, finish_reason: string | null = null) =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason }]);
  const usage = { prompt_tokens: 40, completion_tokens: count, total_tokens: 40 + count };
  return toRendered(
    [delta({ role: 'assistant', content: '' })],
    Array.from({ length: count }, (_, index) => delta({ content: wordAt(index) })),
    [delta({}, 'stop'), chunk([], { usage }), Buffer.from('data: [DONE]\n\n')],
  );
});

/** RFC 9112, 7.1. */
function frame(chunk: Buffer): Buffer[] {
  return [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')];
}

function response(status: string, usage: object | null): object {
  return {
    id: 'resp_0c3b1f6e8a2d4975006a0f1e2d1d3c8190a7b6c5d4e3f2a1b0',
    object: 'response',
    created_at: 1_795_000_000,
    status,
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: 'You are a helpful assistant. Answer briefly.',
    max_output_tokens: null,
    max_tool_calls: null,
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: 'b4e0d8a2-51c7-4f0e-9d35-2a6f1c8e7b90',
    reasoning: { effort: 'medium', summary: 'detailed' },
    safety_identifier: 'user-bench',
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage,
    user: null,
    metadata: {},
  };
}

/**
 * As fast as back-pressure permits, each event as an HTTP chunk of its own, as real backends send them. The chunks' frames
 * are rendered too and written to the socket behind the response's back: ServerResponse would cost more than a good server
 * takes to read them.
 */
function flood(res: ServerResponse, { framed }: RenderedAnswer): void {
  const socket = res.socket!;
  let at = 0;
  const pour = () => {
    while (at < framed.length && !socket.destroyed) {
      const slice = framed.subarray(at, at + floodWriteBytes);
      at += slice.length;
      if (!socket.write(slice) && at < framed.length) {
        socket.once('drain', pour);
        return;
      }
    }
    res.end();
  };
  res.flushHeaders();
  pour();
}

/** One write for each delta, as a model at work gives them. */
function pace(res: ServerResponse, { opening, deltas, closing }: RenderedAnswer, intervalMs: number): void {
  let next = 0;
  res.write(opening);
  const timer = setInterval(() => {
    const delta = deltas[next++];
    if (delta) {
      res.write(delta);
    } else {
      clearInterval(timer);
      res.end(closing);
    }
  }, intervalMs);
  res.once('close', () => clearInterval(timer));
}

function answer(res: ServerResponse, rendered: RenderedAnswer, { intervalMs }: Scenario): void {
  res.writeHead(200, streamHeaders);
  if (intervalMs === 0) flood(res, rendered);
  else pace(res, rendered, intervalMs);
}

/** Chat Completions in one piece; the ChatGPT backend only streams. */
function answerWhole(res: ServerResponse, { deltas }: Scenario): void {
  const message = { role: 'assistant', content: textOf(deltas), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  const usage = { prompt_tokens: 40, completion_tokens: deltas, total_tokens: 40 + deltas };
  const facts = { id: 'chatcmpl-bench', object: 'chat.completion', created: 1_795_000_000, model: 'bench' };
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...facts, choices, usage }));
}

const renderers: Record<string, typeof renderChat> = { [responsesPath]: renderResponses, [chatPath]: renderChat };

const server = createServer((req, res) => {
  const render = renderers[req.url ?? ''];
  if (req.method === 'POST' && render) {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (text: string) => {
      body += text;
    });
    req.on('end', () => {
      const scenario = fromPrompt(body);
      if (req.url === chatPath && !body.includes('"stream":true')) answerWhole(res, scenario);
      else answer(res, render(scenario.deltas), scenario);
    });
  } else if (req.url?.startsWith('/backend-api/codex/models')) {
    res.writeHead(200, { 'content-type': 'application/json' }).end(models);
  } else if (req.url === '/v1/models') {
    res.writeHead(200, { 'content-type': 'application/json' }).end(chatModels);
  } else {
    res.writeHead(req.url === '/health' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
  }
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1', 2048);
