/**
 * A server in front of a provider's fake as a process of its own, for clients that are not written in JavaScript.
 * It prints one JSON line, `{"url": …}`, then answers each line on standard input with one line on standard output, and
 * ends when standard input closes:
 *
 *     {"do": "reply", "script": "text", "options": {…}, "delivery": {…}}   → {}    (a script as `scriptAnswer` takes it)
 *     {"do": "refuse", "status": 429, "body": {…}, "headers": {…}}         → {}
 *     {"do": "requests"}                                                   → paths, statuses and bodies of all so far
 *     {"do": "toolTurns"}                                                  → the calls and results that the last one tells
 *     {"do": "resume"}                                                     → {}    (the last answer, which stands at `pauseAfterBytes`)
 *     {"do": "aborted"}                                                    → was the last one left, once it is over
 *
 * The provider is named as in `every-provider.ts`; deliveries, refusals, `resume` and `aborted` are the fake ChatGPT's alone.
 *
 * Run with Node: `node spec/support/serve-fake.ts [provider]`
 */
import { createInterface } from 'node:readline';
import type { Delivery } from './delivery.ts';
import {
  openProvider,
  type ProviderName,
  type ProviderUnderTest,
  providerNames,
  readToolTurns,
} from './every-provider.ts';
import { type ScriptedItem, type ScriptOptions, scriptAnswer } from './scripted-answer.ts';

type Command =
  | { do: 'reply'; script: string | ScriptedItem[]; options?: ScriptOptions; delivery?: Delivery }
  | { do: 'refuse'; status: number; body: object | string; headers?: Record<string, string> }
  | { do: 'requests' }
  | { do: 'toolTurns' }
  | { do: 'resume' }
  | { do: 'aborted' };

const [name = 'chatgpt'] = process.argv.slice(2);
const provider = providerNames.find((known) => known === name) as ProviderName;
if (!provider) throw new Error(`no such provider: ${name}; there are ${providerNames.join(', ')}`);

async function obey(
  { harness: { upstream }, script, requests }: ProviderUnderTest,
  command: Command,
): Promise<unknown> {
  switch (command.do) {
    case 'reply':
      if (provider === 'chatgpt') upstream.reply(scriptAnswer(command.script, command.options), command.delivery);
      else script(command.script, command.options?.id);
      return {};
    case 'refuse':
      upstream.refuse(command.status, command.body, command.headers);
      return {};
    case 'requests':
      return requests.map(({ path, status, body }) => ({ path, status, body }));
    case 'toolTurns':
      return readToolTurns(requests.at(-1)!);
    case 'resume':
      upstream.last.resume();
      return {};
    case 'aborted':
      return upstream.last.aborted;
    default:
      throw new Error(`unknown command: ${JSON.stringify(command satisfies never)}`);
  }
}

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const ends: (() => Promise<void>)[] = [];
const opened = await openProvider(
  { after: (task) => void ends.push(task) },
  provider,
  // It has vectors, which the fake ChatGPT has not.
  { config: { demo: true } },
);
print({ url: opened.harness.url, model: opened.model, embeddingsModel: opened.embeddingsModel });
for await (const line of createInterface({ input: process.stdin })) print(await obey(opened, JSON.parse(line)));
await Promise.all(ends.map((end) => end()));
