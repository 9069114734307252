/** Tool calls as servers stream them → calls of the canonical form. Servers agree on little here. */
import type { EventWriter, OpenCall } from '../../canonical/event-writer.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';

interface PendingCall {
  kind: 'function' | 'custom';
  /** As the server gave it. */
  id: string | undefined;
  name: string;
  input: string;
  /** Set once the name is known to be complete. */
  open: OpenCall | undefined;
}

/** Most calls in one answer; SDKs of OpenAI take 128. */
const maxCalls = 1024;
/** Longest name that is joined from pieces, in characters. */
const maxNameCharacters = 4096;

export class ToolCallDeltas {
  readonly #writer: EventWriter;
  /** Generated call ids are made from it. */
  readonly #answerId: string;
  readonly #calls: PendingCall[] = [];
  readonly #byIndex = new Map<number, PendingCall>();
  readonly #byId = new Map<string, PendingCall>();
  readonly #callIds = new Set<string>();
  #last: PendingCall | undefined;

  constructor(writer: EventWriter, answerId: string) {
    this.#writer = writer;
    this.#answerId = answerId;
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  /** The id of the call that comes in pieces with this index. */
  readonly idAt = (index: unknown): string | undefined => this.#byIndex.get(index as number)?.id;

  /**
   * @param isWhole each entry is a whole call rather than a piece
   * @throws SyntaxError for an invalid call
   */
  read(value: unknown, isWhole: boolean): void {
    const delta = asObject(value);
    if (!delta) throw new SyntaxError('a tool call that is not an object');
    const kind = delta.type === 'custom' || asObject(delta.custom) ? 'custom' : 'function';
    const body = asObject(delta[kind]) ?? {};
    this.#add(kind, delta, asText(body.name) ?? '', toInput(kind === 'custom' ? body.input : body.arguments), isWhole);
  }

  /** The form that preceded `tool_calls`: one call, without an id. */
  readLegacy(value: unknown, isWhole: boolean): void {
    const call = asObject(value);
    if (!call) throw new SyntaxError('a function call that is not an object');
    this.#add('function', {}, asText(call.name) ?? '', toInput(call.arguments), isWhole);
  }

  /** Called before other content: ends the calls whose arguments are complete. Pieces of the others may still come. */
  closeComplete(): void {
    for (const call of this.#calls)
      if (call.open && !call.open.isDone && isComplete(call)) this.#writer.closeCall(call.open);
  }

  /** @throws SyntaxError for a call that has never been named */
  finish(): void {
    for (const call of this.#calls) this.#open(call);
    for (const { open, kind } of this.#calls) {
      if (!open || open.isDone || kind !== 'function' || open.hasInput) continue;
      // Some models write '' for no arguments, and clients parse it.
      this.#writer.callInput(open, '{}');
    }
  }

  #add(kind: PendingCall['kind'], delta: Json, name: string, input: string, isWhole: boolean): void {
    const id = asText(delta.id);
    const index = Number.isSafeInteger(delta.index) ? (delta.index as number) : undefined;
    const found = isWhole ? undefined : this.#find(id, index);
    const isNew = !found || startsAnother(found, id, name, input);
    const call = isNew ? this.#start(kind, id) : found;
    if (index !== undefined) this.#byIndex.set(index, call);
    if (id !== undefined) this.#byId.set(id, call);
    this.#last = call;
    if (!call.open) {
      call.id ??= id;
      call.name = joinName(call.name, name);
      if (call.name.length > maxNameCharacters) throw new SyntaxError('a tool call whose name does not end');
    }
    if (input === '' || (!isNew && isRepeat(call, id, input))) return;
    call.input += input;
    this.#open(call);
    this.#writer.callInput(call.open!, input);
  }

  #find(id: string | undefined, index: number | undefined): PendingCall | undefined {
    if (index !== undefined) return this.#byIndex.get(index);
    return id === undefined ? this.#last : this.#byId.get(id);
  }

  #start(kind: PendingCall['kind'], id: string | undefined): PendingCall {
    if (this.#calls.length >= maxCalls) throw new SyntaxError('too many tool calls');
    this.closeComplete();
    const last = this.#calls.at(-1);
    if (last && last.name !== '') this.#open(last);
    const call: PendingCall = { kind, id, name: '', input: '', open: undefined };
    this.#calls.push(call);
    return call;
  }

  #open(call: PendingCall): void {
    if (call.open) return;
    if (call.name === '') throw new SyntaxError('a tool call without a name');
    let callId = call.id ?? '';
    for (let count = this.#calls.indexOf(call); callId === '' || this.#callIds.has(callId); count += maxCalls) {
      callId = `call_${this.#answerId}_${count}`;
    }
    this.#callIds.add(callId);
    const type = call.kind === 'function' ? 'function_call' : 'custom_tool_call';
    call.open = this.#writer.openCall(type, callId, call.name);
  }
}

function isComplete({ kind, input }: PendingCall): boolean {
  // Nearly all pieces end in another character, and need no parsing.
  return kind === 'function' && input.endsWith('}') && parseObject(input) !== undefined;
}

/** Does a piece with a known index or id begin another call? Only a piece with a name can. */
function startsAnother(call: PendingCall, id: string | undefined, name: string, input: string): boolean {
  if (name === '') return false;
  const isOtherId = id !== undefined && call.id !== undefined && id !== call.id;
  // Some servers repeat the name in each piece, each time with another id.
  if (isOtherId) return isComplete(call) || call.name !== name || call.input === '';
  return input !== '' && isComplete(call) && !isRepeat(call, id, input);
}

/** Some servers close a call by repeating it. */
function isRepeat(call: PendingCall, id: string | undefined, input: string): boolean {
  return id !== undefined && id === call.id && input === call.input && isComplete(call);
}

/** A name may come in pieces, repeated with each piece, or longer each time. */
function joinName(before: string, piece: string): string {
  return piece.startsWith(before) ? piece : before + piece;
}

function toInput(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return JSON.stringify(value);
  throw new SyntaxError("a tool call whose 'arguments' is of the wrong type");
}
