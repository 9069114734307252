/**
 * What a refusal says of the fields that a server, or one of its models, does not take: each server says it in words of its
 * own, so that what was sent is looked for in what is said. Pure.
 */
import type { ReasoningTextField } from '../apis/chat-completions/server-state.ts';
import type { ReasoningEffort } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import { asObject, type Json } from '../lenient-json.ts';
import { sortEfforts } from './efforts.ts';

/** What a request can do without. */
export interface RefusedFields {
  /** Fields of the body, and the words of `quirks` for what is inside of it. */
  fields: readonly string[];
  /** The words of `reasoning_effort` that are taken instead, weakest first. */
  efforts?: readonly ReasoningEffort[];
  /** What it misses: the reasoning beside tool calls, in this field. */
  reasoning?: ReasoningTextField;
}

/** What a request may have inside of its messages and tools that some servers refuse. */
export const quirks = [
  'developer',
  'ending',
  'names',
  'order',
  'reasoning_content',
  'schemas',
  'strict',
  'system',
] as const;

/** Sampling that reasoning models take in one value only: what refuses one of them refuses all. */
const oneValued: ReadonlySet<string> = new Set(['temperature', 'top_p']);

/** What an answer is as good an answer without, or has put right here: of each of the three APIs. */
const droppable: ReadonlySet<string> = new Set([
  ...oneValued,
  'chat_template_kwargs',
  'context_management',
  'enable_thinking',
  'frequency_penalty',
  'include',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_output_tokens',
  'max_tokens',
  'metadata',
  'min_p',
  'moderation',
  'output_config',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'reasoning_content',
  'reasoning_effort',
  'repetition_penalty',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'stop_sequences',
  'store',
  'stream_options',
  'strict',
  'thinking',
  'top_k',
  'top_logprobs',
  'truncation',
  'user',
  'verbosity',
]);

/** Fields inside of which a client may have written its own fault. */
const nestedQuirks: readonly [RegExp, string][] = [
  [/^tools\.(?:function\.)?strict$/, 'strict'],
  [/^messages\.reasoning_content$/, 'reasoning_content'],
  [/^reasoning\.effort$/, 'reasoning_effort'],
];

/** A field is not known, or not taken. */
const notTaken =
  /\b(?:un|not |n['’]t )(?:yet |an? )?(?:supported|recogni[sz]ed|known|expected|permitted|allowed|accepted|available|compatible)|\b(?:is|are) not (?:a )?valid|\binvalid (?:parameter|argument|field|property)|\bunknown|\bdoes(?: no|n['’])t (?:support|accept|recogni[sz]e|take|allow)|\bextra (?:inputs|fields)|\badditional propert|\bcannot find field|\bno such|\bdeprecated/i;
/** The field itself is not known, whatever its value. */
const unknownField =
  /\bextra (?:inputs|fields)\b|\b(?:unknown|unrecogni[sz]ed) (?:request )?(?:field|name|parameter|argument|key|property)|\bunexpected keyword argument\b/i;
/** A value is: that is the client's own fault, which another request need not have. */
const valueFault =
  /\btoo (?:large|small|long|short|high|low|big|many|few)\b|\b(?:at|greater|less|more|fewer|smaller|larger) (?:most|least|than)\b|\bexceed|\bm(?:ax|in)imum\b|\bvalid (?:integer|number|string|list|dictionary)\b/i;
