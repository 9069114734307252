import type { Command } from 'commander';
import { isDesktopTerminal, openBrowser } from '../auth/open-browser.ts';
import { asObject, asText, parseObject } from '../lenient-json.ts';
import type { ServerAddress } from '../server/operator.ts';
import { askServer, describeSilence } from './ask-server.ts';
import { chooseServer } from './running-server.ts';

const limitMs = 10_000;

export async function runConsole({ port, open }: { port?: string; open: boolean }, command: Command): Promise<void> {
  const server = chooseServer(port);
  if (typeof server === 'string') return command.error(`error: ${server}`);
  const link = await askForLink(server, command);
  console.log(link);
  console.error('This link opens the console once, within a minute. Whoever has it may use the console.');
  if (open && isDesktopTerminal()) openBrowser(link);
}

async function askForLink({ url, key }: ServerAddress, command: Command): Promise<string> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await askServer(`${url}/-/console`, { method: 'POST', headers, limitMs }).catch((error: Error) =>
    command.error(`error: the server at ${url} cannot be reached: ${describeSilence(error, limitMs)}`),
  );
  const told = parseObject(answer.body);
  const ticket = asText(told?.ticket);
  // Behind the `#`, so that neither a proxy's log nor a Referer has it.
  if (answer.status === 200 && ticket !== undefined) return `${url}/console/#ticket=${ticket}`;
  const message = asText(asObject(told?.error)?.message) ?? `HTTP ${answer.status}`;
  return command.error(`error: the server at ${url} refused: ${message}`);
}
