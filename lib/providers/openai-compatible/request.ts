/** Request bodies for OpenAI-compatible servers. Pure. */
import { nestChoice, nestTool } from '../../apis/chat-completions/flat-forms.ts';
import { restoreState } from '../../apis/chat-completions/passed-state.ts';
import type { ChatBodyOptions } from '../../apis/chat-completions/upstream-request.ts';
import { withTruePictures } from '../../apis/pictures.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import { ignoreOthers } from '../../canonical/ignored.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { asObject, type Json } from '../../lenient-json.ts';
import type { TakenFields } from '../model-notes.ts';
import type { BuildContext, RawRequest, ResolvedModel } from '../provider.ts';
import { isKeptForOthers, type Loose } from '../responses-input.ts';

/** OpenAI's models that reason refuse `max_tokens`; other servers may know only that. */
const needsCompletionTokens = /(?:^|\/)(?:gpt-[5-9]|o[1-9](?:-|$)|codex)/i;

/** Features of OpenAI's own servers that others may lack. */
export function chatOptionsFor(
  { model, ignore }: Pick<BuildContext, 'model' | 'ignore'>,
  isOpenAi: boolean,
  { reasoning }: Pick<TakenFields, 'reasoning'> = {},
): ChatBodyOptions {
  return {
    model: model.id,
    ignore,
    source: { provider: model.provider.name, model: model.id },
    neededReasoning: reasoning,
    maxTokensField: needsCompletionTokens.test(model.id) ? 'max_completion_tokens' : 'max_tokens',
    hasCustomTools: isOpenAi,
    hasAllowedTools: isOpenAi,
    hasRefusals: isOpenAi,
    hasReferences: isOpenAi,
  };
}

/** The client's own body with the upstream's model, the effort of the model's name, and without what SDKs leave in it and labels that lie. */
export function toPassedBody({ body }: RawRequest, { id, effort, provider }: ResolvedModel): Json {
  const passed: Json = { ...body, model: id };
  if (Array.isArray(body.messages)) {
    const messages = withTruePictures(body.messages).map(withoutParsed);
    passed.messages = restoreState(messages, { provider: provider.name, model: id });
  }
  if (Array.isArray(body.tools)) passed.tools = body.tools.map(nestTool);
  if (asObject(body.tool_choice)) passed.tool_choice = nestChoice(body.tool_choice);
  if (effort === undefined) return passed;
  const reasoning = asObject(body.reasoning);
  return { ...passed, reasoning_effort: effort, ...(reasoning && { reasoning: { ...reasoning, effort } }) };
}

/**
 * OpenAI's SDKs write what they parsed into the answers that they hand out, and programs send those answers back as they
 * are. OpenAI and other strict servers refuse it (openai-node issue 1161, openai-python issue 2720).
 * @param given a message of Chat Completions, or an item of the Responses API
 */
function withoutParsed(given: unknown): unknown {
  const entry = asObject(given);
  if (entry?.role !== 'assistant' && entry?.type !== 'function_call') return given;
  const { content, tool_calls: calls, ...rest } = dropParsed(entry) as Json;
  // Filled in by the Python SDK; other values (OpenRouter's, of files) matter to the server that sent them.
  if (rest.annotations === null) delete rest.annotations;
  return {
    ...rest,
    ...(content !== undefined && { content: Array.isArray(content) ? content.map(dropParsed) : content }),
    ...(calls !== undefined && { tool_calls: Array.isArray(calls) ? calls.map(dropParsedArguments) : calls }),
  };
}

function dropParsedArguments(given: unknown): unknown {
  const call = asObject(given);
  return call && 'function' in call ? { ...call, function: dropParsed(call.function) } : given;
}

function dropParsed(given: unknown): unknown {
  const entry = asObject(given);
  if (!entry) return given;
  const { parsed: _parsed, parsed_arguments: _arguments, ...rest } = entry;
  return rest;
}

/** Of the canonical form, but not of the Responses API. */
const foreign = [
  'stop',
  'choices',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'seed',
  'top_k',
  'logprobs',
  'prediction',
  'extra',
  'embeddings',
] as const satisfies (keyof CanonicalRequest)[];

/** Emulated here for an answer of the Responses API. */
const emulated: ReadonlySet<string> = new Set(['stop', 'choices', 'extra', 'embeddings']);

/**
 * The client's own body where it may be passed on, else the canonical request, which is one of the Responses API. Holds the
 * whole conversation, since the server stores nothing.
 */
export function toResponsesBody(
  request: CanonicalRequest,
  { model, ignore, raw }: Pick<BuildContext, 'model' | 'ignore' | 'raw'>,
): Json {
  const { previous_response_id: _, ...body } = raw ? withEffort(raw.body, model) : toOwnFields(request, ignore);
  return {
    ...body,
    model: model.id,
    input: withTruePictures(withoutLostReasoning(request.input)).map(withoutParsed),
    store: false,
    stream: true,
  };
}

function withEffort(body: RawRequest['body'], { effort }: Pick<ResolvedModel, 'effort'>): Json {
  // Only clients of this server send them, on a WebSocket; and what is made in the background is asked for as any other.
  const { type: _type, stream_id: _lane, generate: _generate, background: _, background_options: __, ...rest } = body;
  return effort === undefined ? rest : { ...rest, reasoning: { ...asObject(rest.reasoning), effort } };
}

/** Parameters of the Responses API. */
function toOwnFields({ extra, ...request }: CanonicalRequest, ignore: BuildContext['ignore']): Json {
  const body: Json = { ...extra, ...request };
  for (const param of foreign) {
    if (body[param] != null && !emulated.has(param)) ignore(param);
    delete body[param];
  }
  return body;
}

const nothing: ReadonlySet<string> = new Set();

/** A server of this API gets no fields that only the Responses API may know. */
export function forChat(
  request: CanonicalRequest,
  { clientApi, ignore }: Pick<BuildContext, 'clientApi' | 'ignore'>,
): CanonicalRequest {
  const { extra, ...known } = request;
  if (clientApi !== responsesUpstream.name) return request;
  ignoreOthers({ extra }, nothing, ignore);
  return known;
}

/**
 * A server that stores nothing accepts reasoning in encrypted form, or as text if it shows texts. It refuses reasoning with
 * only an id, and items with ids from an answer with such reasoning.
 */
function withoutLostReasoning(input: CanonicalRequest['input']): unknown[] {
  const items = input as unknown as Loose[];
  const kept = items.filter(
    (item) =>
      item.type !== 'reasoning' || (!isKeptForOthers(item) && (item.encrypted_content || hasText(item.content))),
  );
  if (kept.length === items.length) return items;
  return kept.map((item) => {
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call' && item.role !== 'assistant') return item;
    const { id: _, ...rest } = item;
    return rest;
  });
}

function hasText(content: unknown): boolean {
  return Array.isArray(content) && content.length > 0;
}