/** What is said of what would be taken. */
const alternatives =
  /\b(?:use|try|did you mean)\b[\s\S]*|\b(?<!not )(?:expected|supported|permitted|allowed|valid|available)\s+(?:one of|any of|fields?|parameters?|properties|keys|values?|arguments?|options?|are)\b[\s\S]*|\bexpected `[\s\S]*/i;
/** FastAPI repeats what it was sent. */
const repeatedInput = /['"]input['"]\s*:[\s\S]*/;

/** What a model says in words that does not think: an answer without is as good an answer. */
const thinkingRefusal = /\bdoes not support (?:extended |adaptive )?(?:thinking|reasoning)\b/i;
const developerRefusal =
  /\b(?:roles?|variant|messages?)\b[\s\S]*['"`]?\bdeveloper\b|\bdeveloper['"`]? (?:role|message)/i;
const systemRefusal = /\bsystem(?: role| messages?)? (?:is|are)? ?not supported|\bunknown variant `system`/i;
/** A tool’s name has to match a pattern, or is too long. */
const nameRefusal =
  /\b(?:tools?|functions?|function_declarations)\b[\s\S]*\bname\b[\s\S]*\b(?:pattern|match|characters|alphanumeric|alpha-numeric|underscores|too long|max(?:imum)? length)\b|\binvalid (?:function|tool) name/i;
/** The schema of a tool's arguments is in a dialect, or has a fault, that the server does not bear. */
const schemaRefusal =
  /\binvalid (?:json )?schema for (?:function|tool)|\binput_schema\b|\bfunction_declarations\b[\s\S]*\b(?:items|properties|required|parameters)\b|\bschema\b[\s\S]*\bmissing items\b|\b(?:parameters|tools?)\b[\s\S]*\b(?:invalid|unsupported) (?:json )?schema/i;
/** DeepSeek, Kimi and MiMo in their thinking modes (seen 2026). */
const missedReasoning =
  /\breasoning_content\b[\s\S]*\b(?:missing|required|must be (?:passed|provided|sent|included)|not (?:passed|provided|found)|lacks?)\b|\b(?:missing|lacks?|requires?)\b[\s\S]*\breasoning_content\b/i;
/** What Python says of an argument that a function does not have; servers tell it as a fault of their own. */
const unexpectedArgument = /\bunexpected keyword argument\b/i;
/** The assistant has the last word: Mistral, Claude (seen 2026). */
const endingRefusal =
  /\blast role\b[\s\S]*\bassistant\b|\bassistant (?:message )?prefill\b|\bmust end with a user\b|\b(?:last|final) message\b[\s\S]*\b(?:not|cannot) be (?:from )?(?:an |the )?assistant\b/i;
/** Chat templates raise it: Qwen, Mistral, Gemma, Llama 2, Cohere (seen 2026). */
const orderRefusal =
  /\bsystem message\b[\s\S]*\b(?:beginning|start|first)\b|\broles must alternate\b|\bunexpected role\b[\s\S]*\bafter role\b|\bonly user and assistant roles\b|\b(?:first|last) message\b[\s\S]*\b(?:user|system)\b|\bno user query\b/i;

/**
 * Undefined when the refusal says nothing of the kind, or an answer without the field would be to another question.
 * @param sent the body that was refused; absent: the named fields are assumed to have been in it
 */
export function readRefusedFields(error: OpenCompatError, sent?: Json): RefusedFields | undefined {
  const { code, message } = error.public;
  const isRequestFault = error.code === 'OC_UPSTREAM_BAD_REQUEST';
  // Chat templates are code: what they raise is told as a fault of the server.
  if (!isRequestFault && error.code !== 'OC_UPSTREAM_ERROR') return undefined;
  const said = message.replace(repeatedInput, '');
  const inTemplate = readTemplateRefusal(said);
  if (inTemplate) return { fields: [inTemplate] };
  if (!isRequestFault && !unexpectedArgument.test(said)) return undefined;
  if (missedReasoning.test(said)) return { fields: [], reasoning: 'reasoning_content' };
  if (thinkingRefusal.test(said)) return { fields: ['thinking', 'reasoning_effort'] };

  if (nameRefusal.test(said)) return { fields: ['names'] };
  if (schemaRefusal.test(said)) return { fields: ['schemas'] };
  const told = said.replace(alternatives, '');
  const named = namesIn(error.public.param, told).filter((name) => !sent || isIn(sent, name));
  const isUnknown = code === 'unsupported_parameter' || code === 'unknown_parameter' || unknownField.test(said);
  if (named.includes('reasoning_effort') && !isUnknown) {
    const efforts = readEfforts(said);
    if (efforts) return { fields: [], efforts };
  }
  const field = named[0];
  if (field === undefined) return undefined;
  const isOfOneValue = oneValued.has(field) && code === 'unsupported_value';
  const isRefused = isUnknown || isOfOneValue || (notTaken.test(said) && !valueFault.test(said));
  if (!isRefused) return undefined;
  return { fields: oneValued.has(field) ? [...oneValued] : [field] };
}

function readTemplateRefusal(said: string): (typeof quirks)[number] | undefined {
  if (developerRefusal.test(said.replace(alternatives, ''))) return 'developer';
  if (systemRefusal.test(said)) return 'system';
  if (endingRefusal.test(said)) return 'ending';
  return orderRefusal.test(said) ? 'order' : undefined;
}

/** The fields that a text names, the one that the error itself names first. */
function namesIn(param: string | null, text: string): string[] {
  const quoted = [...text.matchAll(/(?<!\brole:?\s*)['"`]([A-Za-z][\w.[\]-]{0,99})['"`]/g)].map(([, name]) => name!);
  const introduced = [
    ...text.matchAll(/\b(?:parameter|argument|field|property)s?(?: supplied)?:?\s+\[?([A-Za-z][\w.[\]-]{0,99})/gi),
  ].map(([, name]) => name!);
  // Words of several parts are no English.
  const composed = text.match(/\b[A-Za-z][a-z]*(?:_[a-z]+|[A-Z][a-z]+)+[\w.[\]]*/g) ?? [];
  const first = /^\s*([A-Za-z][\w.[\]-]{0,99}):/.exec(text)?.[1];
  // A word that stands alone, or begins what is said of it.
  const apart = [
    ...text.matchAll(/\b([a-z][\w.]{0,99})\s+Extra (?:inputs|fields)\b|\bsupport ([a-z][\w.]{0,99})\.?\s*$/g),
    ...text.matchAll(/(?:^|[:;([\n]|->)[ \t]*([a-z][\w.]{0,99})(?=[ \t]*(?:$|[\])\n:,.])|\s+(?:is|are)\s+not\b)/g),
  ].map(([, name, last]) => name ?? last!);
  const names = [param, first, ...quoted, ...introduced, ...composed, ...apart];
  return [...new Set(names.flatMap((name) => toField(name ?? '') ?? []))];
}

/** `body.messages[3].x` and `topP` as this API's own names. */
function toField(name: string): string | undefined {
  const path = name
    .replace(/\[\d*\]|\.\d+(?=\.|$)/g, '')
    .replace(/^body\.|[.\]]+$/g, '')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();
  if (droppable.has(path)) return path;
  return nestedQuirks.find(([pattern]) => pattern.test(path))?.[1];
}

function isIn(body: Json, field: string): boolean {
  if ((quirks as readonly string[]).includes(field)) return true;
  return body[field] !== undefined || (field === 'reasoning_effort' && asObject(body.reasoning) !== undefined);
}

/** The efforts that a refusal lists; none of them where it says only that there is a `default`. */
function readEfforts(said: string): ReasoningEffort[] | undefined {
  const [, list] =
    /\b(?:one of|should be|must be|expected|supported(?: values)?|allowed|permitted|valid|only|accepts?|takes?)\b([\s\S]*)/i.exec(
      said,
    ) ?? [];
  const words = list?.toLowerCase().match(/\b(?:none|minimal|low|medium|high|xhigh|max|ultra|default)\b/g);
  return words ? sortEfforts(words) : undefined;
}
