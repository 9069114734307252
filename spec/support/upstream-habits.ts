/** What upstreams of the Responses API leave out or do their own way, done to the events of a whole answer. */
import fc from 'fast-check';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import type { Json } from './response-stream-checker.ts';

export interface Habits {
  drops: string[];
  isRotating: boolean;
  gap: number;
  isOutputEmpty: boolean;
}

const droppable = [
  ['response.created'],
  ['response.in_progress'],
  ['response.output_item.added'],
  ['response.content_part.added', 'response.reasoning_summary_part.added'],
  ['response.content_part.done', 'response.reasoning_summary_part.done'],
  [
    ...['response.output_text.done', 'response.refusal.done', 'response.reasoning_summary_text.done'],
    ...['response.reasoning_text.done', 'response.function_call_arguments.done'],
    'response.custom_tool_call_input.done',
  ],
  [
    ...['response.output_text.delta', 'response.refusal.delta', 'response.reasoning_summary_text.delta'],
    ...['response.reasoning_text.delta', 'response.function_call_arguments.delta'],
    'response.custom_tool_call_input.delta',
  ],
];

export function withHabits(
  events: readonly CanonicalEvent[],
  { drops, isRotating, gap, isOutputEmpty }: Habits,
): object[] {
  let turn = 0;
  return events
    .filter(({ type }) => !drops.includes(type))
    .map((event) => {
      const changed = structuredClone(event) as unknown as Json;
      if (typeof changed.output_index === 'number') changed.output_index = changed.output_index * gap + gap - 1;
      if (isRotating && 'item_id' in changed) changed.item_id = `rot_${turn++}`;
      if (isRotating && changed.item) changed.item = { ...(changed.item as Json), id: `rot_${turn++}` };
      if (isOutputEmpty && changed.response) changed.response = { ...(changed.response as Json), output: [] };
      return changed;
    });
}

export const habits: fc.Arbitrary<Habits> = fc.record({
  drops: fc.subarray(droppable).map((groups) => groups.flat()),
  isRotating: fc.boolean(),
  gap: fc.integer({ min: 1, max: 4 }),
  isOutputEmpty: fc.boolean(),
});
