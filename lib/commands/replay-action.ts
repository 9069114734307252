import { type DiffLine, diffLines } from '../line-diff.ts';
import { logText } from '../public-text.ts';
import { answerOf, type ClientAnswer, toComparable } from '../recorder/comparable.ts';
import { type CaptureFile, listCaptureFiles, readCaptureFile } from '../recorder/read-captures.ts';
import { loadServerConfig } from './server-config.ts';

export interface ReplayCommandOptions {
  speed?: number;
  split?: number;
  fixed?: true;
  config?: string;
}

/** Lines of sameness around a difference. */
const contextLines = 2;
/** Most lines of one difference on the screen. */
const maxShownLines = 60;
const marks = { added: '+', removed: '-', same: ' ' } as const;

export async function runReplay(path: string, options: ReplayCommandOptions): Promise<void> {
  let files: string[];
  try {
    files = await listCaptureFiles(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return fail(
      isMissing ? `There is no file or folder ${path}.` : `${path} cannot be read: ${(error as Error).message}`,
    );
  }
  if (files.length === 0) return fail(`There are no captures in ${path}.`);
  const counts = { equal: 0, different: 0, 'not played': 0 };
  for (const file of files) counts[await playFile(file, options)] += 1;
  if (counts.different + counts['not played'] > 0) process.exitCode = 1;
  if (files.length > 1) {
    const told = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
    console.log(`${files.length} captures: ${told.join(', ')}`);
  }
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}

type Verdict = 'equal' | 'different' | 'not played';

async function playFile(path: string, options: ReplayCommandOptions): Promise<Verdict> {
  const say = (verdict: Verdict, reason = '') => {
    console.log(`${verdict.padEnd(10)}  ${logText(path)}${reason && `: ${logText(reason)}`}`);
    return verdict;
  };
  let file: CaptureFile;
  try {
    file = await readCaptureFile(path);
  } catch (error) {
    return say('not played', (error as Error).message);
  }
  const { playCapture, whyNotPlayed } = await import('../server/replay.ts');
  const reason = whyNotPlayed(file.capture);
  if (reason) return say('not played', reason);
  const loaded = await loadServerConfig({ config: options.config }, { loadsPlugins: true });
  const { speed, split: splitEveryBytes } = options;
  let answer: ClientAnswer;
  try {
    answer = await playCapture(file.capture, loaded, { speed, splitEveryBytes });
  } catch (error) {
    return say('not played', (error as Error).message);
  }
  const error = file.capture.first('end')?.error;
  const [before, after] = [answerOf(file.capture), answer].map(toComparable) as [string, string];
  if (options.fixed && (error || answerOf(file.capture).status >= 400)) {
    const isFailed = answer.status >= 400 || before === after;
    if (!isFailed) return say('equal', `failed before (${error?.code ?? 'an error'}), answered now`);
    say('different', `still fails: HTTP ${answer.status}`);
    tell(diffLines('', after));
    return 'different';
  }
  if (before === after) return say('equal', error ? `the same failure (${error.code ?? error.message})` : '');
  say('different');
  tell(diffLines(before, after));
  return 'different';
}

/** The differences, each with the lines around it. */
function tell(lines: readonly DiffLine[]): void {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ kind }) => kind !== 'same');
  const shown = lines.filter((_, index) => isNear(index));
  for (const { kind, text } of shown.slice(0, maxShownLines)) console.log(`  ${marks[kind]} ${logText(text)}`);
  if (shown.length > maxShownLines) console.log(`  … ${shown.length - maxShownLines} more lines`);
}
