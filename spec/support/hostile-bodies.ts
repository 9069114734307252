/**
 * Bodies that cost more than their size suggests, for each client API, by how often the costly thing stands in them: many
 * small things, the same id again and again, names that have to be told apart.
 */
import { mapToolNames } from '../../lib/providers/tool-names.ts';

type Make = (times: number) => object;

export function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

/**
 * A long tool name that has to be mapped, and each name that it would be mapped to: whoever knows the mapping can make the
 * server try one after the other.
 */
export function chainOfToolNames(times: number): string[] {
  const long = '.'.repeat(times * 1000);
  const names = [long];
  while (names.length < times) names.push(mapToolNames(new Set(names)).toBackend(long));
  return names;
}

const user = { role: 'user', content: 'Hello' };
const chatCall = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const chatTurn = (times: number, idOf: (index: number) => string) => ({
  messages: [
    user,
    { role: 'assistant', tool_calls: list(times, (index) => chatCall(idOf(index))) },
    ...list(times, (index) => ({ role: 'tool', tool_call_id: idOf(index), content: 'x' })),
  ],
});
const chatTool = (name: string) => ({ type: 'function', function: { name } });
const manyKeys = (times: number, value: unknown = 1) =>
  Object.fromEntries(list(times, (index) => [`key${index}`, value]));
const wideSchema = (times: number) => ({
  type: 'object',
  properties: manyKeys(times, { type: 'string' }),
  required: Object.keys(manyKeys(times)),
  additionalProperties: false,
});

export const chatBodies: Record<string, Make> = {
  messages: (times) => ({ messages: list(times, () => user) }),
  'instructions in turn with the user': (times) => ({
    messages: list(times, (index) => (index % 2 ? user : { role: 'system', content: 'x' })),
  }),
  'parts of a message': (times) => ({
    messages: [{ role: 'user', content: list(times, () => ({ type: 'text', text: 'x' })) }],
  }),
  'messages of the assistant': (times) => ({
    messages: [user, ...list(times, () => ({ role: 'assistant', content: 'x', reasoning_content: 'y' }))],
  }),
  'calls under one id': (times) => chatTurn(times, () => 'a'),
  'calls under ids that numbering gives': (times) => chatTurn(times, (index) => (index % 2 ? 'a' : `a_${index}`)),
  'calls under long ids': (times) => chatTurn(times, (index) => 'x'.repeat(100) + index),
  'calls in turns of their own': (times) => ({
    messages: [
      user,
      ...list(times, () => [
        { role: 'assistant', tool_calls: [chatCall('a')] },
        { role: 'tool', tool_call_id: 'a', content: 'x' },
      ]).flat(),
    ],
  }),
  'calls of the older form': (times) => ({
    messages: [
      user,
      ...list(times, () => ({ role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } })),
      ...list(times, () => ({ role: 'function', name: 'f', content: 'x' })),
    ],
  }),
  tools: (times) => ({ messages: [user], tools: list(times, (index) => chatTool(`f.${index}`)) }),
  'tools of one name': (times) => ({ messages: [user], tools: list(times, () => chatTool('f.')) }),
  'tools that the server runs': (times) => ({
    messages: [user],
    tools: [chatTool('f'), ...list(times, () => ({ type: 'web_search' }))],
  }),
  'a wide schema': (times) => ({
    messages: [user],
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: wideSchema(times) } },
  }),
  'unknown keys': (times) => ({ messages: [user], ...manyKeys(times) }),
  'metadata of many keys': (times) => ({ messages: [user], metadata: manyKeys(times, 'x') }),
  'biases of many tokens': (times) => ({
    messages: [user],
    logit_bias: Object.fromEntries(list(times, (index) => [index * 8191, 1])),
  }),
};

