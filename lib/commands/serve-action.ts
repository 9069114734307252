import { withLocatedFaults } from '../config/located-faults.ts';
import { loadServerConfig } from './server-config.ts';

/** @throws ConfigError, OpenCompatError when the server cannot start */
export async function runServe(flags: Record<string, unknown>): Promise<void> {
  const loaded = await loadServerConfig(flags);
  const { startServer } = await import('../server/process.ts');
  await withLocatedFaults(loaded, () => startServer(loaded));
}
