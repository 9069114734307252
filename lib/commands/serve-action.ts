import { loadConfig, withLocatedFaults } from '../config.ts';

/** @throws ConfigError, OpenCompatError when the server cannot start */
export async function runServe(flags: Record<string, unknown>): Promise<void> {
  const loaded = loadConfig({ flags });
  const { startServer } = await import('../server.ts');
  await withLocatedFaults(loaded, () => startServer(loaded));
}
