/** Ollama requests for text → canonical requests. Sets no defaults: another box does. */
import type { CanonicalInputItem, CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject } from '../../lenient-json.ts';
import type { RequestContext } from '../api.ts';
import { notSupported } from '../body-validation.ts';
import type { ChatMessage } from '../chat-completions/message-schema.ts';
import { toInput } from '../chat-completions/messages.ts';
import { toContinuation, toGapFilling } from '../plain-prompts.ts';
import { toInputItems, withImages } from './messages.ts';
import { type ChatBody, type GenerateBody, type OllamaTool, thinkLevels } from './schema.ts';

type CanonicalTool = NonNullable<CanonicalRequest['tools']>[number];

/** Options with a parameter of their own in canonical form. */
const sharedOptions = [
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'presence_penalty',
  'frequency_penalty',
] as const satisfies (keyof NonNullable<ChatBody['options']> & keyof CanonicalRequest)[];

const knownOptions: ReadonlySet<string> = new Set([...sharedOptions, 'num_predict', 'stop']);

/** Most unknown options that are read. */
const maxSeenOptions = 64;

/** @throws OpenCompatError for what cannot be honoured without lying */
export function chatToCanonical(body: ChatBody, context: RequestContext): CanonicalRequest {
  const request = toRequest(body, toInputItems(body.messages ?? []), context);
  if (body.tools?.length) request.tools = body.tools.map(toTool);
  return request;
}

/** @throws OpenCompatError for what cannot be honoured without lying */
export function generateToCanonical(body: GenerateBody, context: RequestContext): CanonicalRequest {
  const request = toRequest(body, toGenerateInput(body), context);
  // Templates belong to the model's server here, and the tokens of a text are unknown.
  if (body.template) context.ignore('template');
  if (body.context?.length) context.ignore('context');
  for (const param of ['width', 'height', 'steps'] as const) if (body[param]) context.ignore(param);
  return request;
}

function toGenerateInput(body: GenerateBody): CanonicalInputItem[] {
  const system: ChatMessage[] = body.system ? [{ role: 'system', content: body.system }] : [];
  const prompt = body.prompt ?? '';
  if (body.suffix) return [...toInput(system), ...toGapFilling(prompt, body.suffix)];
  if (body.raw) return [...toInput(system), ...toContinuation(prompt)];
  return toInput([...system, { role: 'user', content: withImages(prompt, body.images, 'images') }]);
}

function toRequest(
  body: ChatBody | GenerateBody,
  input: CanonicalInputItem[],
  context: RequestContext,
): CanonicalRequest {
  const request: CanonicalRequest = { model: body.model, input, stream: isStreaming(body) };
  const reasoning = toReasoning(body.think);
  if (reasoning) request.reasoning = reasoning;
  const text = toText(body.format);
  if (text) request.text = text;
  applyOptions(body.options ?? {}, request, context);
  // Whoever asks for an error instead gets that: nothing is left out here.
  for (const param of ['truncate', 'shift'] as const) if (body[param]) context.ignore(param);
  if (body.logprobs) request.logprobs = true;
  if (body.logprobs && body.top_logprobs) request.top_logprobs = body.top_logprobs;
  return request;
}

export function isStreaming({ stream }: Pick<ChatBody, 'stream'>): boolean {
  return stream !== false;
}

function toTool({ type, function: { name, description, parameters } }: OllamaTool, index: number): CanonicalTool {
  if (type && type !== 'function') {
    throw new OpenCompatError('OC_TOOL_NOT_SUPPORTED', { tool: type.slice(0, 100) }, { param: `tools[${index}].type` });
  }
  return {
    type: 'function',
    name,
    ...(description != null && { description }),
    // Upstreams refuse an object schema without `properties`.
    parameters: { type: 'object', properties: {}, ...asObject(parameters) },
    strict: false,
  };
}

/** @throws OpenCompatError OC_INVALID_VALUE for an unknown level */
function toReasoning(think: ChatBody['think']): CanonicalRequest['reasoning'] | undefined {
  if (think == null || think === '') return undefined;
  if (typeof think === 'boolean') return { effort: think ? 'medium' : 'none' };
  const effort = thinkLevels.find((level) => level === think);
  if (effort) return { effort };
  const reason = notSupported(think, ['true', 'false', ...thinkLevels]);
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'think' });
}

/** @throws OpenCompatError OC_INVALID_VALUE for a word other than `json` */
function toText(format: ChatBody['format']): CanonicalRequest['text'] | undefined {
  if (format == null || format === '') return undefined;
  if (typeof format === 'object') {
    return { format: { type: 'json_schema', name: 'answer', schema: format, strict: false } };
  }
  if (format === 'json') return { format: { type: 'json_object' } };
  const reason = `Invalid value for 'format': expected 'json' or a JSON schema.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'format' });
}

/** Ollama takes any number; one beyond the bounds of the other APIs becomes the nearest bound, or means "no limit". */
function withinBounds(option: (typeof sharedOptions)[number], value: number | null | undefined): number | undefined {
  if (value == null) return undefined;
  if (option === 'temperature') return Math.max(value, 0);
  if (option === 'top_p') return value > 0 ? Math.min(value, 1) : undefined;
  return option === 'top_k' && value <= 0 ? undefined : value;
}

function applyOptions(
  options: NonNullable<ChatBody['options']>,
  request: CanonicalRequest,
  context: RequestContext,
): void {
  for (const option of sharedOptions) {
    const value = withinBounds(option, options[option]);
    if (value !== undefined) request[option] = value;
  }
  // Below one it means "until the end", or "until the context is full".
  const { num_predict, stop } = options;
  if (num_predict != null && num_predict > 0) request.max_output_tokens = num_predict;
  const sequences = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((sequence) => sequence !== '');
  if (sequences.length > 0) request.stop = sequences;

  let seen = 0;
  for (const option in options) {
    if (++seen > maxSeenOptions) break;
    // The name goes into a response header: only safe ones are repeated.
    if (!knownOptions.has(option) && /^\w{1,64}$/.test(option)) context.ignore(`options.${option}`);
  }
}
