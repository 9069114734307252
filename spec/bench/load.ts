/**
 * The load generator, in a process of its own so that it shares no event loop with what it measures. Takes jobs and
 * gives results as messages of the parent process.
 */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnswerForm, checkAnswer, StreamChecker } from './answer-checker.ts';
import { chatPath, model, responsesPath, type Scenario, toPrompt } from './scenario.ts';

export interface LoadTarget {
  origin: string;
  form: AnswerForm;
}

export interface LoadJob extends Scenario {
  /** Requests go round the targets. */
  targets: LoadTarget[];
  requests: number;
  /** Requests at the same time. */
  concurrency: number;
  /** Time over which the first requests are spread. */
  rampMs: number;
  /** Chat Completions only. */
  isStreaming: boolean;
  /** Default: the one that the upstream's Responses side has. */
  model?: string;
}

/** What one target did. */
export interface LoadTally {
  deltas: number;
  /** For each request, from sending it to its first delta. */
  firstTokenMs: number[];
  /** Between two deltas of a stream that has an interval. */
  gapsMs: number[];
  /** At most `maxFaults`, in words. */
  faults: string[];
}

export interface LoadResult {
  elapsedMs: number;
  /** In the order of the job's targets. */
  tallies: LoadTally[];
}

export type LoadMessage = { kind: 'all-open' } | { kind: 'done'; result: LoadResult };

const maxFaults = 5;
const agent = new Agent({ keepAlive: true });

async function runJob(job: LoadJob, onAllOpen: () => void): Promise<LoadResult> {
  const tallies = job.targets.map((): LoadTally => ({ deltas: 0, firstTokenMs: [], gapsMs: [], faults: [] }));
  let sent = 0;
  let opened = 0;
  const onOpen = () => {
    if (++opened === job.concurrency) onAllOpen();
  };
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: job.concurrency }, async (_, index) => {
      if (job.rampMs > 0) await sleep((job.rampMs * index) / job.concurrency);
      while (sent < job.requests) {
        const at = sent++ % job.targets.length;
        const tally = tallies[at]!;
        const fault = await ask(job.targets[at]!, job, tally, onOpen);
        if (fault !== undefined && tally.faults.length < maxFaults) tally.faults.push(fault);
      }
    }),
  );
  return { elapsedMs: performance.now() - startedMs, tallies };
}

function ask(target: LoadTarget, job: LoadJob, tally: LoadTally, onOpen: () => void): Promise<string | undefined> {
  const isChat = target.form === 'chat';
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const headers = { 'content-type': 'application/json' };
  const url = `${target.origin}${isChat ? chatPath : responsesPath}`;
  const sentMs = performance.now();
  const asked: ClientRequest = request(url, { method: 'POST', agent, headers }, (answer) => {
    answer.setEncoding('latin1');
    if (answer.statusCode !== 200)
      gather(answer, (text) => resolve(`status ${answer.statusCode}: ${text.slice(0, 300)}`));
    else if (isChat && !job.isStreaming) gather(answer, (text) => resolve(countAnswer(text, job, tally)));
    else follow(answer, target, job, tally, sentMs, onOpen, resolve);
  });
  asked.on('error', (error) => resolve(String(error)));
  asked.end(isChat ? chatBody(job) : responsesBody(job));
  return promise;
}

function follow(
  answer: IncomingMessage,
  target: LoadTarget,
  job: LoadJob,
  tally: LoadTally,
  sentMs: number,
  onOpen: () => void,
  resolve: (fault: string | undefined) => void,
): void {
  const checker = new StreamChecker(target.form, job.deltas);
  let lastMs = 0;
  answer.on('data', (piece: string) => {
    const before = checker.deltas;
    checker.take(piece);
    if (checker.deltas === before) return;
    tally.deltas += checker.deltas - before;
    if (before > 0 && job.intervalMs === 0) return;
    const nowMs = performance.now();
    if (before === 0) {
      tally.firstTokenMs.push(nowMs - sentMs);
      onOpen();
    } else {
      tally.gapsMs.push(nowMs - lastMs);
    }
    // Deltas that came together had no gap between them.
    for (let more = checker.deltas - before; more > 1 && job.intervalMs > 0; more--) tally.gapsMs.push(0);
    lastMs = nowMs;
  });
  answer.on('close', () => resolve(answer.complete ? checker.finish() : `cut after ${checker.deltas} deltas`));
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

function chatBody(job: LoadJob): string {
  return JSON.stringify({
    model: job.model ?? model,
    stream: job.isStreaming,
    messages: [
      { role: 'system', content: 'You are a helpful assistant. Answer briefly.' },
      { role: 'user', content: toPrompt(job) },
    ],
  });
}

function responsesBody(job: LoadJob): string {
  return JSON.stringify({
    model,
    stream: true,
    store: false,
    instructions: 'You are a helpful assistant. Answer briefly.',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: toPrompt(job) }] }],
  });
}

const tell = (message: LoadMessage) => process.send!(message);

process.on('message', async (job: LoadJob) => {
  const result = await runJob(job, () => tell({ kind: 'all-open' }));
  tell({ kind: 'done', result });
});
