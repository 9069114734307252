/** Anthropic's Messages API. */
import { asObject, type Json } from '../lenient-json.ts';
import { type Check, defineChecks } from './check.ts';
import { expectCount, expectMediaType, expectOneOf, expectText, type Fault, show, unless } from './expectations.ts';
import { askWithWrongKey, leaveAndAsk } from './openai/refusals.ts';
import { cities, expectCity, greeting, weather } from './questions.ts';
import { type Answer, expectOk, expectServed, expectTaken, type Probe, type Server, tellFailure } from './server.ts';
import { type MessageRule, type MessageStream, readMessageStream } from './streams/messages.ts';

const path = '/v1/messages';
const source = 'https://docs.claude.com/en/api/messages';
const streamSource = 'https://docs.claude.com/en/api/messages-streaming';
const errorSource = 'https://docs.claude.com/en/api/errors';
const stopReasons = ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'];
const headersOf = ({ key }: Server) => ({ 'anthropic-version': '2023-06-01', 'x-api-key': key });
const hello = { max_tokens: 1024, messages: [{ role: 'user', content: greeting }] };
const forced = {
  max_tokens: 1024,
  messages: [{ role: 'user', content: cities }],
  tools: [{ name: weather.name, description: weather.description, input_schema: weather.parameters }],
  tool_choice: { type: 'tool', name: weather.name },
};

const ask = (server: Server, body: object, to = path) =>
  server.ask(to, { body: { model: server.model, ...body }, headers: headersOf(server) });
const wholeProbe =
  (body: object, isBasic = false): Probe<Answer> =>
  async (server) =>
    (isBasic ? expectOk : expectTaken)(await ask(server, body));
const blocksOf = ({ json }: Answer): Json[] =>
  Array.isArray(json?.content) ? json.content.map((block) => asObject(block) ?? {}) : [];

const streamProbe =
  (body: object, isBasic = false): Probe<MessageStream> =>
  async (server) =>
    readMessageStream((isBasic ? expectOk : expectTaken)(await ask(server, { ...body, stream: true })));
const unbroken =
  (rule: MessageRule) =>
  ({ faults }: MessageStream) =>
    faults.of(rule);

function expectError(answer: Answer, statuses: readonly number[], type: string): Fault {
  if (!statuses.includes(answer.status)) return `${tellFailure(answer)}, not ${statuses.join(' or ')}`;
  const { type: kind, error } = answer.json ?? {};
  const { type: found, message } = asObject(error) ?? {};
  return (
    expectOneOf('type', kind, ['error']) ??
    expectOneOf('error.type', found, [type]) ??
    expectText('error.message', message)
  );
}

const noMessages: Probe<Answer> = (server) => ask(server, { max_tokens: 16 });
const unknownModel: Probe<Answer> = (server) => ask(server, { ...hello, model: 'conformance-no-such-model' });
const badJson: Probe<Answer> = (server) => server.ask(path, { body: '{', headers: headersOf(server) });
const wrongKey: Probe<Answer> = (server) => askWithWrongKey(server, path, { model: server.model, ...hello });
const left: Probe<Answer> = (server) => leaveAndAsk(server, path, { model: server.model, ...hello });
const count: Probe<Answer> = async (server) =>
  expectServed(await ask(server, { messages: hello.messages }, `${path}/count_tokens`));

