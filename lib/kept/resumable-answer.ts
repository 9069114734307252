/** One streamed answer that its client may leave and come back to: its events, numbered, for any number of readers. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { whenClosed } from '../when-closed.ts';
import type { EventCutterOptions } from './event-cutter.ts';

/** What makes the answer's bytes. */
export interface AnswerSource {
  pause(): void;
  resume(): void;
  /** Lets go of the upstream. */
  abort(): void;
}

/** Who alone may read an answer, and where. */
export interface AnswerScope {
  /** See `ownerOf`. */
  owner: string;
  /** Of its request. */
  path: string;
}

export interface ResumableAnswerOptions {
  scope: AnswerScope;
  contentType: string;
  source: AnswerSource;
  /** Most bytes that are kept: the oldest that every reader has been sent go first. */
  maxBytes: number;
  /** How long the answer lives without a reader, in milliseconds. */
  timeoutMs: number;
  /** How long a reader may read nothing, in milliseconds. */
  stallMs: number;
  /**
   * Does the answer go on whether somebody reads or not? Then what exceeds `maxBytes` goes even if a slow reader still needs it,
   * the reader with it, the answer ends with `forget` alone, and its events have the numbers as ids that they have in the API,
   * from 0 on.
   */
  isUnattended?: boolean;
  /** Called once, when nobody can come back to it any more. */
  onGone(): void;
}

/** More readers than these are connections that nobody has noticed the end of: the oldest goes. */
const maxReaders = 8;
/** Of one write: what a reader that does not read has waiting at most, beside one long event. */
const maxWriteBytes = 65_536;
const idBytes = 18;

interface Reader {
  readonly res: ServerResponse;
  /** Events that it has been sent, or had before. */
  position: number;
  /** Runs while the client reads nothing. */
  stall?: NodeJS.Timeout;
}

