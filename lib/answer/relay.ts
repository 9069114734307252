/** Passes an upstream's answer on as it comes, where client and upstream speak the same API and no transform needs its events. */
import { errorFromFailedEvent } from '../apis/responses/failure.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, type Json, parseObject } from '../lenient-json.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { type AnswerEnd, endOfBody, endOfStream } from './answer-end.ts';
import type { ClientAnswer } from './client-answer.ts';
import { readWhole, type WholeOptions } from './read-whole.ts';
import { roughTextBytes } from './rough-text.ts';
import { type ByteConsumer, UpstreamReader } from './upstream-reader.ts';

export interface RelayOptions extends WholeOptions {
  client: ClientAnswer;
  isStreaming: boolean;
  /**
   * The answer is complete.
   * @param tail the data of its last event with usage, or the whole JSON answer
   * @param textBytes about how much text the answer held, where nothing tells
   */
  onComplete(tail: Json | undefined, end: AnswerEnd, textBytes: () => number): void;
  /** Sees the bytes of a stream. */
  tap?: ((bytes: Buffer) => void) | undefined;
  /** The text sent while the upstream is silent; '' = none. */
  keepalive: string;
  /** Matches the end of a complete stream. Default: Chat Completions' marks. */
  endMark?: RegExp;
}

/** Bytes at a stream's end that are searched for its usage and its end mark. */
const maxTailBytes = 8192;
const lineFeed = 0x0a;
const chatEndMark = /\[DONE\]|"finish_reason"\s*:\s*"/;
/** Most bytes of a started line that are held until its end comes, so that the client never gets half a line. */
const maxHeldLineBytes = 65_536;
const nothing = Buffer.alloc(0);

/**
 * Resolves when the answer has been sent.
 * @throws OpenCompatError for an error under a status of success, and what `UpstreamReader.read` throws
 */
export function relayAnswer(answer: UpstreamAnswer, options: RelayOptions): Promise<void> {
  return options.isStreaming ? relayStream(answer, options) : relayWhole(answer, options);
}

async function relayStream(answer: UpstreamAnswer, options: RelayOptions): Promise<void> {
  const reader = new UpstreamReader(answer, options);
  const relay = new StreamRelay(options, () => reader.finish());
  try {
    await reader.read(relay);
  } catch (error) {
    relay.breakOff();
    throw error;
  }
}

/**
 * Holds the bytes until the first event is complete, because it may be an error; then passes on whole lines, one write for each
 * read.
 */
class StreamRelay implements ByteConsumer {
  readonly #options: RelayOptions;
  readonly #onEnd: () => void;
  readonly #client: ClientAnswer;
  readonly #tail = new StreamTail();
  #bytes = 0;
  /** Undefined once the answer has begun. */
  #held: { parts: Buffer[]; bytes: number } | undefined = { parts: [], bytes: 0 };
  /** Bytes still to be examined. */
  #pending: Buffer[] = [];
  /** The start of a line whose end has not come. */
  #line: Buffer = nothing;

