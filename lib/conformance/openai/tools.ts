/** Chat Completions: calls of tools. */
import { asObject, type Json } from '../../lenient-json.ts';
import { type Check, defineChecks } from '../check.ts';
import { expectOneOf, expectText, show, unless } from '../expectations.ts';
import { cities, expectCity, weather } from '../questions.ts';
import { chatProbe, chatStreamProbe, type SeenChat } from './chat.ts';

const source = 'https://platform.openai.com/docs/guides/function-calling';
const tools = [{ type: 'function', function: weather }];
const forced = {
  tools,
  tool_choice: { type: 'function', function: { name: weather.name } },
  messages: [{ role: 'user', content: cities }],
};
const call = { id: 'call_1', type: 'function', function: { name: weather.name, arguments: '{"city":"Oslo"}' } };

const callsOf = ({ message }: SeenChat): Json[] => (Array.isArray(message.tool_calls) ? message.tool_calls : []);
const firstCall = (seen: SeenChat) => callsOf(seen)[0] ?? {};

export const toolChecks: Check[] = [
  ...defineChecks(chatProbe(forced), source, [
    [
      'chat.tools.forced',
      'must',
      'A tool that is named is called, once',
      (seen) =>
        unless(
          callsOf(seen).length === 1 && asObject(firstCall(seen).function)?.name === weather.name,
          `the message is ${show(seen.message)}`,
        ),
    ],
    ['chat.tools.id', 'must', 'A call has an id', (seen) => expectText('id', firstCall(seen).id)],
    [
      'chat.tools.type',
      'must',
      'Its type is function',
      (seen) => expectOneOf('type', firstCall(seen).type, ['function']),
    ],
    [
      'chat.tools.arguments',
      'must',
      'Its arguments are JSON text by the tool’s schema',
      (seen) => {
        const text = asObject(firstCall(seen).function)?.arguments;
        return expectText('arguments', text) ?? expectCity(text);
      },
    ],
    // With a named tool, OpenAI's own answers have been seen to end by `stop`; its SDKs take either.
    [
      'chat.tools.finish',
      'must',
      'The answer ends by tool_calls, or by stop where the tool was named',
      ({ choice }) => expectOneOf('finish_reason', choice.finish_reason, ['tool_calls', 'stop']),
    ],
  ]),
  ...defineChecks(chatStreamProbe(forced), source, [
    [
      'chat.stream.tools',
      'must',
      'A stream calls the tool that is named',
      ({ choices }) =>
        unless(
          choices[0]?.calls.length === 1 && choices[0].calls[0]!.name === weather.name,
          `the calls are ${show(choices[0]?.calls)}`,
        ),
    ],
    ['chat.stream.tools-index', 'must', 'Indexes of calls are dense', ({ faults }) => faults.of('tool-index')],
    ['chat.stream.tools-start', 'must', 'A call begins with id and name', ({ faults }) => faults.of('tool-start')],
    ['chat.stream.tools-rest', 'must', 'Id and name do not change', ({ faults }) => faults.of('tool-rest')],
    [
      'chat.stream.tools-arguments',
      'must',
      'The pieces of the arguments add up to JSON',
      ({ choices }) => expectCity(choices[0]?.calls[0]?.arguments),
    ],
  ]),
  ...defineChecks(chatProbe({ ...forced, tool_choice: 'required' }), source, [
    [
      'chat.tools.required',
      'must',
      'A tool is called where one is required',
      (seen) => unless(callsOf(seen).length > 0, `the message is ${show(seen.message)}`),
    ],
    [
      'chat.tools.required-finish',
      'should',
      'The answer ends by tool_calls',
      ({ choice }) => expectOneOf('finish_reason', choice.finish_reason, ['tool_calls']),
    ],
  ]),
  ...defineChecks(chatProbe({ ...forced, tool_choice: 'none' }), source, [
    [
      'chat.tools.none',
      'must',
      'No tool is called where none may be',
      (seen) => unless(callsOf(seen).length === 0, `the message is ${show(seen.message)}`),
    ],
  ]),
  ...defineChecks(
    chatProbe({
      tools,
      messages: [
        ...forced.messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: call.id, content: 'sunny' },
      ],
    }),
    source,
    [
      [
        'chat.tools.result',
        'must',
        'The result of a tool is taken',
        ({ choice }) => expectText('finish_reason', choice.finish_reason),
      ],
    ],
  ),
];
