/** Completions over HTTP: prompts that reach the backend one conversation each, and the answers in their order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCompletion, checkCompletionStream } from '../../support/completion-answers.ts';
import { createHarness, defaultText, type Harness, scriptAnswer } from '../../support/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are looked into
type Body = Record<string, any>;

function post(h: Harness, body: object): Promise<Response> {
  return h.fetch('/v1/completions', { method: 'POST', body: JSON.stringify({ model: 'gpt-5.5', ...body }) });
}

async function ask(h: Harness, body: object) {
  const answer = await post(h, body);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return checkCompletion(JSON.parse(text) as Body);
}

async function refuse(h: Harness, body: object): Promise<Body> {
  const answer = await post(h, body);
  const { error } = (await answer.json()) as Body;
  assert.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code']);
  return { status: answer.status, ...error };
}

/** What the backend was asked, in order. */
const promptsOf = (h: Harness) => h.upstream.requests.map(({ body }) => body.input.at(-1).content[0].text);

test('a prompt, whole and streamed', async (t) => {
  const h = await createHarness(t);
  const whole = await ask(h, { prompt: 'Once', max_tokens: 1000 });
  assert.equal(whole.choices[0]!.text, defaultText);
  assert.match(h.upstream.last.body.instructions, /what comes next/);
  const streamed = await post(h, { prompt: 'Once', stream: true, stream_options: { include_usage: true } });
  assert.match(streamed.headers.get('content-type')!, /^text\/event-stream/);
  const { choices, usage } = checkCompletionStream(await streamed.text(), { hasUsage: true });
  assert.deepEqual([choices, usage], [whole.choices, whole.usage]);
});

test('without `max_tokens` there is no limit; with it the text is cut there', async (t) => {
  const h = await createHarness(t);
  const long = 'one two three four five six seven eight nine ten '.repeat(10);
  h.upstream.reply(scriptAnswer(long));
  assert.equal((await ask(h, { prompt: 'Count' })).choices[0]!.text, long);
  h.upstream.reply(scriptAnswer(long));
  const [cut] = (await ask(h, { prompt: 'Count', max_tokens: 3 })).choices;
  assert.deepEqual([cut!.text, cut!.finish_reason], ['one two three', 'length']);
});

test('each prompt of a list is a conversation of its own, cut and echoed by itself', async (t) => {
  const h = await createHarness(t);
  const { choices, usage } = await ask(h, { prompt: ['A', 'B', 'C'], n: 2, echo: true, stop: [' the'] });
  assert.deepEqual(
    choices.map(({ text }) => text),
    ['A', 'A', 'B', 'B', 'C', 'C'].map((prompt) => `${prompt}Hello from`),
  );
  assert.deepEqual(promptsOf(h).toSorted(), ['A', 'A', 'B', 'B', 'C', 'C']);
  assert.equal(promptsOf(h)[0], 'A');
  assert.ok((usage as Body).prompt_tokens > 0);
});

test('a list longer than `maxChoices` is answered in turns, every prompt in its place', async (t) => {
  const h = await createHarness(t, { config: { maxChoices: 2, demo: true } });
  const prompt = Array.from({ length: 7 }, (_, index) => `number ${index}`);
  const expected = prompt.map((text) => `This is the demo model of OpenCompat. You said: ${text}`);
  const { choices } = await ask(h, { model: 'demo', prompt });
  assert.deepEqual(
    choices.map(({ text }) => text),
    expected,
  );
  const streamed = await post(h, { model: 'demo', prompt, stream: true });
  const merged = checkCompletionStream(await streamed.text(), { choices: 7 });
  assert.deepEqual(
    merged.choices.map(({ text }) => text),
    expected,
  );
});

test('no more than `maxChoices` requests are under way at a time', async (t) => {
  const h = await createHarness(t, { config: { maxChoices: 2 } });
  for (let each = 0; each < 5; each += 1) h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const asked = ask(h, { prompt: ['A', 'B', 'C', 'D', 'E'] });
  for (let index = 0; index < 5; index += 1) {
    const request = await h.upstream.waitForRequest(index);
    const open = h.upstream.requests.filter(({ closedAtMs }) => closedAtMs === undefined);
    assert.ok(open.length <= 2, `${open.length} at a time`);
    request.resume();
  }
  assert.equal((await asked).choices.length, 5);
});

test('what asks for more than is given is refused before anything is sent', async (t) => {
  const h = await createHarness(t, { config: { maxChoices: 2, maxPrompts: 3 } });
  const tooMany = await refuse(h, { prompt: ['A', 'B', 'C', 'D'] });
  assert.deepEqual([tooMany.status, tooMany.param, tooMany.code], [400, 'prompt', 'array_above_max_length']);
  assert.match(tooMany.message, /`maxPrompts`/);
  const choices = await refuse(h, { prompt: 'A', n: 3 });
  assert.deepEqual([choices.status, choices.param, choices.code], [400, 'n', 'integer_above_max_value']);
  assert.equal(h.upstream.requests.length, 0);
});

test('one prompt that is refused fails the request, and the others are let go', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  h.upstream.refuse(500, { error: { message: 'broken' } });
  const { status } = await refuse(h, { prompt: ['A', 'B'] });
  assert.equal(status, 502);
  assert.equal(await h.upstream.requests[0]!.aborted, true);
});

test('a prompt in a later turn that fails ends the stream with the error', async (t) => {
  const h = await createHarness(t, { config: { maxChoices: 1 } });
  h.upstream.reply('text-hello.sse');
  h.upstream.refuse(500, { error: { message: 'broken' } });
  const answer = await post(h, { prompt: ['A', 'B'], stream: true });
  assert.equal(answer.status, 200);
  const last = (await answer.text()).trimEnd().split('\n\n').at(-1)!;
  assert.equal(JSON.parse(last.slice('data: '.length)).error.type, 'server_error');
});

test('expired tokens are renewed for every conversation', async (t) => {
  const h = await createHarness(t);
  h.upstream.expireTokens();
  const { choices } = await ask(h, { prompt: ['A', 'B', 'C'] });
  assert.deepEqual(
    choices.map(({ text }) => text),
    [defaultText, defaultText, defaultText],
  );
});

test('a list of prompts turns to the next model of an alias as one', async (t) => {
  const aliases = { both: ['gpt-5.5', 'demo'] };
  const h = await createHarness(t, { config: { demo: true, aliases } });
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  const { choices } = await ask(h, { model: 'both', prompt: ['A', 'B'] });
  assert.deepEqual(
    choices.map(({ text }) => text),
    ['A', 'B'].map((text) => `This is the demo model of OpenCompat. You said: ${text}`),
  );
});
