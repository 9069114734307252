/** Deltas that are read by comparing them with the one before are what `JSON.parse` makes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { responsesUpstream } from '../../../lib/apis/responses/decoder.ts';
import { holdToShape } from '../../../lib/apis/responses/event-shape.ts';
import { RepeatedDelta } from '../../../lib/apis/responses/repeated-delta.ts';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import { listRecordedAnswers } from '../../support/recorded-streams.ts';

/** Decodes as the server does; whoever takes an event may change it. */
function decode(datas: readonly string[]): unknown[] {
  const decoded: unknown[] = [];
  const take = (event: object) => {
    decoded.push(structuredClone(event));
    const changed = event as { logprobs?: unknown[]; item_id?: string; delta?: string };
    changed.logprobs?.push('changed');
    changed.item_id = 'changed';
    changed.delta = 'changed';
  };
  const decoder = responsesUpstream.createDecoder({
    ...{ id: 'x', createdS: 0, model: 'm', onEvent: take, onVendorEvent() {} },
  });
  for (const data of datas) {
    try {
      decoder.decode(data);
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
      decoded.push('refused');
    }
  }
  return decoded;
}

function decodePlainly(datas: readonly string[]): unknown[] {
  return datas.map((data) => {
    try {
      const event = JSON.parse(data) as CanonicalEvent;
      holdToShape(event);
      return event;
    } catch {
      return 'refused';
    }
  });
}

for (const { title, text } of listRecordedAnswers()) {
  test(`${title}: reads each event as JSON.parse does`, () => {
    const datas: string[] = [];
    createParser({ onEvent: ({ data }) => datas.push(data) }).feed(text);
    const typeOf = (data: string) => String((JSON.parse(data) as { type?: unknown }).type);
    const events = datas.filter((data) => data !== '[DONE]' && /^(response\.|error$)/.test(typeOf(data)));
    assert.deepEqual(decode(events), decodePlainly(events));
  });
}

const types = ['output_text', 'refusal', 'reasoning_summary_text', 'function_call_arguments', 'mcp_call_arguments'];
const texts = fc.oneof(
  fc.string({ maxLength: 14 }),
  fc.constantFrom('', 'a', '"', '\\', '\n', '\t', 'é', '"delta":"', '{"delta":"x"}', '\ud83d'),
);
const field = fc.oneof(
  fc.tuple(fc.constant('delta'), texts),
  fc.tuple(fc.constant('obfuscation'), texts),
  fc.tuple(fc.constant('sequence_number'), fc.oneof(fc.nat(), fc.double(), fc.constant(-1), fc.bigInt().map(String))),
  fc.tuple(fc.constant('output_index'), fc.nat(1)),
  fc.tuple(fc.constant('item_id'), fc.constantFrom('msg_1', 'msg_2')),
  fc.tuple(fc.constant('logprobs'), fc.constantFrom([], null, [{ token: 'a', logprob: -1 }])),
  fc.tuple(fc.constant('part'), fc.constantFrom({ delta: 'inner' }, { sequence_number: 1 }, ['delta'])),
);
/** The JSON of an event, in which a key may come twice. */
const anyData = fc
  .tuple(fc.constantFrom(...types), fc.array(field, { maxLength: 8 }), fc.constantFrom('', ' ', '\t'))
  .map(([type, fields, gap]) => {
    const all = [['type', `response.${type}.delta`], ...fields];
    return `{${all.map(([key, value]) => `${JSON.stringify(key)}:${gap}${JSON.stringify(value)}`).join(`,${gap}`)}}`;
  });
/** Rows of events that differ in few fields, and are damaged now and then. */
const rows = fc
  .array(fc.tuple(anyData, fc.array(fc.tuple(texts, fc.oneof(fc.nat(), fc.constantFrom('01', '-1', '1e3', ''))))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((groups) =>
    groups.flatMap(([data, changes]) => [
      data,
      ...changes.flatMap(([text, number]) => {
        const renumbered = data.replace(/("sequence_number":\s*)[-+.\de]+/, (_, key: string) => `${key}${number}`);
        const [plain, raw] = [JSON.stringify(text), `"${text}"`].map((json) =>
          renumbered.replace(/("delta":\s*)"(?:[^"\\]|\\.)*"/, (_, key: string) => key + json),
        );
        return [plain!, raw!, `${plain!} `, plain!.slice(0, -1)];
      }),
    ]),
  );

test('whatever the events are, it makes no difference', () => {
  fc.assert(
    fc.property(rows, (datas) => {
      assert.deepEqual(decode(datas), decodePlainly(datas));
    }),
    { numRuns: 1000 },
  );
});

test('the deltas of a run are read without JSON.parse, from the second on', () => {
  const repeated = new RepeatedDelta();
  const dataOf = (sequence_number: number, delta: string) =>
    JSON.stringify({ type: 'response.output_text.delta', sequence_number, item_id: 'm', delta, logprobs: [] });
  assert.equal(repeated.read(dataOf(9, 'a')), undefined);
  repeated.study(dataOf(9, 'a'), JSON.parse(dataOf(9, 'a')) as CanonicalEvent);
  assert.deepEqual(repeated.read(dataOf(10, ' word')), JSON.parse(dataOf(10, ' word')));
  // A long text is parsed, and what is known stays known.
  assert.equal(repeated.read(dataOf(11, 'a text that is long')), undefined);
  assert.deepEqual(repeated.read(dataOf(12, 'é')), JSON.parse(dataOf(12, 'é')));
});
