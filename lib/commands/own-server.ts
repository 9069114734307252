/** A server for a command alone: what `serve` would start, for the time of some questions, on a port that nobody knows. */
import { createOperatorKey, type ServerAddress } from '../server/operator.ts';
import { createServer } from '../server/server.ts';
import { loadToServe } from './server-config.ts';

/** What would serve others, or leave a trace. */
const quiet = { host: '127.0.0.1', port: 0, watch: false, record: 'off', shutdownGrace: 0, logLevel: 'warn' } as const;

/** @throws ConfigError, OpenCompatError where it cannot start */
export async function withOwnServer<T>(
  flags: Record<string, unknown>,
  use: (server: ServerAddress) => Promise<T>,
): Promise<T> {
  const loaded = await loadToServe(flags);
  const key = createOperatorKey();
  const server = await createServer(
    { ...loaded, config: { ...loaded.config, ...quiet } },
    { operatorKey: key, logStream: process.stderr, doesOwnWork: false },
  );
  try {
    return await use({ url: server.url, key });
  } finally {
    await server.close();
  }
}
