/** OpenAI's Responses API. */
import { asObject, type Json } from '../lenient-json.ts';
import { type Check, defineChecks } from './check.ts';
import { expectCount, expectMediaType, expectOneOf, expectText, show, unless } from './expectations.ts';
import { expectErrorField, expectOpenAiError } from './openai/errors.ts';
import { askWithWrongKey, leaveAndAsk } from './openai/refusals.ts';
import { cities, expectCity, expectPerson, greeting, person, weather } from './questions.ts';
import { type Answer, expectOk, expectServed, expectTaken, type Probe, type Server } from './server.ts';
import { type ResponseRule, type ResponseStream, readResponseStream } from './streams/responses.ts';

const path = '/v1/responses';
const source = 'https://platform.openai.com/docs/api-reference/responses/create';
const streamSource = 'https://platform.openai.com/docs/api-reference/responses-streaming';
const errorSource = 'https://platform.openai.com/docs/guides/error-codes';
const hello = { input: greeting };
const forced = {
  input: cities,
  tools: [{ type: 'function', ...weather, strict: true }],
  tool_choice: { type: 'function', name: weather.name },
};

const ask = (server: Server, body: object) => server.ask(path, { body: { model: server.model, ...body } });
const probe =
  (body: object, isBasic = false): Probe<Answer> =>
  async (server) =>
    (isBasic ? expectOk : expectTaken)(await ask(server, body));
const outputOf = (json: Json | undefined): Json[] =>
  Array.isArray(json?.output) ? json.output.map((item) => asObject(item) ?? {}) : [];
const callOf = (json: Json | undefined) => outputOf(json).find(({ type }) => type === 'function_call');

function textOf(json: Json | undefined): string {
  const parts = outputOf(json).flatMap(({ content }) =>
    Array.isArray(content) ? content.map((part) => asObject(part) ?? {}) : [],
  );
  return parts.map(({ type, text }) => (type === 'output_text' ? text : '')).join('');
}

const streamProbe =
  (body: object, isBasic = false): Probe<ResponseStream> =>
  async (server) =>
    readResponseStream((isBasic ? expectOk : expectTaken)(await ask(server, { ...body, stream: true })));
const unbroken =
  (rule: ResponseRule) =>
  ({ faults }: ResponseStream) =>
    faults.of(rule);

const stored = probe({ ...hello, store: true });
const storedId = async (server: Server) => String((await server.once(stored)).json?.id);
const retrieved: Probe<Answer> = async (server) => expectServed(await server.ask(`${path}/${await storedId(server)}`));
const items: Probe<Answer> = async (server) =>
  expectServed(await server.ask(`${path}/${await storedId(server)}/input_items`));
const continued: Probe<Answer> = async (server) =>
  expectTaken(await ask(server, { ...hello, previous_response_id: await storedId(server) }));
/** A response of its own: the others are still looked at. */
const deleted: Probe<{ removed: Answer; after: Answer }> = async (server) => {
  const { json } = expectTaken(await ask(server, { ...hello, store: true }));
  const removed = expectServed(await server.ask(`${path}/${json?.id}`, { method: 'DELETE' }));
  return { removed, after: await server.ask(`${path}/${json?.id}`) };
};
const unknownPrevious: Probe<Answer> = (server) => ask(server, { ...hello, previous_response_id: 'resp_conformance' });
const unknown: Probe<Answer> = (server) => server.ask(`${path}/resp_conformance`);
const unknownModel: Probe<Answer> = (server) => ask(server, { ...hello, model: 'conformance-no-such-model' });
const badJson: Probe<Answer> = (server) => server.ask(path, { body: '{' });
const wrongType: Probe<Answer> = (server) => ask(server, { input: 7 });
const wrongKey: Probe<Answer> = (server) => askWithWrongKey(server, path, { model: server.model, ...hello });
const left: Probe<Answer> = (server) => leaveAndAsk(server, path, { model: server.model, ...hello });
const format = { type: 'json_schema', name: 'person', strict: true, schema: person };

