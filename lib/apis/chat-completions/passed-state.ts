/**
 * State of a server in a Chat client's messages that are passed on: an earlier answer was translated, and the client was given
 * the state in carriers of this server's own. The upstream gets it in the form that it gave it in, or nothing of it.
 */
import { usualMaxValues, ValueBudget } from '../../bounded-json.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { fromStatefulId } from '../call-id-state.ts';
import { isServerState, readCarriedDetails, readServerState, type StateSource } from './server-state.ts';

/** @param source the server that is asked */
export function restoreState(messages: readonly unknown[], source: StateSource): unknown[] {
  const budget = new ValueBudget(usualMaxValues);
  return messages.map((given) => {
    const message = asObject(given);
    if (message?.role === 'tool' && typeof message.tool_call_id === 'string') return withOwnId(message, 'tool_call_id');
    return message?.role === 'assistant' ? restoreMessage(message, source, budget) : given;
  });
}

function restoreMessage(message: Json, source: StateSource, budget: ValueBudget): Json {
  const { tool_calls: calls, reasoning_details: details } = message;
  const carried = [...readCarriedDetails(details), ...(Array.isArray(calls) ? calls.flatMap(readCarriedId) : [])];
  if (carried.length === 0) return message;
  const states = carried.flatMap((encrypted) => readServerState(encrypted, source, budget) ?? []);
  const own = (Array.isArray(details) ? details : []).filter((detail) => !isServerState(asObject(detail)?.data));
  const allDetails = [...own, ...states.flatMap((state) => state.details ?? [])];
  const { reasoning_details: _, ...rest } = message;
  const opaque = states.find((state) => state.opaque)?.opaque;
  return {
    ...rest,
    ...(opaque && { reasoning_opaque: opaque }),
    ...(allDetails.length > 0 && { reasoning_details: allDetails }),
    ...Object.assign({}, ...states.map((state) => state.message)),
    ...(Array.isArray(calls) && { tool_calls: calls.map((call) => restoreCall(call, states)) }),
  };
}

function readCarriedId(call: unknown): string[] {
  const { encrypted } = fromStatefulId(asText(asObject(call)?.id) ?? '');
  return encrypted === undefined ? [] : [encrypted];
}

function restoreCall(given: unknown, states: readonly { calls?: Record<string, Json> }[]): unknown {
  const call = asObject(given);
  if (typeof call?.id !== 'string') return given;
  const restored = withOwnId(call, 'id');
  const fields = states.map(({ calls = {} }) => calls[String(restored.id)]);
  return Object.assign({}, ...fields, restored);
}

/** Ids that carry nothing are the client's own, however long. */
function withOwnId(entry: Json, key: string): Json {
  const { callId, encrypted } = fromStatefulId(String(entry[key]));
  return encrypted === undefined ? entry : { ...entry, [key]: callId };
}
