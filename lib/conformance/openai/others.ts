/** OpenAI's APIs besides chat: models, embeddings, completions. */
import { asObject, type Json } from '../../lenient-json.ts';
import { type Check, defineChecks } from '../check.ts';
import { expectCount, expectList, expectOneOf, expectText, show, unless } from '../expectations.ts';
import { type Answer, expectOk, expectServed, type Probe, type Server } from '../server.ts';
import { finishReasons } from './chat.ts';
import { expectOpenAiError } from './errors.ts';

const modelsSource = 'https://platform.openai.com/docs/api-reference/models';
const embeddingsSource = 'https://platform.openai.com/docs/api-reference/embeddings/create';
const completionsSource = 'https://platform.openai.com/docs/api-reference/completions/create';

const list: Probe<Answer> = async (server) => expectOk(await server.ask('/v1/models'));
const one: Probe<Answer> = async (server) => expectServed(await server.ask(`/v1/models/${server.model}`));
const noModel: Probe<Answer> = (server) => server.ask('/v1/models/conformance-no-such-model');

const rowsOf = ({ json }: Answer): Json[] =>
  Array.isArray(json?.data) ? json.data.map((row) => asObject(row) ?? {}) : [];

const modelChecks: Check[] = [
  ...defineChecks(list, modelsSource, [
    [
      'models.list',
      'must',
      'The models are a list',
      ({ json }) => expectOneOf('object', json?.object, ['list']) ?? expectList('data', json?.data),
    ],
    [
      'models.entries',
      'must',
      'Each has id, object and owned_by',
      (answer) => {
        const bad = rowsOf(answer).find(
          ({ id, object, owned_by }) => typeof id !== 'string' || object !== 'model' || typeof owned_by !== 'string',
        );
        return unless(bad === undefined, `one is ${show(bad)}`);
      },
    ],
    [
      'models.created',
      'must',
      'Each says when it was made',
      (answer) => {
        const bad = rowsOf(answer).find(({ created }) => !Number.isInteger(created));
        return unless(bad === undefined, `one is ${show(bad)}`);
      },
    ],
    [
      'models.unique',
      'must',
      'No id comes twice',
      (answer) => unless(new Set(rowsOf(answer).map(({ id }) => id)).size === rowsOf(answer).length, 'one does'),
    ],
    [
      'models.asked',
      'should',
      'The model that is asked is among them',
      (answer, { model }) =>
        unless(
          rowsOf(answer).some(({ id }) => id === model),
          `${model} is not`,
        ),
    ],
  ]),
  ...defineChecks(one, modelsSource, [
    [
      'models.retrieve',
      'must',
      'A model is found by its id',
      ({ json }, { model }) => expectOneOf('id', json?.id, [model]),
    ],
  ]),
  ...defineChecks(noModel, modelsSource, [
    ['models.unknown', 'must', 'An unknown one is not found', (answer) => expectOpenAiError(answer, [404])],
  ]),
];

const embedProbe =
  (body: object): Probe<Answer> =>
  async (server) =>
    expectServed(await embed(server, body));
const embed = (server: Server, body: object) =>
  server.ask('/v1/embeddings', { body: { model: server.embeddingsModel, ...body } });
const vectorOf = (row: Json | undefined): unknown[] => (Array.isArray(row?.embedding) ? row.embedding : []);
const floats = embedProbe({ input: ['one', 'two'], encoding_format: 'float' });

