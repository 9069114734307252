/** Ollama's API. */
import { asObject, type Json, parseObject } from '../lenient-json.ts';
import { type Check, defineChecks } from './check.ts';
import { expectCount, expectList, expectMediaType, expectOneOf, expectText, show, unless } from './expectations.ts';
import { cities, expectCity, expectPerson, greeting, person, weather } from './questions.ts';
import { type Answer, expectOk, expectServed, expectTaken, type Probe, type Server, tellFailure } from './server.ts';

const source = 'https://github.com/ollama/ollama/blob/main/docs/api.md';
const hello = { messages: [{ role: 'user', content: greeting }] };
const forced = {
  messages: [{ role: 'user', content: cities }],
  tools: [{ type: 'function', function: weather }],
  stream: false,
};

const ask = (server: Server, path: string, body: object) =>
  server.ask(path, { body: { model: server.model, ...body } });
const probe =
  (path: string, body: object, isBasic = false): Probe<Answer> =>
  async (server) =>
    (isBasic ? expectOk : expectServed)(await ask(server, path, body));
const get =
  (path: string): Probe<Answer> =>
  async (server) =>
    expectServed(await server.ask(path));
const messageOf = (json: Json | undefined) => asObject(json?.message) ?? {};
const modelsOf = ({ json }: Answer): Json[] =>
  Array.isArray(json?.models) ? json.models.map((model) => asObject(model) ?? {}) : [];

interface Lines {
  answer: Answer;
  /** Undefined for a line that is no JSON object. */
  lines: (Json | undefined)[];
  last: Json;
}

const linesProbe =
  (path: string, body: object): Probe<Lines> =>
  async (server) => {
    const answer = expectOk(await ask(server, path, body));
    const lines = answer.text.split('\n').slice(0, -1).map(parseObject);
    return { answer, lines, last: lines.at(-1) ?? {} };
  };

