/**
 * Steering on the wire: input that a client sends for a running answer, what it is told of it, and the request that brings it to
 * the model. (Types `ResponseSteer…Event` of the openai package 7.59, and
 * https://developers.openai.com/api/reference/resources/responses/websocket-events, read 2026-11.)
 */
import { isAsyncCall, listAsyncNames } from '../../canonical/async-calls.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { JsonSchema } from '../../json-schema.ts';
import { asText, type Json } from '../../lenient-json.ts';
import { createValidator } from '../body-validation.ts';
import { name, object, optionalText, text, textOr, union } from '../schema-parts.ts';
import { inputParts, type LooseItem } from './schema.ts';

export type SteerInput = string | readonly LooseItem[];

/** Input that has been accepted. */
export interface Steer {
  /** `steer_…` */
  readonly id: string;
  /** Of the answer that it is for. */
  readonly previous_response_id: string;
  readonly input: SteerInput;
  /** Size of its message, in characters. */
  readonly size: number;
}

/** What a client may read of a `response.steer`, whatever is in it. */
export type SteerFrame = Pick<Steer, 'previous_response_id' | 'input'>;

const userMessage: JsonSchema = {
  ...object(
    {
      type: { const: 'message' },
      role: { const: 'user' },
      content: textOr(union('type', inputParts)),
      id: optionalText,
      status: optionalText,
    },
    ['role', 'content'],
  ),
  additionalProperties: false,
};

export const steerSchema: JsonSchema = {
  ...object(
    {
      type: text,
      previous_response_id: name,
      input: { type: ['string', 'array'], minLength: 1, minItems: 1, items: userMessage },
    },
    ['previous_response_id', 'input'],
  ),
  additionalProperties: false,
};

/** @throws OpenCompatError for a `response.steer` that is not valid */
export const checkSteer = createValidator(steerSchema);

const reasons = {
  invalid_input: 'The input is not valid.',
  response_not_found: 'No answer on this connection has this id.',
  response_already_completed: 'The answer has ended: send the input in the next `response.create`.',
  response_not_active: 'The connection takes no further input: the server is shutting down.',
  steering_not_supported:
    'An answer with `conversation`, `context_management` or `generate: false` cannot be steered: send the input in the next `response.create`.',
  too_many_pending_steers:
    'As much input as may wait on this connection waits already (`websocketMaxRequests`): wait for the answer that takes it, or send the outputs of its tools.',
  successor_creation_failed: 'The answer that was to take the input could not be made.',
} as const;

export type SteerErrorCode = keyof typeof reasons;

/** An event as it is sent but for its number. */
export type SteerEvent = { readonly type: string } & Readonly<Json>;

export function toAccepted({ id, previous_response_id }: Steer): SteerEvent {
  return { type: 'response.steer.accepted', steer: { id, previous_response_id } };
}

/** @param required stubs of the items without which the model cannot go on */
export function toPending({ id, previous_response_id }: Steer, required: readonly Json[]): SteerEvent {
  return {
    type: 'response.steer.pending',
    steer: { id, previous_response_id },
    reason: 'waiting_for_required_input',
    required_input: required,
  };
}

/** Returns the input. @param details more than the code says */
export function toSteerFailure(code: SteerErrorCode, steer: Partial<Steer>, details?: string): SteerEvent {
  const { id, input = [], previous_response_id = '' } = steer;
  return {
    type: 'response.steer.failed',
    error: {
      type: 'invalid_request_error',
      code,
      message: details === undefined ? reasons[code] : `${reasons[code]} ${details}`,
    },
    steer: { ...(id !== undefined && { id }), input, previous_response_id },
  };
}

/** Stubs of what a client owes for a call, by the type of the call. */
const outputStubs: Readonly<Record<string, (call: Json) => Json>> = {
  function_call: ({ call_id, name }) => ({ type: 'function_call_output', call_id, name }),
  custom_tool_call: ({ call_id }) => ({ type: 'custom_tool_call_output', call_id }),
  computer_call: ({ call_id }) => ({ type: 'computer_call_output', call_id }),
  shell_call: ({ call_id }) => ({ type: 'shell_call_output', call_id }),
  local_shell_call: ({ call_id }) => ({ type: 'local_shell_call_output', id: call_id }),
  apply_patch_call: ({ call_id }) => ({ type: 'apply_patch_call_output', call_id }),
  tool_search_call: ({ call_id }) => ({ type: 'tool_search_output', call_id, execution: 'client' }),
  mcp_approval_request: ({ id }) => ({ type: 'mcp_approval_response', approval_request_id: id }),
};

/** What the client has to send before the model can go on from an answer: outputs of its tools, and its approvals. @param tools of the request */
export function listRequiredInput(output: readonly object[], tools: unknown): Json[] {
  const items = output as readonly Json[];
  const asyncNames = listAsyncNames(tools as CanonicalRequest['tools']);
  // Calls that run upstream are followed by their output.
  const answered = new Set(items.filter(({ type }) => /_output$/.test(String(type))).map(({ call_id }) => call_id));
  return items.flatMap((item) => {
    const toStub = outputStubs[asText(item.type) ?? ''];
    if (!toStub || answered.has(item.call_id ?? '') || isAsyncCall(item, asyncNames)) return [];
    if (item.type === 'tool_search_call' && item.execution !== 'client') return [];
    return [toStub(item)];
  });
}

/** May the answer to such a request be steered? Such as cannot be gone on from by `previous_response_id` alone may not. */
export function isSteerable({ conversation, context_management, generate }: Json): boolean {
  return conversation == null && context_management == null && generate !== false;
}

function toItems(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : [];
}

/** Puts the steering before a request's own input. */
export function prependSteers(request: Json, steers: readonly Steer[]): Json {
  return { ...request, input: [...steers.flatMap(({ input }) => toItems(input)), ...toItems(request.input)] };
}

/** The request by which an answer is gone on from. @param settings of the request that it was made for: all but its input */
export function toSuccessor(settings: Json, previousId: string, steers: readonly Steer[]): Json {
  return prependSteers({ ...settings, previous_response_id: previousId }, steers);
}
