import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toTemplateOrder } from '../../../lib/apis/chat-completions/template-order.ts';

const system = (content: unknown) => ({ role: 'system', content });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown, rest: object = {}) => ({ role: 'assistant', content, ...rest });
const calls = { tool_calls: [{ id: 'a' }] };
const output = { role: 'tool', tool_call_id: 'a', content: '1' };
const begin = user('(The conversation begins.)');
const picture = { type: 'image_url', image_url: { url: 'https://127.0.0.1/a.png' } };

const rows: [title: string, given: object[], ordered: object[]][] = [
  [
    'what is in order stays',
    [system('s'), user('a'), assistant('b'), user('c')],
    [system('s'), user('a'), assistant('b'), user('c')],
  ],
  ['instructions at the start become one', [system('s'), system('t'), user('a')], [system('s\n\nt'), user('a')]],
  [
    'instructions in the middle',
    [user('a'), assistant('b'), system('s'), user('c')],
    [user('a'), assistant('b'), user('s\n\nc')],
  ],
  ['instructions at the end', [system('s'), user('a'), system('t')], [system('s'), user('a\n\nt')]],
  ['two users, one with a picture', [user('a'), user([picture])], [user([{ type: 'text', text: 'a' }, picture])]],
  [
    'an assistant at the start',
    [system('s'), assistant('b'), user('c')],
    [system('s'), begin, assistant('b'), user('c')],
  ],
  [
    'two assistants',
    [user('a'), assistant('b'), assistant('c', calls), output],
    [user('a'), assistant('b\n\nc', calls), output],
  ],
  [
    'calls end a message',
    [user('a'), assistant(null, calls), output, assistant('c')],
    [user('a'), assistant(null, calls), output, assistant('c')],
  ],
  ['instructions alone', [system('s')], [user('s')]],
  [
    'names tell users apart',
    [
      { ...user('a'), name: 'x' },
      { ...user('b'), name: 'y' },
    ],
    [
      { ...user('a'), name: 'x' },
      { ...user('b'), name: 'y' },
    ],
  ],
];
for (const [title, given, ordered] of rows) {
  test(title, () => assert.deepEqual(toTemplateOrder(given as never), ordered));
}

test('a template without instructions is told them by the user', () => {
  const given = [system('s'), user('a'), assistant('b')];
  assert.deepEqual(toTemplateOrder(given, { hasInstructions: false }), [user('s\n\na'), assistant('b')]);
});

test('whatever comes, instructions lead, the user is the first to speak, and nothing said is lost', () => {
  const text = fc.string({ minLength: 1, maxLength: 3 });
  const message = fc.tuple(fc.constantFrom('system', 'developer', 'user', 'assistant'), text);
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const given = messages.map(([role, content]) => ({ role, content }));
      const ordered = toTemplateOrder(given);
      const roles = ordered.map(({ role }) => role);
      const others = roles.filter((role, index) => !(index === 0 && (role === 'system' || role === 'developer')));
      for (const [index, role] of others.entries()) assert.equal(role, index % 2 === 0 ? 'user' : 'assistant');
      const said = ordered.map(({ content }) => content).join('');
      for (const { content } of given) assert.ok(said.includes(content));
    }),
  );
});

test('a template that lets nobody but the assistant speak behind the outputs of tools', () => {
  const given = [user('a'), assistant(null, calls), output, output, user('b'), assistant(null, calls), output];
  const answered = toTemplateOrder(given as never, { mayFollowTools: false });
  assert.deepEqual(answered, [...given.slice(0, 4), assistant('(The output is there.)'), ...given.slice(4)]);
  assert.deepEqual(toTemplateOrder(given as never), given);
});
