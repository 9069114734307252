/**
 * Runs commands of the command line one after another, each as if the process were its own: arguments, environment, folder,
 * standard streams and exit status are the command's. It ends where a process would end: when it exits, or when nothing of it
 * keeps the event loop alive any more. Started by `commands.ts`.
 */
import { PassThrough } from 'node:stream';
import { runCli } from '../../lib/commands/program.ts';

export interface StartMessage {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}
/** null: standard input ends. */
export interface InputMessage {
  readonly input: string | null;
}
export type HostMessage = { stream: 'stdout' | 'stderr'; text: string } | { status: number };

/** Thrown where the command exits: nothing behind it may run. */
class Exit extends Error {}

const send = (message: HostMessage) => process.send!(message);
const exitHost = process.exit.bind(process);
let stdin = new PassThrough();
let isInputUsed = false;
/** The command that runs, or the last one. */
let command = { isRunning: false, exit(_status: number) {} };
/** Functions that are still to be called because something was written. */
let pendingCalls = 0;

process.exit = (code) => {
  command.isRunning = false;
  command.exit(Number(code ?? process.exitCode ?? 0));
  throw new Exit();
};
Object.defineProperty(process, 'stdin', {
  get() {
    isInputUsed = true;
    return stdin;
  },
});
for (const stream of ['stdout', 'stderr'] as const) {
  process[stream].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    if (command.isRunning) send({ stream, text: Buffer.from(chunk as string).toString() });
    const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (done) {
      pendingCalls += 1;
      process.nextTick(callBack, done);
    }
    return true;
  };
}

function callBack(done: () => void): void {
  pendingCalls -= 1;
  try {
    done();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  }
}

/** What keeps the event loop alive now. */
const countActive = () => process.getActiveResourcesInfo().length;
/** An open pipe keeps a process alive that has read of it. */
const isInputOpen = () => isInputUsed && !stdin.destroyed && !stdin.readableEnded;

/** @returns the exit status, once nothing is left to do */
async function runToEnd(args: readonly string[]): Promise<number> {
  const own = command;
  const activeBefore = countActive();
  await runCli([process.execPath, 'opencompat', ...args]);
  while (own.isRunning && (pendingCalls > 0 || countActive() > activeBefore || isInputOpen())) {
    await new Promise((resolve) => setTimeout(resolve, 1).unref());
  }
  return Number(process.exitCode ?? 0);
}

async function run({ args, env, cwd }: StartMessage): Promise<void> {
  stdin = new PassThrough();
  isInputUsed = false;
  process.exitCode = undefined;
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  const exited = new Promise<number>((resolve) => {
    command = { isRunning: true, exit: resolve };
  });
  const status = await Promise.race([exited, runToEnd(args)]);
  command.isRunning = false;
  send({ status });
}

process.on('message', (message: StartMessage | InputMessage) => {
  if ('args' in message) void run(message);
  else if (message.input === null) stdin.end();
  else stdin.write(message.input);
});
// Node writes them past the stream.
process.on('warning', (warning) => process.stderr.write(`${warning}\n`));
process.once('disconnect', () => exitHost());