const embeddingChecks: Check[] = [
  ...defineChecks(floats, embeddingsSource, [
    ['embeddings.list', 'must', 'The vectors are a list', ({ json }) => expectOneOf('object', json?.object, ['list'])],
    [
      'embeddings.order',
      'must',
      'There is one for each input, in order',
      (answer) =>
        unless(
          rowsOf(answer)
            .map(({ index }) => index)
            .join() === '0,1',
          `data is ${show(rowsOf(answer))}`,
        ),
    ],
    [
      'embeddings.float',
      'must',
      'They are numbers',
      (answer) =>
        unless(
          rowsOf(answer).length > 0 &&
            rowsOf(answer).every((row) => vectorOf(row).length > 0 && vectorOf(row).every(Number.isFinite)),
          `data is ${show(rowsOf(answer))}`,
        ),
    ],
    [
      'embeddings.length',
      'must',
      'They have the same length',
      (answer) => unless(new Set(rowsOf(answer).map((row) => vectorOf(row).length)).size === 1, 'they have not'),
    ],
    [
      'embeddings.usage',
      'must',
      'Their tokens are counted',
      ({ json }) => expectCount('prompt_tokens', asObject(json?.usage)?.prompt_tokens),
    ],
  ]),
  ...defineChecks(embedProbe({ input: ['one', 'two'], encoding_format: 'base64' }), embeddingsSource, [
    [
      'embeddings.base64',
      'must',
      'The vectors come as base64 where that is asked for, and are the same',
      async (answer, server) => {
        const text = rowsOf(answer)[0]?.embedding;
        if (typeof text !== 'string') return `the vector is ${show(text)}`;
        const bytes = Buffer.from(text, 'base64');
        const { length } = vectorOf(rowsOf(await server.once(floats))[0]);
        return unless(bytes.length === 4 * length, `it has ${bytes.length} bytes for ${length} numbers`);
      },
    ],
  ]),
  ...defineChecks(
    (server) => embed(server, {}).then((answer) => (answer.status === 404 ? expectServed(answer) : answer)),
    embeddingsSource,
    [
      [
        'embeddings.missing',
        'must',
        'A request without input is refused',
        (answer) => expectOpenAiError(answer, [400, 422]),
      ],
    ],
  ),
];

const completeProbe =
  (body: object): Probe<Answer> =>
  async (server) =>
    expectServed(await server.ask('/v1/completions', { body: { model: server.model, max_tokens: 16, ...body } }));
const choicesOf = ({ json }: Answer): Json[] =>
  Array.isArray(json?.choices) ? json.choices.map((choice) => asObject(choice) ?? {}) : [];

const completionChecks: Check[] = [
  ...defineChecks(completeProbe({ prompt: 'Once upon a time' }), completionsSource, [
    [
      'completions.object',
      'must',
      'Its object is text_completion',
      ({ json }) => expectOneOf('object', json?.object, ['text_completion']),
    ],
    ['completions.text', 'must', 'A choice has text', (answer) => expectText('text', choicesOf(answer)[0]?.text)],
    [
      'completions.finish',
      'must',
      'It says why it ended',
      (answer) => expectOneOf('finish_reason', choicesOf(answer)[0]?.finish_reason, finishReasons),
    ],
    [
      'completions.usage',
      'must',
      'Its tokens are counted',
      ({ json }) => expectCount('prompt_tokens', asObject(json?.usage)?.prompt_tokens),
    ],
  ]),
  ...defineChecks(completeProbe({ prompt: ['One', 'Two'] }), completionsSource, [
    [
      'completions.prompts',
      'must',
      'Each prompt of a list gets a choice',
      (answer) =>
        unless(
          choicesOf(answer)
            .map(({ index }) => index)
            .sort()
            .join() === '0,1',
          `choices are ${show(choicesOf(answer))}`,
        ),
    ],
  ]),
  ...defineChecks(completeProbe({ prompt: 'Once', echo: true }), completionsSource, [
    [
      'completions.echo',
      'should',
      'The prompt comes first where that is asked for',
      (answer) =>
        unless(String(choicesOf(answer)[0]?.text).startsWith('Once'), `text is ${show(choicesOf(answer)[0]?.text)}`),
    ],
  ]),
  ...defineChecks(completeProbe({ prompt: 'Once', stream: true }), completionsSource, [
    [
      'completions.stream.done',
      'must',
      'A stream ends with [DONE]',
      ({ text }) => unless(/data: ?\[DONE\]\s*$/.test(text), `it ends with ${show(text.slice(-80))}`),
    ],
  ]),
];

export const otherChecks: Check[] = [...modelChecks, ...embeddingChecks, ...completionChecks];
