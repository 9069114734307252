/**
 * Steering (`response.steer`): input for an answer that is under way. Upstreams are asked over HTTP, where nothing can be added to
 * a request: the answer ends at its next boundary between items, and another goes on from it with the input. Where a client
 * owes outputs of tools first, the input waits for the request that brings them.
 */
import { randomUUID } from 'node:crypto';
import {
  checkSteer,
  isSteerable,
  listRequiredInput,
  type Steer,
  type SteerErrorCode,
  type SteerEvent,
  type SteerFrame,
  toAccepted,
  toPending,
  toSteerFailure,
} from '../apis/responses/steering.ts';
import { toOpenCompatError } from '../errors.ts';
import { asObject, type Json, parseObject } from '../lenient-json.ts';
import { type Carried, type LaneMessage, succeed, withSteers } from './socket-message.ts';
import type { SocketTurn } from './socket-turn.ts';

export interface SteeringOptions {
  /** The answers that are under way. */
  turns(): readonly SocketTurn[];
  /** Most inputs that wait, as `websocketMaxRequests` now. */
  maxInputs(): number;
  send(frame: string): void;
}

/** Input for an answer that has ended, which waits for what the client owes. */
interface Waiting {
  readonly lane: string | undefined;
  readonly required: readonly Json[];
  readonly steers: Steer[];
}

/** Most ended answers that are known as such: a client that is late is told so. */
const maxEnded = 64;

export class Steering {
  readonly #options: SteeringOptions;
  /** By the id of the answer. */
  readonly #waiting = new Map<string, Waiting>();
  /** The lanes of answers that have ended, by their ids, the oldest first. */
  readonly #ended = new Map<string, string | undefined>();
  /** Inputs of which the client has been told that they wait. */
  readonly #told = new WeakSet<Steer>();
  #isOver = false;

  constructor(options: SteeringOptions) {
    this.#options = options;
  }