export const responsesBodies: Record<string, Make> = {
  items: (times) => ({ input: list(times, () => ({ role: 'user', content: 'x' })) }),
  'calls under one id': (times) => ({
    input: [
      ...list(times, () => ({ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' })),
      ...list(times, () => ({ type: 'function_call_output', call_id: 'a', output: 'x' })),
    ],
  }),
  'calls and outputs in turn': (times) => ({
    input: list(times, (index) =>
      index % 2
        ? { type: 'function_call_output', call_id: 'a', output: 'x' }
        : { type: 'function_call', call_id: 'a', name: 'f.', arguments: '{}' },
    ),
  }),
  reasoning: (times) => ({
    input: [
      ...list(times, (index) => ({ type: 'reasoning', id: `rs_${index}`, summary: [], encrypted_content: 'x' })),
      { role: 'user', content: 'x' },
    ],
  }),
  'tools in a namespace': (times) => ({
    input: 'x',
    tools: [
      { type: 'namespace', name: 'n', tools: list(times, (index) => ({ type: 'function', name: `f.${index}` })) },
    ],
  }),
  'tools in namespaces of their own': (times) => ({
    input: 'x',
    tools: list(times, (index) => ({
      type: 'namespace',
      name: `namespace ${index}`,
      tools: [{ type: 'function', name: 'f'.repeat(60) }],
    })),
  }),
  'allowed tools': (times) => ({
    input: 'x',
    tools: list(times, (index) => ({ type: 'function', name: `f${index}` })),
    tool_choice: {
      type: 'allowed_tools',
      mode: 'auto',
      tools: list(times, (index) => ({ type: 'function', name: `f${index}` })),
    },
  }),
  includes: (times) => ({ input: 'x', include: list(times, (index) => `x${index}`) }),
  'unknown keys': (times) => ({ input: 'x', ...manyKeys(times) }),
};

export const messagesBodies: Record<string, Make> = {
  messages: (times) => ({ messages: list(times, () => user) }),
  'blocks of text': (times) => ({
    messages: [{ role: 'user', content: list(times, () => ({ type: 'text', text: 'x' })) }],
  }),
  'blocks of unknown types': (times) => ({
    messages: [user, { role: 'assistant', content: list(times, (index) => ({ type: `t${index}` })) }, user],
  }),
  'calls under one id': (times) => ({
    messages: [
      user,
      { role: 'assistant', content: list(times, () => ({ type: 'tool_use', id: 'a', name: 'f', input: {} })) },
      { role: 'user', content: list(times, () => ({ type: 'tool_result', tool_use_id: 'a', content: 'x' })) },
    ],
  }),
  'thinking and text in turn': (times) => ({
    messages: [
      user,
      {
        role: 'assistant',
        content: list(times, (index) =>
          index % 2 ? { type: 'text', text: 'x' } : { type: 'thinking', thinking: 'x', signature: 'opencompat.1.x' },
        ),
      },
      user,
    ],
  }),
  'changes of tools': (times) => ({
    messages: [
      user,
      {
        role: 'system',
        content: list(times, (index) => ({
          type: 'tool_addition',
          tool: { type: 'tool_definition', definition: { name: `f${index}`, input_schema: { type: 'object' } } },
        })),
      },
    ],
  }),
  'a strict schema': (times) => ({
    messages: [user],
    tools: [{ name: 'f', strict: true, input_schema: wideSchema(times) }],
  }),
  'unknown keys': (times) => ({ messages: [user], ...manyKeys(times) }),
};

export const ollamaBodies: Record<string, Make> = {
  messages: (times) => ({ messages: list(times, () => user) }),
  'calls that name no id': (times) => ({
    messages: [
      user,
      { role: 'assistant', tool_calls: list(times, () => ({ function: { name: 'f', arguments: {} } })) },
      ...list(times, () => ({ role: 'tool', content: 'x', tool_name: 'f' })),
    ],
  }),
  tools: (times) => ({
    messages: [user],
    tools: list(times, (index) => ({ type: 'function', function: { name: `f.${index}`, parameters: {} } })),
  }),
  images: (times) => ({ messages: [{ ...user, images: list(times, () => 'iVBORw0KGgo=') }] }),
  options: (times) => ({ messages: [user], options: manyKeys(times) }),
};
