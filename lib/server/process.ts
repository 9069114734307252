/** Runs the server as a process: signals shut it down gracefully, and an error of one request does not end it. */
import type { LoadedConfig } from '../config/load.ts';
import { createServer, type RunningServer, type ServerOptions } from './server.ts';

/** SIGHUP comes from a closing terminal, or from an operator who expects a reload of the configuration. */
const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export async function startServer(loaded: LoadedConfig, options: ServerOptions = {}): Promise<RunningServer> {
  const server = await createServer(loaded, options);
  // The reader of the log may have gone (`opencompat | head`): its lines are dropped, and requests are served as before.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  for (const signal of endingSignals) {
    process.once(signal, () => {
      // A second signal ends it at once.
      process.once(signal, () => process.exit(1));
      void stop(server, signal, 0);
    });
  }
  process.on('unhandledRejection', (error) => server.outlive(error));
  process.on('uncaughtException', (error) => {
    // An error outside every request and plugin may have left the server's own state broken.
    if (!server.outlive(error)) void stop(server, 'uncaught exception', 1);
  });
  return server;
}

async function stop(server: RunningServer, reason: string, exitCode: number): Promise<void> {
  server.log.info('stopping', { reason });
  await server.close();
  process.exit(exitCode);
}
