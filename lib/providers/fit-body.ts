/** A request's body without what the server, or one of its models, refuses. Pure. */
import { toTemplateOrder, withLastWordOfUser } from '../apis/chat-completions/template-order.ts';
import { toToolParameters } from '../apis/tool-parameters.ts';
import { isReasoningEffort, type ReasoningEffort } from '../canonical/types.ts';
import { asObject, type Json } from '../lenient-json.ts';
import { atMost } from './efforts.ts';
import type { TakenFields } from './model-notes.ts';
import type { UpstreamRequest } from './provider.ts';

/** The two names of one limit. */
const limits = ['max_tokens', 'max_completion_tokens'] as const;

/** @param ignore is told of each field that goes */
export function fitBody(body: Json, { omit, efforts }: TakenFields, ignore: (param: string) => void): Json {
  if (omit.size === 0 && !efforts) return body;
  const fitted = renameLimit(body, omit);
  for (const field of omit) {
    if (!Object.hasOwn(fitted, field)) continue;
    delete fitted[field];
    ignore(field);
  }
  if (efforts) fitEfforts(fitted, efforts, ignore);
  if (omit.has('schemas') && Array.isArray(fitted.tools)) fitted.tools = fitted.tools.map(withPlainSchema);
  if (omit.has('strict') && Array.isArray(fitted.tools)) fitted.tools = fitted.tools.map(withoutStrict);
  if (Array.isArray(fitted.messages)) fitted.messages = fitMessages(fitted.messages, omit);
  return fitted;
}

/** What is left for the server to see to, of Chat Completions. */
export function honouredWith({ omit }: TakenFields): UpstreamRequest['honours'] {
  return [
    ...(omit.has('stop') ? [] : (['stop'] as const)),
    ...(limits.every((field) => omit.has(field)) ? [] : (['max_output_tokens'] as const)),
  ];
}

/** Asks for the usage in a stream; no client has asked for it, so it is not reported where it is missing. */
export function withUsage(body: Json, streamOptions: unknown, { omit }: TakenFields): Json {
  return omit.has('stream_options') ? body : { ...body, stream_options: streamOptions };
}

function renameLimit(body: Json, omit: ReadonlySet<string>): Json {
  const [refused, taken] = omit.has(limits[0]) ? limits : [limits[1], limits[0]];
  if (!omit.has(refused) || omit.has(taken) || body[refused] === undefined) return { ...body };
  const { [refused]: limit, ...rest } = body;
  return { [taken]: limit, ...rest };
}

function fitEfforts(body: Json, efforts: readonly ReasoningEffort[], ignore: (param: string) => void): void {
  const reasoning = asObject(body.reasoning);
  if (reasoning?.effort !== undefined) {
    const effort = nearest(reasoning.effort, efforts);
    const { effort: _, ...rest } = reasoning;
    body.reasoning = effort === undefined ? rest : { ...rest, effort };
  }
  if (body.reasoning_effort === undefined) return;
  const effort = nearest(body.reasoning_effort, efforts);
  if (effort !== undefined) body.reasoning_effort = effort;
  else {
    delete body.reasoning_effort;
    ignore('reasoning_effort');
  }
}

/** `none` is no weak effort but a switch: it stands for nothing else. Words that are not known here are the server's own. */
function nearest(asked: unknown, efforts: readonly ReasoningEffort[]): unknown {
  if (!isReasoningEffort(asked) || efforts.includes(asked)) return asked;
  const real = efforts.filter((effort) => effort !== 'none');
  return atMost(asked, real) ?? real[0];
}

function withPlainSchema(given: unknown): unknown {
  const tool = asObject(given);
  const definition = asObject(tool?.function);
  if (!definition) return given;
  return { ...tool, function: { ...definition, parameters: toToolParameters(definition.parameters) } };
}

function withoutStrict(given: unknown): unknown {
  const tool = asObject(given);
  const definition = asObject(tool?.function);
  if (!definition) return given;
  const { strict: _, ...rest } = definition;
  return { ...tool, function: rest };
}

function fitMessages(messages: readonly unknown[], omit: ReadonlySet<string>): unknown[] {
  const given = messages.map((message) => asObject(message) ?? {});
  const named = omit.has('developer') ? given.map(withSystemRole) : given;
  const bare = omit.has('reasoning_content') ? named.map(({ reasoning_content: _, ...message }) => message) : named;
  const ended = omit.has('ending') ? withLastWordOfUser(bare) : bare;
  if (!omit.has('order') && !omit.has('system')) return ended;
  // The common order was refused, or is not enough.
  return toTemplateOrder(ended, { hasInstructions: !omit.has('system'), mayFollowTools: !omit.has('order') });
}

function withSystemRole(message: Json): Json {
  return message.role === 'developer' ? { ...message, role: 'system' } : message;
}
