/** OpenAI's Responses API over a WebSocket. */
import type { RawData, WebSocket } from 'ws';
import { asObject, type Json, parseObject } from '../lenient-json.ts';
import { loadPackage } from '../load-package.ts';
import { type Check, defineChecks } from './check.ts';
import { expectOneOf, expectText, NotApplicable, show, unless } from './expectations.ts';
import { greeting } from './questions.ts';
import type { Probe, Server } from './server.ts';
import { isResponseEnd, type ResponseRule, type ResponseStream, readResponseStream } from './streams/responses.ts';

const path = '/v1/responses';
const source = 'https://developers.openai.com/api/docs/guides/websocket-mode';

/** What a client sends: as it is, or made of the answers so far. */
type Turn = string | object | ((before: readonly ResponseStream[]) => object);

interface Refusal {
  readonly status: number;
}

/** The status of an upgrade that was refused, or the connection. */
function connect(server: Server, key: string | undefined, signal: AbortSignal): Promise<WebSocket | Refusal> {
  const { WebSocket } = loadPackage<typeof import('ws')>('ws');
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const socket = new WebSocket(`${server.base.replace(/^http/, 'ws')}${path}`, {
    headers,
    maxPayload: 8 * 1024 * 1024,
  });
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason);
      socket.terminate();
    });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy();
      resolve({ status: statusCode });
    });
    socket.once('error', reject);
  });
}

/** The frames up to the one that ends an answer. @throws Error where the connection ends before */
function readAnswer(socket: WebSocket, signal: AbortSignal): Promise<string[]> {
  const frames: string[] = [];
  return new Promise((resolve, reject) => {
    const onMessage = (data: RawData) => {
      frames.push(String(data));
      const type = parseObject(frames.at(-1)!)?.type;
      if (type !== 'error' && !isResponseEnd(type)) return;
      socket.off('message', onMessage);
      resolve(frames);
    };
    socket.on('message', onMessage);
    socket.once('close', (code) => reject(new Error(`the connection was closed (${code}) before the answer ended`)));
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** One connection, with one turn behind the other. @throws NotApplicable where the server has no such connections */
async function converse(server: Server, turns: readonly Turn[]): Promise<ResponseStream[]> {
  const signal = AbortSignal.timeout(server.timeoutMs);
  const socket = await connect(server, server.key, signal);
  if ('status' in socket) throw new NotApplicable(`not served: the upgrade gave HTTP ${socket.status}`);
  try {
    const answers: ResponseStream[] = [];
    for (const turn of turns) {
      const answer = readAnswer(socket, signal);
      const message = typeof turn === 'function' ? turn(answers) : turn;
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      const text = (await answer).map((frame) => `data: ${frame.replaceAll('\n', '\ndata: ')}\n\n`).join('');
      answers.push(
        readResponseStream({ route: `WebSocket ${path}`, status: 101, headers: new Headers(), text, json: undefined }),
      );
    }
    return answers;
  } finally {
    socket.terminate();
  }
}

const create = (server: Server, body: object = {}) => ({
  ...{ type: 'response.create', model: server.model, input: greeting, store: false },
  ...body,
});

const answered: Probe<ResponseStream> = async (server) => (await converse(server, [create(server)]))[0]!;
const continued: Probe<ResponseStream[]> = (server) =>
  converse(server, [
    create(server),
    ([first]) => create(server, { previous_response_id: first!.response.id, input: 'And again.' }),
  ]);
const refused: Probe<ResponseStream[]> = (server) =>
  converse(server, [create(server, { model: 'conformance-no-such-model' }), create(server)]);
const badJson: Probe<ResponseStream[]> = (server) => converse(server, ['{"type":', create(server)]);
const inLane: Probe<ResponseStream> = async (server) =>
  (await converse(server, [create(server, { stream_id: 'conformance' })]))[0]!;
const wrongKey: Probe<Refusal> = async (server) => {
  // What is said of a server without such connections is said here too.
  await server.once(answered);
  if (server.key === undefined) throw new NotApplicable('no key was given, so that a wrong one says nothing');
  const socket = await connect(server, 'sk-conformance-wrong-key', AbortSignal.timeout(server.timeoutMs));
  if ('status' in socket) return socket;
  socket.terminate();
  return { status: 101 };
};

const unbroken =
  (rule: ResponseRule) =>
  ({ faults }: ResponseStream) =>
    faults.of(rule);
const hasText = ({ text }: ResponseStream) => expectText('the text', text);

function expectErrorEvent(event: Json | undefined) {
  const { message } = asObject(event?.error) ?? {};
  return expectOneOf('type', event?.type, ['error']) ?? expectText('error.message', message);
}

export const responseSocketChecks: Check[] = [
  ...defineChecks(answered, source, [
    ['responses.socket.json', 'must', 'Over a WebSocket each frame is a JSON object', unbroken('json')],
    ['responses.socket.created', 'must', 'The first is response.created', unbroken('created')],
    ['responses.socket.terminal', 'must', 'The last ends the response', unbroken('terminal')],
    ['responses.socket.number', 'must', 'Sequence numbers rise', unbroken('number')],
    ['responses.socket.index', 'must', 'Indexes of items are dense', unbroken('index')],
    ['responses.socket.item-id', 'must', 'Events name the item that they are of', unbroken('item-id')],
    ['responses.socket.error', 'must', 'It does not fail', unbroken('error')],
    ['responses.socket.text', 'must', 'It has text', hasText],
  ]),
  ...defineChecks(continued, source, [
    [
      'responses.socket.previous',
      'must',
      'A conversation goes on on its connection, though nothing is stored',
      ([first, second]) =>
        expectOneOf('previous_response_id', second!.response.previous_response_id, [first!.response.id]) ??
        hasText(second!),
    ],
  ]),
  ...defineChecks(refused, source, [
    [
      'responses.socket.refusal',
      'must',
      'What is refused has an error event',
      ([first]) => expectErrorEvent(first!.last),
    ],
    [
      'responses.socket.status',
      'should',
      'The event has the status that HTTP would have',
      ([first]) => expectOneOf('status', first!.last?.status, [400, 404]),
    ],
    ['responses.socket.serves-on', 'must', 'The connection serves on behind it', ([, second]) => hasText(second!)],
  ]),
  ...defineChecks(badJson, source, [
    [
      'responses.socket.bad-json',
      'must',
      'A frame that is no JSON has an error event, and does no other harm',
      ([first, second]) => expectErrorEvent(first!.last) ?? hasText(second!),
    ],
  ]),
  ...defineChecks(inLane, source, [
    [
      'responses.socket.lane',
      'should',
      'Every event says its stream_id',
      ({ data }) => {
        const other = data.find((event) => event.stream_id !== 'conformance');
        return unless(other === undefined, `an event is ${show(other)}`);
      },
    ],
  ]),
  ...defineChecks(wrongKey, source, [
    ['responses.socket.key', 'must', 'A wrong key is refused', ({ status }) => expectOneOf('status', status, [401])],
  ]),
];
