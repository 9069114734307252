/** OpenAI's APIs: what is refused and how, and clients that leave. */
import { type Check, defineChecks } from '../check.ts';
import { NotApplicable, unless } from '../expectations.ts';
import { type Answer, expectOk, type Probe, type Server } from '../server.ts';
import { askChat, chatPath } from './chat.ts';
import { expectErrorField, expectOpenAiError } from './errors.ts';

const source = 'https://platform.openai.com/docs/guides/error-codes';

const unknownModel: Probe<Answer> = (server) => askChat(server, { model: 'conformance-no-such-model' });
const badJson: Probe<Answer> = (server) => server.ask(chatPath, { body: '{"model":' });
const noMessages: Probe<Answer> = (server) => askChat(server, { messages: undefined });
const wrongMessages: Probe<Answer> = (server) => askChat(server, { messages: 'hello' });
const noPath: Probe<Answer> = (server) => server.ask('/v1/conformance-no-such-path', { body: {} });
const wrongMethod: Probe<Answer> = (server) => server.ask(chatPath, { method: 'DELETE' });

/** @throws NotApplicable where the server asks for no key */
export async function askWithWrongKey(server: Server, path: string, body: object): Promise<Answer> {
  if (server.key === undefined) throw new NotApplicable('no key was given, so that a wrong one says nothing');
  const wrong = 'sk-conformance-wrong-key';
  return server.ask(path, { body, headers: { authorization: `Bearer ${wrong}`, 'x-api-key': wrong } });
}

const wrongKey: Probe<Answer> = (server) => askWithWrongKey(server, chatPath, { model: server.model, messages: [] });

/** Leaves a stream at its first bytes, then asks again. */
export async function leaveAndAsk(server: Server, path: string, body: object): Promise<Answer> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(server.timeoutMs)]);
  const response = await server.open(path, { body: { ...body, stream: true } }, signal);
  await response.body?.getReader().read();
  leaving.abort();
  return server.ask(path, { body });
}

const leftStream: Probe<Answer> = (server) =>
  leaveAndAsk(server, chatPath, { model: server.model, messages: [{ role: 'user', content: 'Count to ten.' }] });
const together: Probe<Answer[]> = (server) => Promise.all([1, 2, 3, 4].map(() => askChat(server, {})));

export const refusalChecks: Check[] = [
  ...defineChecks(unknownModel, source, [
    [
      'chat.errors.unknown-model',
      'must',
      'An unknown model is refused, in the shape of errors',
      (answer) => expectOpenAiError(answer, [400, 404]),
    ],
    [
      'chat.errors.model-not-found',
      'should',
      'Its code is model_not_found',
      (answer) => expectErrorField(answer, 'code', 'model_not_found'),
    ],
    [
      'chat.errors.model-status',
      'should',
      'Its status is 404',
      ({ status }) => unless(status === 404, `it is ${status}`),
    ],
  ]),
  ...defineChecks(badJson, source, [
    ['chat.errors.json', 'must', 'A body that is no JSON is refused', (answer) => expectOpenAiError(answer, [400])],
  ]),
  ...defineChecks(noMessages, source, [
    [
      'chat.errors.missing',
      'must',
      'A request without messages is refused',
      (answer) => expectOpenAiError(answer, [400, 422]),
    ],
    [
      'chat.errors.missing-param',
      'should',
      'Its param names them',
      (answer) => expectErrorField(answer, 'param', 'messages'),
    ],
    [
      'chat.errors.missing-type',
      'should',
      'Its type is invalid_request_error',
      (answer) => expectErrorField(answer, 'type', 'invalid_request_error'),
    ],
  ]),
  ...defineChecks(wrongMessages, source, [
    [
      'chat.errors.type',
      'must',
      'Messages of a wrong type are refused',
      (answer) => expectOpenAiError(answer, [400, 422]),
    ],
  ]),
  ...defineChecks(noPath, source, [
    [
      'openai.errors.path',
      'should',
      'An unknown path is refused, in the shape of errors',
      (answer) => expectOpenAiError(answer, [404]),
    ],
  ]),
  ...defineChecks(wrongMethod, source, [
    [
      'chat.errors.method',
      'should',
      'A wrong method is refused, in the shape of errors',
      (answer) => expectOpenAiError(answer, [404, 405]),
    ],
  ]),
  ...defineChecks(wrongKey, source, [
    ['chat.errors.key', 'must', 'A wrong key is refused', (answer) => expectOpenAiError(answer, [401])],
  ]),
  ...defineChecks(leftStream, source, [
    [
      'chat.abort',
      'must',
      'A client that leaves a stream does not keep the server from serving',
      (answer) => void expectOk(answer),
    ],
  ]),
  ...defineChecks(together, source, [
    [
      'chat.together',
      'must',
      'Four requests at a time are answered, each with an id of its own',
      (answers) => {
        const ids = new Set(answers.map((answer) => expectOk(answer).json?.id));
        return unless(ids.size === answers.length, `there are ${ids.size} ids`);
      },
    ],
  ]),
];
