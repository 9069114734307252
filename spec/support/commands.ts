/**
 * The command line for specs of what its commands print and how they end: in a process that stays for the next command, which
 * spares each of them a start of a third of a second. What only a process of its own shows (signals, a server, what is
 * loaded) is tested with `lib/cli.ts`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { HostMessage, InputMessage, StartMessage } from './command-host.ts';
import { processEnv } from './process-env.ts';

export interface CommandOptions {
  /** All that the command sees of an environment. */
  env: Readonly<Record<string, string>>;
  /** Default: that of the spec. */
  cwd?: string;
}

export interface RunningCommand {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  /** Its exit status; null when it was killed. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

/** A command that has not ended by then is killed, so that its test fails instead of never ending. */
const commandLimitMs = 60_000;

const idleHosts: ChildProcess[] = [];

function takeHost(): ChildProcess {
  const idle = idleHosts.pop();
  if (idle) {
    idle.ref();
    idle.channel!.ref();
    return idle;
  }
  // The locale cannot change while a process runs.
  const env = { ...processEnv, LANG: 'en_US.UTF-8' };
  return fork(join(import.meta.dirname, 'command-host.ts'), { env, execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
}

/** Until the next command, it does not keep the spec's process alive; it ends with it. */
function giveBack(host: ChildProcess): void {
  host.removeAllListeners();
  host.unref();
  host.channel!.unref();
  idleHosts.push(host);
}

export function startCommand(args: readonly string[], { env, cwd = process.cwd() }: CommandOptions): RunningCommand {
  const host = takeHost();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let isRunning = true;
  const ended = new Promise<number | null>((resolve) => {
    const limit = setTimeout(() => host.kill('SIGKILL'), commandLimitMs);
    const end = (status: number | null) => {
      clearTimeout(limit);
      isRunning = false;
      stdout.end();
      stderr.end();
      resolve(status);
    };
    host.once('exit', end);
    host.on('message', (message: HostMessage) => {
      if ('stream' in message) ({ stdout, stderr })[message.stream].write(message.text);
      else {
        giveBack(host);
        end(message.status);
      }
    });
  });
  const send = (message: StartMessage | InputMessage) => isRunning && host.send(message);
  stdin.setEncoding('utf8').on('data', (input: string) => send({ input }));
  stdin.once('end', () => send({ input: null }));
  send({ args, env, cwd });
  return {
    stdin,
    stdout,
    stderr,
    ended,
    kill: () => void (isRunning && host.kill('SIGKILL')),
  };
}

export interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

/** Runs a command to its end. @param options.input on standard input. Default: none */
export async function runCommand(
  args: readonly string[],
  { input = '', ...options }: CommandOptions & { input?: string },
): Promise<Outcome> {
  const { stdin, stdout, stderr, ended } = startCommand(args, options);
  stdin.end(input);
  const [out, err, status] = await Promise.all([text(stdout), text(stderr), ended]);
  return { status, out, err };
}
