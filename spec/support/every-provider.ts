/** A server in front of each provider, with one way to script the upstream and to read the requests that it got. */

import { createFakeCopilotModel } from './copilot-refusals.ts';
import type { Delivery } from './delivery.ts';
import { createFakeAnthropic, fakeAnthropicKey } from './fake-anthropic.ts';
import { createFakeOpenAiServer } from './fake-openai-server.ts';
import {
  type Cleanup,
  createHarness,
  type Harness,
  type HarnessOptions,
  type RecordedRequest,
  type ScriptedItem,
  scriptAnswer,
} from './index.ts';

/** The tool calls and outputs that an upstream was sent. */
export interface ToolTurns {
  calls: { id: string; name: string; arguments: unknown }[];
  results: { id: string; text: string }[];
}

export interface ProviderUnderTest {
  readonly harness: Harness;
  readonly model: string;
  /** A model for vectors; undefined when the provider has none. */
  readonly embeddingsModel?: string;
  /** Queues the answer to one request. The demo, which answers by itself, takes no notice. */
  script(items: string | readonly ScriptedItem[], id?: string, delivery?: Delivery): void;
  /** Every request for an answer that its upstream got, in order. Empty for the demo. */
  readonly requests: readonly RecordedRequest[];
}

/** Which requests the upstream is asked with: the path that all of them go to. Undefined for the demo. */
export const upstreamPaths = {
  chatgpt: '/backend-api/codex/responses',
  'copilot over /responses': '/individual/responses',
  'copilot over /chat/completions': '/individual/chat/completions',
  'copilot over /v1/messages': '/individual/v1/messages',
  'openai-compatible with Chat alone': '/v1/chat/completions',
  anthropic: '/v1/messages',
  demo: undefined,
} as const satisfies Record<string, string | undefined>;

export type ProviderName = keyof typeof upstreamPaths;

export const providerNames = Object.keys(upstreamPaths) as ProviderName[];

/** Models that Copilot asks at one path each. */
const copilotModels = [
  createFakeCopilotModel('gpt-5.4', { paths: ['/responses'], efforts: ['low', 'medium', 'high'] }),
  createFakeCopilotModel('gpt-4.1'),
  createFakeCopilotModel('claude-opus-5', { vendor: 'Anthropic', paths: ['/v1/messages'] }),
  createFakeCopilotModel('text-embedding-3-small', { type: 'embeddings', hasDimensions: true }),
];

/** Signed in to Copilot alone, with the account's list at hand: it is asked for behind the first look at it. */
async function openCopilot(t: Cleanup, model: string, options: HarnessOptions): Promise<ProviderUnderTest> {
  const harness = await createHarness(t, { copilot: { models: copilotModels }, isSignedIn: false, ...options });
  for (;;) {
    const { data } = (await (await harness.fetch('/v1/models')).json()) as { data: { id: string }[] };
    if (data.some(({ id }) => id === 'claude-opus-5')) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { copilot } = harness;
  return {
    harness,
    model,
    embeddingsModel: 'text-embedding-3-small',
    script: (items, id, delivery) => void copilot.answer(items, id, delivery),
    requests: copilot.requests,
  };
}

const openers: Record<ProviderName, (t: Cleanup, options: HarnessOptions) => Promise<ProviderUnderTest>> = {
  async chatgpt(t, options) {
    const harness = await createHarness(t, options);
    const { upstream } = harness;
    return {
      harness,
      model: 'gpt-5.5',
      script: (items, id, delivery) => void upstream.reply(scriptAnswer(items, { id }), delivery),
      requests: upstream.requests,
    };
  },
  'copilot over /responses': (t, options) => openCopilot(t, 'gpt-5.4', options),
  'copilot over /chat/completions': (t, options) => openCopilot(t, 'gpt-4.1', options),
  'copilot over /v1/messages': (t, options) => openCopilot(t, 'claude-opus-5', options),
  async 'openai-compatible with Chat alone'(t, options) {
    // LangChain names the tool in its result, which OpenAI takes.
    const box = await createFakeOpenAiServer({ takes: ['name'] });
    t.after(() => box.close());
    const providers = { box: { type: 'openai-compatible', baseURL: box.url } };
    const harness = await createHarness(t, { isSignedIn: false, providers, ...options });
    return {
      harness,
      model: 'fake-model',
      embeddingsModel: 'fake-embedding',
      script: (items, id, delivery) => void box.answer(items, id, delivery),
      requests: box.requests,
    };
  },
  async anthropic(t, options) {
    const upstream = await createFakeAnthropic();
    t.after(() => upstream.close());
    const providers = { anthropic: { type: 'anthropic', baseURL: upstream.url, apiKey: fakeAnthropicKey } };
    const harness = await createHarness(t, { isSignedIn: false, providers, ...options });
    return {
      harness,
      model: 'claude-opus-5',
      script: (items, id, delivery) => void upstream.answer(items, id, delivery),
      requests: upstream.requests,
    };
  },
  async demo(t, options) {
    const harness = await createHarness(t, { isSignedIn: false, ...options });
    return { harness, model: 'demo', embeddingsModel: 'demo-embeddings', script: () => {}, requests: [] };
  },
};

export function openProvider(t: Cleanup, name: ProviderName, options: HarnessOptions = {}): Promise<ProviderUnderTest> {
  return openers[name](t, options);
}

type Json = Record<string, unknown>;

const asList = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asList(content)
    .map(({ text }) => text)
    .join('');
}

/** Reads the tools' part of a conversation, in whichever API the request was written. */
export function readToolTurns({ path, body }: Pick<RecordedRequest, 'path' | 'body'>): ToolTurns {
  const turns: ToolTurns = { calls: [], results: [] };
  for (const item of asList(path.endsWith('/responses') ? body.input : body.messages)) {
    if (item.type === 'function_call') addCall(item.call_id, item.name, JSON.parse(String(item.arguments)));
    if (item.type === 'function_call_output') addResult(item.call_id, item.output);
    if (item.role === 'tool') addResult(item.tool_call_id, item.content);
    for (const { id, function: called } of asList(item.tool_calls)) {
      const { name, arguments: text } = called as Json;
      addCall(id, name, JSON.parse(String(text)));
    }
    for (const block of asList(item.content)) {
      if (block.type === 'tool_use') addCall(block.id, block.name, block.input);
      if (block.type === 'tool_result') addResult(block.tool_use_id, block.content);
    }
  }
  return turns;

  function addCall(id: unknown, name: unknown, args: unknown): void {
    turns.calls.push({ id: String(id), name: String(name), arguments: args });
  }
  function addResult(id: unknown, content: unknown): void {
    turns.results.push({ id: String(id), text: textOf(content) });
  }
}
