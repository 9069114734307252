/** The official SDK's stream helper, which checks chunks as it adds them up, on every fixture. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { chatCompletions } from '../../../lib/apis/chat-completions/index.ts';
import { answerChat, streamFailure, streamWire } from '../../support/chat-answers.ts';
import { listAnswerFixtures, readFixture } from '../../support/response-events.ts';

function clientOf(wire: string): OpenAI {
  const headers = { 'content-type': chatCompletions.streamType };
  return new OpenAI({
    apiKey: 'none',
    baseURL: 'http://fake.example/v1',
    fetch: async () => new Response(wire, { headers }),
  });
}

const request = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'hi' }] };

for (const fixture of listAnswerFixtures()) {
  test(`${fixture}: the stream helper adds up what the whole answer holds`, async () => {
    const events = readFixture(fixture);
    const wire = streamWire(
      events.map((event) => [event, 0]),
      { body: { stream: true, stream_options: { include_usage: true } } },
    );
    const streamed = await clientOf(wire).chat.completions.stream(request).finalChatCompletion();
    const whole = answerChat(events);
    const [{ message, finish_reason }] = whole.choices as [(typeof whole.choices)[0]];
    const [choice] = streamed.choices as [(typeof streamed.choices)[0]];
    assert.equal(choice.message.content ?? '', message.content ?? '');
    assert.equal(choice.message.refusal, message.refusal);
    assert.equal(choice.finish_reason, finish_reason);
    const calls = choice.message.tool_calls?.map((call) =>
      call.type === 'function'
        ? [call.id, call.function.name, call.function.arguments]
        : [call.id, call.custom.name, call.custom.input],
    );
    const expected = message.tool_calls as OpenAI.Chat.ChatCompletionMessageToolCall[] | undefined;
    assert.deepEqual(
      calls ?? [],
      (expected ?? []).map((call) =>
        call.type === 'function'
          ? [call.id, call.function.name, call.function.arguments]
          : [call.id, call.custom.name, call.custom.input],
      ),
    );
    assert.deepEqual(streamed.usage ?? undefined, whole.usage);
  });
}

test('an error inside the stream is raised', async () => {
  const [first] = streamWire(readFixture('text').map((event) => [event, 0])).split('\n\n');
  const error = { status: 502, message: 'It broke.', type: 'server_error', param: null, code: 'upstream_error' };
  const wire = `${first}\n\n${streamFailure(error)}`;
  const stream = await clientOf(wire).chat.completions.create({ ...request, stream: true });
  await assert.rejects(
    async () => {
      for await (const _ of stream);
    },
    (thrown: unknown) => thrown instanceof OpenAI.APIError && thrown.code === 'upstream_error',
  );
});
