/**
 * Every recorded Chat Completions stream comes out with nothing lost: of the decoder, and of the encoders behind it. The
 * recordings are read from the folder named by OPENCOMPAT_RECORDED_STREAMS (`chat-*.sse`); without it our own fixtures are.
 * What is to come out is added up from the chunks here, by the plain rules of the API.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createParser } from 'eventsource-parser';
import { answerChat, reasoningCompats, streamChat } from '../support/chat-answers.ts';
import { chatFixturesUrl, checkResponseStream, decodeChat } from '../support/chat-upstream.ts';

type Json = Record<string, unknown>;

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;
const folder = recordings || fileURLToPath(chatFixturesUrl);
/** Our own that keep to the plain rules; the quirks of the others have a spec of their own. */
const plainFixtures = /^(text|text-then-call|two-calls|reasoning-content|refusal|length|logprobs|calls-mixed)\.sse$/;
const files = readdirSync(folder).filter((name) => (recordings ? /^chat-.*\.sse$/ : plainFixtures).test(name));

test('there are streams to read', () => {
  assert.ok(files.length > 0, `no streams in ${folder}`);
});

interface Told {
  text: string;
  refusal: string;
  reasoning: string;
  calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  finishReason: string;
  usage: Json | undefined;
  error: Json | undefined;
}

function addUp(sse: string): Told {
  const told: Told = {
    text: '',
    refusal: '',
    reasoning: '',
    calls: [],
    finishReason: '',
    usage: undefined,
    error: undefined,
  };
  const calls = new Map<number, Told['calls'][number]>();
  const onEvent = ({ data }: { data: string }) => {
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data) as {
      choices: { delta: Json; finish_reason?: string }[];
      usage?: Json;
      error?: Json;
    };
    told.error ??= chunk.error;
    told.usage = chunk.usage ?? told.usage;
    for (const { delta, finish_reason } of chunk.choices) {
      told.text += delta.content ?? '';
      told.refusal += delta.refusal ?? '';
      told.reasoning += delta.reasoning_content ?? delta.reasoning ?? '';
      told.finishReason = finish_reason ?? told.finishReason;
      for (const piece of (delta.tool_calls ?? []) as { index: number; id?: string; function: Json }[]) {
        const call = calls.get(piece.index) ?? {
          id: piece.id!,
          type: 'function',
          function: { name: '', arguments: '' },
        };
        calls.set(piece.index, call);
        call.function.name += String(piece.function.name ?? '');
        call.function.arguments += String(piece.function.arguments ?? '');
      }
    }
  };
  createParser({ onEvent }).feed(sse);
  told.calls = [...calls.values()];
  return told;
}

for (const file of files) {
  const sse = readFileSync(join(folder, file), 'utf8');
  const told = addUp(sse);

  test(`${file}: loses nothing`, () => {
    const { events } = decodeChat(sse);
    if (told.error) {
      const last = events.at(-1) as unknown as { type: string; error: Json };
      assert.equal(last.type, 'error');
      assert.equal(last.error.message, told.error.message);
      return;
    }
    const response = checkResponseStream(events);
    assert.equal(response.usage?.total_tokens, told.usage?.total_tokens);

    const whole = answerChat(events);
    const { message, finish_reason } = whole.choices[0]!;
    assert.equal(message.content ?? '', told.text);
    assert.equal(message.refusal ?? '', told.refusal);
    assert.equal(message.reasoning_content ?? '', told.reasoning);
    assert.deepEqual(message.tool_calls ?? [], told.calls);
    assert.equal(finish_reason, told.finishReason);
    for (const name of ['prompt_tokens', 'completion_tokens', 'total_tokens']) {
      assert.equal(whole.usage?.[name], told.usage?.[name], name);
    }

    for (const reasoningCompat of reasoningCompats) {
      const options = { reasoningCompat, body: { stream: true, stream_options: { include_usage: true } } };
      const streamed = streamChat(events, options);
      const collected = answerChat(events, { reasoningCompat });
      assert.deepEqual(streamed.choices, collected.choices);
      assert.deepEqual(streamed.usage, collected.usage);
    }
  });
}
