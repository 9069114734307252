/** The models of the fake Copilot backend, and what it refuses of a request for an answer, in which words. */
import type { IncomingHttpHeaders } from 'node:http';
import { findMessagesRefusal } from './messages-refusals.ts';
import { findRefusal } from './openai-refusals.ts';

type Json = Record<string, unknown>;

export interface FakeCopilotModel {
  id: string;
  /** Where it is asked. */
  paths: readonly string[];
  /** Does it reason? Such models take one temperature only. */
  efforts?: readonly string[];
  hasDimensions?: boolean;
  /** How it is asked to think in Anthropic's API. Absent: not at all. */
  thinking?: 'adaptive' | 'budget';
  /** Does it take sampling parameters in Anthropic's API? Default true. */
  isSampled?: boolean;
  /** An entry of `GET /models`. */
  entry: object;
}

export interface Refusal {
  status: number;
  body: object | string;
}

interface ModelTraits {
  vendor?: string;
  type?: 'chat' | 'embeddings' | 'completion';
  /** Where it is asked, when the list does not say so. */
  actualPaths?: readonly string[];
  paths?: readonly string[];
  efforts?: readonly string[];
  isPicked?: boolean;
  policy?: string;
  hasVision?: boolean;
  hasDimensions?: boolean;
  thinking?: 'adaptive' | 'budget';
  isSampled?: boolean;
}

const maxOutputTokens = 16_000;

export function createFakeCopilotModel(id: string, traits: ModelTraits = {}): FakeCopilotModel {
  const { vendor = 'Azure OpenAI', type = 'chat', paths, efforts, isPicked = true, policy = 'enabled' } = traits;
  const { hasVision = true, hasDimensions = false, actualPaths, thinking, isSampled } = traits;
  return {
    id,
    efforts,
    hasDimensions,
    thinking,
    isSampled,
    paths: actualPaths ?? paths ?? [type === 'embeddings' ? '/embeddings' : '/chat/completions'],
    entry: {
      id,
      name: id.toUpperCase(),
      vendor,
      version: id,
      object: 'model',
      preview: false,
      model_picker_enabled: isPicked,
      is_chat_default: false,
      billing: { is_premium: true, multiplier: 1 },
      policy: { state: policy, terms: 'Terms.' },
      ...(paths && { supported_endpoints: paths }),
      capabilities: {
        type,
        family: id,
        object: 'model_capabilities',
        tokenizer: 'o200k_base',
        limits: { max_context_window_tokens: 200000, max_prompt_tokens: 128000, max_output_tokens: maxOutputTokens },
        supports:
          type === 'embeddings'
            ? { dimensions: hasDimensions }
            : {
                streaming: true,
                tool_calls: true,
                parallel_tool_calls: true,
                vision: hasVision,
                reasoning_effort: efforts,
                ...(thinking === 'adaptive' && { adaptive_thinking: true }),
                ...(thinking === 'budget' && { min_thinking_budget: 1024, max_thinking_budget: 32_000 }),
              },
      },
    },
  };
}

const usualEfforts = ['low', 'medium', 'high'];

export const fakeCopilotModels: readonly FakeCopilotModel[] = [
  createFakeCopilotModel('gpt-5.4', {
    paths: ['/chat/completions', '/responses'],
    actualPaths: ['/responses'],
    efforts: usualEfforts,
  }),
  createFakeCopilotModel('gpt-4.1'),
  createFakeCopilotModel('gpt-6-mini', { actualPaths: ['/responses'] }),
  createFakeCopilotModel('claude-sonnet-4.5', {
    vendor: 'Anthropic',
    paths: ['/chat/completions', '/v1/messages'],
    thinking: 'budget',
  }),
  createFakeCopilotModel('claude-haiku-5', { vendor: 'Anthropic', paths: ['/v1/messages'], thinking: 'budget' }),
  createFakeCopilotModel('claude-opus-5', {
    vendor: 'Anthropic',
    paths: ['/v1/messages'],
    thinking: 'adaptive',
    efforts: usualEfforts,
    isSampled: false,
  }),
  createFakeCopilotModel('gpt-4.1', { isPicked: false }),
  createFakeCopilotModel('gpt-4o', { isPicked: false }),
  createFakeCopilotModel('grok-code', { vendor: 'xAI', policy: 'disabled', hasVision: false }),
  createFakeCopilotModel('gpt-41-copilot', { type: 'completion' }),
  createFakeCopilotModel('text-embedding-3-small', { type: 'embeddings', isPicked: false, hasDimensions: true }),
  createFakeCopilotModel('text-embedding-ada-002', { type: 'embeddings', isPicked: false }),
];

const editorHeaders: Readonly<Record<string, [RegExp, Refusal]>> = {
  'editor-version': [
    /^vscode\/1\.\d+\.\d+$/,
    { status: 400, body: 'bad request: missing Editor-Version header for IDE auth\n' },
  ],
  'editor-plugin-version': [
    /^copilot-chat\/\d/,
    { status: 400, body: 'bad request: missing Editor-Plugin-Version header\n' },
  ],
  'user-agent': [/^GitHubCopilotChat\/\d/, { status: 403, body: 'Access to this endpoint is forbidden.\n' }],
  'copilot-integration-id': [/^vscode-chat$/, { status: 403, body: 'Access to this endpoint is forbidden.\n' }],
  'x-github-api-version': [
    /^2026-\d\d-\d\d$/,
    { status: 466, body: { message: 'the specified API version is no longer supported' } },
  ],
};

