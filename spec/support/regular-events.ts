/** What stands between an upstream's decoder and a client's encoder: the regulariser, for events that a spec writes down. */
import { RegularStream } from '../../lib/canonical/regular-stream.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';

/** An event, and the choice that it is of. */
export type ChoiceEvent = readonly [event: CanonicalEvent, choice: number];

/** The regular events that the server makes of an upstream's. */
export function toRegularEvents(events: readonly CanonicalEvent[], id = 'req7'): CanonicalEvent[] {
  const regular: CanonicalEvent[] = [];
  const stream = new RegularStream({ id }, (event) => regular.push(event));
  // Copies: the events are changed on their way.
  for (const event of events) stream.take(structuredClone(event));
  return regular;
}

/** The same for the events of several choices, each of which has a regulariser of its own. */
export function toRegularChoices(events: readonly ChoiceEvent[]): ChoiceEvent[] {
  const regular: ChoiceEvent[] = [];
  const streams = new Map<number, RegularStream>();
  for (const [event, choice] of events) {
    let stream = streams.get(choice);
    if (!stream) {
      stream = new RegularStream({ id: choice ? `req7_${choice}` : 'req7' }, (made) => regular.push([made, choice]));
      streams.set(choice, stream);
    }
    stream.take(structuredClone(event));
  }
  return regular;
}