  constructor(options: RelayOptions, onEnd: () => void) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.#client = options.client;
    this.#client.attach(() => this.#keepAlive());
  }

  take(bytes: Buffer): void {
    this.#options.tap?.(bytes);
    this.#bytes += bytes.length;
    this.#pending.push(bytes);
  }

  flush(): boolean {
    const parts = this.#pending;
    this.#pending = [];
    return this.#held ? this.#holdOrPass(this.#held, parts) : this.#passLines(parts);
  }

  drained(): Promise<void> {
    return this.#client.drained();
  }

  end(): void {
    const { providerTitle, endMark = chatEndMark, onComplete } = this.#options;
    const held = this.#held;
    const text = Buffer.concat(held ? held.parts : [...this.#tail.parts, this.#line]).toString();
    const error = held && errorInFirst(text, providerTitle);
    if (error) throw error;
    // A stream without an end mark was cut off.
    if (!endMark.test(text)) return;
    if (held) this.#passHeld(held.parts);
    if (this.#line.length > 0) this.#pass([this.#line]);
    onComplete(usageEventOf(text), endOfStream(text), () => roughTextBytes(text, this.#bytes));
    this.#client.end();
    this.#onEnd();
  }

  /** The reading has failed: the error must become an event of its own. */
  breakOff(): void {
    this.#client.detach();
    if (!this.#tail.isBetweenEvents()) this.#client.write('\n\n');
  }

  #keepAlive(): void {
    // Inside an event, a comment would become part of the event.
    if (this.#tail.isBetweenEvents()) this.#client.keepAlive(this.#options.keepalive);
  }

  #holdOrPass(start: { parts: Buffer[]; bytes: number }, parts: readonly Buffer[]): boolean {
    const { providerTitle, onFirstBytes } = this.#options;
    if (start.bytes === 0) onFirstBytes();
    start.parts.push(...parts);
    for (const { length } of parts) start.bytes += length;
    const text = Buffer.concat(start.parts).toString('utf8', 0, maxTailBytes);
    if (start.bytes < maxTailBytes && !hasEvent(text)) return true;
    const error = errorInFirst(text, providerTitle);
    if (error) throw error;
    return this.#passHeld(start.parts);
  }

  #passHeld(parts: readonly Buffer[]): boolean {
    this.#held = undefined;
    return this.#passLines(parts);
  }

  #passLines(parts: readonly Buffer[]): boolean {
    // Nearly always a read ends at the end of a line.
    if (this.#line.length === 0 && parts.at(-1)?.at(-1) === lineFeed) return this.#pass(parts);
    const all = Buffer.concat([this.#line, ...parts]);
    const end = all.lastIndexOf(lineFeed) + 1;
    const whole = all.length - end > maxHeldLineBytes ? all.length : end;
    this.#line = all.subarray(whole);
    return whole === 0 || this.#pass([all.subarray(0, whole)]);
  }

  #pass(parts: readonly Buffer[]): boolean {
    this.#tail.push(parts);
    return this.#client.write(parts);
  }
}

/** The last reads of a stream: at least `maxTailBytes`, or all of a shorter stream. */
class StreamTail {
  parts: Buffer[] = [];
  #bytes = 0;

  push(parts: readonly Buffer[]): void {
    for (const part of parts) {
      this.parts.push(part);
      this.#bytes += part.length;
    }
    if (this.#bytes > 2 * maxTailBytes) this.#shorten();
  }

  #shorten(): void {
    let kept = 0;
    let from = this.parts.length;
    while (from > 0 && kept < maxTailBytes) kept += this.parts[--from]!.length;
    this.parts = this.parts.slice(from);
    this.#bytes = kept;
  }

  /** Is the stream between two events: has it not begun, or was its last line empty? */
  isBetweenEvents(): boolean {
    if (this.parts.length === 0) return true;
    return /(?:^|\n)\r?\n$/.test(Buffer.concat(this.parts.slice(-3)).subarray(-3).toString('latin1'));
  }
}

/** Has a whole line of data come? Comments may precede it for a long time (OpenRouter). */
function hasEvent(text: string): boolean {
  return /^data:.*[\r\n]/m.test(text) || /^\s*</.test(text);
}

/** A page of HTML, as the web interface of a server or something in front of it answers with status 200. */
function pageError(text: string, provider: string): OpenCompatError | undefined {
  return /^\s*</.test(text) ? new OpenCompatError('OC_UPSTREAM_BLOCKED', { provider, status: 200 }) : undefined;
}

/** An error instead of the first event, as some servers answer with status 200. */
function errorInFirst(text: string, providerTitle: string): OpenCompatError | undefined {
  const page = pageError(text, providerTitle);
  if (page) return page;
  if (!text.includes('"error"')) return undefined;
  const first = /^(?:data:)?\s*(\{.*)/m.exec(text)?.[1];
  const body = first === undefined ? undefined : parseObject(first);
  if (!body?.error || body.choices) return undefined;
  return errorFromFailedEvent({ ...body, type: 'error' } as unknown as CanonicalEvent, providerTitle);
}

/** The last event that holds the usage. */
function usageEventOf(text: string): Json | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:') && line.includes('"usage"'));
  for (const line of lines.reverse()) {
    const event = parseObject(line.slice('data:'.length));
    if (asObject(event?.usage)) return event;
  }
  return undefined;
}

async function relayWhole(answer: UpstreamAnswer, options: RelayOptions): Promise<void> {
  const body = await readWhole(answer, options);
  const parsed = parseObject(body.toString());
  if (!parsed) {
    const page = pageError(body.toString('utf8', 0, 256), options.providerTitle);
    if (page) throw page;
    const details = { provider: options.providerTitle, api: 'JSON', reason: 'it cannot be read' };
    throw new OpenCompatError('OC_UPSTREAM_INVALID', details);
  }
  if (parsed.error) {
    throw errorFromFailedEvent({ ...parsed, type: 'error' } as unknown as CanonicalEvent, options.providerTitle);
  }
  options.onComplete(parsed, endOfBody(parsed), () => body.length);
  options.client.endWhole(body);
}
