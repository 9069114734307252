/** Chat Completions: whole answers, streams, parameters. */
import { asObject, type Json } from '../../lenient-json.ts';
import { type Check, defineChecks } from '../check.ts';
import { expectCount, expectList, expectMediaType, expectOneOf, expectText, show, unless } from '../expectations.ts';
import { expectPerson, greeting, person, tinyPng } from '../questions.ts';
import { type Answer, expectOk, expectTaken, type Probe, type Server } from '../server.ts';
import { type ChatRule, type ChatStream, readChatStream } from '../streams/chat.ts';
import { Faults } from '../streams/faults.ts';

export const chatPath = '/v1/chat/completions';
const source = 'https://platform.openai.com/docs/api-reference/chat/create';
const streamSource = 'https://platform.openai.com/docs/api-reference/chat-streaming';
export const finishReasons = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];

export interface SeenChat {
  answer: Answer;
  body: Json;
  choice: Json;
  message: Json;
}

export function askChat(server: Server, body: object): Promise<Answer> {
  const messages = [{ role: 'user', content: greeting }];
  return server.ask(chatPath, { body: { model: server.model, messages, ...body } });
}

/** @param isBasic a server of the API must take it; else it may be refused by name */
export function chatProbe(body: object, isBasic = false): Probe<SeenChat> {
  return async (server) => {
    const answer = (isBasic ? expectOk : expectTaken)(await askChat(server, body));
    const json = answer.json ?? {};
    const choice = asObject(Array.isArray(json.choices) ? json.choices[0] : undefined) ?? {};
    return { answer, body: json, choice, message: asObject(choice.message) ?? {} };
  };
}

export interface SeenChatStream extends ChatStream {
  answer: Answer;
  faults: Faults<ChatRule>;
}

export function chatStreamProbe(body: object, isBasic = false): Probe<SeenChatStream> {
  return async (server) => {
    const answer = (isBasic ? expectOk : expectTaken)(await askChat(server, { ...body, stream: true }));
    const faults = new Faults<ChatRule>();
    return { ...readChatStream(answer.text, faults.report), answer, faults };
  };
}

const unbroken = (rule: ChatRule) => (seen: SeenChatStream) => seen.faults.of(rule);

const whole = defineChecks(chatProbe({}, true), source, [
  [
    'chat.media-type',
    'must',
    'A whole answer is JSON by its media type',
    ({ answer }) =>
      unless(
        /^application\/json\b/.test(answer.headers.get('content-type') ?? ''),
        `content-type is ${show(answer.headers.get('content-type'))}`,
      ),
  ],
  [
    'chat.object',
    'must',
    'Its object is chat.completion',
    ({ body }) => expectOneOf('object', body.object, ['chat.completion']),
  ],
  ['chat.id', 'must', 'It has an id', ({ body }) => expectText('id', body.id)],
  [
    'chat.created',
    'must',
    'It says when it was made, in seconds',
    ({ body }) => unless(Number(body.created) > 1e9 && Number(body.created) < 1e11, `created is ${show(body.created)}`),
  ],
  ['chat.model', 'must', 'It names its model', ({ body }) => expectText('model', body.model)],
  [
    'chat.choices',
    'must',
    'It has one choice, with index 0',
    ({ body, choice }) =>
      expectList('choices', body.choices) ??
      unless((body.choices as unknown[]).length === 1 && choice.index === 0, `choices are ${show(body.choices)}`),
  ],
  [
    'chat.role',
    'must',
    'Its message is the assistant’s',
    ({ message }) => expectOneOf('role', message.role, ['assistant']),
  ],
  ['chat.content', 'must', 'It has text', ({ message }) => expectText('content', message.content)],
  [
    'chat.refusal',
    'should',
    'The message has a refusal, null where there is none',
    ({ message }) => unless('refusal' in message, `the message is ${show(message)}`),
    'openai: ChatCompletionMessage.refusal',
  ],
  [
    'chat.finish-reason',
    'must',
    'It says why it ended',
    ({ choice }) => expectOneOf('finish_reason', choice.finish_reason, finishReasons),
  ],
  [
    'chat.logprobs-null',
    'should',
    'A choice has logprobs, null where none were asked for',
    ({ choice }) => unless('logprobs' in choice, `the choice is ${show(choice)}`),
    'openai: ChatCompletion.Choice.logprobs',
  ],
  [
    'chat.usage',
    'must',
    'It counts its tokens',
    ({ body }) => {
      const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = asObject(body.usage) ?? {};
      return (
        expectCount('prompt_tokens', prompt) ??
        expectCount('completion_tokens', completion) ??
        expectCount('total_tokens', total)
      );
    },
  ],
  [
    'chat.usage-sum',
    'should',
    'total_tokens is the sum of the others',
    ({ body }) => {
      const { prompt_tokens, completion_tokens, total_tokens } = (asObject(body.usage) ?? {}) as Record<string, number>;
      return unless(prompt_tokens! + completion_tokens! === total_tokens, `usage is ${show(body.usage)}`);
    },
  ],
  [
    'chat.request-id',
    'should',
    'An answer has a request id',
    ({ answer }) => expectText('x-request-id', answer.headers.get('x-request-id')),
    'openai: APIPromise, _request_id',
  ],
]);

