/**
 * What the attacker does: sends what costs the square of its size: many calls under one id, tool names that collide, very
 * many of anything.
 * What must hold: four times as much of it takes about four times the processor time, in every client API and on the way
 * to every upstream API. A step that looks back over all before it takes sixteen times as much.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientApi } from '../../lib/apis/api.ts';
import { createValidator } from '../../lib/apis/body-validation.ts';
import { chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import { messages } from '../../lib/apis/messages/index.ts';
import { ollamaChat } from '../../lib/apis/ollama/index.ts';
import { responses } from '../../lib/apis/responses/index.ts';
import type { CanonicalRequest } from '../../lib/canonical/types.ts';
import { assumeModel } from '../../lib/providers/chatgpt/fallback-models.ts';
import { buildChatGptBody, type ChatGptContext } from '../../lib/providers/chatgpt/request.ts';
import { toCopilotChatBody } from '../../lib/providers/copilot/chat.ts';
import { assumeModel as assumeCopilotModel } from '../../lib/providers/copilot/models.ts';
import { toResponsesBody as toCopilotResponsesBody } from '../../lib/providers/copilot/responses.ts';
import { toTranslatedMessages } from '../../lib/providers/messages-body.ts';
import { toResponsesBody } from '../../lib/providers/openai-compatible/request.ts';
import { Redactor } from '../../lib/recorder/redaction.ts';
import {
  chainOfToolNames,
  chatBodies,
  messagesBodies,
  ollamaBodies,
  responsesBodies,
} from '../support/hostile-bodies.ts';

const times = 1000;
const factor = 4;
/** Between the 4 of what grows with the size and the 16 of what grows with its square. */
const maxGrowth = 9;
/** What takes less may take any time: the clock of the processor is too coarse for it. */
const noticeableMs = 60;
const attempts = 4;

function cpuMsOf(task: () => void): number {
  const before = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Other work of the machine, the compiler and the collector can only make it look worse: one good attempt is enough. */
function checkGrowth(toTask: (times: number) => () => void): void {
  const [few, many] = [toTask(times), toTask(times * factor)];
  few();
  const found: string[] = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const [fewMs, manyMs] = [cpuMsOf(few), cpuMsOf(many)];
    if (manyMs < noticeableMs || manyMs < fewMs * maxGrowth) return;
    found.push(`${fewMs} ms → ${manyMs} ms`);
  }
  assert.fail(found.join(', '));
}

/** To make a request takes longer than to build what goes upstream. */
function remember(make: (times: number) => CanonicalRequest): (times: number) => CanonicalRequest {
  const made = new Map<number, CanonicalRequest>();
  return (count) => {
    const request = made.get(count) ?? make(count);
    made.set(count, request);
    return request;
  };
}

const clients: [string, ClientApi, Record<string, (times: number) => object>][] = [
  ['Chat Completions', chatCompletions as ClientApi, chatBodies],
  ['Responses', responses as ClientApi, responsesBodies],
  ['Messages', messages as ClientApi, messagesBodies],
  ['Ollama', ollamaChat as ClientApi, ollamaBodies],
];

const ignoring = { ignore() {} };
const context = { ...ignoring, headers: {}, defaults: { reasoningCompat: 'none' } } as const;
const config = {
  instructions: 'auto',
  reasoningEffort: 'medium',
  reasoningSummary: 'auto',
  textVerbosity: 'medium',
} as const;

const chatGptContext = {
  ...ignoring,
  config,
  model: { requested: 'gpt-5.5', id: 'gpt-5.5', info: assumeModel('gpt-5.5') },
  clientId: '',
  instructions: { textFor: () => '', insists: () => false, neutral: '' },
} as unknown as ChatGptContext;

function copilotContext(id: string) {
  const model = { requested: id, id, provider: { name: 'copilot' }, info: assumeCopilotModel(id) } as never;
  return { ...ignoring, config, model, omit: new Set<string>() };
}

const upstreams: Record<string, (request: CanonicalRequest) => unknown> = {
  ChatGPT: (request) => buildChatGptBody(request, chatGptContext).body,
  'Copilot’s Responses': (request) => toCopilotResponsesBody(request, copilotContext('gpt-5.4')).body,
  'Copilot’s Chat Completions': (request) => toCopilotChatBody(request, copilotContext('gpt-4o')).body,
  Messages: (request) =>
    toTranslatedMessages(request, { ...copilotContext('claude-sonnet-5'), thinking: 'none', defaultEffort: 'medium' })
      .body,
  'a server’s Responses': (request) => toResponsesBody(request, copilotContext('m')),
};

for (const [name, api, bodies] of clients) {
  const check = createValidator(api.schema);
  const read = (body: object) => {
    check(body);
    return api.toCanonical(body, context);
  };
  for (const [shape, make] of Object.entries(bodies)) {
    const toBody = (count: number) => ({ model: 'gpt-5.5', max_tokens: 100, ...make(count) });
    test(`${name}: ${shape}`, () =>
      checkGrowth((count) => {
        const body = toBody(count);
        return () => read(body);
      }));
    const requestOf = remember((count) => read(toBody(count)));
    for (const [upstream, build] of Object.entries(upstreams)) {
      test(`${name}: ${shape}, to ${upstream}`, () =>
        checkGrowth((count) => {
          const request = requestOf(count);
          return () => JSON.stringify(build(request));
        }));
    }
  }
}

const chains = remember((count) => {
  const tools = chainOfToolNames(count / 20).map((name) => ({ type: 'function', function: { name } }));
  const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], tools };
  return chatCompletions.toCanonical(body as never, context);
});
for (const [upstream, build] of Object.entries(upstreams)) {
  test(`a chain of tool names that have to be told apart, to ${upstream}`, () =>
    checkGrowth((count) => {
      const request = chains(count);
      return () => JSON.stringify(build(request));
    }));
}

/** Texts that a capture holds, of which much has to be looked at for a secret. */
const capturedTexts: Record<string, string> = {
  spaces: ' '.repeat(20),
  'what begins keys': 'sk-',
  'what begins keys, and dots': 'sk-.',
  'tokens without a brace': '"token":"abc",',
  'places in one line': '{"index":1,"t":"x"},',
  escapes: '"\\u0040',
  'deltas of one text': '{"delta":"abc"}\n',
  'half addresses': 'a@',
};
for (const [shape, text] of Object.entries(capturedTexts)) {
  test(`a capture of ${shape}`, () =>
    checkGrowth((count) => {
      const captured = `{${text.repeat(count * 5)}}`;
      return () => new Redactor().text(captured);
    }));
}
