/** Runs the server as a process: signals stop it gracefully or reload it, and an error of one request does not end it. */
import { isatty } from 'node:tty';
import type { LoadedConfig } from '../config/load.ts';
import { createOperatorKey, leaveAddress } from './operator.ts';
import { createServer, type RunningServer, type ServerOptions } from './server.ts';

const endingSignals = ['SIGTERM', 'SIGINT'] as const;
/** Standard input, output and errors. */
const standardFiles = [0, 1, 2] as const;

export async function startServer(loaded: LoadedConfig, options: ServerOptions = {}): Promise<RunningServer> {
  const operatorKey = createOperatorKey();
  let takeAddressAway: (() => Promise<void>) | undefined;
  const server = await createServer(loaded, {
    ...options,
    operatorKey,
    async onListening(url, log) {
      takeAddressAway = await leaveAddress(loaded.config.dataDir, { url, key: operatorKey }, log);
    },
  });
  const stop = async (reason: string, exitCode: number) => {
    server.log.info('stopping', { reason });
    await Promise.all([server.close(), takeAddressAway?.()]);
    process.exit(exitCode);
  };
  // The reader of the log may have gone (`opencompat | head`): its lines are dropped, and requests are served as before.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  const end = (signal: NodeJS.Signals) => {
    // A second signal ends it at once.
    process.once(signal, () => process.exit(1));
    void stop(signal, 0);
  };
  for (const signal of endingSignals) process.once(signal, end);
  const hasLostTerminal = watchTerminal();
  process.on('SIGHUP', (signal) => {
    if (hasLostTerminal()) end(signal);
    else void server.reload(signal);
  });
  process.on('unhandledRejection', (error) => server.outlive(error));
  process.on('uncaughtException', (error) => {
    // An error outside every request and plugin may have left the server's own state broken.
    if (!server.outlive(error)) void stop('uncaught exception', 1);
  });
  return server;
}

/**
 * SIGHUP comes from an operator who wants a reload, and from a terminal that is closed. The latter ends what was started in it;
 * the files that were the terminal are none any more then.
 * @param isTerminal default: as the system says of a file of the process
 */
export function watchTerminal(isTerminal: (file: number) => boolean = isatty): () => boolean {
  const terminals = standardFiles.filter(isTerminal);
  return () => !terminals.every(isTerminal);
}
