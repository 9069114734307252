/**
 * The Codex CLI against the server, over SSE and over a WebSocket: a plain answer, a loop of shell commands, a
 * compaction. It is installed into a folder of its own (400 MB), so it is run by CI and not with the rest of the
 * specification:
 *
 *     node --test spec/clients/codex.client.ts
 *
 * CODEX_FOLDER: a folder that has the package already.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { openProvider, readToolTurns, upstreamPaths } from '../support/every-provider.ts';
import { createHarness, defaultText, fakeUsage, type Harness, scriptAnswer } from '../support/index.ts';

const run = promisify(execFile);
const codexVersion = '0.171.0';
const timeoutMs = 120_000;

let folder = process.env.CODEX_FOLDER ?? '';

before(async () => {
  if (folder) return;
  folder = await mkdtemp(join(tmpdir(), 'opencompat-codex-'));
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--no-audit', '--no-fund', `@openai/codex@${codexVersion}`], { cwd: folder });
});

after(async () => {
  if (!process.env.CODEX_FOLDER) await rm(folder, { recursive: true });
});

interface CodexEvent {
  type: string;
  item?: { type: string; text?: string; aggregated_output?: string; exit_code?: number };
}

/** The server as a provider of its own, as the README has it. */
const asProvider = ({ url }: Harness, isSocket: boolean, model = 'gpt-5.5') => `model = "${model}"
model_provider = "opencompat"
[model_providers.opencompat]
name = "OpenCompat"
base_url = "${url}/v1"
env_key = "CODEX_API_KEY"
wire_api = "responses"
supports_websockets = ${isSocket}
`;

/** The server in OpenAI's place. Tokens after which Codex compacts: fewer than any answer has. */
const asOpenAi = ({ url }: Harness) => `model = "gpt-5.5"
openai_base_url = "${url}/v1"
model_auto_compact_token_limit = 20
`;

/** One task for Codex in a folder of its own. */
async function runCodex(t: TestContext, config: string, prompt: string): Promise<CodexEvent[]> {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-codex-home-'));
  t.after(() => rm(home, { recursive: true }));
  const work = join(home, 'work');
  await mkdir(work);
  await writeFile(join(home, 'config.toml'), config);
  const codex = join(folder, 'node_modules', '.bin', 'codex');
  const options = ['exec', '--json', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt];
  const running = run(codex, options, {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, CODEX_API_KEY: 'right' },
    timeout: timeoutMs,
  });
  running.child.stdin?.end();
  const { stdout } = await running;
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as CodexEvent);
}

function itemsOf(events: readonly CodexEvent[], type: string): NonNullable<CodexEvent['item']>[] {
  return events.flatMap(({ type: event, item }) => (event === 'item.completed' && item?.type === type ? [item] : []));
}

const requestsOf = (h: Harness) => h.logs.filter(({ message }) => message === 'request').map(({ method }) => method);

for (const isSocket of [false, true]) {
  const way = isSocket ? 'a WebSocket' : 'SSE';

  test(`a plain answer over ${way}`, async (t) => {
    const h = await createHarness(t, { apiKey: 'right' });
    h.upstream.reply(scriptAnswer(defaultText));
    const events = await runCodex(t, asProvider(h, isSocket), 'Say hello');
    assert.equal(itemsOf(events, 'agent_message').at(-1)?.text, defaultText);
    assert.equal(events.at(-1)?.type, 'turn.completed');
    assert.deepEqual(requestsOf(h), isSocket ? ['GET', 'POST', 'POST'] : ['POST']);
    assert.equal(h.upstream.requests.length, 1, 'warming up asks no model');
  });

  test(`a shell command, and its output, over ${way}`, async (t) => {
    const h = await createHarness(t, { apiKey: 'right' });
    h.upstream
      .reply(
        scriptAnswer([{ reasoning: ['Hm.'] }, { call: 'exec_command', arguments: { cmd: 'echo $((6 * 7))' } }], {
          id: 'a',
        }),
      )
      .reply(scriptAnswer('It is 42.', { id: 'b' }));
    const events = await runCodex(t, asProvider(h, isSocket), 'What is six by seven?');
    const [command] = itemsOf(events, 'command_execution');
    assert.deepEqual([command?.aggregated_output?.trim(), command?.exit_code], ['42', 0]);
    assert.equal(itemsOf(events, 'agent_message').at(-1)?.text, 'It is 42.');
    const { input } = h.upstream.last.body;
    const types = input.map(({ type }: { type: string }) => type).filter((type: string) => type !== 'message');
    assert.deepEqual(types, ['reasoning', 'function_call', 'function_call_output']);
    assert.match(input.at(-1).output, /42/);
    assert.ok(h.upstream.requests.every(({ status }) => status === 200));
  });
}

for (const provider of [
  'copilot over /responses',
  'copilot over /chat/completions',
  'copilot over /v1/messages',
  'openai-compatible with Chat alone',
] as const) {
  test(`a shell command, and its output, in front of ${provider}`, async (t) => {
    const { harness, model, script, requests } = await openProvider(t, provider, { apiKey: 'right' });
    script([{ call: 'exec_command', arguments: { cmd: 'echo $((6 * 7))' }, callId: 'call_sum' }], 'a');
    script('It is 42.', 'b');
    const events = await runCodex(t, asProvider(harness, false, model), 'What is six by seven?');
    const [command] = itemsOf(events, 'command_execution');
    assert.deepEqual([command?.aggregated_output?.trim(), command?.exit_code], ['42', 0]);
    assert.equal(itemsOf(events, 'agent_message').at(-1)?.text, 'It is 42.');
    assert.deepEqual(
      requests.map(({ path, status }) => [path, status]),
      [200, 200].map((status) => [upstreamPaths[provider], status]),
    );
    const { calls, results } = readToolTurns(requests.at(-1)!);
    const called = { id: 'call_sum', name: 'exec_command', arguments: { cmd: 'echo $((6 * 7))' } };
    assert.deepEqual(calls, [called]);
    assert.equal(results[0]?.id, 'call_sum');
    assert.match(results[0].text, /42/);
  });
}

test('a conversation that grows too long is compacted, with the server in OpenAI’s place', async (t) => {
  const h = await createHarness(t, { apiKey: 'right' });
  const usage = { ...fakeUsage, input_tokens: 100_000, total_tokens: 100_013 };
  h.upstream
    .reply(scriptAnswer([{ call: 'exec_command', arguments: { cmd: 'echo hi' } }], { id: 'a', usage }))
    .reply(scriptAnswer([{ compaction: 'gAAAAAshort' }], { id: 'b' }))
    .reply(scriptAnswer('It said hi.', { id: 'c' }));
  const events = await runCodex(t, asOpenAi(h), 'Say hi');
  assert.equal(itemsOf(events, 'agent_message').at(-1)?.text, 'It said hi.');
  const [, asked, next] = h.upstream.requests;
  assert.equal(asked!.body.input.at(-1).type, 'compaction_trigger');
  assert.ok(next!.body.input.some((item: Record<string, unknown>) => item.encrypted_content === 'gAAAAAshort'));
});
