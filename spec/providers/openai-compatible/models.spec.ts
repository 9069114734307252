/** Which models there are: what servers list, what the configuration says, and names that are new. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseModels } from '../../../lib/providers/openai-compatible/models.ts';
import { type BoxHarness, createBoxHarness, hello, post, startFake } from '../../support/box-harness.ts';

interface Listed {
  id: string;
  owned_by: string;
  context_window?: number;
  reasoning_efforts?: string[];
}

async function listOf(h: BoxHarness): Promise<Listed[]> {
  return ((await (await h.fetch('/v1/models')).json()) as { data: Listed[] }).data;
}

const idsOf = async (h: BoxHarness) => (await listOf(h)).map(({ id }) => id);

test('the lists of all servers, without a name twice, and the aliases; right after the start', async (t) => {
  const other = await startFake(t, { models: ['fake-small', { id: 'own', owned_by: 'me' }] });
  const h = await createBoxHarness(t, {
    providers: { other: { type: 'openai-compatible', baseURL: other.url } },
    config: {
      aliases: { mine: ['other/own', 'fake-model'], 'fake-model': 'other/own', lost: 'nowhere', deep: 'mine' },
    },
  });
  const listed = await listOf(h);
  assert.deepEqual(
    listed.map(({ id, owned_by }) => [id, owned_by]),
    [
      ['box/fake-model', 'fake'],
      ['fake-small', 'fake'],
      ['fake-embedding', 'fake'],
      ['other/fake-small', 'fake'],
      ['own', 'me'],
      ['mine', 'me'],
      ['fake-model', 'me'],
      ['deep', 'me'],
    ],
  );
  for (const { id } of listed) {
    const shown = (await (await h.fetch(`/v1/models/${id}`)).json()) as Listed;
    assert.deepEqual([shown.id, (shown as { error?: object }).error], [id, undefined]);
  }
  assert.equal((await h.fetch('/v1/models/lost')).status, 404);
  assert.equal((await h.fetch('/v1/models/other%2Fanything')).status, 200);
});

test('`models` in the configuration are the only ones, with what the server tells of them', async (t) => {
  const models = [{ id: 'a', owned_by: 'x', max_model_len: 4096 }, 'b', 'c'];
  const h = await createBoxHarness(t, { fake: { models }, settings: { models: ['c', 'a', 'unheard-of'] } });
  await h.fetch('/v1/models');
  await post(h, '/v1/chat/completions', { model: 'c', messages: hello });
  const listed = await listOf(h);
  assert.deepEqual(
    listed.map(({ id }) => id),
    ['c', 'a', 'unheard-of'],
  );
  const status = async (model: string) => (await post(h, '/v1/chat/completions', { model, messages: hello })).status;
  assert.deepEqual(
    [await status('c'), await status('box/a'), await status('b'), await status('box/b')],
    [200, 200, 404, 404],
  );
});

test('a name that is not listed goes to the server whose name is in front of it', async (t) => {
  const h = await createBoxHarness(t);
  const answer = await post(h, '/v1/chat/completions', { model: 'box/very/new', messages: hello });
  assert.equal(h.box.last.body.model, 'very/new');
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /box does not have this model/);
});

test('a model that came after the list was made is found', async (t) => {
  const data = [{ id: 'old' }];
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(req.method === 'GET' ? JSON.stringify({ data }) : '{"choices":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const h = await createBoxHarness(t, { settings: { baseURL } });
  const statusOf = async (model: string) => (await post(h, '/v1/chat/completions', { model, messages: hello })).status;
  assert.equal(await statusOf('old'), 200);
  data.push({ id: 'new' });
  assert.equal(await statusOf('new'), 200);
});

test('a name that is none costs few questions', async (t) => {
  const h = await createBoxHarness(t);
  for (let round = 0; round < 5; round += 1) {
    assert.equal((await post(h, '/v1/chat/completions', { model: 'none', messages: hello })).status, 404);
  }
  assert.equal(h.box.otherRequests.length, 2);
});

test('many first requests at the same time share one question', async (t) => {
  const h = await createBoxHarness(t);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello })),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(h.box.otherRequests.length, 1);
});

test('the list is kept in the cache folder, under a name that tells nobody where it came from', async (t) => {
  const h = await createBoxHarness(t, { settings: { apiKey: 'sk-very-secret' } });
  await idsOf(h);
  const folder = join(h.dataDir, '../../cache/opencompat');
  let files: string[] = [];
  for (let tries = 0; tries < 100 && files.length < 2; tries += 1) files = await readdir(folder).catch(() => []);
  const file = files.find((name) => /^box-models-[0-9a-f]{16}\.json$/.test(name));
  assert.ok(file, files.join());
  assert.doesNotMatch(await readFile(join(folder, file), 'utf8'), /very-secret/);
});

const forms: [server: string, answer: unknown, models: object[]][] = [
  [
    'OpenAI',
    {
      object: 'list',
      data: [
        { id: 'gpt-5.5', object: 'model', created: 1700000000, owned_by: 'system', shutdown_date: '2026-12-11' },
        { id: 'gpt-4o', object: 'model', created: 1700000000, owned_by: 'system', shutdown_date: 'soon' },
      ],
    },
    [
      {
        id: 'gpt-5.5',
        createdS: 1700000000,
        ownedBy: 'system',
        efforts: ['low', 'medium', 'high'],
        retiresAtS: Date.UTC(2026, 11, 11) / 1000,
      },
      { id: 'gpt-4o', createdS: 1700000000, ownedBy: 'system', efforts: [] },
    ],
  ],
  [
    'Ollama',
    {
      object: 'list',
      data: [{ id: 'gpt-oss:20b', created: 1, owned_by: 'library' }, { id: 'mxbai-embed-large:latest' }],
    },
    [
      { efforts: ['low', 'medium', 'high'] },
      { id: 'mxbai-embed-large:latest', ownedBy: 'unknown', purpose: 'embeddings' },
    ],
  ],
  ['Ollama, its own list', { models: [{ name: 'llama3:8b', model: 'llama3:8b' }] }, [{ id: 'llama3:8b', efforts: [] }]],
  ['vLLM', { data: [{ id: 'Qwen/Qwen3-8B', max_model_len: 40960 }] }, [{ contextWindow: 40960, efforts: [] }]],
  [
    'OpenRouter',
    {
      data: [
        {
          id: 'x/thinker',
          context_length: 200000,
          top_provider: { max_completion_tokens: 64000 },
          supported_parameters: ['tools', 'reasoning'],
          architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
        },
        { id: 'x/o3-like', supported_parameters: ['temperature'] },
        { id: 'x/painter', architecture: { output_modalities: ['image'] } },
      ],
    },
    [
      {
        contextWindow: 200000,
        maxOutputTokens: 64000,
        hasTools: true,
        inputModalities: ['text', 'image'],
        efforts: ['low', 'medium', 'high'],
      },
      { hasTools: false, efforts: [] },
      { purpose: 'images' },
    ],
  ],
  [
    'LM Studio',
    {
      data: [
        { id: 'qwen2.5', type: 'llm', max_context_length: 32768 },
        { id: 'text-thing', type: 'embeddings' },
        { id: 'embedded-llm', type: 'vlm' },
      ],
    },
    [{ contextWindow: 32768 }, { purpose: 'embeddings' }, { purpose: undefined }],
  ],
  [
    'llama.cpp',
    { models: 5, data: [{ id: 'm.gguf', meta: { n_ctx_train: 8192 } }] },
    [{ id: 'm.gguf', contextWindow: 8192 }],
  ],
  ['a list alone, of names', ['a', 'b'], [{ id: 'a' }, { id: 'b' }]],
  ['names that stand twice', { data: [{ id: 'a' }, { id: 'a' }] }, [{ id: 'a' }]],
  ['what is none', { data: [null, 5, {}, { id: '' }, { id: 7 }, { id: 'x'.repeat(300) }, []] }, []],
  ['another thing', { data: { id: 'a' } }, []],
];
for (const [server, answer, expected] of forms) {
  test(`the list of ${server}`, () => {
    const models = parseModels(JSON.stringify(answer));
    assert.equal(models.length, expected.length);
    for (const [index, fields] of expected.entries()) {
      for (const [key, value] of Object.entries(fields)) {
        assert.deepEqual(models[index]![key as 'id'], value, `${server}: ${key}`);
      }
    }
  });
}

test('what is no JSON is no list', () => assert.deepEqual(parseModels('<html>'), []));
