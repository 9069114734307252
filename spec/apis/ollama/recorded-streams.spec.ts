/** Every recorded Responses stream comes out as an answer of Ollama's with nothing lost that such an answer has room for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createHarness, type Delivery } from '../../support/index.ts';
import {
  answerWhole,
  checkOllamaAnswer,
  checkOllamaStream,
  type OllamaAnswer,
  type OllamaKind,
  openStream,
  streamLines,
} from '../../support/ollama-answers.ts';
import { isFailure, listRecordedAnswers } from '../../support/recorded-streams.ts';
import { type ExpectedAnswer, expectAnswer } from '../../support/response-events.ts';

const kinds: readonly OllamaKind[] = ['chat', 'generate'];
const requests = {
  chat: { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] },
  generate: { model: 'gpt-5.5', prompt: 'Hello' },
};
const deliveries: Delivery[] = [{}, { splitEveryBytes: 1 }, { splitEveryBytes: 61 }];

const folder = mkdtempSync(join(tmpdir(), 'opencompat-streams-'));
after(() => rmSync(folder, { recursive: true }));

for (const { title, text, events } of listRecordedAnswers()) {
  const expected = expectAnswer(events);
  const isWhole = !isFailure(events) && expected.response !== undefined;

  for (const kind of kinds) {
    if (!isWhole) {
      test(`${kind}, ${title}: gives what came, and no end`, () => {
        const encoder = openStream(kind);
        const lines = events.map((event) => encoder.encode(event, 0)).join('');
        assert.doesNotMatch(lines, /"done":true/);
        const wire = lines + encoder.finish();
        assert.equal(checkOllamaStream(kind, wire).text, isFailure(events) ? '' : expected.text);
      });
      continue;
    }
    test(`${kind}, ${title}: loses nothing`, () => {
      const whole = checkOllamaAnswer(kind, answerWhole(kind, events));
      assert.deepEqual(checkOllamaStream(kind, streamLines(kind, events)), whole);
      assertHolds(whole, expected, kind);
      assert.equal(checkOllamaAnswer(kind, answerWhole(kind, events, { think: false })).thinking, '');
      assert.doesNotMatch(streamLines(kind, events, { think: false }), /"thinking"/);
    });
  }

  test(`${title}: comes through the whole server, however its bytes travel`, async (t) => {
    const h = await createHarness(t);
    const file = join(folder, 'stream.sse');
    writeFileSync(file, text);
    for (const kind of kinds) {
      const ask = async (delivery: Delivery, fields: object) => {
        h.upstream.reply(pathToFileURL(file), delivery);
        return h.fetch(`/api/${kind}`, { method: 'POST', body: JSON.stringify({ ...requests[kind], ...fields }) });
      };
      for (const delivery of deliveries) {
        const answer = await ask(delivery, { stream: false });
        const streamed = await ask(delivery, {});
        if (isWhole) {
          assert.equal(answer.headers.get('content-type'), 'application/json');
          const whole = checkOllamaAnswer(kind, (await answer.json()) as never);
          assertHolds(whole, expected, kind);
          assert.equal(streamed.headers.get('content-type'), 'application/x-ndjson');
          assert.deepEqual(checkOllamaStream(kind, await streamed.text()), whole);
          continue;
        }
        assert.ok(answer.status >= 400);
        const failure = await answer.json();
        assert.deepEqual(Object.keys(failure as object), ['error']);
        // Before the first line with the same status, behind it as the last line.
        const last = (await streamed.text()).trimEnd().split('\n').at(-1)!;
        assert.ok(streamed.status === 200 || streamed.status === answer.status);
        assert.deepEqual(JSON.parse(last), failure);
      }
    }
  });
}

function assertHolds(answer: OllamaAnswer, expected: ExpectedAnswer, kind: OllamaKind): void {
  assert.equal(answer.text, expected.text + expected.refusal);
  assert.equal(answer.thinking, expected.reasoning.filter(Boolean).join('\n\n'));
  // An answer to /api/generate has room for one image.
  assert.deepEqual(answer.images, kind === 'chat' ? expected.images : expected.images.slice(0, 1));
  assert.deepEqual(
    answer.toolCalls,
    expected.toolCalls.map(({ id, name, input, type }, index) => ({
      id,
      function: { index, name, arguments: type === 'custom' ? { input } : JSON.parse(input || '{}') },
    })),
  );
  const { status, usage } = expected.response!;
  if (status === 'completed') assert.equal(answer.doneReason, 'stop');
  else assert.ok(['length', 'content_filter'].includes(answer.doneReason));
  assert.equal(answer.promptTokens, usage?.input_tokens);
  assert.equal(answer.answerTokens, usage?.output_tokens);
}
