import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenAI } from 'openai';
import { createHarness, type Harness, scriptAnswer, type UpstreamEvent } from '../../support/index.ts';

const fixture = 'image-generation.sse';
/** What the fixture draws. */
const drawn = 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==';

function draw(h: Harness, fields: object = {}): Promise<OpenAI.ImagesResponse> {
  return h.client.images.generate({ prompt: 'A lighthouse', model: 'gpt-image-1', ...fields, stream: false });
}

function post(h: Harness, fields: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return h.fetch('/v1/images/generations', { method: 'POST', headers, body: JSON.stringify(fields) });
}

test('a picture is drawn by the account’s first model, with the tool that draws', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(fixture);
  const answer = await draw(h, { size: '1536x1024', quality: 'low', background: 'opaque', output_format: 'webp' });
  const { data, usage, created, ...look } = answer;
  assert.deepEqual(data, [{ b64_json: drawn, revised_prompt: 'A lighthouse at dusk' }]);
  assert.deepEqual(
    { ...look, _request_id: '' },
    { size: '1536x1024', quality: 'low', background: 'opaque', output_format: 'webp', _request_id: '' },
  );
  assert.ok(created > 0 && usage!.total_tokens === usage!.input_tokens + usage!.output_tokens);
  const { model, tools, tool_choice, input } = h.upstream.last.body;
  assert.equal(model, h.upstream.models[0]!.slug);
  assert.deepEqual(tools, [
    { type: 'image_generation', output_format: 'webp', size: '1536x1024', quality: 'low', background: 'opaque' },
  ]);
  assert.deepEqual(tool_choice, { type: 'image_generation' });
  assert.equal(input[0].content[0].text, 'A lighthouse');
});

test('names of models that only draw, and of any model that can, are taken; others are not', async (t) => {
  const h = await createHarness(t, { config: { aliases: { painter: 'gpt-5.5' } } });
  const first = h.upstream.models[0]!.slug;
  const names: [string | null, string][] = [
    [null, first],
    ['gpt-image-1', first],
    ['gpt-image-1.5', first],
    ['gpt-image-1-mini', first],
    ['dall-e-3', first],
    ['chatgpt/gpt-image-1', first],
    ['gpt-5.5', 'gpt-5.5'],
    ['painter', 'gpt-5.5'],
  ];
  for (const [name, model] of names) {
    h.upstream.reply(fixture);
    await draw(h, { model: name });
    assert.equal(h.upstream.last.body.model, model, String(name));
  }
  const unknown = await post(h, { prompt: 'x', model: 'gpt-9' });
  assert.equal(unknown.status, 404);
  const demo = await post(h, { prompt: 'x', model: 'demo/gpt-image-1' });
  assert.deepEqual(
    [demo.status, ((await demo.json()) as { error: { code: string } }).error.code],
    [400, 'not_supported'],
  );
});

test('several pictures are several requests', async (t) => {
  const h = await createHarness(t);
  for (let count = 0; count < 3; count += 1) h.upstream.reply(fixture);
  const { data } = await draw(h, { n: 3 });
  assert.deepEqual(
    data!.map(({ b64_json }) => b64_json),
    [drawn, drawn, drawn],
  );
  assert.equal(h.upstream.requests.length, 3);
});

test('an address, where one is asked for or was always given, holds the picture itself', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(fixture).reply(fixture).reply(fixture);
  const url = `data:image/webp;base64,${drawn}`;
  assert.equal((await draw(h, { response_format: 'url' })).data![0]!.url, url);
  assert.equal((await draw(h, { model: 'dall-e-3' })).data![0]!.url, url);
  assert.equal((await draw(h, { model: 'dall-e-3', response_format: 'b64_json' })).data![0]!.b64_json, drawn);
});

