import { text } from 'node:stream/consumers';
import type { ExplainedBox, ExplainedKey, Explanation } from '../chain/explain.ts';
import { parseObject } from '../lenient-json.ts';
import { logText } from '../public-text.ts';
import { askOperator } from './ask-operator.ts';

export interface ExplainOptions {
  api: string;
  key?: string;
  port?: string;
  json?: true;
}

const limitMs = 30_000;
/** Most lines of one difference on the screen. */
const maxShownLines = 12;

export async function runExplain({ api, key, port, json }: ExplainOptions): Promise<void> {
  const body = await text(process.stdin);
  const query = key === undefined ? '' : `?${new URLSearchParams({ key })}`;
  const answer = await askOperator(port, { path: `/-/explain/${api}${query}`, method: 'POST', body, limitMs });
  if (typeof answer === 'string') {
    console.error(answer);
    process.exitCode = 1;
  } else console.log(json ? answer.body : toScreen(parseObject(answer.body) as unknown as Explanation));
}

function toScreen(explanation: Explanation): string {
  const { boxes, askedModel, models, ignored, emulated, key, inputTokens, upstream } = explanation;
  const { method, url } = (upstream ?? {}) as { method?: string; url?: string };
  return [
    ...boxes.flatMap(toLines),
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

function toLines({ box, changes, ignored, transforms, error }: ExplainedBox): string[] {
  const facts = [
    ...changes.map(({ part }) => part),
    ...(ignored.length > 0 ? [`ignores ${logText(ignored.join(', '))}`] : []),
    ...(transforms > 0 ? [`changes the answer (${transforms})`] : []),
  ];
  return [
    `${box}: ${error ? `${error.code} ${logText(error.message)}` : facts.join('; ') || 'changes nothing'}`,
    // The body as it came is known to whoever has sent it.
    ...changes
      .filter(({ part }) => part !== 'body' || box !== 'parse-body')
      .flatMap(({ lines }) => [
        ...lines.slice(0, maxShownLines).map(({ kind, text: line }) => `  ${marks[kind]} ${logText(line)}`),
        ...(lines.length > maxShownLines ? [`  … ${lines.length - maxShownLines} more lines (--json has them)`] : []),
      ]),
  ];
}