/** @param names those that this path looks at; default: all */
export function findMissingHeader(
  headers: IncomingHttpHeaders,
  names = Object.keys(editorHeaders),
): Refusal | undefined {
  for (const name of names) {
    const [pattern, refusal] = editorHeaders[name]!;
    if (!pattern.test(String(headers[name] ?? ''))) return refusal;
  }
  return undefined;
}

function refuse(message: string, code: string, rest: object = {}, status = 400): Refusal {
  return { status, body: { error: { message, code, ...rest } } };
}

/** @param body parsed JSON; undefined when it was none */
export function findCopilotRefusal(
  path: string,
  headers: IncomingHttpHeaders,
  body: unknown,
  models: readonly FakeCopilotModel[],
): Refusal | undefined {
  if (!body) return refuse('the request body is not valid JSON', 'invalid_request_body');
  const request = body as Json;
  const model = models.find(({ id }) => id === request.model);
  if (!model) return refuse('The requested model is not supported.', 'model_not_supported', { param: 'model' });
  if (!model.paths.includes(path)) {
    const message = `model "${model.id}" is not accessible via the ${path} endpoint`;
    return refuse(message, 'unsupported_api_for_model');
  }
  if (path === '/embeddings') return checkEmbeddings(request, model);
  return checkTurn(headers, request) ?? checks[path]!(request, model, headers);
}

const checks: Record<
  string,
  (request: Json, model: FakeCopilotModel, headers: IncomingHttpHeaders) => Refusal | undefined
> = {
  '/chat/completions': (request) => {
    const field = Object.keys(request).find((name) => platformFields.has(name));
    if (field) return refuse(`Unrecognized request argument supplied: ${field}`, 'invalid_request_body');
    return findRefusal(request, {
      models: [String(request.model)],
      takes: new Set(['reasoning_text', 'reasoning_opaque']),
    });
  },
  '/responses': checkResponses,
  '/v1/messages': (request, model, headers) => {
    if (headers['anthropic-version'] !== '2023-06-01')
      return refuse('anthropic-version: header is required', 'invalid');
    const message = findMessagesRefusal(request, { ...model, maxOutputTokens });
    if (message === undefined) return undefined;
    return { status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message } } };
  },
};

/** Of OpenAI's platform, and of nobody else's. */
const platformFields: ReadonlySet<string> = new Set([
  'metadata',
  'prompt_cache_key',
  'safety_identifier',
  'service_tier',
  'store',
]);

/** What the headers say about the turn. */
function checkTurn(headers: IncomingHttpHeaders, request: Json): Refusal | undefined {
  const bad = (name: string) => refuse(`bad ${name} header`, 'invalid_request_body');
  if (!/^(user|agent)$/.test(String(headers['x-initiator']))) return bad('X-Initiator');
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(headers['x-request-id']))) return bad('X-Request-Id');
  if (!/^conversation-(panel|agent|edits)$/.test(String(headers['openai-intent']))) return bad('OpenAI-Intent');
  const hasImage = /"type":"(?:input_image|image_url|image)"/.test(JSON.stringify(request));
  if (hasImage === (headers['copilot-vision-request'] === 'true')) return undefined;
  return hasImage
    ? refuse('missing required Copilot-Vision-Request header for vision requests', 'invalid_request_body')
    : bad('Copilot-Vision-Request');
}

const responsesFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'include',
  'max_output_tokens',
  'temperature',
  'top_p',
  'truncation',
  'prompt_cache_key',
  'store',
  'stream',
]);

function checkResponses(request: Json, { efforts }: FakeCopilotModel): Refusal | undefined {
  const invalid = (message: string, param: string, code = 'invalid_value') =>
    refuse(message, code, { type: 'invalid_request_error', param });
  for (const field of Object.keys(request)) {
    if (!responsesFields.has(field)) return invalid(`Unknown parameter: '${field}'.`, field, 'unknown_parameter');
  }
  if (request.store !== false) return invalid("'store' must be false", 'store');
  if (request.stream !== true) return invalid("'stream' must be true", 'stream');
  if (!Array.isArray(request.input) || request.input.length === 0) return invalid("Invalid 'input'.", 'input');
  for (const [index, item] of (request.input as Json[]).entries()) {
    if (item.id !== undefined)
      return invalid('Items are not persisted when `store` is set to false.', `input[${index}].id`);
  }
  const limit = request.max_output_tokens;
  if (limit !== undefined && (limit as number) < 16) {
    const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${limit} instead.`;
    return invalid(message, 'max_output_tokens', 'integer_below_min_value');
  }
  for (const tool of (request.tools as Json[] | undefined) ?? []) {
    if (!/^[\w-]{1,64}$/.test(String(tool.name))) return invalid("Invalid 'tools[0].name'.", 'tools[0].name');
  }
  const effort = (request.reasoning as Json | undefined)?.effort;
  if (effort !== undefined && !efforts?.includes(String(effort))) {
    return invalid(`Unsupported value: '${effort}'.`, 'reasoning.effort', 'unsupported_value');
  }
  for (const field of ['temperature', 'top_p']) {
    if (!efforts || request[field] === undefined) continue;
    return invalid(
      `Unsupported parameter: '${field}' is not supported with this model.`,
      field,
      'unsupported_parameter',
    );
  }
  return undefined;
}

function checkEmbeddings(
  { input, dimensions, ...rest }: Json,
  { hasDimensions }: FakeCopilotModel,
): Refusal | undefined {
  if (!Array.isArray(input) || input.length === 0) return refuse('input must be an array', 'invalid_request_body');
  if (dimensions !== undefined && !hasDimensions) return refuse('dimensions are not supported', 'invalid_request_body');
  const unknown = Object.keys(rest).find((field) => field !== 'model');
  return unknown ? refuse(`unknown field ${unknown}`, 'invalid_request_body') : undefined;
}
