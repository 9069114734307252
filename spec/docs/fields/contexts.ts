/** What surrounds a field in a request of each API, so that the request is one that a client could send. */
import type { CaseOptions } from './cases.ts';
import type { SdkApi } from './sdk-types.ts';

type Json = Record<string, unknown>;

/** Who answers, and the model that is asked for. */
export const models = {
  ChatGPT: 'chatgpt/gpt-5.5',
  Copilot: 'copilot/gpt-5.4',
  server: 'box/fake-model',
  Anthropic: 'anthropic/claude-sonnet-4-5',
  demo: 'demo',
} as const;
export type Answerer = keyof typeof models;

export interface ApiContext extends CaseOptions {
  readonly title: string;
  readonly path: string;
  /** Names of models where the API wants others. An answerer without one does not serve it. */
  readonly models?: Partial<Record<Answerer, string>>;
}

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const dataUrl = `data:image/png;base64,${picture}`;
const pdf = Buffer.from('%PDF-1.4').toString('base64');
const hello = { role: 'user', content: 'Hello in JSON' };
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const asksForTools = (tools: Json) => ({ tool_choice: tools, parallel_tool_calls: tools });

/** Inside an element: marks of the prompt cache wherever they may stand, what clients repeat from an answer, hosted tools, and the
 * ways to give a file, one of which the element has anyway. */
const repeated =
  /\[.*\.(?:id|status|type|file_data|file_id|file_url|image_url|filename)$|\[(?!text|input_text)\w+\]\.(?:cache_control|prompt_cache_breakpoint)$|^tools\[(?!custom|function)\w+\]\.(?!custom|function)/;

const chatTool = { type: 'function', function: { name: 'name', parameters: schema } };
const chatCall = { id: 'tool_call_id', type: 'function', function: { name: 'name', arguments: '{}' } };

const chat: ApiContext = {
  title: 'Chat Completions',
  path: '/v1/chat/completions',
  base: { messages: [hello] },
  skipped: new RegExp(`^(?:model|stream)$|^tool_choice\\[|\\.function\\.parameters$|${repeated.source}`),
  samples: {
    url: dataUrl,
    '[file]': { file: { file_data: `data:application/pdf;base64,${pdf}`, filename: 'a.pdf' } },
    data: Buffer.from('RIFF').toString('base64'),
    parameters: schema,
    schema,
    function: { name: 'name', parameters: schema },
    json_schema: { name: 'answer', schema },
    tools: [chatTool],
    functions: [{ name: 'name', parameters: schema }],
    tool_calls: [chatCall],
    function_call: { name: 'name', arguments: '{}' },
    parallel_tool_calls: false,
    store: true,
    n: 2,
    stop: ['Hello'],
    modalities: ['text'],
    max_tokens: 1,
    max_completion_tokens: 1,
  },
  beside: {
    ...asksForTools({ tools: [chatTool] }),
    function_call: { functions: [{ name: 'name', parameters: schema }] },
  },
  surround(list, element) {
    const { role, tool_calls, function_call } = element as Json;
    if (list !== 'messages') return [element];
    if (tool_calls) return [hello, element, { role: 'tool', tool_call_id: 'tool_call_id', content: 'Yes' }, hello];
    if (function_call) return [hello, element, { role: 'function', name: 'name', content: 'Yes' }, hello];
    if (role === 'tool') return [hello, { role: 'assistant', content: null, tool_calls: [chatCall] }, element, hello];
    if (role === 'function')
      return [hello, { role: 'assistant', function_call: { name: 'name', arguments: '{}' } }, element, hello];
    return [hello, element, hello];
  },
};

const responsesTool = { type: 'function', name: 'name', parameters: schema, strict: false };
const userMessage = { type: 'message', ...hello };

const responses: ApiContext = {
  title: 'Responses',
  path: '/v1/responses',
  base: { input: [userMessage] },
  skipped: new RegExp(
    `^(?:model|stream)$|^tool_choice\\[|^(?:input|tools)\\[(?!message|function|custom|reasoning|configuration|name)\\w+\\]\\.|^input\\[(?:item_reference|function_call_output|custom_tool_call_output)\\]\\.call_id$|${repeated.source}`,
  ),
  samples: {
    '[function_call_output]': { call_id: 'call_1' },
    '[input_image]': { image_url: dataUrl },
    '[input_file]': { file_data: `data:application/pdf;base64,${pdf}`, filename: 'a.pdf' },
    parameters: schema,
    schema,
    arguments: '{}',
    call_id: 'call_1',
    tools: [responsesTool],
    role: 'user',
    parallel_tool_calls: false,
    store: false,
    output: 'Yes',
    async: true,
    allowed_callers: ['programmatic'],
    caller: { type: 'program', caller_id: 'call_2' },
    mode: 'pro',
    context: 'all_turns',
    max_output_tokens: 1,
  },
  beside: asksForTools({ tools: [responsesTool] }),
  surround(list, element) {
    if (list !== 'input') return [element];
    const item = element as Json;
    const [, call, isOutput] = /^(function_call|custom_tool_call)(_output)?$/.exec(String(item.type)) ?? [];
    const other = { call_id: item.call_id, name: 'name', arguments: '{}', input: '', output: 'Yes' };
    if (isOutput) return [userMessage, { type: call, ...other }, item, userMessage];
    if (call) return [userMessage, item, { type: `${call}_output`, ...other }, userMessage];
    return item.type === 'compaction_trigger' ? [userMessage, item] : [userMessage, item, userMessage];
  },
};

const assistantBlock = /^(?:(?:redacted_)?thinking|compaction|fallback|\w*tool_use|\w+_tool_result|mcp_tool_listing)$/;

const messages: ApiContext = {
  title: 'Messages',
  path: '/v1/messages',
  base: { max_tokens: 100, messages: [hello] },
  skipped: new RegExp(
    `^(?:model|stream|max_tokens|betas|user_profile_id|workspace_id)$|^tool_choice\\[|^messages\\[assistant\\]|_tool_result\\]\\.|${repeated.source}`,
  ),
  samples: {
    data: picture,
    url: 'https://example.com/a.png',
    input_schema: schema,
    schema,
    tools: [{ name: 'name', input_schema: schema }],
    budget_tokens: 1024,
    input: {},
    citations: { enabled: true },
    caller: { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' },
    transformations: { oversize: 'error' },
    tool_changes: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'name' } }],
    thread: { type: 'create' },
    allowed_callers: ['code_execution_20260120'],
    defer_loading: true,
    '[text]': { text: 'Hello' },
    '[thinking]': { signature: '' },
  },
  beside: {
    ...asksForTools({ tools: [{ name: 'name', input_schema: schema }] }),
  },
  surround(list, element) {
    if (list !== 'messages') return [element];
    const { content } = element as { content: readonly Json[] };
    const type = String(content?.[0]?.type);
    const call = { type: 'tool_use', id: 'tool_use_id', name: 'name', input: {} };
    const result = { type: 'tool_result', tool_use_id: 'id', content: 'Yes' };
    if (type === 'tool_use') return [hello, { role: 'assistant', content }, { role: 'user', content: [result] }];
    if (assistantBlock.test(type)) return [hello, { role: 'assistant', content }, hello];
    return [hello, { role: 'assistant', content: type === 'tool_result' ? [call] : 'Yes?' }, element];
  },
};

