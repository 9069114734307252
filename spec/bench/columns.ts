/** What is measured: each function gives its columns of the table, a value of each subject for every round. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadJob, LoadTally, LoadTarget } from './load.ts';
import { forgetPeak, quantile, readCpuUs, readMemoryKb } from './measure.ts';
import { createHome, type LoadGenerator, type Running, startPipe, startServer } from './processes.ts';
import { type FloorName, floors, type WayName, ways } from './ways.ts';

export interface Bench {
  upstream: Running;
  load: LoadGenerator;
  rounds: number;
  isQuick: boolean;
  isBuilt: boolean;
  wayNames: WayName[];
  cpuProfileDir?: string;
  record: string;
  onProgress(text: string): void;
}

export type SubjectName = FloorName | WayName | 'pipe' | 'server';

/** The values of each subject, one for each round. */
export type Column = Partial<Record<SubjectName, number[]>>;

export interface Measured {
  columns: Record<string, Column>;
  /** Wrong answers: any of them fails the run. */
  faults: string[];
  /** What to know when reading the figures. */
  remarks: Set<string>;
}

export type Measure = (bench: Bench) => Promise<Measured>;

interface Subject {
  name: FloorName | WayName;
  pid: number;
  target: LoadTarget;
}

/** A share of a core at which the tools, and not what is measured, set the pace. */
const busyShare = 0.9;

/** A process that has used no CPU for so long has nothing more to do. */
const idleMs = 300;

const oneAtATime = { targets: [], intervalMs: 0, requests: 1, concurrency: 1, rampMs: 0, isStreaming: true };

export const measures: Record<string, Measure> = {
  paced: measurePaced,
  flood: measureFlood,
  'first-token': measureFirstToken,
  'non-stream': measureNonStream,
  memory: measureMemory,
  start: measureStart,
};

/** Many streams with a delta every 20 ms: what a delta costs that comes alone. */
async function measurePaced(bench: Bench): Promise<Measured> {
  const [streams, deltas] = bench.isQuick ? [100, 25] : [200, 150];
  const job = { ...oneAtATime, deltas, intervalMs: 20, requests: streams, concurrency: streams, rampMs: 200 };
  return measureCpu(bench, 'paced', job, { ...job, deltas: 25 }, ({ deltas }) => deltas);
}

/** A few streams as fast as back-pressure permits: what a delta costs that comes in company. */
async function measureFlood(bench: Bench): Promise<Measured> {
  const job = { ...oneAtATime, deltas: bench.isQuick ? 5_000 : 20_000, requests: 8, concurrency: 8 };
  return measureCpu(bench, 'flood', job, { ...job, deltas: 5_000 }, ({ deltas }) => deltas);
}

/** One JSON answer; where the upstream speaks Responses, from a whole stream, which the pipe passes on. */
async function measureNonStream(bench: Bench): Promise<Measured> {
  const requests = bench.isQuick ? 320 : 2_400;
  const job = { ...oneAtATime, deltas: 50, requests, concurrency: 16, isStreaming: false };
  const withAnswers = bench.wayNames.filter((name) => ways[name].form !== 'socket');
  return measureCpu({ ...bench, wayNames: withAnswers }, 'non-stream', job, { ...job, requests: 800 }, () => requests);
}

async function measureCpu(
  bench: Bench,
  name: string,
  job: LoadJob,
  warmUp: LoadJob,
  toUnits: (tally: LoadTally) => number,
): Promise<Measured> {
  return withSubjects(bench, name, async (subjects, result) => {
    const column: Column = {};
    result.columns[name] = column;
    for (const subject of subjects) await measureRound(bench, subject, warmUp, result);
    for (let round = 1; round <= bench.rounds; round++) {
      bench.onProgress(`${name}, round ${round} of ${bench.rounds}`);
      for (const subject of subjects) {
        const { cpuUs, tally } = await measureRound(bench, subject, job, result);
        add(column, subject.name, cpuUs / toUnits(tally));
      }
    }
  });
}

/** From sending a request to its first delta, less what it takes straight from the upstream: one after the other, by turns. */
async function measureFirstToken(bench: Bench): Promise<Measured> {
  const requests = bench.isQuick ? 50 : 400;
  return withSubjects(bench, 'first-token', async (subjects, result) => {
    const { origin } = bench.upstream;
    const direct = Object.values(floors).map((floor): LoadTarget => ({ ...floor, origin }));
    const targets = [...direct, ...subjects.map(({ target }) => target)];
    const job = { ...oneAtATime, deltas: 10, targets, requests: requests * targets.length };
    const p50: Column = {};
    const p99: Column = {};
    result.columns['first-token-p50'] = p50;
    result.columns['first-token-p99'] = p99;
    await runChecked(bench, subjects, { ...job, requests: 200 * targets.length }, result);
    for (let round = 1; round <= bench.rounds; round++) {
      bench.onProgress(`first-token, round ${round} of ${bench.rounds}`);
      const tallies = await runChecked(bench, subjects, job, result);
      const directOf = (share: number, form: string) =>
        quantile(tallies[direct.findIndex((target) => target.form === form)]!.firstTokenMs, share);
      for (const [index, { name }] of subjects.entries()) {
        const upstreamForm = floors[name in floors ? (name as FloorName) : ways[name as WayName].floor].form;
        const took = tallies[direct.length + index]!.firstTokenMs;
        add(p50, name, quantile(took, 0.5) - directOf(0.5, upstreamForm));
        add(p99, name, quantile(took, 0.99) - directOf(0.5, upstreamForm));
      }
    }
  });
}

