/**
 * Claude Code against the server: a prompt, a loop with its own tools, its stream of JSON, an error. Not part of
 * `npm test`, because the program is large and has to be installed: `CLAUDE_CODE=/path/to/claude node --test
 * spec/clients/claude-code.client.ts` runs it with the one that is named (default: `claude` on the PATH).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { openProvider, readToolTurns, upstreamPaths } from '../support/every-provider.ts';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

const program = process.env.CLAUDE_CODE || 'claude';

interface Run {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

interface Workplace {
  /** The folder that it works in. */
  folder: string;
  run(...args: string[]): Promise<Run>;
}

/** A home and a folder of its own; it sees nothing of the machine's settings and speaks to nobody but the server. */
async function openWorkplace(t: TestContext, { url }: Harness): Promise<Workplace> {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-claude-'));
  const folder = await mkdtemp(join(home, 'work-'));
  t.after(() => rm(home, { recursive: true, force: true, maxRetries: 10 }));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: 'unused',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    CLAUDE_CODE_MAX_RETRIES: '0',
  };
  return {
    folder,
    async run(...args) {
      const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      t.after(() => child.kill('SIGKILL'));
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      return { exitCode, stdout, stderr };
    },
  };
}

const limit = { timeout: 120_000 };

test('a prompt is answered, under the model that it names by itself', limit, async (t) => {
  const h = await createHarness(t);
  const { run } = await openWorkplace(t, h);
  h.upstream.reply(scriptAnswer('At noon.'));
  const { exitCode, stdout, stderr } = await run('-p', 'When does the tide turn?');
  assert.deepEqual([exitCode, stdout.trim()], [0, 'At noon.'], stderr);
  const { instructions, input, tools } = h.upstream.last.body;
  assert.doesNotMatch(instructions, /billing-header/);
  assert.match(JSON.stringify(input), /When does the tide turn\?/);
  assert.ok(tools.some(({ name }: { name: string }) => name === 'Read'));
  assert.ok(h.logs.filter(({ message }) => message === 'request').every(({ status }) => status === 200));
});

test('a loop of tools, with its reasoning, as a stream of JSON', limit, async (t) => {
  const h = await createHarness(t);
  const { folder, run } = await openWorkplace(t, h);
  const path = join(folder, 'note.txt');
  await writeFile(path, 'The tide turns at noon.\n');
  h.upstream.reply(
    scriptAnswer([{ reasoning: ['The note may say.'] }, { call: 'Read', arguments: { file_path: path } }], {
      id: 'first',
    }),
  );
  h.upstream.reply(scriptAnswer('It turns at noon.', { id: 'second' }));
  const { exitCode, stdout, stderr } = await run(
    ...['-p', 'What does note.txt say?', '--allowedTools', 'Read'],
    ...['--output-format', 'stream-json', '--include-partial-messages', '--verbose'],
  );
  assert.equal(exitCode, 0, stderr);

  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; [key: string]: unknown });
  const result = events.at(-1)!;
  assert.deepEqual([result.type, result.subtype, result.result], ['result', 'success', 'It turns at noon.']);
  assert.equal(result.num_turns, 2);
  const streamed = events
    .filter(({ type }) => type === 'stream_event')
    .map(({ event }) => (event as { type: string }).type);
  assert.equal(streamed.filter((type) => type === 'message_start').length, 2);
  assert.equal(streamed.filter((type) => type === 'message_stop').length, 2);

  const items = h.upstream.last.body.input.slice(-3) as Record<string, string>[];
  assert.deepEqual(
    items.map(({ type }) => type),
    ['reasoning', 'function_call', 'function_call_output'],
  );
  assert.equal(items[0]?.encrypted_content, 'gAAAAAfirst0');
  assert.match(items[2]?.output ?? '', /The tide turns at noon\./);
});

for (const provider of [
  'copilot over /v1/messages',
  'copilot over /responses',
  'copilot over /chat/completions',
  'openai-compatible with Chat alone',
] as const) {
  test(`a loop of tools in front of ${provider}`, limit, async (t) => {
    const { harness, model, script, requests } = await openProvider(t, provider);
    const { folder, run } = await openWorkplace(t, harness);
    const path = join(folder, 'note.txt');
    await writeFile(path, 'The tide turns at noon.\n');
    script([{ text: 'I look. ' }, { call: 'Read', arguments: { file_path: path }, callId: 'call_note' }], 'first');
    script('It turns at noon.', 'second');
    const options = ['--model', model, '--allowedTools', 'Read'];
    const { exitCode, stdout, stderr } = await run('-p', 'What does note.txt say?', ...options);
    assert.deepEqual([exitCode, stdout.trim()], [0, 'It turns at noon.'], stderr);
    assert.ok(requests.every(({ path: asked }) => asked === upstreamPaths[provider]));
    // Fields that Copilot does not know are refused, one at a time, and left out from then on.
    const statuses = requests.map(({ status }) => status);
    assert.deepEqual(statuses.slice(statuses.indexOf(200)), [200, 200]);
    if (provider !== 'copilot over /v1/messages') assert.equal(statuses[0], 200);
    const { calls, results } = readToolTurns(requests.at(-1)!);
    assert.deepEqual(calls, [{ id: 'call_note', name: 'Read', arguments: { file_path: path } }]);
    assert.equal(results[0]?.id, 'call_note');
    assert.match(results[0].text, /The tide turns at noon\./);
  });
}

test('its search of the web is ours', limit, async (t) => {
  const h = await createHarness(t);
  const { run } = await openWorkplace(t, h);
  // It offers the tool only once it has been looked for.
  h.upstream.reply(scriptAnswer([{ call: 'ToolSearch', arguments: { query: 'select:WebSearch' } }], { id: 'first' }));
  h.upstream.reply(scriptAnswer([{ call: 'WebSearch', arguments: { query: 'tide tables Bergen' } }], { id: 'second' }));
  h.upstream.reply('web-search-annotations.sse');
  h.upstream.reply(scriptAnswer('It turns at noon.', { id: 'third' }));
  const { exitCode, stdout, stderr } = await run('-p', 'When does the tide turn?', '--allowedTools', 'WebSearch');
  assert.deepEqual([exitCode, stdout.trim()], [0, 'It turns at noon.'], stderr);
  const search = h.upstream.requests[2]!.body;
  assert.deepEqual(search.tools, [{ type: 'web_search' }]);
  assert.match(h.upstream.last.body.input.at(-1).output, /High water is at 11:52/);
});

test('a failure of a tool comes back as one', limit, async (t) => {
  const h = await createHarness(t);
  const { folder, run } = await openWorkplace(t, h);
  h.upstream.reply(
    scriptAnswer([{ call: 'Read', arguments: { file_path: join(folder, 'none.txt') } }], { id: 'first' }),
  );
  h.upstream.reply(scriptAnswer('There is no such file.', { id: 'second' }));
  const { exitCode, stdout, stderr } = await run('-p', 'What does none.txt say?', '--allowedTools', 'Read');
  assert.deepEqual([exitCode, stdout.trim()], [0, 'There is no such file.'], stderr);
  assert.match(h.upstream.last.body.input.at(-1).output, /^Error: /);
});

test('a spent quota is told in the backend’s words', limit, async (t) => {
  const h = await createHarness(t);
  const { run } = await openWorkplace(t, h);
  const error = { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_in_seconds: 600 };
  for (let request = 0; request < 4; request += 1) h.upstream.refuse(429, { error });
  const { exitCode, stdout } = await run('-p', 'Hello');
  assert.notEqual(exitCode, 0);
  assert.match(stdout, /usage limit has been reached/i);
});
