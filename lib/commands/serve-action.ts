import { loadConfig, locateFaults } from '../config.ts';
import { ConfigError } from '../faults.ts';

/** @throws ConfigError, OpenCompatError when the server cannot start */
export async function runServe(flags: Record<string, unknown>): Promise<void> {
  const loaded = loadConfig({ flags });
  const { startServer } = await import('../server.ts');
  try {
    await startServer(loaded);
  } catch (error) {
    // The chain knows its faults, but not the lines of the file they are in.
    throw error instanceof ConfigError ? new ConfigError(locateFaults(loaded, error.faults), error.file) : error;
  }
}
