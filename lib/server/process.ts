/** The server as a whole process: signals end it in good order, and it outlives what is thrown for one request. */
import type { LoadedConfig } from '../config/load.ts';
import { createServer, type RunningServer, type ServerOptions } from './server.ts';

/** SIGHUP comes from a terminal that closes, and from those who expect it to reload the configuration. */
const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export async function startServer(loaded: LoadedConfig, options: ServerOptions = {}): Promise<RunningServer> {
  const server = await createServer(loaded, options);
  // Whoever read the log may have gone (`opencompat | head`): its lines go nowhere then, and requests are served as before.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  for (const signal of endingSignals) {
    process.once(signal, () => {
      // Asked twice, it goes at once.
      process.once(signal, () => process.exit(1));
      void stop(server, signal, 0);
    });
  }
  process.on('unhandledRejection', (error) => server.outlive(error));
  process.on('uncaughtException', (error) => {
    // Of this server's own state nothing is known after an error that belongs to no request and to no plugin.
    if (!server.outlive(error)) void stop(server, 'uncaught exception', 1);
  });
  return server;
}

async function stop(server: RunningServer, reason: string, exitCode: number): Promise<void> {
  server.log.info('stopping', { reason });
  await server.close();
  process.exit(exitCode);
}
