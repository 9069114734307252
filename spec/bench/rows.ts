/** What is measured, row by row. Each row starts its own processes, so that no row inherits another's heap. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadJob, LoadTally, LoadTarget } from './load.ts';
import { canReadProcesses, median, quantile, readCpuUs, readRssKb } from './measure.ts';
import { createHome, type LoadGenerator, type Running, startPipe, startServer } from './processes.ts';
import { passedOnModel } from './scenario.ts';

export interface Bench {
  upstream: Running;
  load: LoadGenerator;
  home: string;
  isQuick: boolean;
  isBuilt: boolean;
  cpuProfileDir?: string;
}

export interface Figure {
  label: string;
  /** Digits behind the point. */
  digits: number;
  /** Straight to the upstream. */
  direct?: number;
  pipe?: number;
  server?: number;
  target?: { text: string; isMet: boolean };
}

export interface RowResult {
  title: string;
  figures: Figure[];
  /** Wrong answers: any of them fails the run. */
  faults: string[];
  /** What to know when reading the figures. */
  remarks: string[];
}

type Row = (bench: Bench) => Promise<RowResult>;

interface Subject {
  name: 'direct' | 'pipe' | 'server';
  pid: number;
  target: LoadTarget;
}

interface Round {
  elapsedMs: number;
  /** Of the subject's process. */
  cpuUs: number;
  tally: LoadTally;
  requests: number;
}

/** Share of a core at which the tools, and not what is measured, set the pace. */
const busyShare = 0.9;

export const rows: Record<string, Row> = {
  'first-token': measureFirstToken,
  paced: measurePaced,
  flood: measureFlood,
  'pass-through': measurePassThrough,
  'non-stream': measureNonStream,
  memory: measureMemory,
  start: measureStart,
};

async function measureFirstToken(bench: Bench): Promise<RowResult> {
  const rounds = bench.isQuick ? 200 : 1000;
  return withSubjects(
    bench,
    `first token: ${rounds} sequential requests each, interleaved`,
    async (subjects, result) => {
      const job = { ...oneAtATime, deltas: 10, targets: subjects.map(({ target }) => target) };
      await runChecked(bench, subjects, { ...job, requests: 200 * subjects.length }, result);
      const { tallies } = await runChecked(bench, subjects, { ...job, requests: rounds * subjects.length }, result);
      for (const [name, share] of [
        ['p50', 0.5],
        ['p99', 0.99],
      ] as const) {
        const [direct, pipe, server] = tallies.map((tally) => quantile(tally.firstTokenMs, share)) as [
          number,
          number,
          number,
        ];
        const added = server - direct;
        result.figures.push({ label: `${name}, ms`, digits: 2, direct, pipe, server });
        const target = name === 'p50' ? { text: '≤ 1.0 ms', isMet: added <= 1 } : undefined;
        result.figures.push({
          label: `${name} added to direct, ms`,
          digits: 2,
          pipe: pipe - direct,
          server: added,
          target,
        });
      }
    },
  );
}

async function measurePaced(bench: Bench): Promise<RowResult> {
  const [streams, deltas, intervalMs] = bench.isQuick ? [100, 50, 20] : [200, 100, 20];
  const title = `paced: ${streams} streams × ${deltas} deltas at ${intervalMs} ms`;
  return withSubjects(bench, title, async (subjects, result) => {
    const job = { ...oneAtATime, deltas, intervalMs, requests: streams, concurrency: streams, rampMs: 200 };
    const rounds = await measureRounds(bench, subjects, job, { ...job, deltas: 25 }, result);
    const gaps = mapSubjects(rounds, ({ tally }) => quantile(tally.gapsMs, 0.99));
    const cpu = mapSubjects(rounds, ({ cpuUs, tally }) => cpuUs / tally.deltas);
    const addedGap = { pipe: gaps.pipe - gaps.direct, server: gaps.server - gaps.direct };
    result.figures.push({ label: 'gap p99, ms', digits: 2, ...gaps });
    result.figures.push({ label: 'gap p99 added to direct, ms', digits: 2, ...addedGap });
    const target = { text: '≤ 1.15× pipe', isMet: cpu.server <= 1.15 * cpu.pipe };
    result.figures.push({ label: 'CPU µs per delta', digits: 1, pipe: cpu.pipe, server: cpu.server, target });
  });
}

async function measureFlood(bench: Bench): Promise<RowResult> {
  const [streams, deltas] = bench.isQuick ? [8, 5_000] : [8, 20_000];
  return withSubjects(bench, `flood: ${streams} streams × ${grouped(deltas)} deltas`, async (subjects, result) => {
    const job = { ...oneAtATime, deltas, requests: streams, concurrency: streams };
    const rounds = await measureRounds(bench, subjects, job, { ...job, deltas: 5_000 }, result);
    const rate = mapSubjects(rounds, ({ elapsedMs, tally }) => (tally.deltas * 1000) / elapsedMs);
    const cpu = mapSubjects(rounds, ({ cpuUs, tally }) => cpuUs / tally.deltas);
    result.figures.push({ label: 'deltas/s', digits: 0, ...rate });
    const target = { text: '≤ 10 µs and ≤ 2× pipe', isMet: cpu.server <= 10 && cpu.server <= 2 * cpu.pipe };
    result.figures.push({ label: 'CPU µs per delta', digits: 2, pipe: cpu.pipe, server: cpu.server, target });
  });
}