export const responseChecks: Check[] = [
  ...defineChecks(probe(hello, true), source, [
    [
      'responses.object',
      'must',
      'An answer’s object is response',
      ({ json }) => expectOneOf('object', json?.object, ['response']),
    ],
    ['responses.id', 'must', 'It has an id', ({ json }) => expectText('id', json?.id)],
    [
      'responses.created',
      'must',
      'It says when it was made',
      ({ json }) => unless(Number(json?.created_at) > 1e9, `created_at is ${show(json?.created_at)}`),
    ],
    ['responses.model', 'must', 'It names its model', ({ json }) => expectText('model', json?.model)],
    ['responses.status', 'must', 'It is completed', ({ json }) => expectOneOf('status', json?.status, ['completed'])],
    ['responses.text', 'must', 'It has a message with text', ({ json }) => expectText('the text', textOf(json))],
    [
      'responses.items',
      'must',
      'Each item has a type and an id',
      ({ json }) =>
        unless(
          outputOf(json).length > 0 && outputOf(json).every(({ id, type }) => id && type),
          `output is ${show(json?.output)}`,
        ),
    ],
    [
      'responses.annotations',
      'must',
      'Text has its annotations, a list',
      ({ json }) => {
        const message = outputOf(json).find(({ type }) => type === 'message');
        const part = Array.isArray(message?.content) ? asObject(message.content[0]) : undefined;
        return unless(Array.isArray(part?.annotations), `the part is ${show(part)}`);
      },
    ],
    [
      'responses.required',
      'must',
      'It has what its type requires',
      ({ json }) => {
        const missing = [
          'error',
          'incomplete_details',
          'instructions',
          'metadata',
          'parallel_tool_calls',
          'temperature',
          'tool_choice',
          'tools',
          'top_p',
        ].filter((key) => !(key in (json ?? {})));
        return unless(missing.length === 0, `${missing.join(', ')} are not there`);
      },
      'openai: Response',
    ],
    [
      'responses.usage',
      'must',
      'Its tokens are counted',
      ({ json }) =>
        expectCount('input_tokens', asObject(json?.usage)?.input_tokens) ??
        expectCount('output_tokens', asObject(json?.usage)?.output_tokens),
    ],
  ]),
  ...defineChecks(streamProbe(hello, true), streamSource, [
    [
      'responses.stream.media-type',
      'must',
      'A stream is text/event-stream',
      ({ answer }) => expectMediaType(answer.headers, 'text/event-stream'),
    ],
    ['responses.stream.end', 'must', 'Its last event is complete', unbroken('end')],
    ['responses.stream.json', 'must', 'Each event holds a JSON object', unbroken('json')],
    ['responses.stream.name', 'must', 'Each event’s name is its type', unbroken('name')],
    ['responses.stream.created', 'must', 'The first is response.created', unbroken('created')],
    ['responses.stream.terminal', 'must', 'The last, and only the last, ends the response', unbroken('terminal')],
    ['responses.stream.number', 'must', 'Sequence numbers rise', unbroken('number')],
    ['responses.stream.index', 'must', 'Indexes of items are dense', unbroken('index')],
    ['responses.stream.item-id', 'must', 'Events name the item that they are of', unbroken('item-id')],
    [
      'responses.stream.id',
      'must',
      'The response keeps its id',
      ({ ids }) => unless(new Set(ids).size === 1, `ids are ${show(ids)}`),
    ],
    ['responses.stream.error', 'must', 'It does not fail', unbroken('error')],
    [
      'responses.stream.text',
      'must',
      'It has text, and ends with the same',
      ({ text, response }) =>
        expectText('the text', text) ?? unless(textOf(response) === text, `it ends with ${show(textOf(response))}`),
    ],
    [
      'responses.stream.usage',
      'must',
      'Its end counts the tokens',
      ({ response }) => expectCount('output_tokens', asObject(response.usage)?.output_tokens),
    ],
  ]),
  ...defineChecks(probe(forced), source, [
    [
      'responses.tools.forced',
      'must',
      'A tool that is named is called',
      ({ json }) => unless(callOf(json)?.name === weather.name, `output is ${show(json?.output)}`),
    ],
    [
      'responses.tools.call-id',
      'must',
      'A call has a call_id',
      ({ json }) => expectText('call_id', callOf(json)?.call_id),
    ],
    [
      'responses.tools.arguments',
      'must',
      'Its arguments are JSON text by the schema',
      ({ json }) => expectText('arguments', callOf(json)?.arguments) ?? expectCity(callOf(json)?.arguments),
    ],
  ]),
  ...defineChecks(streamProbe(forced), streamSource, [
    [
      'responses.stream.tools',
      'must',
      'The pieces of the arguments add up to JSON',
      ({ arguments: json }) => expectCity(json),
    ],
  ]),
  ...defineChecks(probe({ input: 'Invent a person.', text: { format } }), source, [
    ['responses.json-schema', 'must', 'A strict schema is kept', ({ json }) => expectPerson(textOf(json))],
  ]),
  ...defineChecks(
    probe(
      { instructions: 'Be brief.', input: [{ role: 'user', content: [{ type: 'input_text', text: greeting }] }] },
      true,
    ),
    source,
    [
      [
        'responses.instructions',
        'must',
        'Instructions are taken, and told in the answer',
        ({ json }) => expectOneOf('instructions', json?.instructions, ['Be brief.']),
      ],
    ],
  ),
  ...defineChecks(retrieved, source, [
    [
      'responses.retrieve',
      'must',
      'A stored response is found by its id',
      async ({ json }, server) => expectOneOf('id', json?.id, [await storedId(server)]),
    ],
  ]),
  ...defineChecks(items, source, [
    [
      'responses.input-items',
      'must',
      'So is its input, a list',
      ({ json }) =>
        expectOneOf('object', json?.object, ['list']) ??
        unless(Array.isArray(json?.data) && json.data.length > 0, `data is ${show(json?.data)}`),
    ],
  ]),
  ...defineChecks(continued, source, [
    [
      'responses.previous',
      'must',
      'A conversation goes on from it',
      async ({ json }, server) =>
        expectOneOf('previous_response_id', json?.previous_response_id, [await storedId(server)]),
    ],
  ]),
  ...defineChecks(deleted, source, [
    [
      'responses.delete',
      'must',
      'It can be deleted, and is not found then',
      ({ after }) => expectOpenAiError(after, [404]),
    ],
  ]),
  ...defineChecks(unknownPrevious, errorSource, [
    [
      'responses.errors.previous',
      'must',
      'An unknown response is not gone on from',
      (answer) => expectOpenAiError(answer, [400, 404]),
    ],
    [
      'responses.errors.previous-param',
      'should',
      'Its param says what is unknown',
      (answer) => expectErrorField(answer, 'param', 'previous_response_id'),
    ],
  ]),
  ...defineChecks(unknown, errorSource, [
    [
      'responses.errors.unknown',
      'must',
      'An unknown response is not found',
      (answer) => expectOpenAiError(answer, [404]),
    ],
  ]),
  ...defineChecks(unknownModel, errorSource, [
    [
      'responses.errors.model',
      'must',
      'An unknown model is refused',
      (answer) => expectOpenAiError(answer, [400, 404]),
    ],
  ]),
  ...defineChecks(badJson, errorSource, [
    [
      'responses.errors.json',
      'must',
      'A body that is no JSON is refused',
      (answer) => expectOpenAiError(answer, [400]),
    ],
  ]),
  ...defineChecks(wrongType, errorSource, [
    [
      'responses.errors.type',
      'must',
      'An input of a wrong type is refused',
      (answer) => expectOpenAiError(answer, [400, 422]),
    ],
  ]),
  ...defineChecks(wrongKey, errorSource, [
    ['responses.errors.key', 'must', 'A wrong key is refused', (answer) => expectOpenAiError(answer, [401])],
  ]),
  ...defineChecks(left, source, [
    [
      'responses.abort',
      'must',
      'A client that leaves a stream does not keep the server from serving',
      (answer) => void expectOk(answer),
    ],
  ]),
];
