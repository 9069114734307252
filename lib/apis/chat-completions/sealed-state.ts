import { asObject, asText, type Json } from '../../lenient-json.ts';
import { type ReasoningTextField, type ServerState, type StateSource, writeServerState } from './server-state.ts';

/** Most characters of state that are kept to be sent back. */
const maxCharacters = 16 * 1024 * 1024;
const maxDetails = 4096;

/** Fields of a message, and of a tool call, that are read here; all others are the server's own. */
const messageFields: ReadonlySet<string> = new Set([
  'annotations',
  'audio',
  'content',
  'function_call',
  'images',
  'name',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'reasoning_opaque',
  'reasoning_text',
  'refusal',
  'role',
  'tool_calls',
]);
const callFields: ReadonlySet<string> = new Set(['custom', 'function', 'id', 'index', 'type']);

/** What a server needs back, gathered from the pieces of its answer. */
export class SealedState {
  readonly #answerId: string;
  readonly #source: StateSource | undefined;
  #state: ServerState = {};
  #characters = 0;
  #isNew = false;
  /** Calls with fields of the server's own that had no id. */
  #namedCalls = 0;

  /**
   * @param source the server that sent it; absent: only encrypted reasoning is kept, as the rest can only go back to a known
   * server
   */
  constructor(answerId: string, source: StateSource | undefined) {
    this.#answerId = answerId;
    this.#source = source;
  }

  /** Reasoning text has come in this field. */
  noteText(field: ReasoningTextField): void {
    if (this.#state.text === field || !this.#source) return;
    this.#state.text = field;
    this.#isNew = true;
  }

  noteOpaque(opaque: unknown): void {
    if (!asText(opaque)) return;
    this.#state.opaque = opaque as string;
    this.#isNew = true;
  }

  /** Pieces of one detail come one after another: joins their texts, and keeps their other fields. */
  addDetail(detail: Json): void {
    this.#state.details ??= [];
    const { details } = this.#state;
    for (const value of Object.values(detail)) if (typeof value === 'string') this.#characters += value.length;
    if (this.#characters > maxCharacters || details.length >= maxDetails) {
      throw new SyntaxError('reasoning with too many details');
    }
    if (asText(detail.signature) || asText(detail.data)) this.#isNew = true;
    const last = details.at(-1);
    const isOpen = last && !asText(last.signature) && !asText(last.data);
    const isPiece = isOpen && last.type === detail.type && last.index === detail.index && last.id === detail.id;
    if (!isPiece) {
      details.push({ ...detail });
      return;
    }
    for (const [key, value] of Object.entries(detail)) {
      if (value === undefined || value === null || value === '') continue;
      const isText = (key === 'text' || key === 'summary') && typeof last[key] === 'string';
      last[key] = isText ? `${last[key]}${value}` : value;
    }
  }

  noteMessage(message: Json): void {
    const own = this.#ownFields(message, messageFields);
    if (own) this.#state.message = joinFields(this.#state.message ?? {}, own);
  }

  /** Notes the fields of a call that are the server's own. @returns the call, with an id where it had none to note them by */
  noteCall(given: unknown, { idAt }: { idAt(index: unknown): string | undefined }): unknown {
    const call = asObject(given);
    const own = call && this.#ownFields(call, callFields);
    if (!own) return given;
    const id = asText(call.id) ?? idAt(call.index) ?? `call_${this.#answerId}_own${this.#namedCalls++}`;
    this.#state.calls ??= {};
    this.#state.calls[id] = joinFields(this.#state.calls[id] ?? {}, own);
    return { ...call, id };
  }

  #ownFields(from: Json, known: ReadonlySet<string>): Json | undefined {
    if (!this.#source) return undefined;
    let own: Json | undefined;
    for (const key in from) {
      if (!isOwn(key, from[key], known)) continue;
      own ??= {};
      own[key] = from[key];
    }
    if (!own) return undefined;
    this.#characters += JSON.stringify(own).length;
    if (this.#characters > maxCharacters) throw new SyntaxError('too many fields that are not known');
    this.#isNew = true;
    return own;
  }

  /** The state so far, where there is more of it than at the last time. */
  write(): string | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    return writeServerState(this.#state, this.#source);
  }

  /** What comes from here on belongs to the next item. */
  reset(): void {
    this.#state = {};
    this.#isNew = false;
  }
}

/** Flags and numbers say how the answer came, rather than hold anything. */
function isOwn(key: string, value: unknown, known: ReadonlySet<string>): boolean {
  if (known.has(key) || key === '__proto__') return false;
  return typeof value === 'object' ? value !== null && Object.keys(value).length > 0 : asText(value) !== undefined;
}

/** As clients join the deltas of a message: texts one behind the other, objects field by field. */
function joinFields(before: Json, more: Json): Json {
  const joined = { ...before };
  for (const [key, value] of Object.entries(more)) {
    const known = joined[key];
    const [first, second] = [asObject(known), asObject(value)];
    if (first && second) joined[key] = joinFields(first, second);
    else
      joined[key] = typeof known === 'string' && typeof value === 'string' && known !== value ? known + value : value;
  }
  return joined;
}
