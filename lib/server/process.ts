/** The server as a whole process: signals end it in good order, and it outlives its plugins' slips. */
import type { LoadedConfig } from '../config/load.ts';
import { createServer, type RunningServer, type ServerOptions } from './server.ts';

export async function startServer(loaded: LoadedConfig, options: ServerOptions = {}): Promise<RunningServer> {
  const server = await createServer(loaded, options);
  const { log } = server;

  async function stop(reason: string, exitCode: number): Promise<void> {
    log.info('stopping', { reason });
    await server.close();
    process.exit(exitCode);
  }

  // Whoever read the log may have gone (`opencompat | head`): its lines go nowhere then, and requests are served as before.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      // Asked twice, it goes at once.
      process.once(signal, () => process.exit(1));
      void stop(signal, 0);
    });
  }
  process.on('unhandledRejection', (error) => {
    log.error('a promise was rejected and nobody looked', { plugin: server.pluginBehind(error), error });
  });
  process.on('uncaughtException', (error) => {
    const plugin = server.pluginBehind(error);
    log.error('an error was thrown outside any request', { plugin, error });
    // A plugin's slip in a timer or an event costs nothing but itself; of our own state nothing is known after one.
    if (plugin === undefined) void stop('uncaught exception', 1);
  });
  return server;
}