test('words of other models are put into those of the tool, and what nobody takes is named', async (t) => {
  const h = await createHarness(t);
  const cases: [object, object][] = [
    [
      { size: '1792x1024', quality: 'hd' },
      { size: '1536x1024', quality: 'high' },
    ],
    [
      { size: '1024x1792', quality: 'standard' },
      { size: '1024x1536', quality: 'auto' },
    ],
    [{ size: '256x256' }, { size: '1024x1024' }],
    [{ size: 'auto' }, { size: 'auto' }],
  ];
  for (const [asked, sent] of cases) {
    h.upstream.reply(fixture);
    await draw(h, asked);
    const { type: _type, output_format: _format, ...fields } = h.upstream.last.body.tools[0];
    assert.deepEqual(fields, sent);
  }
  h.upstream.reply(fixture);
  const answer = await post(h, { prompt: 'x', style: 'vivid', moderation: 'low', user: 'me', frame_count: 4 });
  assert.equal(answer.headers.get('x-opencompat-ignored'), 'style, moderation, user, frame_count');
});

test('a stream shows pictures in the making only to those who ask, and the finished one', async (t) => {
  const h = await createHarness(t);
  for (const partial_images of [0, 2]) {
    h.upstream.reply(fixture);
    const stream = await h.client.images.generate({ prompt: 'x', model: 'gpt-image-1', stream: true, partial_images });
    const events: OpenAI.ImageGenStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    const types = events.map(({ type }) => type);
    const partials = partial_images ? ['image_generation.partial_image'] : [];
    assert.deepEqual(types, [...partials, 'image_generation.completed']);
    const last = events.at(-1) as OpenAI.ImageGenCompletedEvent;
    assert.equal(last.b64_json, drawn);
    assert.equal(last.output_format, 'webp');
    assert.ok(last.usage.total_tokens > 0);
    if (partial_images) assert.equal((events[0] as OpenAI.ImageGenPartialImageEvent).partial_image_index, 0);
  }
});

test('a picture that comes only in the terminal event is taken as well', async (t) => {
  const h = await createHarness(t);
  const item = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'AAAA' };
  const [limits, created, , ...rest] = scriptAnswer([]);
  const end = structuredClone(rest.at(-1)!) as UpstreamEvent & { response: { output: object[] } };
  end.response.output = [item];
  h.upstream.reply([limits!, created!, end]);
  assert.equal((await draw(h)).data![0]!.b64_json, 'AAAA');
});

test('an answer without a picture is an error, with what the model said instead', async (t) => {
  const h = await createHarness(t);
  for (const stream of [false, true]) {
    h.upstream.reply(scriptAnswer('I cannot draw that.'));
    const answer = await post(h, { prompt: 'x', stream });
    assert.equal(answer.status, 400);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'no_image');
    assert.match(error.message, /I cannot draw that\./);
  }
});

test('a stream that fails when it has begun ends with the error', async (t) => {
  const h = await createHarness(t);
  const events = scriptAnswer([], { end: { failed: { code: 'server_error', message: 'Broken.' } } });
  const partial = { type: 'response.image_generation_call.partial_image', output_index: 0, item_id: 'ig_1' };
  events.splice(-1, 0, { ...partial, partial_image_index: 0, partial_image_b64: 'AAAA', sequence_number: 5 });
  h.upstream.reply(events);
  const stream = await h.client.images.generate({ prompt: 'x', stream: true, partial_images: 1 });
  const read = async () => {
    for await (const event of stream) assert.equal(event.type, 'image_generation.partial_image');
  };
  await assert.rejects(read, /Broken/);
});

test('what cannot be asked for is refused by its name', async (t) => {
  const h = await createHarness(t);
  const cases: [object, string][] = [
    [{}, 'prompt'],
    [{ prompt: '' }, 'prompt'],
    [{ prompt: 'x', n: 11 }, 'n'],
    [{ prompt: 'x', size: 'huge' }, 'size'],
    [{ prompt: 'x', quality: 'best' }, 'quality'],
    [{ prompt: 'x', output_format: 'bmp' }, 'output_format'],
    [{ prompt: 'x', partial_images: 4 }, 'partial_images'],
  ];
  for (const [fields, param] of cases) {
    const answer = await post(h, fields);
    assert.equal(answer.status, 400, param);
    assert.equal(((await answer.json()) as { error: { param: string } }).error.param, param);
  }
});
