import { text } from 'node:stream/consumers';
import type { ExplainedBox, ExplainedKey, Explanation } from '../chain/explain.ts';
import { parseObject } from '../lenient-json.ts';
import { logText } from '../public-text.ts';
import { askOperator, askWithKey } from './ask-operator.ts';
import type { ServerAnswer } from './ask-server.ts';
import { isServerRunning } from './running-server.ts';
import { toBase } from './server-checks.ts';

export interface ExplainOptions {
  api: string;
  key?: string;
  offline?: true;
  port?: string;
  url?: string;
  adminKey?: string;
  json?: true;
}

const limitMs = 30_000;
/** Most lines of one difference on the screen, and most characters of a line or of something new. */
const maxShownLines = 12;
const maxShownCharacters = 400;

/** @param flags of the configuration @throws ConfigError, and OpenCompatError where the configuration cannot be opened */
export async function runExplain(options: ExplainOptions, flags: Record<string, unknown>): Promise<void> {
  const body = await text(process.stdin);
  const answer = await ask(options, flags, body);
  if (typeof answer === 'string') {
    console.error(answer);
    process.exitCode = 1;
  } else console.log(options.json ? answer.body : toScreen(parseObject(answer.body) as unknown as Explanation));
}

async function ask(
  { api, key, offline, port, url, adminKey }: ExplainOptions,
  flags: Record<string, unknown>,
  body: string,
): Promise<ServerAnswer | string> {
  const query = key === undefined ? '' : `?${new URLSearchParams({ key })}`;
  const request = { method: 'POST', body, limitMs } as const;
  const path = `/-/explain/${api}${query}`;
  if (url !== undefined)
    return askWithKey({ url: toBase(url), key: adminKey }, { ...request, path: `/console/api/explain/${api}${query}` });
  const isOffline = offline ?? flags.config !== undefined;
  if (!isOffline && (port !== undefined || isServerRunning())) return askOperator(port, { ...request, path });
  const { withOwnServer } = await import('./own-server.ts');
  return withOwnServer(flags, (server) => askWithKey(server, { ...request, path }));
}

function toScreen(explanation: Explanation): string {
  const { boxes, askedModel, models, ignored, emulated, key, inputTokens, upstream } = explanation;
  const { method, url } = (upstream ?? {}) as { method?: string; url?: string };
  const idle = boxes.filter(isIdle);
  return [
    ...boxes.filter((box) => !isIdle(box)).flatMap(toLines),
    ...(idle.length > 0 ? [`Change nothing: ${idle.map(({ box }) => logText(box)).join(', ')}`] : []),
    '',
    `Model ${logText(askedModel ?? '(none)')}:`,
    ...models.map(({ name, isChosen, reason }) =>
      [isChosen ? '→' : ' ', logText(name), reason && `(${logText(reason)})`].filter(Boolean).join(' '),
    ),
    `Ignored: ${ignored.length > 0 ? logText(ignored.join(', ')) : 'nothing'}`,
    ...(emulated.length > 0 ? [`Emulated by this server: ${logText(emulated.join(', '))}`] : []),
    ...(key ? keyLines(key) : []),
    ...(inputTokens === undefined ? [] : [`Input: about ${inputTokens} tokens`]),
    url ? `Would be sent: ${method} ${logText(url)}` : 'Nothing would be sent.',
  ].join('\n');
}

function keyLines({ name, models, refusal, limits }: ExplainedKey): string[] {
  return [
    `Key ${logText(name)}: ${models ? `may name ${logText(models.join(', '))}` : 'may name every model'}`,
    ...(refusal ? [`  would be refused: ${logText(refusal)}`] : []),
    ...limits.map(
      ({ measure, window, limit, remaining, resetsAt }) =>
        `  ${remaining} of ${limit} ${measure === 'cost' ? 'USD' : measure} a ${window} are left, until ${resetsAt}`,
    ),
  ];
}

const marks = { added: '+', removed: '-', same: ' ' } as const;

function isIdle({ changes, ignored, transforms, error }: ExplainedBox): boolean {
  return changes.length + ignored.length + transforms === 0 && !error;
}

function toLines({ box, changes, ignored, transforms, error }: ExplainedBox): string[] {
  const facts = [
    ...changes.map(({ part }) => part),
    ...(ignored.length > 0 ? [`ignores ${logText(ignored.join(', '))}`] : []),
    ...(transforms > 0 ? [`changes the answer (${transforms})`] : []),
  ];
  return [
    `${logText(box)}: ${error ? `${error.code} ${logText(error.message)}` : facts.join('; ')}`,
    // The body as it came is known to whoever has sent it.
    ...changes.filter(({ part }) => part !== 'body' || box !== 'parse-body').flatMap(changeLines),
  ];
}

function changeLines({ part, lines }: ExplainedBox['changes'][number]): string[] {
  const made = lines.every(({ kind }) => kind === 'added')
    ? parseObject(lines.map(({ text: line }) => line).join('\n'))
    : undefined;
  // Of the upstream's request, the last line tells where it would go.
  if (made) return [`  ${shorten(JSON.stringify(part === 'upstream' ? made.body : made))}`];
  return [
    ...lines.slice(0, maxShownLines).map(({ kind, text: line }) => `  ${marks[kind]} ${shorten(line)}`),
    ...(lines.length > maxShownLines ? [`  … ${lines.length - maxShownLines} more lines (--json has them)`] : []),
  ];
}

function shorten(line: string): string {
  const shown = line.slice(0, maxShownCharacters);
  return logText(shown.length < line.length ? `${shown}… (--json has all)` : shown);
}
