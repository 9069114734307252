/**
 * Runs the specification, `npm test`: the specs of a folder, or of several small ones, in one process, one after another, and
 * several such processes at a time. A process of its own for each file, as `node --test` has it, costs nearly half of the
 * whole time: it loads all of lib/ and starts cold.
 *
 * Run with Node: `node spec/run.ts [glob…]`. One spec alone: `node --test spec/cli.spec.ts`
 */
import { globSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';

/** Processes at a time: more than a small machine has processors, because some specs wait for what they have started. */
const concurrency = 4;
/** Of a single test, as a guard against one that never ends. */
const timeoutMs = 120_000;

/** A spec that measures its process, or changes it for good, has it to itself. */
const needsOwnProcess = /\bprocess\.(cpuUsage|memoryUsage)\b|'node:v8'/;
/** How many specs of the others take as long as one of these. */
const ownProcessWeight = 8;
/**
 * Folders of fewer specs share a process until there are so many: to load the server and to warm up takes a second, longer than
 * most specs do. Still enough groups for every processor to have work until the end.
 */
const fewSpecs = 24;

const nodeFlags = [
  // A group is the query of an entry.
  '--entry-url',
  '--disable-warning=ExperimentalWarning',
  // Specs make much garbage, and the processors are busy with other specs: a tenth less processor time in all.
  '--max-semi-space-size=64',
  '--single-threaded-gc',
];

interface Group {
  files: string[];
  weight: number;
}

function groupOf(file: string): string {
  if (needsOwnProcess.test(readFileSync(file, 'utf8'))) return file;
  const [, folder, name] = file.split('/');
  return name ? folder! : 'spec';
}

/** The largest first, so that the last to end is a small one. */
function toGroups(files: readonly string[]): Group[] {
  const groups: Group[] = [];
  let gathered: string[] = [];
  for (const [name, inGroup] of Object.entries(Object.groupBy(files, groupOf))) {
    if (inGroup![0] === name) groups.push({ files: inGroup!, weight: ownProcessWeight });
    else if (inGroup!.length >= fewSpecs) groups.push({ files: inGroup!, weight: inGroup!.length });
    else gathered.push(...inGroup!);
    if (gathered.length < fewSpecs) continue;
    groups.push({ files: gathered, weight: gathered.length });
    gathered = [];
  }
  if (gathered.length > 0) groups.push({ files: gathered, weight: gathered.length });
  return groups.sort((a, b) => b.weight - a.weight);
}

const { argv } = process;
const files = globSync(argv.length > 2 ? argv.slice(2) : 'spec/**/*.spec.ts').sort();
if (files.length === 0) throw new Error('there is no such spec');
const groups = toGroups(files);

/** Leaves one summary, the last: each process tells one too. One that told none ended before its specs did. */
async function* checkSummaries(told: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent, void> {
  let summaries = 0;
  for await (const event of told) {
    if (event.type !== 'test:summary') {
      yield event;
      continue;
    }
    summaries += 1;
    if (!event.data.success) process.exitCode = 1;
    if (!('entryFile' in event.data)) yield event;
  }
  if (summaries === groups.length + 1) return;
  process.exitCode = 1;
  process.stderr.write('A process ended before its specs did.\n');
}

const events = run({
  files: groups.map(({ files: inGroup }) => `spec/support/spec-group.ts?${inGroup.join()}`),
  concurrency,
  timeout: timeoutMs,
  execArgv: nodeFlags,
});
Readable.from(checkSummaries(events)).pipe(new spec()).pipe(process.stdout);