const streamed = defineChecks(chatStreamProbe({}, true), streamSource, [
  [
    'chat.stream.media-type',
    'must',
    'A stream is text/event-stream',
    ({ answer }) => expectMediaType(answer.headers, 'text/event-stream'),
  ],
  ['chat.stream.end', 'must', 'Its last event is complete', unbroken('end')],
  ['chat.stream.json', 'must', 'Each event but the last holds a JSON object', unbroken('json')],
  ['chat.stream.done', 'must', 'It ends with [DONE]', unbroken('done')],
  ['chat.stream.after-done', 'must', 'Nothing follows [DONE]', unbroken('after-done')],
  ['chat.stream.error', 'must', 'It holds no error', unbroken('error')],
  ['chat.stream.object', 'must', 'Each chunk’s object is chat.completion.chunk', unbroken('object')],
  ['chat.stream.id', 'must', 'All chunks have the same id', unbroken('id')],
  ['chat.stream.model', 'must', 'All chunks name the same model', unbroken('model')],
  ['chat.stream.created', 'should', 'All chunks were created at the same time', unbroken('created')],
  ['chat.stream.index', 'must', 'Indexes of choices are dense', unbroken('index')],
  ['chat.stream.role', 'must', 'A choice’s first delta has the role', unbroken('role')],
  ['chat.stream.finish', 'must', 'A choice has one finish_reason', unbroken('finish')],
  [
    'chat.stream.finish-known',
    'must',
    'It is a known one',
    ({ choices }) => expectOneOf('finish_reason', choices[0]?.finishReason, finishReasons),
  ],
  ['chat.stream.after-finish', 'must', 'No text follows the finish_reason', unbroken('after-finish')],
  ['chat.stream.text', 'must', 'It has text', ({ choices }) => expectText('the text', choices[0]?.text)],
  [
    'chat.stream.pieces',
    'should',
    'The text comes in pieces',
    ({ textChunks }) => unless(textChunks > 1, `it came in ${textChunks}`),
  ],
  [
    'chat.stream.no-usage',
    'must',
    'Usage comes only where it was asked for',
    ({ usage }) => unless(usage === undefined, `usage is ${show(usage)}`),
  ],
]);

const withUsage = defineChecks(chatStreamProbe({ stream_options: { include_usage: true } }, true), streamSource, [
  [
    'chat.stream.usage',
    'must',
    'A stream counts its tokens where that is asked for',
    ({ usage }) =>
      expectCount('prompt_tokens', usage?.prompt_tokens) ?? expectCount('completion_tokens', usage?.completion_tokens),
  ],
  ['chat.stream.usage-last', 'must', 'The usage is in the last chunk', unbroken('usage')],
]);