export class ResumableAnswer {
  readonly id = randomBytes(idBytes).toString('base64url');
  readonly #options: ResumableAnswerOptions;
  readonly #isByLine: boolean;
  /** The kept events, as readers are sent them. */
  readonly #events: Buffer[] = [];
  /** Events that are no longer kept. */
  #dropped = 0;
  #bytes = 0;
  #isOver = false;
  #isDelivered = false;
  #isGone = false;
  #isPaused = false;
  readonly #readers = new Set<Reader>();
  /** Of a reader on another server: events that it has had. */
  #remotePosition: number | undefined;
  /** Told of new events and of the end. */
  mirror?: { note(): void; remove(): void };
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ResumableAnswerOptions) {
    this.#options = options;
    this.#isByLine = isByLine(options.contentType);
  }

  get scope(): AnswerScope {
    return this.#options.scope;
  }

  get contentType(): string {
    return this.#options.contentType;
  }

  /** How the bytes are cut, and where the events go. */
  get cutting(): Omit<EventCutterOptions, 'maxEventBytes'> {
    return {
      isByLine: this.#isByLine,
      onEvent: (event) => this.#add(event),
      onAwake: (bytes) => {
        for (const reader of this.#readers) if (!reader.stall) this.#write(reader, bytes);
      },
    };
  }

  /** Sends readers what has come since: after each read of the source. */
  flush(): void {
    for (const reader of this.#readers) this.#send(reader);
    this.mirror?.note();
    this.#makeRoom();
  }

  /** The source has ended, and so does the stream of each reader. */
  finish(): void {
    this.#isOver = true;
    this.flush();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Has a reader been sent it to its end, and does nobody read it now? */
  get isDelivered(): boolean {
    return this.#isDelivered && this.#readers.size === 0 && this.#remotePosition === undefined;
  }

  /** Events that have come. */
  get count(): number {
    return this.#dropped + this.#events.length;
  }

  /** Events that are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The kept events behind a position, one at least and no more than the bytes. */
  eventsBehind(position: number, maxBytes: number): readonly Buffer[] {
    const from = position - this.#dropped;
    let to = from;
    for (let bytes = 0; to < this.#events.length; to += 1) {
      bytes += this.#events[to]!.length;
      if (bytes > maxBytes && to > from) break;
    }
    return this.#events.slice(from, to);
  }

  /** Somebody reads it on another server. @param position events that they have had; undefined: nobody does any more */
  noteRemoteReader(position: number | undefined): void {
    this.#remotePosition = position;
    this.#makeRoom();
  }

  /** Are the events from this position on kept? @param position events that the reader has had */
  has(position: number): 'yes' | 'gone' | 'never' {
    if (position > this.count) return 'never';
    return position < this.#dropped ? 'gone' : 'yes';
  }

  /** Sends the events behind the position, then those to come. The head is the caller's, who has set it on `res`. */
  attach(res: ServerResponse, position: number): void {
    clearTimeout(this.#timer);
    if (this.#readers.size >= maxReaders) this.#cutOff([...this.#readers][0]!);
    const reader: Reader = { res, position };
    this.#readers.add(reader);
    res.on('drain', () => {
      clearTimeout(reader.stall);
      reader.stall = undefined;
      this.#send(reader);
      this.#makeRoom();
    });
    whenClosed(res, () => this.#leave(reader));
    if (res.closed) return;
    res.flushHeaders();
    this.#send(reader);
    this.#makeRoom();
  }

  /** The server stops: an answer that nobody reads is let go, as nobody can come back. */
  drain(): void {
    this.#options.timeoutMs = 0;
    if (this.#readers.size === 0) this.forget();
  }

  forget(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#timer);
    const wasOver = this.#isOver;
    this.#isOver = true;
    if (!wasOver) this.#options.source.abort();
    this.mirror?.remove();
    this.#options.onGone();
  }

  #add(event: Buffer): void {
    const number = this.count + 1;
    const id = this.#options.isUnattended ? number - 1 : `${this.id}:${number}`;
    const end = this.#isByLine ? '\n' : `id: ${id}\n\n`;
    const bytes = Buffer.concat([event, Buffer.from(end)]);
    this.#events.push(bytes);
    this.#bytes += bytes.length;
  }

  #cutOff(reader: Reader): void {
    this.#leave(reader);
    reader.res.destroy();
  }

  #leave(reader: Reader): void {
    clearTimeout(reader.stall);
    if (!this.#readers.delete(reader)) return;
    this.#isDelivered ||= reader.res.writableFinished;
    const { timeoutMs } = this.#options;
    if (this.#options.isUnattended) return;
    if (this.#readers.size > 0) this.#makeRoom();
    else if (timeoutMs === 0) this.forget();
    else this.#waitForReader();
  }

  #waitForReader(): void {
    const end = () => (this.#remotePosition === undefined ? this.forget() : this.#waitForReader());
    this.#timer = setTimeout(end, this.#options.timeoutMs).unref();
  }

  #send(reader: Reader): void {
    if (reader.res.writableEnded) return;
    while (!reader.stall && reader.position < this.count) {
      const events = this.eventsBehind(reader.position, maxWriteBytes);
      reader.position += events.length;
      this.#write(reader, events.length === 1 ? events[0]! : Buffer.concat(events));
    }
    if (this.#isOver && !reader.stall) reader.res.end();
  }

  #write(reader: Reader, bytes: Buffer): void {
    if (reader.res.write(bytes)) return;
    reader.stall = setTimeout(() => this.#cutOff(reader), this.#options.stallMs).unref();
  }

  /** Drops the oldest events that every reader has been sent; where that is not enough, the source waits for its readers. */
  #makeRoom(): void {
    const { maxBytes, source, isUnattended = false } = this.#options;
    // Without readers nothing is dropped: the next one may need all of it.
    const positions = [...this.#readers].map(({ position }) => position);
    if (this.#remotePosition !== undefined) positions.push(this.#remotePosition);
    const neededFrom = isUnattended ? Number.POSITIVE_INFINITY : Math.min(...positions);
    let drops = 0;
    const isDroppable = isUnattended || positions.length > 0;
    while (isDroppable && this.#bytes > maxBytes && this.#dropped + drops < neededFrom) {
      this.#bytes -= this.#events[drops]!.length;
      drops += 1;
    }
    this.#events.splice(0, drops);
    this.#dropped += drops;
    for (const reader of this.#readers) if (reader.position < this.#dropped) this.#cutOff(reader);
    const isFull = this.#bytes > maxBytes;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) source.pause();
    else source.resume();
  }
}

/** Can answers of this type be cut into events? */
export function isResumable(contentType: string | undefined): boolean {
  return contentType !== undefined && (contentType.startsWith('text/event-stream') || isByLine(contentType));
}

function isByLine(contentType: string): boolean {
  return contentType.startsWith('application/x-ndjson');
}