  /** Of the inputs that wait. */
  get waitingBytes(): number {
    return this.#listSteers().reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes a client's `response.steer`, and says what becomes of it. @param size of the message, in characters */
  take(frame: Json, size: number): void {
    const asked = frame as unknown as SteerFrame;
    const turn = this.#findTurn(asked.previous_response_id);
    const waiting = this.#waiting.get(asked.previous_response_id);
    const lane = waiting ? waiting.lane : this.#ended.get(asked.previous_response_id);
    const tell = (event: SteerEvent) => (turn ? turn.tell(event) : this.#send(event, lane));
    const [code, details] = this.#fault(frame, turn, waiting) ?? [];
    if (code !== undefined) {
      tell(toSteerFailure(code, asked, details));
      return;
    }
    const { previous_response_id, input } = asked;
    const steer = { id: `steer_${randomUUID().replaceAll('-', '')}`, previous_response_id, input, size };
    tell(toAccepted(steer));
    if (turn) turn.steer(steer);
    else if (waiting) {
      waiting.steers.push(steer);
      this.#tellWaiting(waiting, tell);
    }
  }

  /** A client's message, with the steering that has waited for it. */
  complete(message: LaneMessage, lane: string | undefined): LaneMessage {
    const from = String(message.previousId);
    const waiting = this.#waiting.get(from);
    return waiting && waiting.lane === lane ? withSteers(message, { ...waiting, from }) : message;
  }

  /** The message is on its way to its turn. */
  noteSent({ carried }: LaneMessage): void {
    if (carried) this.#waiting.delete(carried.from);
  }

  /**
   * An answer has ended. @param queue messages that wait in its lane: one of them may take the steering along
   * @returns the message that goes on from it by itself
   */
  follow(turn: SocketTurn, queue: LaneMessage[]): LaneMessage | undefined {
    const { responseId: id, carried } = turn;
    if (id !== undefined) this.#noteEnded(id, turn.lane);
    const steers = turn.takeSteers();
    if (id === undefined && carried) this.#takeBack(turn, carried, [...carried.steers, ...steers]);
    if (id === undefined || steers.length === 0 || this.#isOver) return undefined;
    const response = asObject(turn.readLast().response);
    if (response?.status !== 'completed' && response?.status !== 'incomplete') {
      giveBack(turn, steers, 'successor_creation_failed', 'The answer before it has failed.');
      return undefined;
    }
    const required = listRequiredInput((response.output ?? []) as object[], parseObject(turn.settings)?.tools);
    if (required.length === 0) return succeed(turn.settings, id, steers);
    const index = queue.findIndex(({ previousId }) => previousId === id);
    if (index >= 0) queue[index] = withSteers(queue[index]!, { from: id, required, steers });
    else this.#await(id, { lane: turn.lane, required, steers }, (event) => turn.tell(event));
    return undefined;
  }

  /** Takes no more, and gives back what waits. @param queued messages whose turn will not come */
  drain(queued: readonly { lane: string; message: LaneMessage }[]): void {
    for (const turn of this.#options.turns()) giveBack(turn, turn.takeSteers(), 'response_not_active');
    const carried = queued.map(({ lane, message }) => ({ lane, steers: message.carried?.steers ?? [] }));
    for (const { lane, steers } of [...this.#waiting.values(), ...carried]) {
      for (const steer of steers) this.#send(toSteerFailure('response_not_active', steer), lane);
    }
    this.close();
  }

  /** The client has gone. */
  close(): void {
    this.#isOver = true;
    this.#waiting.clear();
  }

  #fault(
    frame: Json,
    turn: SocketTurn | undefined,
    waiting: Waiting | undefined,
  ): [SteerErrorCode, string?] | undefined {
    try {
      checkSteer(frame);
    } catch (thrown) {
      return ['invalid_input', toOpenCompatError(thrown).message];
    }
    const id = String(frame.previous_response_id);
    if (!turn && !waiting) return [this.#ended.has(id) ? 'response_already_completed' : 'response_not_found'];
    if (this.#isOver) return ['response_not_active'];
    if (turn && !isSteerable(parseObject(turn.settings) ?? {})) return ['steering_not_supported'];
    if (this.#listSteers().length >= this.#options.maxInputs()) return ['too_many_pending_steers'];
    return undefined;
  }

  /** By its id; before it has begun, by that of the answer whose steering it takes along. */
  #findTurn(id: unknown): SocketTurn | undefined {
    if (typeof id !== 'string') return undefined;
    return this.#options.turns().find(({ responseId, carried }) => (responseId ?? carried?.from) === id);
  }

  #listSteers(): Steer[] {
    return [...this.#options.turns(), ...this.#waiting.values()].flatMap(({ steers }) => steers);
  }

  #noteEnded(id: string, lane: string | undefined): void {
    this.#ended.set(id, lane);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > maxEnded) this.#ended.delete(oldest!);
  }

  /** The answer that was to take the steering has not begun. */
  #takeBack(turn: SocketTurn, { from, required, isAutomatic }: Carried, steers: Steer[]): void {
    if (isAutomatic || this.#isOver) giveBack(turn, steers, 'successor_creation_failed', turn.refusal);
    else this.#await(from, { lane: turn.lane, required, steers }, (event) => turn.tell(event));
  }

  #await(id: string, waiting: Waiting, tell: (event: SteerEvent) => void): void {
    this.#waiting.set(id, waiting);
    this.#tellWaiting(waiting, tell);
  }

  #tellWaiting({ steers, required }: Waiting, tell: (event: SteerEvent) => void): void {
    for (const steer of steers) {
      if (!this.#told.has(steer)) tell(toPending(steer, required));
      this.#told.add(steer);
    }
  }

  #send(event: SteerEvent, lane: string | undefined): void {
    this.#options.send(
      JSON.stringify({ ...(lane !== undefined && { stream_id: lane }), ...event, sequence_number: 0 }),
    );
  }
}

function giveBack(turn: SocketTurn, steers: readonly Steer[], code: SteerErrorCode, details?: string): void {
  for (const steer of steers) turn.tell(toSteerFailure(code, steer, details));
}

/**
 * The event that returns the items of a `response.inject` (types of the openai package 7.59, beta): they are for an agent that
 * waits within an answer, and no answer here has one.
 */
export function refuseInject({ response_id, input }: Json): string {
  return JSON.stringify({
    type: 'response.inject.failed',
    error: {
      code: 'response_not_found',
      message: 'No answer here takes further items: send them in the next `response.create`.',
    },
    response_id: response_id ?? '',
    input: input ?? [],
    sequence_number: 0,
  });
}
