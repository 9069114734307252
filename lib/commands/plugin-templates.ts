/** What `opencompat plugin new` writes. TypeScript and JavaScript differ by the types of one helper: all others are inferred. */

const middleware = (name: string) => `import { defineMiddleware } from 'opencompat';

/** Replaces a word in what goes to the model and in what comes back. */
export default defineMiddleware({
  name: '${name}',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      word: { type: 'string', pattern: '^[A-Za-z]{1,100}$', default: 'Falcon', description: 'What is replaced.' },
      by: { type: 'string', default: 'Project', description: 'What takes its place.' },
    },
  },
  create({ word, by }) {
    return function replaceWord(req, _res, next) {
      const { exchange } = req;
      exchange.mapText((text) => text.replaceAll(word, by));
      // A word may be split between two events: onText holds its beginning back.
      exchange.onText({ pattern: new RegExp(word), maxLength: word.length, replace: () => by });
      next();
    };
  },
});
`;

const middlewareTest = (name: string, extension: string) => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness, scriptAnswer } from 'opencompat/testing';
import plugin from './${name}.${extension}';

test('the word is replaced on both ways, also where it is split', async (t) => {
  const h = await createHarness(t, { plugins: [[plugin, { word: 'Falcon', by: 'Sparrow' }]] });
  h.upstream.reply(scriptAnswer([{ text: ['About Fal', 'con.'] }]));
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Tell me of Falcon.' }] }),
  });
  assert.match(await answer.text(), /About Sparrow\\./);
  assert.match(JSON.stringify(h.upstream.last.body), /Tell me of Sparrow\\./);
});
`;

const provider = (
  extension: string,
) => `import { chatUpstream, createError, defineProvider, toChatBody } from 'opencompat';

/** Repeats what was said to it. */
export default defineProvider({
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { times: { type: 'integer', minimum: 1, maximum: 9, default: 1, description: 'How often.' } },
  },
  create({ times }) {
    return {
      models: () => [{ id: 'echo' }],
      readiness: () => ({ isReady: true }),

      // What is sent, and the API in which the answer comes. Without \`answer\` it goes to the URL over HTTP.
      buildRequest: (request, { model, ignore }) => ({
        method: 'POST',
        url: new URL('echo:/'),
        headers: {},
        body: JSON.stringify(toChatBody(request, { model: model.id, ignore })),
        api: chatUpstream,
      }),
      async *answer({ body }) {
        const { content } = JSON.parse(body).messages.at(-1);
        const text = typeof content === 'string' ? content : JSON.stringify(content);
        const chunk = (${extension === 'ts' ? 'delta: object, finish_reason: string | null' : 'delta, finish_reason'} = null) =>
          \`data: \${JSON.stringify({ id: 'echo', choices: [{ index: 0, delta, finish_reason }] })}\\n\\n\`;
        for (let time = 0; time < times; time += 1) yield chunk({ content: \`\${text} \` });
        yield chunk({}, 'stop');
        yield 'data: [DONE]\\n\\n';
      },
      toError: (status) => createError({ code: 'echo_failed', message: \`HTTP \${status}.\`, status: 502 }),
    };
  },
});
`;

const providerTest = (name: string, extension: string) => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from 'opencompat/testing';
import plugin from './${name}.${extension}';

test('it answers', async (t) => {
  const h = await createHarness(t, { providers: { mine: [plugin, { times: 2 }] } });
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'mine/echo', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.match(await answer.text(), /Hello Hello/);
});
`;

const readme = (name: string, entry: string) => `# ${name}

A plugin of OpenCompat. In \`opencompat.config.yaml\` beside this folder:

\`\`\`yaml
${entry}
\`\`\`

- \`opencompat plugin check\` in this folder checks it, runs its test and tries it with every API.
- For types in the editor: \`npm install --save-dev opencompat @types/node @types/express\`.
- Node runs TypeScript as it is, but none in \`node_modules\`: publish JavaScript.
`;

export interface TemplateOptions {
  readonly name: string;
  readonly isProvider: boolean;
  readonly extension: 'js' | 'ts';
}

/** The files of a new plugin, by their names. */
export function writePlugin({ name, isProvider, extension }: TemplateOptions): Record<string, string> {
  const file = `${name}.${extension}`;
  const path = `./${name}/${file}`;
  const source = isProvider ? provider(extension) : middleware(name);
  const entry = isProvider ? `providers:\n  mine: { plugin: ${path} }` : `middleware:\n  - plugin: ${path}`;
  const manifest = {
    name: `opencompat-${name}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    keywords: ['opencompat-plugin'],
    exports: `./${file}`,
    scripts: { test: 'opencompat plugin check' },
  };
  return {
    [file]: source,
    [`${name}.test.${extension}`]: (isProvider ? providerTest : middlewareTest)(name, extension),
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'README.md': readme(name, entry),
  };
}