const ollamaSkipped = /^(?:model|stream|messages\.role|tools\..*)$/;
const ollamaChat: ApiContext = {
  title: 'Ollama: chat',
  path: '/api/chat',
  base: { messages: [hello], stream: false },
  skipped: ollamaSkipped,
  samples: {
    role: 'user',
    images: [picture],
    stop: ['Hello'],
    format: schema,
    tools: [chatTool],
    tool_calls: [chatCall],
    tool_name: 'name',
  },
  beside: {},
  surround(list, element) {
    const message = element as Json;
    if (list !== 'messages') return [element];
    const call = { role: 'assistant', content: '', tool_calls: [chatCall] };
    if (message.tool_name) return [hello, call, { ...message, role: 'tool' }];
    return [hello, message.tool_calls || message.thinking ? { ...message, role: 'assistant' } : message, hello];
  },
};

export const contexts: Readonly<Record<SdkApi, ApiContext>> = {
  chat,
  responses,
  completions: {
    title: 'Completions',
    path: '/v1/completions',
    base: { prompt: 'Hello' },
    skipped: /^(?:model|stream)$/,
    samples: { n: 2, best_of: 2, max_tokens: 1, suffix: ' end' },
    beside: {},
    surround: (_list, element) => [element],
  },
  embeddings: {
    title: 'Embeddings',
    path: '/v1/embeddings',
    base: { input: 'Hello' },
    skipped: /^model$/,
    samples: {},
    beside: {},
    surround: (_list, element) => [element],
    models: { Copilot: 'copilot/text-embedding-3-small', server: 'box/fake-embedding', demo: 'demo-embeddings' },
  },
  images: {
    title: 'Images',
    path: '/v1/images/generations',
    base: { prompt: 'A cat' },
    skipped: /^(?:model|stream)$/,
    samples: { n: 2, response_format: 'url' },
    beside: {},
    surround: (_list, element) => [element],
    models: { ChatGPT: 'gpt-image-1' },
  },
  messages,
  ollamaChat,
  ollamaGenerate: {
    ...ollamaChat,
    title: 'Ollama: generate',
    path: '/api/generate',
    base: { prompt: 'Hello', stream: false },
    skipped: /^(?:model|stream|options\.\w+)$/,
  },
  ollamaEmbed: {
    ...ollamaChat,
    title: 'Ollama: embed',
    path: '/api/embed',
    skipped: /^(?:model|options\.\w+)$/,
    base: { input: 'Hello' },
    models: { Copilot: 'copilot/text-embedding-3-small', server: 'box/fake-embedding', demo: 'demo-embeddings' },
  },
};
