/**
 * What the attacker does: fills a body of the allowed 10 MB for the Ollama and the Completions API with whatever may cost
 * more than its size: calls whose results have to be found, images, options, prompts, tokens.
 * What must hold: as in costly-requests.spec.ts, the time grows no faster than the body, with bounds as wide as there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientApi } from '../../lib/apis/api.ts';
import { createValidator } from '../../lib/apis/body-validation.ts';
import { completions } from '../../lib/apis/completions/index.ts';
import { ollamaChat, ollamaGenerate } from '../../lib/apis/ollama/index.ts';
import { OpenCompatError } from '../../lib/errors.ts';

/** Of process time: another process that has the machine's attention does not count. */
const limitMs = 5000;
const user = { role: 'user', content: 'Hello' };

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

/** Without copying them, which takes longer than to read them. */
function withKeys(count: number, body: Record<string, unknown> = {}): object {
  for (let index = 0; index < count; index += 1) body[`k${index}`] = 1;
  return body;
}

const call = (name: string) => ({ function: { name, arguments: {} } });

const costly: Record<string, [api: ClientApi<never>, body: () => object]> = {
  'calls answered by name, the last first': [
    ollamaChat,
    () => ({
      messages: [
        user,
        { role: 'assistant', tool_calls: list(80_000, (n) => call(`f${n}`)) },
        ...list(80_000, (n) => ({ role: 'tool', tool_name: `f${79_999 - n}`, content: 'x' })),
      ],
    }),
  ],
  'calls answered without a word of which': [
    ollamaChat,
    () => ({
      messages: [
        user,
        { role: 'assistant', tool_calls: list(80_000, () => call('f')) },
        ...list(80_000, () => ({ role: 'tool', content: 'x' })),
      ],
    }),
  ],
  'images that are none': [ollamaGenerate, () => ({ prompt: 'x', images: list(500_000, () => 'iVBORw0KGgo') })],
  'an image of spaces': [ollamaGenerate, () => ({ prompt: 'x', images: [`iVBORw0KGgo${' \n'.repeat(4_000_000)}`] })],
  options: [ollamaChat, () => ({ messages: [user], options: withKeys(500_000) })],
  prompts: [completions, () => ({ prompt: list(3_000_000, () => '') })],
  'lists of tokens': [completions, () => ({ prompt: list(2_000_000, () => [1]) })],
  tokens: [completions, () => ({ prompt: list(2_000_000, () => 13225) })],
  'unknown keys': [completions, () => withKeys(500_000, { prompt: 'x' })],
};

for (const [name, [api, make]] of Object.entries(costly)) {
  test(`${name} by the megabyte`, () => {
    const body = Object.assign(make(), { model: 'gpt-5.5' });
    const validate = createValidator(api.schema);
    validate.compile();
    let ignored = 0;
    const before = process.cpuUsage();
    try {
      validate(body);
      api.toCanonical(body as never, {
        headers: {},
        defaults: { reasoningCompat: 'none' },
        ignore: () => {
          ignored += 1;
        },
      });
    } catch (error) {
      assert.ok(error instanceof OpenCompatError);
    }
    const { user: userUs, system } = process.cpuUsage(before);
    assert.ok((userUs + system) / 1000 < limitMs, `${(userUs + system) / 1000} ms`);
    assert.ok(ignored < 100);
  });
}