/** Client and upstream both speak Chat Completions. */
async function measurePassThrough(bench: Bench): Promise<RowResult> {
  const [floods, floodDeltas, streams, deltas, intervalMs] = bench.isQuick
    ? [8, 5_000, 100, 300, 20]
    : [8, 20_000, 200, 500, 20];
  const title = `pass-through: ${floods} floods × ${grouped(floodDeltas)}, ${streams} streams × ${deltas} at ${intervalMs} ms`;
  return withSubjects(bench, title, async (subjects, result) => {
    const alike = subjects.map((subject) => ({ ...subject, target: { ...subject.target, form: 'chat' as const } }));
    const base = { ...oneAtATime, model: passedOnModel };
    for (const [label, job, warmUp] of [
      ['flood', { ...base, deltas: floodDeltas, requests: floods, concurrency: floods }, { deltas: 5_000 }],
      ['paced', { ...base, deltas, intervalMs, requests: streams, concurrency: streams, rampMs: 200 }, { deltas: 25 }],
    ] as const) {
      const rounds = await measureRounds(bench, alike, job, { ...job, ...warmUp }, result);
      const cpu = mapSubjects(rounds, ({ cpuUs, tally }) => cpuUs / tally.deltas);
      const target = { text: '≤ 1.2× pipe', isMet: cpu.server <= 1.2 * cpu.pipe };
      const figure = { digits: 2, pipe: cpu.pipe, server: cpu.server, target };
      result.figures.push({ label: `${label}, CPU µs per delta`, ...figure });
    }
  });
}

async function measureNonStream(bench: Bench): Promise<RowResult> {
  const [requests, concurrency, deltas] = bench.isQuick ? [480, 16, 30] : [3200, 16, 30];
  const title = `non-stream: ${concurrency} at a time, answers of ${deltas} deltas (the pipe streams them)`;
  return withSubjects(bench, title, async (subjects, result) => {
    const job = { ...oneAtATime, deltas, requests, concurrency, isStreaming: false };
    const rounds = await measureRounds(bench, subjects, job, { ...job, requests: 800 }, result);
    const rate = mapSubjects(rounds, (round) => (round.requests * 1000) / round.elapsedMs);
    const cpu = mapSubjects(rounds, (round) => round.cpuUs / round.requests);
    result.figures.push({ label: 'requests/s', digits: 0, ...rate });
    const target = { text: '≤ 900 µs', isMet: cpu.server <= 900 };
    result.figures.push({ label: 'CPU µs per answer', digits: 0, pipe: cpu.pipe, server: cpu.server, target });
  });
}

async function measureMemory(bench: Bench): Promise<RowResult> {
  const [streams, deltas, intervalMs] = bench.isQuick ? [250, 5, 1000] : [1000, 12, 1000];
  const title = `memory: ${grouped(streams)} slow streams, a delta each ${intervalMs / 1000} s`;
  return withSubjects(bench, title, async ([, ...listening], result) => {
    const fresh = { label: 'idle after start, MB', digits: 1 } as Figure;
    const warm = { label: 'idle after warm-up, MB', digits: 1 } as Figure;
    const open = { label: 'all streams open, MB', digits: 1 } as Figure;
    const perStream = { label: 'KB per stream', digits: 1 } as Figure;
    for (const subject of listening) {
      const readMb = () => readRssKb(subject.pid) / 1024;
      await sleep(1000);
      fresh[subject.name] = readMb();
      const targets = [subject.target];
      await runChecked(
        bench,
        [subject],
        { ...oneAtATime, targets, deltas: 50, requests: 500, concurrency: 16 },
        result,
      );
      await sleep(1000);
      warm[subject.name] = readMb();
      const samples: Promise<number[]>[] = [];
      const job = { ...oneAtATime, targets, deltas, intervalMs, requests: streams, concurrency: streams, rampMs: 2000 };
      await runChecked(bench, [subject], job, result, () => samples.push(sample(readMb, 11, intervalMs / 5)));
      open[subject.name] = median((await samples[0]) ?? []);
      perStream[subject.name] = ((open[subject.name]! - warm[subject.name]!) * 1024) / streams;
    }
    fresh.target = { text: '< 80 MB', isMet: fresh.server! < 80 };
    perStream.target = { text: '≤ 80 KB', isMet: perStream.server! <= 80 };
    result.figures.push(fresh, warm, open, perStream);
  });
}