export const anthropicChecks: Check[] = [
  ...defineChecks(wholeProbe(hello, true), source, [
    [
      'messages.type',
      'must',
      'An answer’s type is message',
      ({ json }) => expectOneOf('type', json?.type, ['message']),
    ],
    ['messages.id', 'must', 'It has an id', ({ json }) => expectText('id', json?.id)],
    ['messages.role', 'must', 'It is the assistant’s', ({ json }) => expectOneOf('role', json?.role, ['assistant'])],
    ['messages.model', 'must', 'It names its model', ({ json }) => expectText('model', json?.model)],
    [
      'messages.content',
      'must',
      'It has a block of text',
      (answer) =>
        unless(
          blocksOf(answer).some(({ type, text }) => type === 'text' && text),
          `content is ${show(answer.json?.content)}`,
        ),
    ],
    [
      'messages.stop-reason',
      'must',
      'It says why it ended',
      ({ json }) => expectOneOf('stop_reason', json?.stop_reason, stopReasons),
    ],
    [
      'messages.stop-sequence',
      'must',
      'stop_sequence is null where none was met',
      ({ json }) => expectOneOf('stop_sequence', json?.stop_sequence, [null]),
    ],
    [
      'messages.usage',
      'must',
      'Its tokens are counted',
      ({ json }) =>
        expectCount('input_tokens', asObject(json?.usage)?.input_tokens) ??
        expectCount('output_tokens', asObject(json?.usage)?.output_tokens),
    ],
    [
      'messages.request-id',
      'should',
      'It has a request id',
      ({ headers }) => expectText('request-id', headers.get('request-id')),
    ],
  ]),
  ...defineChecks(streamProbe(hello, true), streamSource, [
    [
      'messages.stream.media-type',
      'must',
      'A stream is text/event-stream',
      ({ answer }) => expectMediaType(answer.headers, 'text/event-stream'),
    ],
    ['messages.stream.end', 'must', 'Its last event is complete', unbroken('end')],
    ['messages.stream.json', 'must', 'Each event holds a JSON object', unbroken('json')],
    ['messages.stream.name', 'must', 'Each event’s name is its type', unbroken('name')],
    ['messages.stream.start', 'must', 'The first is message_start', unbroken('start')],
    [
      'messages.stream.start-message',
      'must',
      'It has the message, with its id and still empty',
      ({ start }) =>
        expectText('id', start.id) ??
        unless(Array.isArray(start.content) && start.content.length === 0, `content is ${show(start.content)}`),
    ],
    ['messages.stream.order', 'must', 'Blocks begin, go on and stop one after the other', unbroken('order')],
    ['messages.stream.index', 'must', 'Their indexes are dense', unbroken('index')],
    ['messages.stream.delta', 'must', 'Deltas are of known types', unbroken('delta')],
    ['messages.stream.text', 'must', 'It has text', ({ text }) => expectText('the text', text)],
    [
      'messages.stream.stop-reason',
      'must',
      'message_delta says why it ended',
      ({ end }) => expectOneOf('stop_reason', asObject(end.delta)?.stop_reason, stopReasons),
    ],
    [
      'messages.stream.usage',
      'must',
      'and counts the tokens',
      ({ end }) => expectCount('output_tokens', asObject(end.usage)?.output_tokens),
    ],
    ['messages.stream.stop', 'must', 'The last is message_stop', unbroken('stop')],
    ['messages.stream.error', 'must', 'It holds no error', unbroken('error')],
  ]),
  ...defineChecks(wholeProbe(forced), source, [
    [
      'messages.tools.forced',
      'must',
      'A tool that is named is called',
      (answer) =>
        unless(
          blocksOf(answer).some(({ type, name }) => type === 'tool_use' && name === weather.name),
          `content is ${show(answer.json?.content)}`,
        ),
    ],
    [
      'messages.tools.input',
      'must',
      'Its input is an object by its schema',
      (answer) => expectCity(blocksOf(answer).find(({ type }) => type === 'tool_use')?.input),
    ],
    [
      'messages.tools.stop-reason',
      'must',
      'The answer ends by tool_use',
      ({ json }) => expectOneOf('stop_reason', json?.stop_reason, ['tool_use']),
    ],
  ]),
  ...defineChecks(streamProbe(forced), streamSource, [
    ['messages.stream.tools', 'must', 'The pieces of a call’s input add up to JSON', ({ input }) => expectCity(input)],
  ]),
  ...defineChecks(wholeProbe({ ...hello, system: [{ type: 'text', text: 'Be brief.' }] }, true), source, [
    [
      'messages.system',
      'must',
      'System text in blocks is taken',
      ({ json }) => expectOneOf('type', json?.type, ['message']),
    ],
  ]),
  ...defineChecks(
    wholeProbe({ max_tokens: 1, messages: [{ role: 'user', content: 'Count from one to one hundred in words.' }] }),
    source,
    [
      [
        'messages.max-tokens',
        'should',
        'An answer cut by max_tokens ends by it',
        ({ json }) => expectOneOf('stop_reason', json?.stop_reason, ['max_tokens']),
      ],
    ],
  ),
  ...defineChecks(count, 'https://docs.claude.com/en/api/messages-count-tokens', [
    [
      'messages.count',
      'must',
      'Tokens are counted',
      ({ json }) => unless(Number(json?.input_tokens) > 0, `the answer is ${show(json)}`),
    ],
  ]),
  ...defineChecks(noMessages, errorSource, [
    [
      'messages.errors.missing',
      'must',
      'A request without messages is refused',
      (answer) => expectError(answer, [400], 'invalid_request_error'),
    ],
  ]),
  ...defineChecks(unknownModel, errorSource, [
    [
      'messages.errors.model',
      'should',
      'An unknown model is not found',
      (answer) => expectError(answer, [404], 'not_found_error'),
    ],
  ]),
  ...defineChecks(badJson, errorSource, [
    [
      'messages.errors.json',
      'must',
      'A body that is no JSON is refused',
      (answer) => expectError(answer, [400], 'invalid_request_error'),
    ],
  ]),
  ...defineChecks(wrongKey, errorSource, [
    [
      'messages.errors.key',
      'must',
      'A wrong key is refused',
      (answer) => expectError(answer, [401], 'authentication_error'),
    ],
  ]),
  ...defineChecks(left, source, [
    [
      'messages.abort',
      'must',
      'A client that leaves a stream does not keep the server from serving',
      (answer) => void expectOk(answer),
    ],
  ]),
];
