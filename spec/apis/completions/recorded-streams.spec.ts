/** Every recorded Responses stream comes out as a completion with all of its text. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ChoiceEvent } from '../../support/chat-answers.ts';
import {
  answerCompletion,
  type CompletionAnswer,
  checkCompletion,
  checkCompletionStream,
  streamCompletion,
} from '../../support/completion-answers.ts';
import { createHarness, type Delivery } from '../../support/index.ts';
import { isFailure, listRecordedAnswers } from '../../support/recorded-streams.ts';
import { type ExpectedAnswer, expectAnswer } from '../../support/response-events.ts';

const streaming = { stream: true, stream_options: { include_usage: true } };
const deliveries: Delivery[] = [{}, { splitEveryBytes: 1 }, { splitEveryBytes: 61 }];

const folder = mkdtempSync(join(tmpdir(), 'opencompat-streams-'));
after(() => rmSync(folder, { recursive: true }));

for (const { title, text, events } of listRecordedAnswers()) {
  const expected = expectAnswer(events);
  const isWhole = !isFailure(events) && expected.response !== undefined;
  const ofFirst = events.map((event): ChoiceEvent => [event, 0]);

  test(`${title}: ${isWhole ? 'loses no text' : 'gives what came'}`, () => {
    if (!isWhole) {
      const wire = streamCompletion(ofFirst);
      assert.doesNotMatch(wire, /"finish_reason":"/);
      const given = [...wire.matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, piece]) => JSON.parse(piece!));
      assert.equal(given.join(''), isFailure(events) ? '' : expected.text);
      return;
    }
    const whole = answerCompletion(ofFirst);
    const streamed = checkCompletionStream(streamCompletion(ofFirst, streaming), { hasUsage: true });
    assert.deepEqual(streamed, whole);
    assertHolds(whole, expected);
    const echoed = answerCompletion(ofFirst, { echo: true });
    assert.equal(echoed.choices[0]!.text, `Once${whole.choices[0]!.text}`);
    assert.deepEqual(checkCompletionStream(streamCompletion(ofFirst, { echo: true })).choices, echoed.choices);
  });

  test(`${title}: comes through the whole server, however its bytes travel`, async (t) => {
    const h = await createHarness(t);
    const file = join(folder, 'stream.sse');
    writeFileSync(file, text);
    const ask = async (delivery: Delivery, fields: object) => {
      h.upstream.reply(pathToFileURL(file), delivery);
      const body = JSON.stringify({ model: 'gpt-5.5', prompt: 'Once', ...fields });
      return h.fetch('/v1/completions', { method: 'POST', body });
    };
    for (const delivery of deliveries) {
      const answer = await ask(delivery, {});
      const streamed = await ask(delivery, streaming);
      if (isWhole) {
        const whole = checkCompletion((await answer.json()) as never);
        assertHolds(whole, expected);
        const { choices, usage } = checkCompletionStream(await streamed.text(), { hasUsage: true });
        assert.deepEqual([choices, usage], [whole.choices, whole.usage]);
        continue;
      }
      assert.ok(answer.status >= 400);
      const failure = await answer.json();
      const last = (await streamed.text()).trimEnd().split('\n\n').at(-1)!;
      assert.ok(streamed.status === 200 || streamed.status === answer.status);
      assert.deepEqual(JSON.parse(last.replace(/^data: /, '')), failure);
    }
  });
}

function assertHolds({ choices, usage }: CompletionAnswer, expected: ExpectedAnswer): void {
  const { status, usage: told } = expected.response!;
  assert.equal(choices.length, 1);
  assert.equal(choices[0]!.text, expected.text + expected.refusal);
  if (status === 'completed') assert.equal(choices[0]!.finish_reason, 'stop');
  else assert.ok(['length', 'content_filter'].includes(choices[0]!.finish_reason));
  assert.deepEqual(
    usage,
    told
      ? {
          prompt_tokens: told.input_tokens,
          completion_tokens: told.output_tokens,
          total_tokens: told.input_tokens + told.output_tokens,
        }
      : undefined,
  );
}
