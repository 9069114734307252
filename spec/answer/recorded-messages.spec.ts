/**
 * Every recorded Responses stream comes out as a Messages answer with nothing lost that the API can carry: of the
 * encoders, and of a whole server over HTTP. The recordings are read from the folder named by
 * OPENCOMPAT_RECORDED_STREAMS (`resp-*.sse` and `syn-*.sse`); without it our own fixtures are.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Anthropic from '@anthropic-ai/sdk';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { createHarness, type Delivery, type UpstreamEvent } from '../support/index.ts';
import { answerMessage, showAll, streamMessage, streamMessageWire } from '../support/messages-answers.ts';
import { checkMessageStream, type MergedMessage, readMessageEvents } from '../support/messages-checker.ts';
import { decodeEvents, type ExpectedAnswer, expectAnswer, splitAnswers } from '../support/response-events.ts';

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;
const folder = recordings || fileURLToPath(new URL('../fixtures/responses', import.meta.url));
const pattern = recordings ? /^(resp|syn)-.*\.sse$/ : /\.sse$/;
const files = readdirSync(folder).filter((name) => pattern.test(name));

test('there are streams to read', () => {
  assert.ok(files.length > 0, `no streams in ${folder}`);
});

for (const file of files) {
  splitAnswers(decodeEvents(readFileSync(join(folder, file), 'utf8'))).forEach((events, index, answers) => {
    const title = answers.length > 1 ? `${file} (answer ${index + 1})` : file;
    const expected = expectAnswer(events);
    const isWhole = expected.response && !events.some(({ type }) => type === 'response.failed' || type === 'error');
    if (isWhole) test(`${title}: loses nothing`, () => checkAnswer(events, expected));
    test(`${title}: comes through the whole server`, (t) => checkServer(t, events, isWhole ? expected : undefined));
  });
}

function checkAnswer(events: readonly CanonicalEvent[], expected: ExpectedAnswer): void {
  const { message } = streamMessage(events, showAll);
  assert.deepEqual(message, answerMessage(events, showAll));
  assert.deepEqual(streamMessage(events).message, answerMessage(events));
  assertHolds(message, expected, events);
}

function assertHolds(message: MergedMessage, expected: ExpectedAnswer, events: readonly CanonicalEvent[]): void {
  const blocksOf = (type: string) => message.content.filter((block) => block.type === type);
  const texts = blocksOf('text').map(({ text }) => text as string);
  assert.equal(texts.join(''), expected.text + expected.refusal);
  // Within a block the parts of reasoning are parted by a blank line.
  const thinking = blocksOf('thinking').map((block) => block.thinking as string);
  assert.equal(thinking.filter(Boolean).join('\n\n'), expected.reasoning.filter(Boolean).join('\n\n'));
  assert.deepEqual(
    blocksOf('tool_use').map(({ id, name, input }) => ({ id, name, input })),
    expected.toolCalls.map(({ id, name, input, type }) => ({
      id,
      name,
      input: type === 'custom' ? { input } : JSON.parse(input || '{}'),
    })),
  );
  assert.deepEqual(
    blocksOf('text').flatMap(({ citations }) => ((citations as { url: string; title: string }[]) ?? []).map(toLink)),
    expected.citations.map(toLink),
  );
  const searches = events.filter(
    (event) =>
      event.type === 'response.output_item.done' &&
      event.item.type === 'web_search_call' &&
      event.item.action?.type === 'search',
  );
  assert.equal(blocksOf('server_tool_use').length, searches.length);
  assert.equal(blocksOf('web_search_tool_result').length, searches.length);

  // What a later turn needs of the reasoning is in its signature.
  const encrypted = events.flatMap((event) =>
    event.type === 'response.output_item.done' && event.item.type === 'reasoning'
      ? (event.item.encrypted_content ?? [])
      : [],
  );
  const signatures = blocksOf('thinking').map(({ signature }) => (signature as string).replace('opencompat.1.', ''));
  assert.deepEqual(signatures.filter(Boolean), encrypted.filter(Boolean));

  const { status, usage } = expected.response!;
  if (status === 'incomplete') assert.ok(['max_tokens', 'refusal'].includes(message.stop_reason));
  else if (expected.toolCalls.length > 0) assert.equal(message.stop_reason, 'tool_use');
  else assert.equal(message.stop_reason, expected.refusal ? 'refusal' : 'end_turn');
  if (!usage) return;
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage as Record<
    string,
    number
  >;
  assert.equal(input_tokens! + cache_read_input_tokens! + cache_creation_input_tokens!, usage.input_tokens);
  assert.equal(output_tokens, usage.output_tokens);
}

function toLink({ url, title }: { url: string; title: string }): string {
  return `${title} ${url}`;
}

const deliveries: Delivery[] = [{}, { splitEveryBytes: 61 }];
const ask = { model: 'gpt-5.5', max_tokens: 1_000_000, messages: [{ role: 'user' as const, content: 'Hello' }] };
const body = { ...ask, thinking: { type: 'enabled' as const, budget_tokens: 4096 } };

async function checkServer(
  t: Parameters<typeof createHarness>[0],
  events: readonly CanonicalEvent[],
  expected: ExpectedAnswer | undefined,
): Promise<void> {
  const h = await createHarness(t);
  const client = new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 });
  const tools = [{ type: 'web_search_20250305' as const, name: 'web_search' as const }];
  const send = (fields: object) =>
    h.fetch('/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, tools, ...fields }),
    });
  for (const delivery of deliveries) {
    const reply = () => h.upstream.reply(events as unknown as UpstreamEvent[], delivery);
    if (!expected) {
      reply();
      const answer = await send({});
      assert.ok(answer.status >= 400);
      assert.equal(((await answer.json()) as { type: string }).type, 'error');
      reply();
      const streamed = await send({ stream: true });
      if (streamed.status === 200) assert.equal(readMessageEvents(await streamed.text()).at(-1)?.type, 'error');
      else assert.equal(streamed.status, answer.status);
      continue;
    }
    reply();
    const whole = (await (await send({})).json()) as MergedMessage;
    assertHolds(whole, expected, events);

    reply();
    const { message } = checkMessageStream(await (await send({ stream: true, stop_sequences: ['\u0000'] })).text());
    assert.deepEqual(
      [message.content, message.stop_reason, message.usage],
      [whole.content, whole.stop_reason, whole.usage],
    );

    reply();
    const final = await client.messages.stream({ ...body, tools }).finalMessage();
    assert.deepEqual(JSON.parse(JSON.stringify(final.content)), whole.content);
    assert.equal(final.stop_reason, whole.stop_reason);
  }
}

test('an answer that shows nothing still has its frame', () => {
  assert.deepEqual(
    checkMessageStream(streamMessageWire([{ type: 'response.completed', response: { output: [] } } as never])).types,
    ['message_start', 'message_delta', 'message_stop'],
  );
});