const limit = 'Count from one to one hundred in words.';
const parameters: Check[] = [
  ...defineChecks(
    chatProbe(
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: greeting },
        ],
      },
      true,
    ),
    source,
    [['chat.system', 'must', 'A system message is taken', ({ message }) => expectText('content', message.content)]],
  ),
  ...defineChecks(
    chatProbe(
      {
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: greeting },
        ],
      },
      true,
    ),
    source,
    [
      [
        'chat.developer',
        'should',
        'A developer message is taken',
        ({ message }) => expectText('content', message.content),
      ],
    ],
  ),
  ...defineChecks(
    chatProbe({ messages: [{ role: 'user', content: [{ type: 'text', text: greeting }] }] }, true),
    source,
    [['chat.parts', 'must', 'Content in parts is taken', ({ message }) => expectText('content', message.content)]],
  ),
  ...defineChecks(
    chatProbe({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: greeting },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${tinyPng}` } },
          ],
        },
      ],
    }),
    source,
    [['chat.image', 'should', 'A picture is taken', ({ message }) => expectText('content', message.content)]],
  ),
  ...defineChecks(
    chatProbe({
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: person } },
      messages: [{ role: 'user', content: 'Invent a person.' }],
    }),
    source,
    [['chat.json-schema', 'must', 'A strict schema is kept', ({ message }) => expectPerson(message.content)]],
  ),
  ...defineChecks(
    chatStreamProbe({
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: person } },
      messages: [{ role: 'user', content: 'Invent a person.' }],
    }),
    source,
    [
      [
        'chat.stream.json-schema',
        'must',
        'A strict schema is kept in a stream',
        ({ choices }) => expectPerson(choices[0]?.text),
      ],
    ],
  ),
  ...defineChecks(chatProbe({ max_completion_tokens: 1, messages: [{ role: 'user', content: limit }] }), source, [
    [
      'chat.max-completion-tokens',
      'should',
      'An answer cut by max_completion_tokens ends by length',
      ({ choice }) => expectOneOf('finish_reason', choice.finish_reason, ['length']),
    ],
  ]),
  ...defineChecks(chatProbe({ max_tokens: 1, messages: [{ role: 'user', content: limit }] }), source, [
    [
      'chat.max-tokens',
      'should',
      'An answer cut by max_tokens ends by length',
      ({ choice }) => expectOneOf('finish_reason', choice.finish_reason, ['length']),
    ],
  ]),
  ...defineChecks(chatProbe({ stop: ['o', 'e', 'a', 'i'] }), source, [
    [
      'chat.stop',
      'must',
      'No stop sequence is in the text',
      ({ message }) => unless(!/[oeai]/.test(String(message.content ?? '')), `content is ${show(message.content)}`),
    ],
    [
      'chat.stop-reason',
      'should',
      'An answer cut by a stop sequence ends by stop',
      ({ choice }) => expectOneOf('finish_reason', choice.finish_reason, ['stop']),
    ],
  ]),
  ...defineChecks(chatProbe({ n: 2 }), source, [
    [
      'chat.n',
      'must',
      'Two choices are given where they are asked for',
      ({ body }) =>
        unless(
          Array.isArray(body.choices) &&
            body.choices
              .map((choice) => asObject(choice)?.index)
              .sort()
              .join() === '0,1',
          `choices are ${show(body.choices)}`,
        ),
    ],
  ]),
  ...defineChecks(chatStreamProbe({ n: 2 }), streamSource, [
    [
      'chat.stream.n',
      'must',
      'A stream has two choices where they are asked for, each with its end',
      ({ choices, faults }) => unless(choices.length === 2, `there are ${choices.length}`) ?? faults.of('finish'),
    ],
  ]),
  ...defineChecks(chatProbe({ seed: 7, temperature: 0, top_p: 1, user: 'conformance' }), source, [
    [
      'chat.sampling',
      'should',
      'seed, temperature, top_p and user are taken',
      ({ message }) => expectText('content', message.content),
    ],
  ]),
];

export const chatChecks: Check[] = [...whole, ...streamed, ...withUsage, ...parameters];
