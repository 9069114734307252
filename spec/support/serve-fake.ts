/**
 * A server in front of the fake backend as a process of its own, for clients that are not written in JavaScript.
 * It prints one JSON line, `{"url": …}`, then answers each line on standard input with one line on standard output, and
 * ends when standard input closes:
 *
 *     {"do": "reply", "script": "text", "options": {…}, "delivery": {…}}   → {}    (a script as `scriptAnswer` takes it)
 *     {"do": "refuse", "status": 429, "body": {…}, "headers": {…}}         → {}
 *     {"do": "requests"}                                                   → the bodies and statuses of all so far
 *     {"do": "aborted"}                                                    → was the last one left, once it is over
 *
 * Run with Node: `node spec/support/serve-fake.ts`
 */
import { createInterface } from 'node:readline';
import type { Delivery } from './delivery.ts';
import { createHarness, type Harness } from './harness.ts';
import { type ScriptedItem, type ScriptOptions, scriptAnswer } from './scripted-answer.ts';

type Command =
  | { do: 'reply'; script: string | ScriptedItem[]; options?: ScriptOptions; delivery?: Delivery }
  | { do: 'refuse'; status: number; body: object | string; headers?: Record<string, string> }
  | { do: 'requests' }
  | { do: 'aborted' };

async function obey({ upstream }: Harness, command: Command): Promise<unknown> {
  switch (command.do) {
    case 'reply':
      upstream.reply(scriptAnswer(command.script, command.options), command.delivery);
      return {};
    case 'refuse':
      upstream.refuse(command.status, command.body, command.headers);
      return {};
    case 'requests':
      return upstream.requests.map(({ body, status }) => ({ body, status }));
    case 'aborted':
      return upstream.last.aborted;
    default:
      throw new Error(`unknown command: ${JSON.stringify(command satisfies never)}`);
  }
}

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

let end: (() => Promise<void>) | undefined;
const harness = await createHarness(
  {
    after: (task) => {
      end = task;
    },
  },
  // It has vectors, which the fake backend has not.
  { config: { demo: true } },
);
print({ url: harness.url });
for await (const line of createInterface({ input: process.stdin })) print(await obey(harness, JSON.parse(line)));
await end?.();
