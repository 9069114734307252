/**
 * State that a server gave beside its answer and wants back with the next request: where its reasoning stood, encrypted pieces of
 * it, and fields that only the server knows (Gemini's `extra_content` of tool calls). In the canonical form it travels as
 * the `encrypted_content` of a reasoning item, which every client API has a carrier for, and names the server that gave it:
 * no other server gets it.
 */
import { usualMaxValues, ValueBudget } from '../../bounded-json.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { shortenCallId } from '../call-ids.ts';

/** Who gave it. */
export interface StateSource {
  /** Name of the provider. */
  provider: string;
  /** As the provider names it. */
  model: string;
}

/** Fields of a message that hold the text of its reasoning, by servers. */
export const reasoningTextFields = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;
export type ReasoningTextField = (typeof reasoningTextFields)[number];

export interface ServerState {
  /** The field that the reasoning item's text stood in. */
  text?: ReasoningTextField;
  /** Copilot's encrypted form. */
  opaque?: string;
  /** OpenRouter's details, with their signatures. */
  details?: Json[];
  /** Fields of the message that are not known here. */
  message?: Json;
  /** Fields of its tool calls that are not known here, by call id. */
  calls?: Record<string, Json>;
}

/** Tells it from what other backends encrypt. */
const mark = 'chat.1.';

export function writeServerState(state: ServerState, source: StateSource | undefined): string {
  return mark + Buffer.from(JSON.stringify({ ...source, ...state })).toString('base64url');
}

/** Is it the state of a server of this API, whichever that is? */
export function isServerState(encrypted: unknown): boolean {
  return typeof encrypted === 'string' && encrypted.startsWith(mark);
}

/**
 * What of it the server may have back. The place of reasoning text is the provider's, the rest the model's own.
 * Undefined for what was encrypted elsewhere, or comes from another provider.
 * @param budget for all states of a request. Default: one for this state
 */
export function readServerState(
  encrypted: unknown,
  source: StateSource | undefined,
  budget?: ValueBudget,
): ServerState | undefined {
  if (!isServerState(encrypted)) return undefined;
  const kept = parseState((encrypted as string).slice(mark.length), budget);
  if (!kept || kept.provider !== source?.provider) return undefined;
  const text = reasoningTextFields.find((field) => field === kept.text);
  if (kept.model !== source?.model) return { text };
  const { opaque, details, message, calls } = kept;
  return {
    text,
    opaque: asText(opaque),
    details: Array.isArray(details) ? details.map((detail) => asObject(detail) ?? {}) : undefined,
    message: asObject(message),
    calls: Object.fromEntries(
      Object.entries(asObject(calls) ?? {}).map(([id, fields]) => [shortenCallId(id), asObject(fields) ?? {}]),
    ),
  };
}

/** State in letters, digits, `_` and `-` alone; undefined where it holds no more than the place of a text. */
export function toCarriedState(encrypted: string): string | undefined {
  if (!isServerState(encrypted)) return undefined;
  const text = encrypted.slice(mark.length);
  const { opaque, details, message, calls } = parseState(text) ?? {};
  return opaque || details || message || calls ? text : undefined;
}

export function readCarriedState(text: string): string | undefined {
  return parseState(text) ? mark + text : undefined;
}

/** The states that a Chat client sends back in the field `reasoning_details`, among others' details. */
export function readCarriedDetails(details: unknown): string[] {
  if (!Array.isArray(details)) return [];
  return details.map((detail) => asObject(detail)?.data).filter(isServerState) as string[];
}

/** Clients can send anything as state. */
function parseState(text: string, budget = new ValueBudget(usualMaxValues)): Json | undefined {
  return asObject(budget.parse(Buffer.from(text, 'base64url').toString()));
}