async function measureStart(bench: Bench): Promise<RowResult> {
  const starts = bench.isQuick ? 3 : 9;
  using home = createHome();
  const upstreamOrigin = bench.upstream.origin;
  const pipe: number[] = [];
  const server: number[] = [];
  for (let start = 0; start <= starts; start++) {
    pipe.push(await timeStart(startPipe(upstreamOrigin)));
    server.push(await timeStart(startServer({ upstreamOrigin, home: home.path, isBuilt: bench.isBuilt })));
  }
  // The first start fills the caches, of which the home was empty.
  const later = { pipe: median(pipe.slice(1)), server: median(server.slice(1)) };
  return {
    title: `start: spawn to the first 200 on /health, median of ${starts}`,
    figures: [
      { label: 'first start, ms', digits: 0, pipe: pipe[0], server: server[0] },
      { label: 'ready, ms', digits: 0, ...later, target: { text: '≤ 300 ms', isMet: later.server <= 300 } },
    ],
    faults: [],
    remarks: [],
  };
}

async function timeStart(starting: Promise<Running>): Promise<number> {
  await using running = await starting;
  return running.readyMs;
}

const oneAtATime = { targets: [], intervalMs: 0, requests: 1, concurrency: 1, rampMs: 0, isStreaming: true };

/** Runs a measurement with a pipe and a server of its own; the subjects are direct, pipe, server. */
async function withSubjects(
  bench: Bench,
  title: string,
  measure: (subjects: Subject[], result: RowResult) => Promise<void>,
): Promise<RowResult> {
  const upstreamOrigin = bench.upstream.origin;
  const { home, isBuilt, cpuProfileDir } = bench;
  await using pipe = await startPipe(upstreamOrigin);
  await using server = await startServer({ upstreamOrigin, home, isBuilt, cpuProfileDir });
  const result: RowResult = { title, figures: [], faults: [], remarks: [] };
  await measure(
    [
      { name: 'direct', pid: bench.upstream.pid, target: { origin: upstreamOrigin, form: 'responses' } },
      { name: 'pipe', pid: pipe.pid, target: { origin: pipe.origin, form: 'responses' } },
      { name: 'server', pid: server.pid, target: { origin: server.origin, form: 'chat' } },
    ],
    result,
  );
  return result;
}

/** Several rounds with the subjects by turns, after each has been warmed up. */
async function measureRounds(
  bench: Bench,
  subjects: Subject[],
  job: LoadJob,
  warmUp: LoadJob,
  result: RowResult,
): Promise<Record<Subject['name'], Round[]>> {
  for (const subject of subjects) await measureRound(bench, subject, warmUp, result);
  const rounds: Record<Subject['name'], Round[]> = { direct: [], pipe: [], server: [] };
  for (let round = 0; round < (bench.isQuick ? 1 : 3); round++) {
    for (const subject of subjects) rounds[subject.name].push(await measureRound(bench, subject, job, result));
  }
  return rounds;
}

async function measureRound(bench: Bench, subject: Subject, job: LoadJob, result: RowResult): Promise<Round> {
  const tools = { 'load generator': bench.load.pid, upstream: bench.upstream.pid };
  const before = Object.values({ ...tools, subject: subject.pid }).map(readCpuUs);
  const { elapsedMs, tallies } = await runChecked(bench, [subject], { ...job, targets: [subject.target] }, result);
  const used = Object.values({ ...tools, subject: subject.pid }).map((pid, index) => readCpuUs(pid) - before[index]!);
  for (const [index, tool] of Object.keys(tools).entries()) {
    const share = used[index]! / 1000 / elapsedMs;
    const remark = `The ${tool} was busy all the time (${subject.name}): the rate is a lower bound.`;
    if (subject.name !== 'direct' && share > busyShare && !result.remarks.includes(remark)) result.remarks.push(remark);
  }
  return { elapsedMs, cpuUs: used[2]!, tally: tallies[0]!, requests: job.requests };
}

async function runChecked(
  bench: Bench,
  subjects: Subject[],
  job: LoadJob,
  result: RowResult,
  onAllOpen?: () => void,
): Promise<{ elapsedMs: number; tallies: LoadTally[] }> {
  const done = await bench.load.run(job, onAllOpen);
  for (const [index, subject] of subjects.entries()) {
    const tally = done.tallies[index]!;
    result.faults.push(...tally.faults.map((fault) => `${subject.name}: ${fault}`));
    const expected = (job.requests / subjects.length) * job.deltas;
    if (tally.faults.length === 0 && tally.deltas !== expected)
      result.faults.push(`${subject.name}: ${tally.deltas} deltas in all instead of ${expected}`);
  }
  return done;
}

function mapSubjects(
  rounds: Record<Subject['name'], Round[]>,
  toFigure: (round: Round) => number,
): Record<Subject['name'], number> {
  const middle = (name: Subject['name']) => median(rounds[name].map(toFigure));
  return { direct: middle('direct'), pipe: middle('pipe'), server: middle('server') };
}

async function sample(read: () => number, count: number, everyMs: number): Promise<number[]> {
  const values: number[] = [];
  for (let index = 0; index < count; index++) {
    await sleep(everyMs);
    values.push(read());
  }
  return values;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

export const platformRemark = canReadProcesses
  ? undefined
  : 'CPU time and memory are read from /proc, which only Linux has: those figures are missing here.';