function expectClosing(last: Json | undefined): string | undefined {
  const counts = ['total_duration', 'prompt_eval_count', 'eval_count', 'eval_duration'];
  return counts.map((name) => expectCount(name, last?.[name])).find((fault) => fault !== undefined);
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const unknown: Probe<Answer> = (server) => ask(server, '/api/chat', { ...hello, model: 'conformance-no-such-model' });
const unknownShow: Probe<Answer> = (server) =>
  server.ask('/api/show', { body: { model: 'conformance-no-such-model' } });
const badJson: Probe<Answer> = (server) => server.ask('/api/chat', { body: '{' });

function expectError(answer: Answer, statuses: readonly number[]): string | undefined {
  if (!statuses.includes(answer.status)) return `${tellFailure(answer)}, not ${statuses.join(' or ')}`;
  return expectText('error', answer.json?.error);
}

export const ollamaChecks: Check[] = [
  ...defineChecks(linesProbe('/api/chat', hello), source, [
    [
      'ollama.chat.media-type',
      'must',
      'An answer is a stream of JSON lines unless it is asked otherwise',
      ({ answer }) => expectMediaType(answer.headers, 'application/x-ndjson'),
    ],
    [
      'ollama.chat.end',
      'must',
      'The last line is complete',
      ({ answer }) => unless(answer.text.endsWith('\n'), 'it has no line end'),
    ],
    [
      'ollama.chat.lines',
      'must',
      'Each line is a JSON object',
      ({ lines }) => unless(lines.length > 0 && lines.every(Boolean), 'one is not'),
    ],
    [
      'ollama.chat.done',
      'must',
      'The last line, and no other, is done',
      ({ lines }) =>
        unless(
          lines.every((line, index) => line?.done === (index === lines.length - 1)),
          `done are ${show(lines.map((line) => line?.done))}`,
        ),
    ],
    [
      'ollama.chat.role',
      'must',
      'Each line has a message of the assistant’s',
      ({ lines }) =>
        unless(
          lines.every((line) => messageOf(line).role === 'assistant'),
          'one has not',
        ),
    ],
    [
      'ollama.chat.model',
      'must',
      'Each line names the same model',
      ({ lines }) =>
        unless(
          new Set(lines.map((line) => line?.model)).size === 1 && typeof lines[0]?.model === 'string',
          'one does not',
        ),
    ],
    [
      'ollama.chat.created',
      'must',
      'Each line says when it was made',
      ({ lines }) =>
        unless(
          lines.every((line) => timestamp.test(String(line?.created_at))),
          'one does not',
        ),
    ],
    [
      'ollama.chat.text',
      'must',
      'It has text',
      ({ lines }) => expectText('the text', lines.map((line) => messageOf(line).content).join('')),
    ],
    [
      'ollama.chat.reason',
      'must',
      'It says why it ended',
      ({ last }) => expectOneOf('done_reason', last.done_reason, ['stop', 'length']),
    ],
    ['ollama.chat.counts', 'must', 'Its end has durations and counts', ({ last }) => expectClosing(last)],
  ]),
  ...defineChecks(probe('/api/chat', { ...hello, stream: false }, true), source, [
    [
      'ollama.chat.whole',
      'must',
      'It comes in one piece where that is asked for',
      ({ json }) => expectOneOf('done', json?.done, [true]) ?? expectText('content', messageOf(json).content),
    ],
    ['ollama.chat.whole-counts', 'must', 'with durations and counts', ({ json }) => expectClosing(json)],
  ]),
  ...defineChecks(async (server) => expectTaken(await ask(server, '/api/chat', forced)), source, [
    [
      'ollama.tools',
      'should',
      'A tool that is asked for is called, its arguments an object',
      ({ json }) => {
        const calls = messageOf(json).tool_calls;
        const called = asObject(asObject(Array.isArray(calls) ? calls[0] : undefined)?.function);
        return (
          expectOneOf('name', called?.name, [weather.name]) ??
          unless(asObject(called?.arguments) !== undefined, `arguments are ${show(called?.arguments)}`) ??
          expectCity(called?.arguments)
        );
      },
    ],
  ]),
  ...defineChecks(
    async (server) =>
      expectTaken(
        await ask(server, '/api/chat', {
          messages: [{ role: 'user', content: 'Invent a person.' }],
          format: person,
          stream: false,
        }),
      ),
    source,
    [['ollama.format', 'must', 'A schema is kept', ({ json }) => expectPerson(messageOf(json).content)]],
  ),
  ...defineChecks(probe('/api/generate', { prompt: greeting, stream: false }), source, [
    [
      'ollama.generate',
      'must',
      'A prompt is gone on with',
      ({ json }) => expectText('response', json?.response) ?? expectOneOf('done', json?.done, [true]),
    ],
    ['ollama.generate.counts', 'must', 'with durations and counts', ({ json }) => expectClosing(json)],
  ]),
  ...defineChecks(get('/api/tags'), source, [
    ['ollama.tags', 'must', 'The models are listed', ({ json }) => expectList('models', json?.models)],
    [
      'ollama.tags.entries',
      'must',
      'Each has name, model, digest, size and details',
      (answer) => {
        const bad = modelsOf(answer).find(
          ({ name, model, digest, size, details }) =>
            !name || !model || !digest || !Number.isInteger(size) || !asObject(details),
        );
        return unless(bad === undefined, `one is ${show(bad)}`);
      },
    ],
  ]),
  ...defineChecks(probe('/api/show', {}), source, [
    [
      'ollama.show',
      'must',
      'A model is shown with details and capabilities',
      ({ json }) =>
        unless(asObject(json?.details) !== undefined, `details are ${show(json?.details)}`) ??
        expectList('capabilities', json?.capabilities),
    ],
    [
      'ollama.show.info',
      'must',
      'and with its architecture',
      ({ json }) => expectText('general.architecture', asObject(json?.model_info)?.['general.architecture']),
    ],
  ]),
  ...defineChecks(get('/api/ps'), source, [
    ['ollama.ps', 'must', 'The loaded models are listed', ({ json }) => expectList('models', json?.models)],
  ]),
  ...defineChecks(get('/api/version'), source, [
    [
      'ollama.version',
      'must',
      'It tells its version',
      ({ json }) => unless(/^\d+\.\d+\.\d+/.test(String(json?.version)), `version is ${show(json?.version)}`),
    ],
  ]),
  ...defineChecks(
    async (server) =>
      expectTaken(await ask(server, '/api/embed', { model: server.embeddingsModel, input: ['one', 'two'] })),
    source,
    [
      [
        'ollama.embed',
        'must',
        'Each input gets a vector',
        ({ json }) =>
          unless(
            Array.isArray(json?.embeddings) &&
              json.embeddings.length === 2 &&
              json.embeddings.every((vector) => Array.isArray(vector) && vector.length > 0),
            `embeddings are ${show(json?.embeddings)}`,
          ),
      ],
    ],
  ),
  ...defineChecks(unknown, source, [
    ['ollama.errors.model', 'must', 'An unknown model is not found', (answer) => expectError(answer, [404])],
  ]),
  ...defineChecks(unknownShow, source, [
    ['ollama.errors.show', 'must', 'nor shown', (answer) => expectError(answer, [404])],
  ]),
  ...defineChecks(badJson, source, [
    ['ollama.errors.json', 'must', 'A body that is no JSON is refused', (answer) => expectError(answer, [400])],
  ]),
];
