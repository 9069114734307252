/** A `response.create` of a WebSocket connection on its way to its turn. */
import { prependSteers, type Steer, toSuccessor } from '../apis/responses/steering.ts';
import { type Json, parseObject } from '../lenient-json.ts';

/** Steering that stands before the input of a message. The model has it when the answer begins. */
export interface Carried {
  readonly steers: readonly Steer[];
  /** The answer that it was for. */
  readonly from: string;
  /** Stubs of what the message has to bring along for that answer's calls. */
  readonly required: readonly Json[];
  /** Has the message been made here, or has a client sent it? */
  readonly isAutomatic: boolean;
}

export interface LaneMessage {
  /** As the chain reads it. */
  readonly body: string;
  /** All but its input, as JSON: what an answer that goes on by itself inherits. */
  readonly settings: string;
  readonly previousId: unknown;
  readonly carried?: Carried;
}

/** @param frame the message; undefined where it has not been read: the chain refuses it */
export function toMessage(body: string, frame: Json | undefined): LaneMessage {
  const { input: _input, ...settings } = frame ?? {};
  return { body, settings: JSON.stringify(settings), previousId: settings.previous_response_id };
}

/** A client's message that takes the steering along. */
export function withSteers(message: LaneMessage, carried: Omit<Carried, 'isAutomatic'>): LaneMessage {
  const body = JSON.stringify(prependSteers(parseObject(message.body) ?? {}, carried.steers));
  return { ...message, body, carried: { ...carried, isAutomatic: false } };
}

/** The message by which an answer is gone on from with new input. @param settings of the message that it was made for */
export function succeed(settings: string, from: string, steers: readonly Steer[]): LaneMessage {
  const request = toSuccessor(parseObject(settings) ?? {}, from, steers);
  const carried = { steers, from, required: [], isAutomatic: true };
  return { body: JSON.stringify(request), settings, previousId: from, carried };
}
