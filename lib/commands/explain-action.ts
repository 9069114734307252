import { text } from 'node:stream/consumers';
import type { ExplainedBox, Explanation } from '../chain/explain.ts';
import { parseObject } from '../lenient-json.ts';
import { logText } from '../public-text.ts';
import { askOperator } from './ask-operator.ts';

export interface ExplainOptions {
  api: string;
  port?: string;
  json?: true;
}

const limitMs = 30_000;
/** Most lines of one difference on the screen. */
const maxShownLines = 12;

export async function runExplain({ api, port, json }: ExplainOptions): Promise<void> {
  const body = await text(process.stdin);
  const answer = await askOperator(port, { path: `/-/explain/${api}`, method: 'POST', body, limitMs });
  if (typeof answer === 'string') {
    console.error(answer);
    process.exitCode = 1;
  } else console.log(json ? answer.body : toScreen(parseObject(answer.body) as unknown as Explanation));
}

function toScreen({ boxes, askedModel, models, ignored, inputTokens, upstream }: Explanation): string {
  const { method, url } = (upstream ?? {}) as { method?: string; url?: string };
  return [
    ...boxes.flatMap(toLines),
    '',
    `Model ${logText(askedModel ?? '(none)')}:`,
    ...models.map(({ name, isChosen, reason }) =>
      [isChosen ? '→' : ' ', logText(name), reason && `(${logText(reason)})`].filter(Boolean).join(' '),
    ),
    `Ignored: ${ignored.length > 0 ? logText(ignored.join(', ')) : 'nothing'}`,
    ...(inputTokens === undefined ? [] : [`Input: about ${inputTokens} tokens`]),
    url ? `Would be sent: ${method} ${logText(url)}` : 'Nothing would be sent.',
  ].join('\n');
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
