/**
 * The load generator, in a process of its own so that it shares no event loop with what it measures. Takes jobs and
 * gives results as messages of the parent process.
 */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { checkAnswer, StreamChecker } from './answer-checker.ts';
import { paths, type Scenario, toBody } from './scenario.ts';
import type { Target } from './ways.ts';

export interface LoadTarget extends Target {
  origin: string;
}

export interface LoadJob extends Scenario {
  /** Requests go round the targets. */
  targets: LoadTarget[];
  requests: number;
  /** Requests at the same time. */
  concurrency: number;
  /** Time over which the first requests are spread. */
  rampMs: number;
  /** A pipe streams what the upstream's Responses API gives either way. */
  isStreaming: boolean;
}

/** What one target did. */
export interface LoadTally {
  deltas: number;
  /** For each request, from sending it to its first delta. */
  firstTokenMs: number[];
  /** At most `maxFaults`, in words. */
  faults: string[];
}

export interface LoadResult {
  elapsedMs: number;
  /** In the order of the job's targets. */
  tallies: LoadTally[];
}

const maxFaults = 5;
const agent = new Agent({ keepAlive: true });
const headers = { 'content-type': 'application/json' };

async function runJob(job: LoadJob): Promise<LoadResult> {
  const tallies = job.targets.map((): LoadTally => ({ deltas: 0, firstTokenMs: [], faults: [] }));
  let sent = 0;
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: job.concurrency }, async (_, index) => {
      if (job.rampMs > 0) await sleep((job.rampMs * index) / job.concurrency);
      while (sent < job.requests) {
        const at = sent++ % job.targets.length;
        const tally = tallies[at]!;
        const fault = await ask(job.targets[at]!, job, tally);
        if (fault !== undefined && tally.faults.length < maxFaults) tally.faults.push(fault);
      }
    }),
  );
  const elapsedMs = performance.now() - startedMs;
  closeSockets();
  return { elapsedMs, tallies };
}

/** @returns what is wrong with the answer, or undefined */
function ask(target: LoadTarget, job: LoadJob, tally: LoadTally): Promise<string | undefined> {
  if (target.form === 'socket') return askOnSocket(target, job, tally);
  const { form, model, origin } = target;
  const isStream = job.isStreaming || form === 'responses';
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const stream = new Stream(target, job, tally);
  const asked: ClientRequest = request(`${origin}${paths[form]}`, { method: 'POST', agent, headers }, (answer) => {
    answer.setEncoding('latin1');
    if (answer.statusCode !== 200)
      gather(answer, (text) => resolve(`status ${answer.statusCode}: ${text.slice(0, 300)}`));
    else if (isStream) follow(answer, stream, resolve);
    else gather(answer, (text) => resolve(countAnswer(text, job, tally)));
  });
  asked.on('error', (error) => resolve(String(error)));
  asked.end(toBody(form, model, job, isStream));
  return promise;
}

/** A streamed answer as it comes. */
class Stream {
  readonly checker: StreamChecker;
  readonly #tally: LoadTally;
  readonly #sentMs = performance.now();

  constructor({ form }: LoadTarget, { deltas }: LoadJob, tally: LoadTally) {
    this.checker = new StreamChecker(form, deltas);
    this.#tally = tally;
  }

  take(piece: string): void {
    const before = this.checker.deltas;
    this.checker.take(piece);
    this.#tally.deltas += this.checker.deltas - before;
    if (before === 0 && this.checker.deltas > 0) this.#tally.firstTokenMs.push(performance.now() - this.#sentMs);
  }
}

function follow(answer: IncomingMessage, stream: Stream, resolve: (fault: string | undefined) => void): void {
  answer.on('data', (piece: string) => stream.take(piece));
  answer.on('close', () => {
    resolve(answer.complete ? stream.checker.finish() : `cut after ${stream.checker.deltas} deltas`);
  });
}

function gather(answer: IncomingMessage, take: (text: string) => void): void {
  let text = '';
  answer.on('data', (piece: string) => {
    text += piece;
  });
  answer.on('close', () => take(text));
}

function countAnswer(text: string, job: LoadJob, tally: LoadTally): string | undefined {
  const fault = checkAnswer(text, job.deltas);
  if (fault === undefined) tally.deltas += job.deltas;
  return fault;
}

/** Open WebSockets without a request, by origin. */
const idleSockets = new Map<string, WebSocket[]>();

async function askOnSocket(target: LoadTarget, job: LoadJob, tally: LoadTally): Promise<string | undefined> {
  const idle = idleSockets.get(target.origin) ?? [];
  idleSockets.set(target.origin, idle);
  const socket = idle.pop() ?? (await openSocket(target.origin));
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const stream = new Stream(target, job, tally);
  const onMessage = (data: Buffer) => {
    const text = data.toString('latin1');
    stream.take(text);
    if (/"type":"(error|response\.(completed|failed|incomplete))"/.test(text)) resolve(stream.checker.finish());
  };
  const onClose = () => resolve(`closed after ${stream.checker.deltas} deltas`);
  socket.on('message', onMessage).on('close', onClose);
  socket.send(toBody(target.form, target.model, job, true));
  const fault = await promise;
  socket.off('message', onMessage).off('close', onClose);
  idle.push(socket);
  return fault;
}

function openSocket(origin: string): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${paths.socket}`, { perMessageDeflate: false });
  socket.once('open', () => resolve(socket)).once('error', reject);
  return promise;
}

function closeSockets(): void {
  for (const socket of [...idleSockets.values()].flat()) socket.close();
  idleSockets.clear();
}

process.on('message', async (job: LoadJob) => {
  process.send!(await runJob(job));
});