/** What an open stream adds at the peak, over the idle process as it was started. */
async function measureMemory(bench: Bench): Promise<Measured> {
  const [streams, deltas, intervalMs] = bench.isQuick ? [100, 3, 500] : [500, 8, 500];
  const job = { ...oneAtATime, deltas, intervalMs, requests: streams, concurrency: streams, rampMs: 1000 };
  const peak: Column = {};
  const result: Measured = { columns: { memory: peak }, faults: [], remarks: new Set() };
  for (let round = 1; round <= bench.rounds; round++) {
    bench.onProgress(`memory, round ${round} of ${bench.rounds}`);
    // New processes for each: what a heap has grown to does not come back.
    const { faults } = await withSubjects(bench, `memory-${round}`, async (subjects, inner) => {
      await sleep(1000);
      for (const subject of subjects) {
        forgetPeak(subject.pid);
        const before = readMemoryKb(subject.pid).now;
        await runChecked(bench, [subject], { ...job, targets: [subject.target] }, inner);
        add(peak, subject.name, (readMemoryKb(subject.pid).peak - before) / streams);
      }
    });
    result.faults.push(...faults);
  }
  return result;
}

/** From spawn to the first 200 on /health, with an empty home and with the same again; and what it takes idle, in MB. */
async function measureStart(bench: Bench): Promise<Measured> {
  const columns = { start: {}, 'first-start': {}, idle: {} };
  const upstreamOrigin = bench.upstream.origin;
  const { isBuilt, record } = bench;
  for (let round = 1; round <= bench.rounds; round++) {
    bench.onProgress(`start, round ${round} of ${bench.rounds}`);
    using home = createHome();
    for (const name of ['first-start', 'start'] as const) {
      const starts = {
        pipe: () => startPipe(upstreamOrigin),
        server: () => startServer({ upstreamOrigin, home: home.path, isBuilt, record }),
      };
      for (const [subject, start] of Object.entries(starts)) {
        await using running = await start();
        add(columns[name], subject as SubjectName, running.readyMs);
        if (name === 'first-start') continue;
        await sleep(1000);
        add(columns.idle, subject as SubjectName, readMemoryKb(running.pid).now / 1024);
      }
    }
  }
  return { columns, faults: [], remarks: new Set() };
}

function add(column: Column, name: SubjectName, value: number): void {
  const values = column[name] ?? [];
  values.push(value);
  column[name] = values;
}

/** Runs a measurement with processes of its own, one for each way, and for each pipe that they are compared with. */
async function withSubjects(
  bench: Bench,
  name: string,
  measure: (subjects: Subject[], result: Measured) => Promise<void>,
): Promise<Measured> {
  bench.onProgress(`${name}, starting`);
  await using running = new AsyncDisposableStack();
  const upstreamOrigin = bench.upstream.origin;
  const floorNames = [...new Set(bench.wayNames.map((way) => ways[way].floor))];
  const subjects: Subject[] = [];
  for (const floor of floorNames) {
    const { pid, origin } = running.use(await startPipe(upstreamOrigin));
    subjects.push({ name: floor, pid, target: { ...floors[floor], origin } });
  }
  for (const way of bench.wayNames) {
    const { pid, origin } = running.use(
      await startServer({ ...bench, upstreamOrigin, home: running.use(createHome()).path }),
    );
    subjects.push({ name: way, pid, target: { ...ways[way], origin } });
  }
  const result: Measured = { columns: {}, faults: [], remarks: new Set() };
  await measure(subjects, result);
  return result;
}

async function measureRound(
  bench: Bench,
  subject: Subject,
  job: LoadJob,
  result: Measured,
): Promise<{ cpuUs: number; tally: LoadTally }> {
  const tools = { 'load generator': bench.load.pid, upstream: bench.upstream.pid };
  const pids = [...Object.values(tools), subject.pid];
  const before = pids.map(readCpuUs);
  const startedMs = performance.now();
  const [tally] = await runChecked(bench, [subject], { ...job, targets: [subject.target] }, result);
  const elapsedMs = performance.now() - startedMs;
  if (bench.record !== 'off') await waitUntilIdle(subject.pid);
  const used = pids.map((pid, index) => readCpuUs(pid) - before[index]!);
  for (const [index, tool] of Object.keys(tools).entries()) {
    if (used[index]! / 1000 / elapsedMs > busyShare) {
      result.remarks.add(`The ${tool} set the pace (${subject.name}).`);
    }
  }
  return { cpuUs: used.at(-1)!, tally: tally! };
}

/** Captures are written behind the answers: they count. */
async function waitUntilIdle(pid: number): Promise<void> {
  for (let [before, now] = [Number.NaN, readCpuUs(pid)]; before !== now; [before, now] = [now, readCpuUs(pid)])
    await sleep(idleMs);
}

async function runChecked(bench: Bench, subjects: Subject[], job: LoadJob, result: Measured): Promise<LoadTally[]> {
  const { tallies } = await bench.load.run(job);
  const names = subjects.map(({ name }) => name);
  for (const [index, tally] of tallies.entries()) {
    const name = names[index - (tallies.length - subjects.length)] ?? 'direct';
    result.faults.push(...tally.faults.map((fault) => `${name}: ${fault}`));
    const expected = (job.requests / tallies.length) * job.deltas;
    if (tally.faults.length === 0 && tally.deltas !== expected)
      result.faults.push(`${name}: ${tally.deltas} deltas in all instead of ${expected}`);
  }
  return tallies;
}
